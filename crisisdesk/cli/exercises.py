"""`crisisdesk exercise run`: play a scenario without a screen."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tqdm import tqdm

from crisisdesk.cli import packs, reports
from crisisdesk.config import DATABASE_NAME
from crisisdesk.model.errors import BadInput, StoreError

LARGEST_SEED = 2**63 - 1


def add_to(commands: Any) -> None:
    """Add the command."""
    group = commands.add_parser("exercise", help="play an exercise").add_subparsers(required=True)
    run = group.add_parser(
        "run",
        help="play a scenario in the terminal",
        description="Plays a scenario to its end and writes its log and report. Without "
        "--autopilot nobody answers the public; crisisdesk --exercise SCENARIO is for people.",
    )
    run.add_argument("scenario", help="its name, or a folder with a scenario.toml")
    run.add_argument("--speed", default="1", help="story seconds a second, or max")
    plays = "let the program play, as a good officer unless you say poor"
    run.add_argument("--autopilot", nargs="?", const="good", choices=("good", "poor"), help=plays)
    run.add_argument("--seed", type=int, default=0, help="another number, another night")
    run.add_argument("--day", help="as in 2026-02-03; the scenario's own when left out")
    run.add_argument("--player", default="", help="who plays: so that practice counts")
    run.add_argument("--out", required=True, type=Path, help="an empty folder for log and report")
    run.set_defaults(run=run_exercise)
    packs.add_to(group)
    reports.add_to(group)


def run_exercise(args: argparse.Namespace) -> int:
    """Play to ENDEX, write log and report, verify the log."""
    speed, args.day = _speed(args.speed), _day(args.day)
    _refuse_seed(args.seed)
    _refuse_used(args.out)
    papers = reports.Elsewhere(args.out.absolute())
    try:
        return _run(args, speed, papers)
    finally:
        papers.stop()


def _run(args: argparse.Namespace, speed: float, papers: reports.Elsewhere) -> int:
    from crisisdesk.desk import open_exercise
    from crisisdesk.desk.autopilot import Autopilot
    from crisisdesk.services.logbooks import export_jsonl, verify_logbook

    folder = args.out.absolute()
    try:
        desk = open_exercise(
            args.scenario, folder, speed, args.seed, day=args.day, in_turn=speed == 0
        )
    except StoreError as error:
        to_do = error.to_do.replace("--data", "--out")
        raise StoreError(error.problem, to_do, error.meaning) from error
    scenario = desk.exercising.scenario
    autopilot = Autopilot(desk, args.autopilot) if args.autopilot else None
    desk.after_action.player, desk.after_action.autopilot = args.player, args.autopilot or ""
    try:
        if autopilot:
            autopilot.plan()
        with tqdm(total=scenario.length, unit="s", desc=scenario.name, unit_scale=True) as bar:
            _play(desk, speed, bar)
        report = desk.after_action.write(args.out)
    finally:
        desk.close("exercise over")
    export_jsonl(args.out, args.out / "log.jsonl")
    verified = verify_logbook(args.out)
    for failure in autopilot.failures if autopilot else ():
        print(f"The autopilot could not {failure}", file=sys.stderr)
    print(
        f"{report['goals_met']} of {len(report['goals'])} goals met, {report['mentions']} mentions."
    )
    state = "intact" if verified.intact else "BROKEN"
    print(f"Log {state}, {verified.entries} entries. Report: {args.out / 'report.html'}")
    if why := papers.make():
        print(why, file=sys.stderr)
    return 0 if verified.intact else 1


def _day(text: str | None) -> date | None:
    from crisisdesk.rules.exercise.reading import FIRST_YEAR, LAST_YEAR

    try:
        day = date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise BadInput(f"--day {text!r} is no day.", "Write it as in 2026-02-03.") from None
    if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = f"Choose one from {FIRST_YEAR} to {LAST_YEAR}."
        raise BadInput(f"No exercise can be played on {day}.", words)
    return day


def _refuse_seed(seed: int) -> None:
    if abs(seed) > LARGEST_SEED:
        raise BadInput("--seed has too many digits.", f"Give a number up to {LARGEST_SEED}.")


def _refuse_used(folder: Path) -> None:
    """Nothing of anybody's is written over."""
    if (folder / DATABASE_NAME).exists():
        return  # an exercise is told of as that
    if folder.is_dir() and any(folder.iterdir()):
        raise BadInput(f"The folder {folder} is not empty.", "Choose an empty or a new one.")


def _speed(text: str) -> float:
    from crisisdesk.system.clock import FASTEST

    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        words = f"Give a number above 0, or max; at the most {FASTEST}."
        raise BadInput(f"--speed {text!r} is no speed.", words)
    return speed


def _play(desk: Any, speed: float, bar: Any) -> None:
    def show(elapsed: float) -> None:
        bar.update(min(elapsed, bar.total) - bar.n)

    if speed == 0:
        desk.run_to_end(show)
        return
    import threading

    from crisisdesk.model.events import ExerciseTold

    over = threading.Event()
    desk.bus.subscribe(ExerciseTold, lambda told: over.set() if told.ended else None)
    desk.start()
    while not over.wait(0.5):
        show(desk.clock.elapsed().total_seconds())
    show(bar.total)
    desk.workers.wait_until_quiet()
