"""What may stand behind `crisisdesk` when the console is to open."""

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from crisisdesk.config import THEMES


def parse(arguments: Sequence[str]) -> Namespace:
    """Read the call; one that makes no sense ends the program with words."""
    parser = ArgumentParser(
        prog="crisisdesk",
        description="The console. Commands without a screen: crisisdesk exercise, log, channels, "
        "listen, triage, count, cap, settings (each with --help).",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--live", action="store_true", help="go straight to the live desk")
    choice.add_argument("--exercise", metavar="SCENARIO", help="go straight to an exercise")
    choice.add_argument("--review", metavar="LOG", type=Path, help="go straight to a log")
    parser.add_argument("--speed", type=float, default=1.0, help="exercise: story seconds a second")
    parser.add_argument("--say-shown", action="store_true", help=SUPPRESS)
    parser.add_argument("--data", metavar="DIR", help="where everything is kept")
    parser.add_argument("--theme", choices=THEMES, help="instead of the one set")
    return parser.parse_args(arguments)
