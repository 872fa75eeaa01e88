"""What is tried again by itself, and the only moves a delivery can make."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.delivery import (
    MOVES,
    PUBLISHED,
    SETTLED,
    DeliveryState,
    Outcome,
    RecipientResult,
    Verdict,
    may_move,
)
from crisisdesk.rules.retry import (
    ATTEMPTS,
    PAUSES,
    merged,
    pause_before,
    state_after,
    state_when_dropped,
    still_open,
    summed_up,
)

S, V = DeliveryState, Verdict
SENT = [V.CONFIRMED, V.ACCEPTED, V.NOT_SENT, V.REFUSED, V.LOCKED, V.UNKNOWN]
addresses = st.sampled_from(["a@x", "b@x", "c@x", "d@x"])
results = st.lists(
    st.builds(
        RecipientResult,
        address=addresses,
        verdict=st.sampled_from([V.ACCEPTED, V.NOT_SENT, V.REFUSED, V.UNKNOWN]),
        answer=st.just("250 ok"),
    ),
    unique_by=lambda each: each.address,
)


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(S)
    assert all(new in S for moves in MOVES.values() for new in moves)


def test_no_state_moves_to_itself_or_back_to_the_beginning() -> None:
    assert not [state for state in S if may_move(state, state)]
    assert not [state for state in S if may_move(state, S.PREPARED) and state is not S.HELD]


def test_what_was_sent_never_counts_as_not_sent() -> None:
    for state in PUBLISHED:
        assert not {S.SENDING, S.RETRYING, S.FAILED, S.UNKNOWN} & MOVES[state]


def test_what_is_settled_is_never_undone() -> None:
    assert {state: MOVES[state] for state in SETTLED} == {
        S.CONFIRMED: {S.WITHDRAWN},
        S.FAILED: {S.CONFIRMED},  # when somebody posted it by hand
        S.WITHDRAWN: set(),
    }


def test_only_a_person_or_a_harmless_repeat_leaves_unknown_by_sending() -> None:
    assert S.RETRYING not in MOVES[S.UNKNOWN]


@pytest.mark.parametrize(
    ("verdict", "early", "late", "doubtful"),
    [
        (V.CONFIRMED, S.CONFIRMED, S.CONFIRMED, S.CONFIRMED),
        (V.ACCEPTED, S.ACCEPTED, S.ACCEPTED, S.ACCEPTED),
        (V.NOT_SENT, S.RETRYING, S.FAILED, S.UNKNOWN),
        (V.REFUSED, S.FAILED, S.FAILED, S.UNKNOWN),
        (V.LOCKED, S.FAILED, S.FAILED, S.UNKNOWN),
        (V.UNKNOWN, S.UNKNOWN, S.UNKNOWN, S.UNKNOWN),
        (V.ABSENT, S.FAILED, S.FAILED, S.UNKNOWN),
    ],
)
def test_state_after(verdict: Verdict, early: S, late: S, doubtful: S) -> None:
    outcome = Outcome(verdict, "because")
    assert [state_after(outcome, attempt) for attempt in range(1, ATTEMPTS)] == [early] * 4
    assert state_after(outcome, ATTEMPTS) is late
    assert state_after(outcome, 1, doubtful=True) is doubtful


@given(st.sampled_from(list(V)), results, st.integers(1, 9), st.booleans())
def test_every_answer_leads_to_a_legal_state(
    verdict: Verdict, recipients: list[RecipientResult], attempt: int, doubtful: bool
) -> None:
    outcome = summed_up((), Outcome(verdict, "x", recipients=tuple(recipients)))
    state = state_after(outcome, attempt, doubtful)
    assert may_move(S.SENDING, state)
    if state is S.RETRYING:
        assert attempt < ATTEMPTS
        assert verdict is not V.UNKNOWN
    if verdict is V.UNKNOWN:
        assert state is S.UNKNOWN


def test_an_address_put_off_is_tried_again_while_there_are_attempts() -> None:
    mixed = (RecipientResult("a@x", V.ACCEPTED, ""), RecipientResult("b@x", V.NOT_SENT, ""))
    outcome = Outcome(V.ACCEPTED, "x", recipients=mixed)
    assert state_after(outcome, 1) is S.RETRYING
    assert state_after(outcome, ATTEMPTS) is S.ACCEPTED
    assert still_open(mixed) == ("b@x",)


@given(results, results)
def test_a_list_keeps_each_address_once_with_its_latest_result(
    earlier: list[RecipientResult], later: list[RecipientResult]
) -> None:
    both = merged(earlier, later)
    latest = {each.address: each for each in itertools.chain(earlier, later)}
    before = {each.address: each.verdict for each in earlier}
    assert len(both) == len(latest)
    for each in both:
        assert each.answer == latest[each.address].answer
        doubtful = before.get(each.address) is V.UNKNOWN
        refused = latest[each.address].verdict is not V.ACCEPTED
        expected = V.UNKNOWN if doubtful and refused else latest[each.address].verdict
        assert each.verdict is expected
    assert [each.address for each in both][: len(earlier)] == [each.address for each in earlier]


@given(results, results, st.sampled_from(SENT))
def test_a_later_attempt_takes_nothing_back(
    earlier: list[RecipientResult], later: list[RecipientResult], verdict: Verdict
) -> None:
    outcome = summed_up(earlier, Outcome(verdict, "x", recipients=tuple(later)))
    reached = any(each.verdict is V.ACCEPTED for each in outcome.recipients)
    assert outcome.recipients == merged(earlier, later)
    if any(each.verdict is V.UNKNOWN for each in outcome.recipients):
        assert outcome.verdict is V.UNKNOWN
    elif reached:
        assert outcome.verdict not in (V.NOT_SENT, V.REFUSED, V.LOCKED)
        assert state_after(outcome, ATTEMPTS) is not S.FAILED
    else:
        assert outcome.verdict is verdict
    assert state_when_dropped(outcome.recipients) is (S.ACCEPTED if reached else S.FAILED)


@given(st.integers(2, 12), st.floats(0, 1))
def test_pauses_grow_and_are_spread(attempt: int, jitter: float) -> None:
    base = PAUSES[min(attempt - 2, len(PAUSES) - 1)]
    pause = pause_before(attempt, Outcome(V.NOT_SENT, ""), jitter)
    assert 0.8 * base <= pause <= 1.2 * base + 1e-9


def test_a_network_that_names_a_time_gets_it() -> None:
    assert pause_before(2, Outcome(V.NOT_SENT, "", retry_after=123.0), 0.5) == 123.0
    assert pause_before(5, Outcome(V.NOT_SENT, "", retry_after=0.0), 0.5) == 0.0
