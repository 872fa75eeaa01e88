"""How long a network asks us to wait, and what its statuses mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Response

from crisisdesk.channels.base import LONGEST_WAIT, guarded, refusal, retry_after
from crisisdesk.model.delivery import Outcome, Verdict
from crisisdesk.model.errors import (
    AnswerLost,
    BadInput,
    CrisisDeskError,
    GateClosed,
    NetworkError,
    NotSent,
)
from crisisdesk.net.answers import BadAnswer
from crisisdesk.net.xrpc import SignInRefused
from crisisdesk.simnet.faults import Fault
from tests.channels.rig import NOW, Rig

LATER = NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "12"}, 12),
        ({"Retry-After": "0.2"}, 1),
        ({"Retry-After": format_datetime(LATER, usegmt=True)}, 90),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "-50"}, 1),
        ({"Retry-After": format_datetime(NOW - timedelta(days=1), usegmt=True)}, 1),
        ({"Retry-After": "999999999"}, LONGEST_WAIT),
        ({"Retry-After": "1e999"}, LONGEST_WAIT),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_WAIT),
        ({"Retry-After": "nan"}, 30),
        ({"Retry-After": ""}, 30),
        ({"Retry-After": "soon"}, 30),
        ({}, 30),
        ({"X-RateLimit-Reset": "2026-08-20T09:01:30.000Z"}, 90),
        ({"X-RateLimit-Reset": "2026-08-20T09:01:30"}, 90),
        ({"RateLimit-Reset": str(int(LATER.timestamp()))}, 90),
        ({"Retry-After": "soon", "RateLimit-Reset": "20"}, 20),
        ({"Retry-After": "5", "X-RateLimit-Reset": "2026-08-20T10:00:00Z"}, 5),
    ],
)
def test_waiting_times(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers, NOW) == pytest.approx(seconds)


@given(
    st.text()
    | st.floats().map(str)
    | st.integers().map(str)
    | st.from_regex(r"(Mon|Fri), \d{1,30} (Jan|Dec) \d{1,30} \d\d:\d\d:\d\d [+-]\d{1,20}"),
    st.sampled_from(["Retry-After", "X-RateLimit-Reset", "RateLimit-Reset"]),
)
def test_whatever_a_server_says_the_wait_is_bounded(value: str, name: str) -> None:
    assert 1 <= retry_after({name: value}, NOW) <= LONGEST_WAIT


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_429_carries_the_wait(rig: Rig, kind: str) -> None:
    sim = {"mastodon": rig.mastodon, "bluesky": rig.bluesky}[kind]
    match = {"mastodon": "POST", "bluesky": "POST /xrpc/com.atproto.repo"}[kind]
    sim.faults.add(Fault("status", match, status=429, headers={"Retry-After": "17"}))
    outcome = rig.channel(kind).send(rig.message(kind))
    assert (outcome.verdict, outcome.retry_after) == (Verdict.NOT_SENT, 17)
    assert rig.public(kind) == []


@given(st.integers(300, 599), st.text(max_size=20))
def test_every_status_has_one_meaning(status: int, words: str) -> None:
    response = Response()
    response.status_code = status
    outcome = refusal(response, words, datetime.now(UTC))
    expected = Verdict.REFUSED if 400 <= status < 500 else Verdict.UNKNOWN
    expected = {401: Verdict.LOCKED, 429: Verdict.NOT_SENT}.get(status, expected)
    assert outcome.verdict is expected
    assert str(status) in outcome.evidence
    assert (outcome.retry_after is not None) == (status == 429)


@pytest.mark.parametrize(
    ("error", "acting", "looking"),
    [
        (NotSent("x", "y"), Verdict.NOT_SENT, Verdict.UNKNOWN),
        (AnswerLost("x", "y"), Verdict.UNKNOWN, Verdict.UNKNOWN),
        (BadAnswer("x", "y"), Verdict.UNKNOWN, Verdict.UNKNOWN),
        (GateClosed("x", "y"), Verdict.REFUSED, Verdict.REFUSED),
        (SignInRefused("x", "y"), Verdict.LOCKED, Verdict.UNKNOWN),
        (NetworkError("x", "y"), Verdict.REFUSED, Verdict.UNKNOWN),
        (BadInput("x", "y"), Verdict.REFUSED, Verdict.UNKNOWN),
    ],
)
def test_every_error_becomes_an_outcome(
    error: CrisisDeskError, acting: Verdict, looking: Verdict
) -> None:
    def act() -> Outcome:
        raise error

    assert guarded(act).verdict is acting
    assert guarded(act, looking=True).verdict is looking
