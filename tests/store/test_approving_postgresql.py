"""The same second person on PostgreSQL, whose own fences refuse what SQLite's refuse."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.model.audit import Signer
from tests.services.test_approving import (  # noqa: F401 - collected once more, on a server
    test_a_prepared_follow_up_needs_no_further_approval,
    test_a_reminder_says_approved_words_again_until_they_expire,
    test_a_severe_alert_waits_for_a_second_person,
    test_other_words_need_an_approval_of_their_own,
    test_writing_the_same_words_again_is_no_reminder,
)
from tests.services.test_approving_fences import (  # noqa: F401 - collected once more, on a server
    test_a_fitting_approval_is_stored,
    test_a_forged_signature_passes_the_tables_but_not_the_desk,
    test_plain_sql_opens_no_way,
    test_the_database_refuses_late_and_replayed_approvals,
    test_the_database_refuses_unfit_approvals,
    test_what_was_approved_stays_as_it_was,
)
from tests.services.test_approving_from_afar import (  # noqa: F401 - collected once more, on a server
    test_a_code_from_the_printed_list_approves_once,
    test_breaking_the_glass_is_loud,
)
from tests.town import HandClock, Town

pytestmark = pytest.mark.server


@pytest.fixture
def town(tmp_path: Path, clock: HandClock, signer: Signer, empty_postgres: str) -> Iterator[Town]:
    """The town, with its database on a server."""
    small = Town(tmp_path, clock, signer, empty_postgres)
    yield small
    try:
        small.settle()
        problems = small.contradictions()
    finally:
        small.close()
    assert problems == []
