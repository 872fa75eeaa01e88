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


def play(pack: str, officer: str, seed: int) -> dict[str, Any]:
    """One run to its end: every measure's score, the total, and what the officer could not do."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_exercise(pack, Path(folder) / "run", 0.0, seed, in_turn=True)
        autopilot = Autopilot(desk, officer)
        autopilot.plan()
        desk.run_to_end()
        report = desk.after_action.write(Path(folder))
        desk.close("played")
        return {
            "scores": {each["id"]: each["score"] for each in report["measures"]},
            "words": {each["id"]: each["words"] for each in report["measures"]},
            "total": report["score"],
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
