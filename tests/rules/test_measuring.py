"""Measures: by small logs written by hand, and by the rule that sooner never scores worse."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.exercise import Scenario
from crisisdesk.model.measure import Measure
from crisisdesk.rules.exercise.reading import read_scenario
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.rules.measures.scale import falling, longest
from crisisdesk.rules.measuring import MEASURES, measure, total
from tests.rules.small_logs import ALL, OFFICER, SmallLog

MINUTES = st.integers(0, 120)


def measured(log: SmallLog, end: float = 120, run: Run | None = None) -> dict[str, Measure]:
    return {each.id: each for each in measure(log.end(end), run)}


def story(length: int = 120) -> Scenario:
    """A call for help, a claim and a mistake of ours, each with the goal that answers it."""
    goal = {"words": "Do it", "within_minutes": 10}
    return read_scenario(
        {
            "id": "small",
            "name": "Small",
            "summary": "A small one.",
            "codeword": "Heron",
            "length_minutes": length,
            "incident_name": "Small flood",
            "injects": [
                {"id": each, "at": 1, "method": "mastodon", "from": "jo", "text": f"It is {each}"}
                for each in ("need", "claim", "mistake")
            ],
            "goals": [
                {"id": "helped", "after": "need", "do": "handle", "match": "need", **goal},
                {
                    "id": "answered",
                    "after": "claim",
                    "do": "broadcast",
                    **goal,
                    "template": "rumour-correction",
                },
                {"id": "righted", "after": "mistake", "do": "broadcast", "match": "cancel", **goal},
            ],
            "needs": [
                {
                    "id": "n",
                    "inject": "need",
                    "answered_by": "helped",
                    "patience_minutes": 5,
                    "escalates": ["Please!"],
                }
            ],
            "rumours": [
                {
                    "id": "r",
                    "claim": "it is so",
                    "starts": "claim",
                    "answered_by": "answered",
                    "harm": "low",
                    "doubles_minutes": 4,
                    "phrasings": ["It is so"],
                }
            ],
        },
        "small",
    )


STORY = story()
PLAYED = {"need": 60, "claim": 60, "mistake": 60}


def played(*deeds: Deed) -> Run:
    return Run(STORY, deeds, PLAYED)


def test_the_first_statement_counts_when_a_network_took_it() -> None:
    log = SmallLog()
    log.say(5, "1", out=False)
    log.deliver(11, "1", "confirmed")
    found = measured(log)["first_statement"]
    assert (found.value, found.score) == (11 * 60, 100)
    assert found.words == "First statement after 11 min; 15 min is allowed."


def test_what_no_network_took_is_no_statement() -> None:
    log = SmallLog()
    log.say(5, "1", out=False)
    log.deliver(6, "1", "failed")
    found = measured(log)["first_statement"]
    assert (found.value, found.score) == (None, 0)
    assert found.words == "Nothing reached the public in 2 h; 15 min is allowed."


def test_what_ended_before_it_was_due_is_not_measured() -> None:
    assert measured(SmallLog(), end=14) == {}


def test_each_text_of_a_message_has_to_say_everything() -> None:
    log = SmallLog()
    log.say(5, "1")
    log.say(9, "2", elements=tuple(each for each in ALL if each not in ("time", "place")))
    log.say(9, "3", elements=tuple(each for each in ALL if each != "time"))
    found = measured(log)["completeness"]
    assert found.value == found.score == 83
    assert found.words == (
        "1 of 3 messages said everything on every channel. Most often missing: time."
    )


def test_a_correction_reaches_all_who_had_the_wrong_message() -> None:
    for follows, channels, linked in (
        ("1", ("m1", "b1", "e1"), 100),
        ("1", ("m1", "b1"), 0),
        ("", ("m1", "b1", "e1"), 0),
    ):
        log = SmallLog(live=True)
        log.say(5, "1")
        log.say(9, "2", "cancel", follows=follows, channels=channels)
        assert measured(log)["corrections"].score == linked


def test_a_mistake_that_nobody_corrected_counts_against_us() -> None:
    found = measured(SmallLog(), run=played())
    assert found["corrections"].score == found["correction_time"].score == 0
    done = measured(SmallLog(), run=played(Deed(240, "broadcast", "cancel", "flood-severe")))
    assert (done["correction_time"].value, done["correction_time"].score) == (180, 100)


def test_promises_are_kept_late_or_never() -> None:
    log = SmallLog()
    log.promise(1, "1", due=30, kept=29)
    log.promise(30, "2", due=60, kept=75)
    log.promise(75, "3", due=90)
    log.promise(76, "4", due=150)
    found = measured(log)["promises"]
    assert (found.value, found.score) == (33, 50)
    assert found.words == "1 of 3 promised updates in time, 1 late (at most by 15 min), 1 never."


def test_only_posts_have_to_be_short_and_marks_and_links_are_no_words() -> None:
    short = " ".join(["word"] * 80)
    for text, over in ((f"{short} https://council.example/x Ref K7Q3-1", 0), (f"{short} more", 2)):
        log = SmallLog()
        log.say(5, "1", text=f"EXERCISE EXERCISE EXERCISE\n{text}")
        assert measured(log)["brevity"].value == over


def test_a_gap_in_the_log_needs_something_that_happened_in_it() -> None:
    log = SmallLog()
    log.add(50, "decision.noted", OFFICER, words="Wait.")
    assert measured(log, end=50)["log_gaps"].value == 0
    log.add(20, "exercise.inject", "Exercise control", id="need")
    log.add(25, "observer.noted", "An observer", words="They are slow.")
    found = measured(log, end=50)["log_gaps"]
    assert (found.value, found.score) == (50 * 60, 25)


def test_a_decision_needs_its_reason() -> None:
    log = SmallLog()
    log.add(5, "decision.noted", OFFICER, words="We do not post about the dam.")
    log.add(6, "decision.noted", OFFICER, words="Nothing posted, because few have seen it.")
    log.add(7, "decision.noted", OFFICER, words="Nothing posted. A denial would spread it.")
    log.add(8, "decision.noted", OFFICER, words="Road stays shut", rationale="Mud")
    assert measured(log)["decisions"].score == 75
    assert measured(SmallLog())["decisions"].words == "No decision is in the log."


def test_a_doubt_lasts_until_it_is_settled() -> None:
    log = SmallLog()
    log.say(5, "1", out=False)
    log.deliver(5, "1", "unknown")
    assert measured(log)["doubts"].score == 0
    log.deliver(12, "1", "confirmed", OFFICER)
    found = measured(log)["doubts"]
    assert found.score == 100
    assert found.words.startswith("1 of 1 unknown outcome settled, the slowest after 7 min;")


def test_the_wait_for_a_second_person_is_measured_in_live_logs_only() -> None:
    for live in (True, False):
        log = SmallLog(live=live)
        log.add(5, "approval.asked", OFFICER, "alert 1")
        log.add(40, "approval.given", "Duty manager", "alert 1")
        found = measured(log, run=None if live else played())
        assert ("approval" in found) is live
    assert measured(log)["approval"].value == 35 * 60


def test_a_need_of_a_live_log_is_one_that_somebody_judged_so() -> None:
    log = SmallLog(live=True)
    log.add(5, "mention.judged", OFFICER, "mention 9", to="need")
    log.add(9, "mention.handled", OFFICER, "mention 9", to="need, handled by Duty officer")
    log.add(10, "mention.judged", OFFICER, "mention 10", to="need")
    found = measured(log)["needs"]
    assert (found.value, found.score) == (50, 50)


def test_a_rumour_is_answered_before_its_height_or_after() -> None:
    height = 60 + 5 * 4 * 60
    for at, value, score in ((height, 100, 100), (height + 600, 0, 50), (height + 1200, 0, 0)):
        run = played(Deed(at, "broadcast", "alert", "rumour-correction"))
        found = measured(SmallLog(), run=run)["rumours"]
        assert (found.value, found.score) == (value, score)
    assert measured(SmallLog(), run=played())["rumours"].words == (
        "0 of 1 rumour answered before the height, 1 never."
    )


def test_the_model_of_the_public_says_how_many_held_a_claim_for_true() -> None:
    deed = Deed(60 + 8 * 60, "broadcast", "alert", "rumour-correction")
    (doubled,) = Run(STORY, (deed,), PLAYED).spreads()
    assert doubled.most == 400
    (modelled,) = Run(STORY, (deed,), PLAYED, {"r": ((60, 100), (300, 900), (600, 400))}).spreads()
    assert modelled.most == 900


def test_a_short_exercise_allows_less_silence() -> None:
    log = SmallLog()
    log.say(2, "1")
    entries = log.end(40)
    short = Run(story(40), (), {})
    by_id = {each.id: each for each in measure(entries, short)}
    assert by_id["silence"].value == 38 * 60
    assert by_id["silence"].score < 30
    assert {each.id: each for each in measure(entries)}["silence"].score == 100


def test_the_total_is_the_mean_by_weight() -> None:
    found = list(measured(SmallLog(), run=played()).values())
    weight = sum(each.weight for each in found)
    assert total(found) == round(sum(each.score * each.weight for each in found) / weight)
    assert total([]) is None


def test_a_live_log_has_the_same_measures_but_those_of_the_scenario() -> None:
    log = SmallLog(live=True)
    log.say(5, "1")
    assert {"first_statement", "completeness", "silence", "log_gaps"} <= set(measured(log))
    assert not {"goals", "rumours"} & set(measured(log))


@given(MINUTES, MINUTES)
def test_an_earlier_first_statement_never_scores_worse(one: int, other: int) -> None:
    scores = []
    for at in sorted((one, other)):
        log = SmallLog()
        log.say(at, "1")
        scores.append(measured(log)["first_statement"].score)
    assert scores[0] >= scores[1]


@given(MINUTES, MINUTES)
def test_an_earlier_answer_never_scores_worse(one: int, other: int) -> None:
    before, after = (
        measured(
            SmallLog(),
            run=played(
                Deed(60 * at + 60, "handle", "need"),
                Deed(60 * at + 60, "broadcast", "alert", "rumour-correction"),
                Deed(60 * at + 60, "broadcast", "cancel"),
            ),
        )
        for at in sorted((one, other))
    )
    for name in ("needs", "rumours", "correction_time", "goals"):
        assert before[name].score >= after[name].score


@given(MINUTES, MINUTES)
def test_an_earlier_update_never_keeps_a_promise_less(one: int, other: int) -> None:
    scores = []
    for kept in sorted((one, other)):
        log = SmallLog()
        log.promise(0, "1", due=30, kept=kept)
        scores.append(measured(log)["promises"].score)
    assert scores[0] >= scores[1]


@given(st.lists(MINUTES, max_size=5), MINUTES)
def test_one_message_or_entry_more_never_makes_a_longer_gap(moments: list[int], more: int) -> None:
    def gaps(said: Sequence[int]) -> tuple[int, int]:
        log = SmallLog()
        for minute in range(0, 120, 3):
            log.add(minute, "exercise.inject", "Exercise control", id="chat")
        for number, at in enumerate(said):
            log.say(at, str(number))
        found = measured(log)
        return found["silence"].score, found["log_gaps"].score

    fewer, plus = gaps(moments), gaps([*moments, more])
    assert plus[0] >= fewer[0]
    assert plus[1] >= fewer[1]


@given(st.integers(), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_score_is_between_0_and_100_and_falls(value: int, good: int, width: int) -> None:
    here, later = (falling(each, good, good + width) for each in (value, value + 1))
    assert 100 >= here >= later >= 0


@given(st.lists(st.tuples(st.sampled_from(("say", "note", "chat")), MINUTES), max_size=8))
def test_every_measure_of_any_log_can_be_read(events: list[tuple[str, int]]) -> None:
    log = SmallLog()
    for number, (what, at) in enumerate(events):
        if what == "say":
            log.say(at, str(number))
        elif what == "note":
            log.add(at, "decision.noted", OFFICER, words="So be it.")
        else:
            log.add(at, "exercise.inject", "Exercise control", id="chat")
    found: list[Any] = list(measured(log, run=played()).values())
    assert 0 < len(found) <= len(MEASURES)
    for each in found:
        assert 0 <= each.score <= 100
        assert each.words.endswith(".")
        assert each.formula.endswith(".")
        assert each.weight > 0


def test_claims_are_answered_by_a_correction_or_by_handling() -> None:
    log = SmallLog(live=True)
    for number, at in enumerate((10, 20, 30)):
        verdict = {"from": "", "to": "rumour", "words": ""}
        log.add(at, "mention.judged", OFFICER, f"mention {number}", **verdict)
    handled = {"from": "rumour", "to": "rumour, handled by Sam", "words": ""}
    log.add(15, "mention.handled", OFFICER, "mention 0", **handled)
    log.say(50, "a1", template="rumour-correction")
    found = measured(log)["rumour_response"]
    assert found.value == 20 * 60
    assert "3 of 3 claims answered" in found.words
    assert found.score == 100


def test_a_claim_nobody_answers_scores_nothing_and_a_late_one_is_left_out() -> None:
    verdict = {"from": "", "to": "rumour", "words": ""}
    log = SmallLog(live=True)
    log.add(10, "mention.judged", OFFICER, "mention 1", **verdict)
    log.add(110, "mention.judged", OFFICER, "mention 2", **verdict)
    found = measured(log)["rumour_response"]
    assert (found.value, found.score) == (None, 0)
    assert "None of" not in found.words
    assert "0 of 1 claim" in found.words


@given(st.integers(1, 200), st.integers(0, 60))
def test_a_claim_answered_later_never_scores_more(took: int, more: int) -> None:
    def score(minutes: int) -> int:
        log = SmallLog(live=True)
        detail = {"from": "", "to": "rumour", "words": ""}
        log.add(5, "mention.judged", OFFICER, "mention 1", **detail)
        log.say(5 + minutes, "a1", template="rumour-correction")
        return measured(log, end=300)["rumour_response"].score

    assert score(took + more) <= score(took)


def test_an_exercise_measures_rumours_by_their_height_instead() -> None:
    log = SmallLog()
    detail = {"from": "", "to": "rumour", "words": ""}
    log.add(5, "mention.judged", OFFICER, "mention 1", **detail)
    assert "rumour_response" not in measured(log, run=played())


@given(st.lists(MINUTES), st.lists(MINUTES), MINUTES)
def test_a_gap_counts_only_where_something_happened_within_it(
    moments: list[int], events: list[int], end: int
) -> None:
    marks = sorted({0, end, *(each for each in moments if each <= end)})
    gaps = [
        (after - before, before)
        for before, after in pairwise(marks)
        if any(before < each < after for each in events)
    ]
    length = max((each for each, _ in gaps), default=0)
    assert longest(moments, end, events) == next(
        ((each, since) for each, since in gaps if each == length), (0, 0)
    )
