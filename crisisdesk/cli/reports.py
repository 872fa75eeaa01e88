"""After an exercise: `crisisdesk exercise report`, `improve`, `done`, `actions` and `practice`."""

import argparse
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crisisdesk.config import load_settings, paths

GO_ON = "now\n"
PDF_SECONDS = 120
NOT_MADE = "There is no PDF: making it did not end well. The HTML page is complete."


def add_to(group: Any) -> None:
    """Add the commands."""
    from crisisdesk.cli.main import add_data

    report = group.add_parser("report", help="make the report of an exercise anew, as HTML and PDF")
    report.add_argument("folder", type=Path, help="of an exercise that has ended")
    report.add_argument("--when-told", action="store_true", help=argparse.SUPPRESS)
    report.set_defaults(run=make_report)
    improve = group.add_parser("improve", help="add an improvement action to an exercise")
    improve.add_argument("folder", type=Path, help="of an exercise that has ended")
    improve.add_argument("--action", required=True, help="what is to be done")
    improve.add_argument("--owner", required=True, help="who does it")
    improve.add_argument("--due", required=True, help="by when, as in 2026-03-31")
    improve.set_defaults(run=add_improvement)
    done = group.add_parser("done", help="note that an improvement action was done")
    done.add_argument("folder", type=Path, help="of the exercise it was agreed after")
    done.add_argument("--action", required=True, help="its words, as `exercise actions` tells them")
    done.add_argument("--undo", action="store_true", help="it is open again")
    done.set_defaults(run=settle_improvement)
    actions = group.add_parser("actions", help="list the improvement actions of all exercises")
    add_data(actions)
    actions.set_defaults(run=list_actions)
    practice = group.add_parser("practice", help="tell who last played an exercise, and when")
    add_data(practice)
    practice.set_defaults(run=tell_practice)


def make_report(args: argparse.Namespace) -> int:
    """Write report.html and report.pdf again."""
    from crisisdesk.services.reporting import make_papers

    if args.when_told and sys.stdin.readline() != GO_ON:
        return 0
    made = make_papers(args.folder)
    if args.when_told:
        print(made.why)
    else:
        print(f"Report: {made.page}\nPDF: {made.pdf or made.why}")
    return 0


def add_improvement(args: argparse.Namespace) -> int:
    """Keep an action, and put it into the report."""
    from crisisdesk.services.reporting import improve

    made = improve(args.folder, args.action, args.owner, args.due)
    print(f"The action is in {made.page}" + (f" and {made.pdf}." if made.pdf else "."))
    return 0


def settle_improvement(args: argparse.Namespace) -> int:
    """Note it, and put it into the report."""
    from crisisdesk.services.reporting import settle

    unsaid = settle(args.folder, args.action, done=not args.undo)
    print(f"The action is {'open again' if args.undo else 'done'}. {unsaid}".strip())
    return 0


def list_actions(args: argparse.Namespace) -> int:
    """One line for each action, what is due first."""
    from crisisdesk.services.reporting import actions

    today = datetime.now().astimezone().date()
    found = actions(paths(args.data).exercises)
    if not found:
        print("No improvement action is kept on this computer.")
    for folder, each in found:
        state = "done" if each.done else "OVERDUE" if each.overdue(today) else "open"
        print(f"{each.due}  {state:7}  {each.owner}: {each.action}  ({folder})")
    return 0


def tell_practice(args: argparse.Namespace) -> int:
    """One line for each person; 1 when somebody is overdue."""
    from crisisdesk.services.reporting import practice

    place = paths(args.data)
    days = load_settings(place.settings).settings.practice_days
    today: date = datetime.now().astimezone().date()
    found = practice(place.exercises, today, days, lambda each: print(each, file=sys.stderr))
    for each in found:
        print(f"{each.words} ({each.scenario}, score {each.score})")
    if not found:
        print("Nobody has played an exercise on this computer and given a name.")
    return 1 if any(each.overdue for each in found) else 0


class Elsewhere:
    """Makes the PDF in a process that is no exercise: that may not call the libraries for it.

    It is started before the exercise, which starts no program, and waits for a word.
    """

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "crisisdesk", "exercise", "report", str(folder), "--when-told"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def make(self) -> str:
        """Make it now; returns why there is none, or ""."""
        try:
            said, _ = self._process.communicate(GO_ON, PDF_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            return NOT_MADE
        return said.strip() if self._process.returncode == 0 else NOT_MADE

    def stop(self) -> None:
        """It is not wanted any more, or has ended."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
