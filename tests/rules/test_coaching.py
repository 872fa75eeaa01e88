"""Coaching: lessons are ticked off by deeds, in any order, and never taken back."""

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.exercise import Lesson, Scenario
from crisisdesk.rules.exercise.coaching import Seen, next_lesson, ticked
from crisisdesk.rules.exercise.scoring import Deed

LESSONS = (
    Lesson("open", "Open.", "open_incident"),
    Lesson("need", "Pass it on.", "handle", after="need", match="trapped"),
    Lesson("choose", "Choose.", "choose", template="road-closure"),
    Lesson("fill", "Fill.", "fill", template="road-closure"),
    Lesson("alert", "Send.", "broadcast", template="road-closure", match="alert"),
    Lesson("note", "Note it.", "note", after="rumour"),
)
DRILL = Scenario("d", "D", "d", "d", 600, "d", (), (), (), {}, (), LESSONS)
PLAYED = {"need": 30, "rumour": 180}
NOTHING = Seen()
OPENED = Deed(5, "open_incident", "Burst main")
HANDLED = Deed(60, "handle", "I am TRAPPED here")
SENT = Deed(120, "broadcast", "alert", "road-closure")
NOTED = Deed(200, "note", "not yet")
DEEDS = (OPENED, HANDLED, SENT, NOTED)


def test_each_deed_ticks_its_own_lesson() -> None:
    assert ticked(DRILL, [OPENED], PLAYED, NOTHING) == {"open"}
    assert ticked(DRILL, [HANDLED], PLAYED, NOTHING) == {"need"}
    assert ticked(DRILL, [NOTED], PLAYED, NOTHING) == {"note"}
    assert ticked(DRILL, [], PLAYED, NOTHING) == frozenset()


def test_what_was_done_before_it_was_due_does_not_count() -> None:
    early = Deed(10, "note", "something else")
    assert ticked(DRILL, [early], PLAYED, NOTHING) == frozenset()
    assert ticked(DRILL, [early], {}, NOTHING) == frozenset()


def test_the_screen_ticks_off_what_no_log_tells() -> None:
    assert ticked(DRILL, [], PLAYED, Seen("power-cut", True)) == frozenset()
    assert ticked(DRILL, [], PLAYED, Seen("road-closure")) == {"choose"}
    assert ticked(DRILL, [], PLAYED, Seen("road-closure", True)) == {"choose", "fill"}


def test_who_has_sent_has_chosen_and_filled() -> None:
    assert ticked(DRILL, [SENT], PLAYED, NOTHING) == {"choose", "fill", "alert"}


def test_a_call_for_help_goes_before_what_was_begun() -> None:
    done = ticked(DRILL, [OPENED], {}, NOTHING)
    before, after = next_lesson(DRILL, done, {}), next_lesson(DRILL, done, PLAYED)
    assert (before and before.id, after and after.id) == ("choose", "need")


def test_nothing_is_said_while_the_story_has_to_go_on() -> None:
    done = ticked(DRILL, [OPENED, HANDLED, SENT], {"need": 30}, NOTHING)
    assert next_lesson(DRILL, done, {"need": 30}) is None
    later = next_lesson(DRILL, done, PLAYED)
    assert later
    assert later.id == "note"


@given(st.permutations(DEEDS), st.lists(st.booleans(), min_size=4, max_size=4))
def test_nothing_is_ever_unticked_and_all_deeds_end_it(
    deeds: list[Deed], written: list[bool]
) -> None:
    done: frozenset[str] = frozenset()
    for number, shows in enumerate(written, 1):
        seen = Seen("road-closure", True) if shows else NOTHING
        now = ticked(DRILL, deeds[:number], PLAYED, seen, done)
        assert done <= now
        done = now
    assert done == {lesson.id for lesson in LESSONS}
    assert next_lesson(DRILL, done, PLAYED) is None
