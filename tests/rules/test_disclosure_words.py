"""How much of a log is shown and kept back, in words that fit the number."""

import pytest

from crisisdesk.model.disclosure import Ruling, Show
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.disclosure import read_plan
from crisisdesk.rules.disclosure_page import Shown, in_words


def test_one_is_said_in_the_singular() -> None:
    one = Shown(7, Ruling(7, 7, Show.ALL, ""), 1)
    kept = Shown(8, Ruling(8, 8, Show.NOTHING, "s. 31"), 0)
    assert in_words([one, kept]) == (
        "1 entry is shown, 1 is kept back whole, and 1 text of what is shown."
    )
    assert in_words([one, one]) == (
        "2 entries are shown, 0 are kept back whole, and 2 texts of what is shown."
    )


def test_a_plan_that_is_no_text_is_called_so() -> None:
    with pytest.raises(BadInput, match="it is no UTF-8 text"):
        read_plan(b"\xff\xd1")
