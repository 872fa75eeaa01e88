"""Calling: nothing twice, nothing forgotten, never too often; and what a rise in mentions is."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from crisisdesk.rules.calling import (
    GAP_SECONDS,
    LONGEST_CALL,
    QUIETEST_SPIKE,
    Call,
    Calls,
    Kind,
    harmless,
    notice,
    spike,
)

kinds = st.sampled_from(Kind)
subjects = st.sampled_from("abcdef")
calls = st.lists(st.builds(Call, kinds, st.integers(1, 2000), st.text()), min_size=1, max_size=4)
HOSTILE = '<img src="http://evil.example/x">\n<b>&amp; \u202egnip\u0000 ' + "x" * 500


class CallMachine(RuleBasedStateMachine):
    """Things happen, some end, time goes by, and whoever calls looks now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Calls()
        self.now = 0.0
        self.news: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        """Told and not called yet."""
        self.settled: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        self.last: dict[Kind, float] = {}

    @rule(kind=kinds, subject=subjects)
    def something_happens(self, kind: Kind, subject: str) -> None:
        self.calls.tell(kind, subject, f"words of {subject}")
        if subject not in self.settled[kind]:
            self.news[kind].add(subject)
            self.settled[kind].add(subject)

    @rule(kind=kinds, subject=subjects)
    def somebody_saw_it(self, kind: Kind, subject: str) -> None:
        self.calls.know(kind, subject)
        self.settled[kind].add(subject)

    @rule(kind=kinds, subject=subjects)
    def it_is_over(self, kind: Kind, subject: str) -> None:
        self.calls.over(kind, subject)
        self.news[kind].discard(subject)
        self.settled[kind].discard(subject)

    @rule(seconds=st.floats(0, 2 * GAP_SECONDS))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def look(self) -> None:
        made = self.calls.due(self.now)
        assert [each.kind for each in made] == sorted(
            (each.kind for each in made), key=list(Kind).index
        )
        for each in made:
            assert self.now - self.last.get(each.kind, -1e9) >= GAP_SECONDS
            assert each.number == len(self.news[each.kind])
            self.last[each.kind] = self.now
            self.news[each.kind] = set()
        for kind in Kind:
            assert not self.news[kind] or not self.calls.may(kind, self.now)

    @invariant()
    def nothing_new_is_called_after_a_pause_unless_there_is_news(self) -> None:
        assert all(self.calls.may(kind, self.now + GAP_SECONDS + 1) for kind in Kind)


TestCalls = CallMachine.TestCase


@given(calls, st.booleans(), st.booleans())
def test_a_notice_is_one_short_line_without_markup(
    made: list[Call], exercise: bool, discreet: bool
) -> None:
    for text in notice(made, exercise=exercise, discreet=discreet):
        assert not set(text) & set("<>&\n\r\u2028\u202e\u0000")
        assert len(text) <= LONGEST_CALL + 1
        assert text.startswith("EXERCISE") == exercise


def test_hostile_words_are_words() -> None:
    assert harmless(HOSTILE).startswith('‹img src="http://evil.example/x"› ‹b›＆amp; ')


def test_discreet_words_tell_only_what_kind_and_how_many() -> None:
    made = [Call(Kind.NEED, 3, "trapped in flat 12"), Call(Kind.ALARM, 1, "on our X account")]
    assert notice(made, exercise=False) == (
        "CrisisDesk needs you",
        "3 new needs: trapped in flat 12 · A post that is not ours: on our X account",
    )
    assert notice(made, exercise=False, discreet=True)[1] == "3 new needs · A post that is not ours"
    assert notice([Call(Kind.DECIDED, 1, "approved")], exercise=True) == (
        "EXERCISE – CrisisDesk, for information",
        "EXERCISE – Decided: approved",
    )


def test_nobody_counts_further_than_they_looked() -> None:
    said = [Call(Kind.NEED, number, "help").told(discreet=True) for number in (99, 100, 2000)]
    assert said == ["99 new needs", "100 or more new needs", "100 or more new needs"]


minutes = st.lists(st.integers(0, 5000), min_size=5, max_size=30)


@given(minutes, st.integers(0, 30))
def test_few_mentions_are_never_a_spike(counts: list[int], known: int) -> None:
    assert not spike([*counts, QUIETEST_SPIKE], known)


@given(minutes)
def test_more_is_never_less_of_a_spike(counts: list[int]) -> None:
    if spike(counts, 30):
        assert spike([*counts[:-1], counts[-1] + 1], 30)
        assert spike(counts, 30, already=True)


@given(st.integers(0, 5000), st.integers(3, 29))
def test_a_steady_rate_is_no_spike_and_ten_times_as_much_is(rate: int, known: int) -> None:
    steady = [rate] * 30
    assert not spike(steady, known)
    assert spike([*steady, 10 * rate + QUIETEST_SPIKE + 1], known)


@given(st.lists(st.integers(0, 5000), min_size=30, max_size=30), st.integers(0, 2))
def test_nothing_is_unusual_before_the_usual_is_known(counts: list[int], known: int) -> None:
    assert not spike(counts, known)


@given(st.lists(st.integers(0, 50), min_size=10, max_size=10))
def test_minutes_from_before_the_start_say_nothing(counts: list[int]) -> None:
    """The desk was not there: they are not known to have been silent."""
    assert spike([*[0] * 20, *counts], 9) == spike(counts, 29)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(4, 20, False), (4, 21, True), (100, 200, False), (100, 201, True), (1, 15, False)],
)
def test_the_limit(before: int, now: int, expected: bool) -> None:
    assert spike([before] * 10 + [now], 30) is expected


@pytest.mark.parametrize(("now", "expected"), [(101, True), (100, False)])
def test_a_spike_ends_at_half_of_what_began_it(now: int, expected: bool) -> None:
    assert spike([100] * 10 + [now], 30, already=True) is expected


def test_every_kind_says_where_it_is_dealt_with() -> None:
    for kind in Kind:
        assert set(kind.place) <= set(string.ascii_lowercase)
        assert kind.one[0].isupper()
