"""`settings`: what is set, from where, and what is wrong with the file. It changes nothing."""

import argparse
import sys
from typing import Any

from crisisdesk import config
from crisisdesk.cli.main import add_data
from crisisdesk.model.setting import Setting


def add_to(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "settings",
        help="every setting with its value; exit 1 when the file has a mistake",
        description="Settings are changed on the settings page or in settings.toml.",
    )
    parser.add_argument("words", nargs="*", help="only settings with these words")
    add_data(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print every setting, then what is wrong with the file. 1 when anything is."""
    file = config.paths(args.data).settings
    loaded = config.load_settings(file)
    found = config.found_by(" ".join(args.words)) if args.words else config.SETTINGS.values()
    if not found:
        print("No setting has these words.", file=sys.stderr)
    for setting in found:
        _print(setting, loaded)
    for problem in loaded.problems:
        print(f"! {problem}", file=sys.stderr)
    return 1 if loaded.problems else 0


def _print(setting: Setting, loaded: config.Loaded) -> None:
    value = getattr(loaded.settings, setting.key)
    origin = "" if setting.key in loaded.given else " (default)"
    start = "" if setting.at_once else " Counts from the next start."
    print(f"{setting.key} = {_shown(setting, value)}{origin}")
    print(f"    {setting.words}: {setting.help}{start}")
    if setting.choices:
        print(f"    One of {', '.join(setting.choices)}.")


def _shown(setting: Setting, value: Any) -> str:
    from crisisdesk.config.writing import toml

    return toml(setting.shown(value))
