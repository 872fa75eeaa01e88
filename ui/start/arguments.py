"""What may stand behind `crisisdesk` when the console is to open."""

from collections.abc import Sequence
from pathlib import Path

from crisisdesk.cli import COMMANDS
from crisisdesk.config import THEMES


class Call:
    """What was asked for; every attribute has its default."""

    live = False
    exercise = ""
    review: Path | None = None
    speed = 1.0
    say_shown = False
    data: str | None = None
    theme = ""


def parse(arguments: Sequence[str]) -> Call:
    """Read the call; one that makes no sense ends the program with words."""
    return _read(arguments) if arguments else Call()


def _read(arguments: Sequence[str]) -> Call:
    from argparse import SUPPRESS, ArgumentParser

    parser = ArgumentParser(
        prog="crisisdesk",
        description="The console. Commands without a screen: "
        f"crisisdesk {', '.join(COMMANDS)} (each with --help).",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--live", action="store_true", help="go straight to the live desk")
    choice.add_argument("--exercise", metavar="SCENARIO", help="go straight to an exercise")
    choice.add_argument("--review", metavar="LOG", type=Path, help="go straight to a log")
    parser.add_argument("--speed", type=_speed, help="exercise: story seconds a second")
    parser.add_argument("--say-shown", action="store_true", help=SUPPRESS)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept")
    parser.add_argument("--theme", choices=THEMES, help="instead of the one set")
    return parser.parse_args(arguments, Call())


def _speed(text: str) -> float:
    from argparse import ArgumentTypeError

    from crisisdesk.system.clock import FASTEST

    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        raise ArgumentTypeError(f"{text!r} is no number above 0, at the most {FASTEST}")
    return speed
