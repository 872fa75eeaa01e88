"""Reading the command line and running one command. Libraries are imported by the command."""

import argparse
import logging
import sys
from collections.abc import Sequence

from crisisdesk import __version__
from crisisdesk.model.errors import CrisisDeskError

FAILED, WRONG_CALL = 1, 2


def run(argv: Sequence[str]) -> int:
    """Run one command. 0 is success, 1 failure or a broken log, 2 a call that makes no sense."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "run"):
        parser.print_help(sys.stderr)
        return WRONG_CALL
    _start_logging(args.verbose)
    try:
        return int(args.run(args))
    except CrisisDeskError as error:
        print(f"crisisdesk: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        print("crisisdesk: stopped", file=sys.stderr)
        return FAILED


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    from crisisdesk.cli import backups, exercises, listening, logs, performance, settings, small

    parser = argparse.ArgumentParser(
        prog="crisisdesk",
        description="Without a command, the console opens; it takes --live, --exercise SCENARIO, "
        "--review LOG and --data DIR.",
    )
    parser.add_argument("--version", action="version", version=f"CrisisDesk {__version__}")
    parser.add_argument("--verbose", action="store_true", help="say what the program does")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    exercises.add_to(commands)
    logs.add_to(commands)
    performance.add_to(commands)
    listening.add_to(commands)
    small.add_to(commands)
    settings.add_to(commands)
    backups.add_to(commands)
    return parser


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option for the folder that everything is kept in."""
    parser.add_argument("--data", metavar="DIR", help="folder of the desk (else CRISISDESK_HOME)")


def _start_logging(verbose: bool) -> None:
    from crisisdesk.net.redact import RedactingFormatter

    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True
    )
