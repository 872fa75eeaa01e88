"""Exercising: the story is played into simulated networks, and afterwards measured by the log."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson

from crisisdesk.model.events import ExerciseTold
from crisisdesk.model.exercise import Inject, Scenario
from crisisdesk.model.moment import iso
from crisisdesk.rules.scenarios import expand
from crisisdesk.rules.scoring import Deed, Score, score
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.world import World
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.clock import StoryClock
from crisisdesk.system.workers import Agenda

CHATTER_SECONDS = 45
"""By how much a post that no goal is measured from may come later, so that nights differ."""

PUBLIC = ("mastodon", "bluesky")


class Exercising:
    """Plays one scenario. The agenda runs the injects; nothing here waits or sleeps."""

    def __init__(
        self,
        scenario: Scenario,
        world: World,
        agenda: Agenda,
        clock: StoryClock,
        database: Database,
        bus: Bus,
        poll: Callable[[str], None],
        seed: int = 0,
        watch: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`poll` and `watch` get the name of a network where something was just said, `watch` only
        when that was said in our own name."""
        self.scenario = scenario
        self._world = world
        self.agenda = agenda
        self.clock = clock
        self._database = database
        self._bus = bus
        self._poll = poll
        self._watch = watch
        self._chance = Random(seed)
        self._parents: dict[str, str] = {}
        self.played_at: dict[str, int] = {}
        self.ended = False

    def plan(self) -> int:
        """Put every inject and ENDEX on the agenda; returns how many steps that makes."""
        singles = expand(self.scenario)
        measured = {goal.after for goal in self.scenario.goals}
        for inject in singles:
            free = inject.via in PUBLIC and inject.id not in measured
            late = self._chance.randrange(CHATTER_SECONDS) if free else 0
            due = min(inject.at + late, self.scenario.length)
            self.agenda.add(float(due), partial(self._play, inject))
        self.agenda.add(float(self.scenario.length), self.end)
        self._note(
            "exercise.started", {"scenario": self.scenario.id, "codeword": self.scenario.codeword}
        )
        return len(singles) + 1

    def end(self) -> None:
        """ENDEX: nothing is played any more."""
        if not self.ended:
            self.ended = True
            self.clock.pause()
            self._note("exercise.ended", {"scenario": self.scenario.id})
            self._tell("ENDEX. The exercise is over.", ended=True)

    def _play(self, inject: Inject) -> None:
        if self.ended:
            return
        self.played_at[inject.id] = self._elapsed()
        detail = {"id": inject.id, "via": inject.via, "expect": inject.expect}
        self._note("exercise.inject", detail)
        if inject.via == "fault":
            self._world.add_fault(inject.data["network"], _fault(inject.data))
            self._tell(inject.text)
            return
        self._world.say(inject.via, inject.author, inject.text, inject.id, inject.data)
        self._poll(inject.via)
        if self._world.is_ours(inject.via, inject.author):
            self._watch(inject.via)

    def _elapsed(self) -> int:
        return int(self.clock.elapsed().total_seconds())

    def _tell(self, words: str, ended: bool = False) -> None:
        self._bus.publish(ExerciseTold(self._elapsed(), words, ended))

    def _note(self, action: str, detail: dict[str, Any]) -> None:
        self._database.write(
            lambda unit: unit.log.append(action, actor="Exercise control", detail=detail)
        )

    def scores(self) -> tuple[Score, ...]:
        """Each goal, measured by the log."""
        return score(self.scenario, self.deeds(), self.played_at)

    def deeds(self) -> list[Deed]:
        """What the player has done so far, in order."""
        with self._database.read() as unit:
            entries = [orjson.loads(body) for _seq, _prev, _hash, body in unit.log.rows()]
            return [deed for entry in entries if (deed := _deed(unit, entry))]

    def write_report(self, folder: Path) -> dict[str, Any]:
        """Write report.json and report.md into the folder; returns the report."""
        scores = self.scores()
        with self._database.read() as unit:
            mentions = unit.mentions.counts()["all"][0]
            entries = unit.log.head()[0]
        report = {
            "scenario": self.scenario.id,
            "name": self.scenario.name,
            "ended_at": iso(self.clock.now()),
            "mentions": mentions,
            "log_entries": entries,
            "goals_met": sum(each.met for each in scores),
            "goals": [_goal(each) for each in scores],
        }
        (folder / "report.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        (folder / "report.md").write_text(_as_text(report), encoding="utf-8")
        return report


_NOTES = {"decision.noted": "note", "handover.noted": "hand_over"}
_SETTLED = ("delivery.confirmed", "delivery.failed")


def _deed(unit: Unit, entry: Mapping[str, Any]) -> Deed | None:
    at, action, detail = entry["mono"] // 1000, entry["action"], entry["detail"]
    if action == "broadcast.started":
        return Deed(at, "broadcast", detail["step"], detail["template"])
    if action == "mention.handled":
        found = unit.mentions.get(int(entry["subject"].removeprefix("mention ")))
        return Deed(at, "handle", found.text if found else "")
    if action == "incident.opened":
        return Deed(at, "open_incident", detail["name"])
    if action in _SETTLED and entry["actor"] != "desk":  # a person looked, no network said so
        return Deed(at, "settle", detail["channel_name"])
    return Deed(at, _NOTES[action], detail["words"]) if action in _NOTES else None


def _fault(data: Mapping[str, str]) -> Fault:
    return Fault(
        kind=data["kind"],  # type: ignore[arg-type]
        match=data.get("match", ""),
        times=int(data.get("times", "1")),
        status=int(data.get("status", "503")),
    )


def _goal(each: Score) -> dict[str, Any]:
    return {
        "id": each.goal.id,
        "words": each.goal.words,
        "met": each.met,
        "seconds": each.took,
        "allowed": each.goal.within,
    }


def _as_text(report: Mapping[str, Any]) -> str:
    lines = [
        f"# Exercise report: {report['name']}",
        "",
        f"{report['goals_met']} of {len(report['goals'])} goals met.",
        f"{report['mentions']} mentions came in; the log holds {report['log_entries']} entries.",
        "",
        "| Goal | Met | Took | Allowed |",
        "|---|---|---|---|",
    ]
    for goal in report["goals"]:
        took = "not done" if goal["seconds"] is None else _minutes(goal["seconds"])
        met = "yes" if goal["met"] else "**no**"
        lines.append(f"| {goal['words']} | {met} | {took} | {_minutes(goal['allowed'])} |")
    return "\n".join(lines) + "\n"


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60:02d} s" if seconds % 60 else f"{seconds // 60} min"
