"""Exercise control: every deed changes the story, stands in the log, and ends with NO DUFF."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.directing import Break, Progress, Rating
from crisisdesk.model.errors import BadInput
from crisisdesk.model.events import CallCame, NoDuff
from crisisdesk.model.exercise import Inject, Method
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.rules.exercise.story import State
from crisisdesk.services.controlling import Clockwork, Controlling
from crisisdesk.services.debriefing import Debriefing
from crisisdesk.services.exercising import Exercising
from crisisdesk.services.telephoning import Telephoning
from crisisdesk.simnet.world import World
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import StoryClock
from crisisdesk.system.scenario_files import load_scenario
from crisisdesk.system.workers import Agenda

PLAYER = Operator("player", "Duty officer", Role.SENDER)


class Room:
    """The night flood with a directing staff, moved by hand."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self.clock = StoryClock(datetime(2026, 8, 20, 2, 0, tzinfo=UTC), 0.0)
        stamp = Stamp("d", "b", Mode.EXERCISE, self.clock.now, self.clock.monotonic_ms)
        self.database = Database(f"sqlite:///{folder / 'desk.db'}", stamp, signer)
        self.agenda, self.bus, self.world = Agenda(), Bus(), World(self.clock.now)
        self.told: list[object] = []
        for kind in (CallCame, NoDuff):
            self.bus.subscribe(kind, self.told.append)
        self.calls: list[object] = []
        self.exercising = Exercising(
            load_scenario("night-flood"),
            self.world,
            self.agenda,
            self.clock,
            self.database,
            self.bus,
            lambda _: None,
        )
        clockwork = Clockwork(
            lambda: self.clock.elapsed().total_seconds(),
            lambda: self.calls.append("pause"),
            lambda: self.calls.append("resume"),
            self.calls.append,
            lambda: self.calls.append("hold"),
        )
        self.control = Controlling(self.exercising, clockwork, self.database, self.bus)
        self.exercising.plan()
        self.play(60)

    def play(self, until: float) -> None:
        """Play up to a moment, in story seconds."""
        while (due := self.agenda.next_due()) is not None and due <= until:
            self.clock.move_to(timedelta(seconds=due))
            act = self.agenda.take_due(due)
            assert act is not None
            act()
        self.clock.move_to(timedelta(seconds=until))

    def state(self, inject_id: str) -> State:
        """Where an inject stands."""
        return next(line.state for line in self.exercising.lines() if line.inject.id == inject_id)

    def logged(self, action: str) -> list[dict[str, Any]]:
        """The details of every such entry, oldest first."""
        with self.database.read() as unit:
            entries = [*unit.log.read()]
        return [each["detail"] for each in entries if each["action"] == action]


@pytest.fixture
def room(tmp_path: Path, signer: Signer) -> Iterator[Room]:
    made = Room(tmp_path, signer)
    yield made
    made.database.close()


def test_an_inject_is_played_before_its_time_and_never_again(room: Room) -> None:
    room.control.fire("severe-warning")
    assert room.state("severe-warning") is State.PLAYED
    assert room.exercising.played_at["severe-warning"] == 60
    assert room.logged("exercise.fired") == [{"id": "severe-warning"}]
    with pytest.raises(BadInput, match="played already"):
        room.control.fire("severe-warning")
    room.play(600)
    ids = [each["id"] for each in room.logged("exercise.inject")]
    assert ids.count("severe-warning") == 1


def test_what_is_skipped_does_not_come(room: Room) -> None:
    room.control.skip("severe-warning")
    room.play(900)
    assert room.state("severe-warning") is State.SKIPPED
    assert "severe-warning" not in room.exercising.played_at


def line(room: Room, inject_id: str) -> Any:
    return next(each for each in room.exercising.lines() if each.inject.id == inject_id)


def test_other_words_and_another_time(room: Room) -> None:
    room.control.edit(line(room, "severe-warning"), "Leave Lower Town now.", 300)
    room.play(301)
    played = line(room, "severe-warning")
    assert (played.state, played.played_at) == (State.PLAYED, 300)
    assert played.inject.text == "Leave Lower Town now."
    assert room.logged("exercise.edited")[0]["at"] == 300


@pytest.mark.parametrize(("text", "at"), [("  ", None), ("words", -1), ("words", 10**6)])
def test_what_cannot_be_played_is_refused_and_not_logged(
    room: Room, text: str, at: int | None
) -> None:
    with pytest.raises(BadInput):
        room.control.edit(line(room, "severe-warning"), text, at)
    assert room.logged("exercise.edited") == []
    assert room.state("severe-warning") is State.DUE


UNPLAYABLE = [
    (Method.BLUESKY, "Ann", "x" * 301),
    (Method.MASTODON, "Ann", "x" * 501),
    (Method.FEED, "Met Office", "Storm \x0b warning"),
    (Method.FEED, "Met\x00 Office", "Storm warning"),
    (Method.MASTODON, "Ann", "\ud800"),
    (Method.EMAIL, "Ann", "x" * 20_001),
    (Method.MASTODON, "@@", "words"),
]


@pytest.mark.parametrize(("method", "sender", "text"), UNPLAYABLE)
def test_what_its_network_would_not_take_is_refused_before_it_is_due(
    room: Room, method: Method, sender: str, text: str
) -> None:
    for at in (None, 120):
        with pytest.raises(BadInput):
            room.control.insert(method, sender, text, at)
    fits = room.control.insert(method, "Ann", "words", 120)
    if sender == "Ann":
        with pytest.raises(BadInput):
            room.control.edit(line(room, fits.id), text, None)
        assert line(room, fits.id).inject.text == "words"
    assert len(room.logged("exercise.inserted")) == 1
    assert room.logged("exercise.edited") == []


def test_a_name_of_several_lines_is_one(room: Room) -> None:
    assert room.control.insert(Method.MASTODON, "Ann\nHill", "words").sender == "Ann_Hill"


def test_other_words_at_the_same_time_say_nothing_of_a_time(room: Room) -> None:
    room.control.edit(line(room, "severe-warning"), "Leave Lower Town now.", None)
    assert "at" not in room.logged("exercise.edited")[0]
    assert line(room, "severe-warning").state is State.DUE


def test_the_story_goes_on_behind_a_step_that_failed(room: Room) -> None:
    beside = room.control.insert(Method.BLUESKY, "Ann", "Beside it", 120)
    spoilt = Inject("spoilt", 120, Method.BLUESKY, "ann.test", "x" * 400)
    after = Inject("after", 120, Method.TELEPHONE, "Ann", "After it")
    for each in (spoilt, after):
        room.exercising.control(lambda story, each=each: story.insert(each))  # type: ignore[misc]
    later = room.control.insert(Method.TELEPHONE, "Ann", "Later", 300)
    with pytest.raises(ValueError, match="300 graphemes"):
        room.play(120)
    room.play(300)
    told = [each["id"] for each in room.logged("exercise.inject")]
    assert {beside.id, after.id, later.id} <= set(told)


def test_what_is_inserted_comes_at_once_as_its_network_writes_names(room: Room) -> None:
    made = room.control.insert(Method.BLUESKY, "@Ann Hill", "Is the school shut?")
    assert made.sender == "ann-hill.test"
    assert room.state(made.id) is State.PLAYED
    later = room.control.insert(Method.MASTODON, "ann hill", "And now?", at=120)
    assert later.sender == "ann_hill"
    assert room.state(later.id) is State.DUE
    room.play(120)
    assert room.state(later.id) is State.PLAYED


def test_the_phone_rings_at_once(room: Room) -> None:
    made = room.control.insert(Method.TELEPHONE, "Head teacher", "May the children go home?")
    (call,) = room.told
    assert isinstance(call, CallCame)
    assert call.inject == made
    assert not room.exercising.ended


@pytest.mark.parametrize("how", list(Break))
def test_a_network_is_broken_until_it_is_mended(room: Room, how: Break) -> None:
    room.control.break_network("mastodon", how)
    assert room.control.situation().broken == {"mastodon": f"{how.value}, until mended"}
    room.control.mend("mastodon")
    assert room.control.situation().broken == {}
    assert [each["network"] for each in room.logged("exercise.broken")] == ["mastodon"]
    assert len(room.logged("exercise.mended")) == 1


def test_a_network_broken_again_fails_in_the_new_way_alone(room: Room) -> None:
    room.control.break_network("mail", Break.SLOW)
    room.control.break_network("mail", Break.ANSWERS_LOST)
    assert room.control.situation().broken == {"mail": "its answers get lost, until mended"}


def test_an_observer_keeps_words_or_a_rating(room: Room) -> None:
    room.control.observe("Asked the police before answering.", "bridge-down", Rating.WELL)
    room.control.observe("", rating=Rating.BADLY)
    with pytest.raises(BadInput, match="empty"):
        room.control.observe(" ")
    first, second = room.control.situation().observations
    assert (first.at, first.about, first.rating) == (60, "bridge-down", Rating.WELL)
    assert second.rating is Rating.BADLY
    assert [each["words"] for each in room.logged("exercise.observed")] == [
        "Asked the police before answering.",
        "did not go well",
    ]


def test_goals_are_open_until_they_are_done_or_overdue(room: Room) -> None:
    goals = {each.goal.after: each for each in room.control.situation().goals}
    assert goals["severe-warning"].progress is Progress.NOT_YET
    room.control.fire("severe-warning")
    now = next(g for g in room.control.situation().goals if g.goal.after == "severe-warning")
    assert now.progress is Progress.OPEN
    assert now.due == 60 + now.goal.within
    room.play(now.due + 1)
    later = next(g for g in room.control.situation().goals if g.goal.after == "severe-warning")
    assert later.progress is Progress.OVERDUE


def test_no_duff_stops_everything_once_and_for_good(room: Room) -> None:
    room.control.no_duff("Duty officer")
    room.control.no_duff("Exercise control")
    assert room.calls == ["pause", "hold"]
    assert room.told == [NoDuff(60, "Duty officer")]
    assert room.logged("exercise.no_duff") == [{"by": "Duty officer"}]
    for act in (
        room.control.resume,
        lambda: room.control.fire("severe-warning"),
        lambda: room.control.insert(Method.TELEPHONE, "Ann", "Hello"),
        lambda: room.control.break_network("mail", Break.ERROR),
    ):
        with pytest.raises(BadInput, match="real event"):
            act()
    room.control.name_real_event("Fire in the town hall", "Duty officer")
    assert room.logged("exercise.real_event")[0]["words"] == "Fire in the town hall"
    room.control.end()
    assert room.exercising.ended


def test_nothing_is_played_after_endex(room: Room) -> None:
    room.control.end()
    with pytest.raises(BadInput, match="over"):
        room.control.fire("severe-warning")
    room.control.observe("They shook hands.")


def test_pause_speed_and_the_staff_stand_in_the_log(room: Room) -> None:
    room.control.begin(directed=True)
    room.control.pause()
    room.control.resume()
    room.control.set_speed(4.0)
    assert room.calls == ["pause", "resume", 4.0]
    assert room.logged("exercise.begun") == [{"words": "with directing staff"}]
    assert len(room.logged("exercise.paused")) == len(room.logged("exercise.resumed")) == 1
    assert room.logged("exercise.speed") == [{"words": "×4"}]


def test_a_call_that_is_noted_is_a_decision(room: Room) -> None:
    call = Inject("head", 0, Method.TELEPHONE, "Head teacher", "May they go home?")
    telephoning = Telephoning(room.database)
    telephoning.answered(call, PLAYER)
    telephoning.ended(call, PLAYER, "Told her to keep the children inside.")
    telephoning.ended(call, PLAYER, " ")
    assert room.logged("call.answered") == [
        {"id": "head", "via": "telephone", "name": "Head teacher"}
    ]
    assert len(room.logged("call.ended")) == 2
    assert room.logged("decision.noted") == [
        {"words": "Head teacher (telephone): Told her to keep the children inside."}
    ]


def test_every_debrief_question_is_kept_with_or_without_an_answer(
    tmp_path: Path, room: Room
) -> None:
    asked = Debriefing(("What went well?", "What did not?"), tmp_path, room.clock.now)
    file = asked.keep({"What went well?": " The first words. "})
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert kept["answers"] == [
        {"question": "What went well?", "answer": "The first words."},
        {"question": "What did not?", "answer": ""},
    ]
