"""`python -m tests.soak.day_desk HOURS SPEED SEED FOLDER`: plays the night flood again and again.

Writes a line of JSON for each hour of the story, and one with what came of all deliveries. The last
hour is quiet, so that everything can come to rest.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import psutil

from crisisdesk.config import resource
from crisisdesk.desk import open_exercise
from crisisdesk.desk.autopilot import Autopilot
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.events import ExerciseTold
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.simnet.faults import Fault, FaultKind, Faults
from tests.cli.hostile_scenario import as_toml

HOUR = 3600
STORY = "night-flood"
RATE = 0.05
KINDS: tuple[FaultKind, ...] = (
    "refuse", "lost_answer", "timeout", "status", "html", "truncate", "empty",
)  # fmt: skip
MAIL_VERBS = ("CONNECT", "DATA", ".")
"""Where a conversation may fail: one in twenty of its dozen commands would end nearly all."""

_S = DeliveryState
UNDER_WAY = frozenset({_S.PREPARED, _S.SENDING, _S.RETRYING})


class Unreliable(Faults):
    """Shows what is planned, and a fault of its own choice to some of all other requests."""

    def __init__(self, chance: Random, verbs: tuple[str, ...] = ("",)) -> None:
        super().__init__()
        self._chance = chance
        self._verbs = verbs
        self.shown = self.asked = 0

    def take(self, method_and_path: str) -> Fault | None:
        """The planned one, else perhaps one of ours."""
        planned = super().take(method_and_path)
        if planned or not method_and_path.startswith(self._verbs):
            return planned
        self.asked += 1
        if self._chance.random() >= RATE:
            return None
        self.shown += 1
        return Fault(self._chance.choice(KINDS), status=self._chance.choice((429, 500, 503)))


def write_long_story(folder: Path, hours: int) -> Path:
    """The night flood, as often as it fits into these hours, and one quiet hour after."""
    content = tomllib.loads(resource("scenarios", STORY, "scenario.toml").decode())
    length = content["length_minutes"]
    starts = range(0, hours * 60, length)

    def again(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        moved = [_moved(each, start) for start in starts for each in entries]
        fit = [each for each in moved if each["at"] + each.get("spread_minutes", 0) <= hours * 60]
        known = {each.get("id") for each in fit}
        return [each for each in fit if each.get("after") in known | {None}]

    officer = {"good": again(content["autopilot"]["good"])}
    told = {**content, "injects": again(content["injects"]), "autopilot": officer}
    told["length_minutes"] = (hours + 1) * 60
    folder.mkdir(parents=True)
    lines = [f"{key} = {as_toml(value)}" for key, value in told.items()]
    (folder / "scenario.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _moved(entry: Mapping[str, Any], start: int) -> dict[str, Any]:
    """Later; the first time everything keeps its name, by which other parts speak of it."""
    names = {key: f"{entry[key]}-{start}" for key in ("id", "after") if start and key in entry}
    return {**entry, **names, "at": entry.get("at", 0) + start}


def make_unreliable(desk: ExerciseDesk, seed: int) -> list[Unreliable]:
    """From now on, every network fails now and then."""
    world = desk.exercising.world
    mastodon, bluesky = Unreliable(Random(seed)), Unreliable(Random(seed + 1))
    feed, mail = Unreliable(Random(seed + 2)), Unreliable(Random(seed + 3), MAIL_VERBS)
    world.mastodon.faults, world.bluesky.faults = mastodon, bluesky
    world.feed.faults, world.mail.faults = feed, mail
    return [mastodon, bluesky, feed, mail]


def measure(desk: ExerciseDesk) -> None:
    """What this process holds now, garbage collected, in MB; threads and open files too."""
    gc.collect()
    rollup = Path("/proc/self/smaps_rollup").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in rollup if line.startswith("Rss:"))
    process = psutil.Process()
    with desk.database.read() as unit:
        mentions = unit.mentions.counts()["all"][0]
    now = {
        "hour": round(desk.clock.elapsed().total_seconds() / HOUR),
        "mb": round(kilobytes / 1024, 1),
        "mentions": mentions,
        "objects": len(gc.get_objects()),
        "threads": process.num_threads(),
        "files": process.num_fds(),
    }
    _write(now)


def outcome(desk: ExerciseDesk, shown: list[Unreliable]) -> dict[str, Any]:
    """What came of every delivery."""
    with desk.database.read() as unit:
        all_of_them = [each for state in _S for each in unit.alerts.in_state(state)]
        mentions = unit.mentions.counts()["all"][0]
        entries = unit.log.head()[0]
    problems = [
        f"still {each.state}: {each.account_id} {each.evidence}"
        for each in all_of_them
        if each.state in UNDER_WAY or (each.state is not _S.CONFIRMED and not each.evidence)
    ]
    return {
        "deliveries": dict(Counter(each.state.value for each in all_of_them)),
        "faults": sum(each.shown for each in shown),
        "requests": sum(each.asked for each in shown),
        "mentions": mentions,
        "log_entries": entries,
        "problems": problems,
    }


def main(hours: int, speed: float, seed: int, folder: Path) -> None:
    """Play to ENDEX."""
    story = write_long_story(folder / "story", hours)
    desk = open_exercise(str(story), folder / "out", speed, seed)
    shown = make_unreliable(desk, seed)
    over = threading.Event()
    desk.bus.subscribe(ExerciseTold, lambda told: over.set() if told.ended else None)
    for hour in range(1, hours + 1):
        desk.agenda.add(float(hour * HOUR), lambda: measure(desk))
    pilot = Autopilot(desk, "good")
    pilot.plan()
    desk.start()
    over.wait()
    desk.workers.wait_until_quiet()
    found = outcome(desk, shown)
    desk.close()
    report = verify_logbook(folder / "out")
    found["problems"] += [] if report.intact else [f"the log is broken: {report.findings[0]}"]
    _write(found | {"officer_could_not": len(pilot.failures), "why": pilot.failures[:5]})


def _write(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
