"""Plays whole exercises at full speed, in a process of its own: `python -m tests.soak.playing`.

A line of standard input is one run: pack, officer, seed. A line of standard output is its result.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from crisisdesk.desk.autopilot import Autopilot
from crisisdesk.desk.exercise import open_exercise
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.measuring import measure, total
from crisisdesk.services.logbooks import read_entries


def play(pack: str, officer: str, seed: int) -> dict[str, Any]:
    """One run to its end: every measure's score, the total, and what the officer could not do."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_exercise(pack, Path(folder) / "run", 0.0, seed, in_turn=True)
        autopilot = Autopilot(desk, officer)
        autopilot.plan()
        desk.run_to_end()
        exercising = desk.exercising
        run = Run(exercising.scenario, exercising.deeds(), exercising.played_at)
        desk.close("played")
        measures = measure(read_entries(Path(folder) / "run", limit=10**9), run)
        return {
            "scores": {each.id: each.score for each in measures},
            "words": {each.id: each.words for each in measures},
            "total": total(measures),
            "failures": autopilot.failures,
        }


def main() -> None:
    """Play what is asked for."""
    for line in sys.stdin:
        pack, officer, seed = line.split()
        result = play(pack, officer, int(seed))
        told = {"pack": pack, "officer": officer, "seed": int(seed), **result}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
