"""The command line: headless twins of what the console does."""

import sys
from collections.abc import Sequence

COMMANDS = (
    "exercise",
    "log",
    "report",
    "channels",
    "listen",
    "triage",
    "count",
    "cap",
    "settings",
    "backup",
    "restore",
)


def run_command(argv: Sequence[str]) -> int:
    """Run one command; its machinery is loaded only now, for the console never needs it."""
    try:
        from crisisdesk.cli.main import run

        return run(argv)
    except KeyboardInterrupt:
        print("crisisdesk: stopped", file=sys.stderr)
        return 1
