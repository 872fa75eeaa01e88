"""Exercising: the agenda plays the story, and the log afterwards measures the officer."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import BadInput
from crisisdesk.model.events import ExerciseTold
from crisisdesk.model.exercise import POSTS, Method
from crisisdesk.model.mode import Mode
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.rules.exercise.story import CHATTER_SECONDS
from crisisdesk.services.after_action import AfterAction
from crisisdesk.services.exercising import Exercising
from crisisdesk.simnet.world import World
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import StoryClock
from crisisdesk.system.scenario_files import load_scenario
from crisisdesk.system.workers import Agenda


class Stage:
    """The ten-minute drill over a real database, moved by hand."""

    def __init__(self, folder: Path, signer: Signer, seed: int = 0) -> None:
        self.clock = StoryClock(datetime(2026, 8, 20, 2, 0, tzinfo=UTC), 0.0)
        now, ms = self.clock.now, self.clock.monotonic_ms
        stamp = Stamp("desk-1", "boot-1", Mode.EXERCISE, now, ms)
        self.database = Database(f"sqlite:///{folder / f'{seed}.db'}", stamp, signer)
        self.agenda, self.bus = Agenda(), Bus()
        self.polled: list[str] = []
        self.told: list[ExerciseTold] = []
        self.bus.subscribe(ExerciseTold, self.told.append)
        self.exercising = Exercising(
            load_scenario("first-drill"),
            World(now),
            self.agenda,
            self.clock,
            self.database,
            self.bus,
            self.polled.append,
            seed,
        )

    def play(self) -> dict[str, int]:
        """Everything to ENDEX; returns when each inject came, in story seconds."""
        self.exercising.plan()
        while (due := self.agenda.next_due()) is not None:
            self.clock.move_to(timedelta(seconds=due))
            act = self.agenda.take_due(due)
            assert act is not None
            act()
        self.database.close()
        return dict(self.exercising.played_at)


def test_the_seed_moves_only_posts_that_no_goal_is_measured_from(
    tmp_path: Path, signer: Signer
) -> None:
    first, again, other = (Stage(tmp_path / name, signer, seed) for name, seed in SEEDS)
    times, others = first.play(), other.play()
    assert times == again.play()
    measured = {goal.after for goal in first.exercising.scenario.goals}
    injects = {each.id: each for each in first.exercising.scenario.injects}
    for name, inject in injects.items():
        late = times[name] - inject.at, others[name] - inject.at
        if name in measured or inject.method not in POSTS:
            assert late == (0, 0)
        assert all(0 <= each < CHATTER_SECONDS for each in late)
    assert times != others


SEEDS = (("first", 0), ("again", 0), ("other", 1))


def test_faults_are_told_and_everything_else_is_polled(tmp_path: Path, signer: Signer) -> None:
    stage = Stage(tmp_path, signer)
    played = stage.play()
    injects = expand(stage.exercising.scenario)
    faults = [each for each in injects if each.method is Method.FAULT]
    assert [told.words for told in stage.told[:-1]] == [each.text for each in faults]
    assert stage.told[-1].ended
    said = [each for each in injects if each.method in POSTS | {Method.FEED}]
    moments = {(played[each.id], each.method.value) for each in said}
    assert len(stage.polled) == len(moments), "each network once for each moment"
    assert stage.exercising.ended


def test_ending_early_plays_nothing_more(tmp_path: Path, signer: Signer) -> None:
    stage = Stage(tmp_path, signer)
    stage.exercising.end()
    stage.exercising.end()
    assert stage.play() == {}
    assert [told.ended for told in stage.told] == [True]


def test_a_report_says_what_nobody_did(tmp_path: Path, signer: Signer) -> None:
    stage = Stage(tmp_path, signer)
    stage.exercising.end()
    report = AfterAction(stage.exercising.run, stage.database, stage.clock.now()).write(tmp_path)
    stage.database.close()
    assert json.loads((tmp_path / "report.json").read_text()) == report
    assert report["goals_met"] == 0
    assert report["score"] is None
    assert "before anything could be measured" in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize("name", ["atlantis", "..", "/nowhere", "_notes"])
def test_a_scenario_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(BadInput, match="night-flood"):
        load_scenario(name)
