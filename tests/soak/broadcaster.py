"""`python -m tests.soak.broadcaster SEED PORT FOLDER SIZE …`: desk after desk in one process.

Writes one line of JSON for each desk. Attempts to leave are counted by an audit hook of its own,
which is older than the gate and sees what the gate refuses.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from datetime import timedelta
from itertools import count, cycle
from pathlib import Path
from random import Random
from typing import Any

from crisisdesk.desk import open_exercise
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.draft import Draft
from crisisdesk.model.template import FieldType, Step, Template
from crisisdesk.net import gate
from crisisdesk.services.logbooks import verify_logbook
from tests.cli.hostile_scenario import lures

TEMPLATE = "road-closure"
MINUTES = 3
"""Of the story between two broadcasts."""

NICE = 10
LATER_LOOKS = timedelta(hours=2)
HOPED = frozenset({DeliveryState.CONFIRMED, DeliveryState.ACCEPTED})


class Attempts:
    """Counts what would leave the process, from the moment the gate is closed."""

    def __init__(self) -> None:
        self.counted = 0
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _args: tuple[object, ...]) -> None:
        self.counted += gate.is_closed() and (event in gate.BARRED or event == gate.WAY_OUT)


def values(template: Template, chance: Random, lure: str) -> dict[str, str]:
    """What an officer types: a lure in every field of free text, as long as its example."""
    start = chance.randrange(max(1, len(lure) - 20))
    typed = {
        field.name: lure[start:][: len(field.example)].strip() or field.example
        if field.type is FieldType.TEXT
        else field.example
        for field in template.fields
    }
    return typed | {"more_info_url": f"http://127.0.0.1:9/{chance.randrange(10**6)}?{{ref}}"}


def broadcast_all(desk: ExerciseDesk, number: int, port: int, chance: Random) -> None:
    """So many alerts, each on every channel, with the looks that follow."""
    desk.dispatch.posts_per_hour = number
    go_on(desk, timedelta())
    desk.exercising.world.mend("mail")  # the drill's own trouble
    accounts = tuple(each.id for each in desk.composing.accounts())
    lure = cycle(lures(port))
    incident = desk.composing.open_incident(f"Road {next(lure)}", desk.player)
    template = desk.composing.templates[TEMPLATE]
    for turn in range(number):
        typed = values(template, chance, next(lure))
        draft = Draft(incident.id, TEMPLATE, Step.ALERT, typed, accounts)
        alert = desk.composing.compose(draft, desk.player)
        for sent in desk.dispatch.broadcast(alert.id, desk.player):
            sent.result()
        go_on(desk, timedelta(minutes=MINUTES * (turn + 1)))
    go_on(desk, desk.clock.elapsed() + LATER_LOOKS)


def go_on(desk: ExerciseDesk, to: timedelta) -> None:
    """Let the story go on to that moment."""
    desk.clock.move_to(to)
    while act := desk.agenda.take_due(to.total_seconds()):
        act()
    desk.workers.wait_until_quiet()


def play(folder: Path, number: int, port: int, seed: int, attempts: Attempts) -> dict[str, Any]:
    """One desk from start to end, and what came of it."""
    before = attempts.counted
    desk = open_exercise("first-drill", folder, 0.0, seed)
    world = desk.exercising.world
    broadcast_all(desk, number, port, Random(seed))
    said = {
        "Mastodon": [each.text for each in world.mastodon.statuses if each.author == "riverside"],
        "mail": [each.data.decode() for each in world.mail.messages],
    }
    with desk.database.read() as unit:
        states = Counter(
            each.state for state in DeliveryState for each in unit.alerts.in_state(state)
        )
    desk.close()
    problems = [f"{states[each]} deliveries {each}" for each in states if each not in HOPED]
    problems += [f"{len(texts)} on {name}" for name, texts in said.items() if len(texts) != number]
    problems += [
        f"not marked on {name}: {text[:80]!r}"
        for name, texts in said.items()
        for text in texts
        if "EXERCISE" not in text
    ]
    if not (report := verify_logbook(folder)).intact:
        problems.append(f"the log is broken: {report.findings[0]}")
    return {
        "broadcasts": number,
        "sends": states.total(),
        "log_entries": report.entries,
        "attempts": attempts.counted - before,
        "problems": problems,
    }


def main(seed: int, port: int, folder: Path, sizes: list[int]) -> None:
    """Desk after desk."""
    os.nice(NICE)
    attempts = Attempts()
    for number, turn in zip(sizes, count(seed)):
        own = folder / f"desk-{os.getpid()}-{turn}"
        sys.stdout.write(json.dumps(play(own, number, port, turn, attempts)) + "\n")
        sys.stdout.flush()
        shutil.rmtree(own)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), [*map(int, sys.argv[4:])])
