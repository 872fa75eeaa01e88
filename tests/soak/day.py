"""A day of exercise, 60 times as fast, on networks that fail one request in twenty.

What may not happen: memory that grows by more than a megabyte for each hour of the story, beside
what the simulated networks keep of the public's posts; a delivery that is still under way when
everything has come to rest, or one in doubt without a reason.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import linear_regression
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from tests.cli.calling import ROOT, environment

MOST_GROWTH = 1.0
"""MB for each hour of the story, as a straight line through all hours but the first."""

KB_OF_A_POST = 0.14
"""What the simulated networks keep of each, as real ones do; measured by tracemalloc."""

LONG_ENOUGH = 12
"""Hours. In fewer, memory still grows because everything is used for the first time."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--hours", type=int, default=24, help="of the story")
    parser.add_argument("--speed", type=float, default=60.0, help="story seconds a second")


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Play it in a process of its own; what it measured each hour, and every broken promise."""
    with TemporaryDirectory(prefix="crisisdesk-day-") as folder:
        lines, said = _played(asked, Path(folder))
    if not lines or "deliveries" not in lines[-1]:
        return {"problems": [f"the desk ended by itself: {said[-2000:]}"]}
    *hours, end = lines
    later = [each for each in hours if each["hour"] > 1]
    whole = slope([(each["hour"], each["mb"]) for each in later])
    posts = slope([(each["hour"], each["mentions"] * KB_OF_A_POST / 1024) for each in later])
    problems = end.pop("problems")
    if asked.hours >= LONG_ENOUGH and whole - posts > MOST_GROWTH:
        problems.append(f"memory grows by {whole - posts:.2f} MB an hour beside the posts")
    grown = {"mb_an_hour": round(whole, 3), "mb_an_hour_of_posts": round(posts, 3)}
    return {**end, **grown, "hours": hours, "problems": problems}


def _played(asked: argparse.Namespace, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """What the desk wrote, and what it said on standard error.

    That goes to a file: a pipe that nobody reads would stop the desk.
    """
    words = [str(asked.hours), str(asked.speed), str(asked.seed), str(folder)]
    command = [sys.executable, "-m", "tests.soak.day_desk", *words]
    how: dict[str, Any] = {"env": environment({}), "stdout": subprocess.PIPE, "text": True}
    with (
        (folder / "said").open("w+") as said,
        subprocess.Popen(command, cwd=ROOT, stderr=said, **how) as desk,
    ):
        bar = tqdm(desk.stdout, total=asked.hours, desc="story hours", file=sys.stderr)
        lines = [json.loads(line) for line in bar]
        said.seek(0)
        return lines, said.read()


def slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line that fits best; 0 where there are too few."""
    if len(points) < 2:
        return 0.0
    return linear_regression(*zip(*points, strict=True)).slope
