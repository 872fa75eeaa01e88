"""After an exercise: what was measured, written down for people and for programs."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.model.exercise import Scenario
from crisisdesk.model.moment import iso
from crisisdesk.rules.exercise.scoring import Score
from crisisdesk.store.database import Database


class AfterAction:
    """Measures one exercise and writes its report."""

    def __init__(
        self,
        scenario: Scenario,
        scores: Callable[[], tuple[Score, ...]],
        database: Database,
        now: Callable[[], datetime],
    ) -> None:
        self._scenario = scenario
        self._scores = scores
        self._database = database
        self._now = now

    def write(self, folder: Path) -> dict[str, Any]:
        """Write report.json and report.md into the folder; returns the report."""
        scores = self._scores()
        with self._database.read() as unit:
            mentions = unit.mentions.counts()["all"][0]
            entries = unit.log.head()[0]
        report = {
            "scenario": self._scenario.id,
            "name": self._scenario.name,
            "ended_at": iso(self._now()),
            "mentions": mentions,
            "log_entries": entries,
            "goals_met": sum(each.met for each in scores),
            "goals": [_goal(each) for each in scores],
        }
        (folder / "report.json").write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        (folder / "report.md").write_text(_as_text(report), encoding="utf-8")
        return report


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
