"""Reading the command line and running one command. Libraries are imported by the command."""

import argparse
import io
import logging
import os
import sys
from collections.abc import Sequence

from crisisdesk import __version__
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.system.program_log import explained

FAILED, WRONG_CALL = 1, 2

log = logging.getLogger(__name__)


def run(argv: Sequence[str]) -> int:
    """Run one command. 0 is success, 1 failure or a broken log, 2 a call that makes no sense."""
    _print_every_letter()
    try:
        code = _run(argv)
    except SystemExit as ended:  # the parser has said why
        code = int(ended.code or 0)
    return code if _all_said() else FAILED


def _run(argv: Sequence[str]) -> int:
    parser = build_parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "run"):
        parser.print_help(sys.stderr)
        return WRONG_CALL
    _start_logging(args.verbose)
    try:
        return int(args.run(args))
    except BrokenPipeError:
        return FAILED  # whoever reads has heard enough
    except CrisisDeskError as error:
        print(f"crisisdesk: {error}", file=sys.stderr)
    except Exception as error:
        log.info("nobody caught this", exc_info=True)
        _tell(error)
    return FAILED


def _tell(error: Exception) -> None:
    """A file that the system refuses is no mistake of the program."""
    if isinstance(error, OSError) and error.filename:
        words = f"{error.filename} cannot be used: {error.strerror}."
        to_do = "Check its name, and that you may read and write there."
        print(f"crisisdesk: {words} {to_do}", file=sys.stderr)
        return
    print(f"crisisdesk: {explained(error)}", file=sys.stderr)
    print("crisisdesk --verbose and the same words show where it failed.", file=sys.stderr)


def _print_every_letter() -> None:
    """A terminal or file that knows few letters gets others spelt out; it stops no command."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _all_said() -> bool:
    """Whether the answer has left. What is left of it must not fail again while Python ends."""
    try:
        if sys.stdout:
            sys.stdout.flush()
        return True
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            words = f"The answer could not be written: {error.strerror}. Make room, then try again."
            print(f"crisisdesk: {words}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False


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
