"""`crisisdesk report`: an incident beside others, and how a month went."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.config import paths
from crisisdesk.rules.log_facts import Entry

ALL = 1 << 62


def add_to(commands: Any) -> None:
    """Add the commands."""
    from crisisdesk.cli.main import add_data

    words = "set an incident beside others, or tell how a month went"
    group = commands.add_parser("report", help=words).add_subparsers(required=True)
    beside = group.add_parser("benchmarks", help="an incident beside our own and published cases")
    beside.add_argument("path", type=Path, nargs="?", help="a log; else that of the live desk")
    beside.add_argument("--incident", default="", metavar="REF", help="else the newest")
    beside.add_argument(
        "--beside",
        type=Path,
        metavar="LOG",
        action="append",
        default=[],
        help="another log to compare with, of an exercise or of a desk; may be given several times",
    )
    beside.add_argument("--out", type=Path, metavar="FILE", help="a page: FILE.html or FILE.pdf")
    beside.add_argument("--json", action="store_true", help="for programs, on standard output")
    add_data(beside)
    beside.set_defaults(run=run_benchmarks)
    month = group.add_parser("month", help="how a month went, for those who answer for it")
    month.add_argument("month", help="as in 2026-11")
    month.add_argument("path", type=Path, nargs="?", help="a log; else that of the live desk")
    month.add_argument("--out", type=Path, metavar="FILE", help="a page: FILE.html or FILE.pdf")
    add_data(month)
    month.set_defaults(run=run_month)


def source_of(path: Path) -> Callable[[], list[Entry]]:
    """A log to be read as often as needed; it is read from the disk once."""
    from crisisdesk.services.logbooks import read_entries

    entries: list[Entry] = list(read_entries(path, limit=ALL))
    return lambda: entries


def doubts(path: Path) -> list[str]:
    """What speaks against a log's figures: that it does not verify."""
    from crisisdesk.services.logbooks import verify_logbook

    report = verify_logbook(path)
    if report.intact:
        return []
    return [f"This log is broken at entry {report.findings[0].seq}: its figures prove nothing."]


def run_benchmarks(args: argparse.Namespace) -> int:
    """Print it, write it as a page, or both; 1 when the log is broken."""
    from crisisdesk.rules.benchmarks.page import benchmarks_page
    from crisisdesk.rules.benchmarks.words import lines
    from crisisdesk.services.benchmarking import benchmark
    from crisisdesk.system.page_files import write_page

    path = args.path or paths(args.data).home
    broken = doubts(path)
    found = benchmark(source_of(path), args.incident, [source_of(each) for each in args.beside])
    for each in broken:
        print(f"crisisdesk: {each}", file=sys.stderr)
    if args.json:
        shown = {"episode": asdict(found.one), "benchmarks": [asdict(each) for each in found.rows]}
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2) + b"\n")
    elif args.out is None:
        print("\n".join(lines(found.one, found.rows)))
    if args.out:
        print(write_page(benchmarks_page(found.one, found.rows, broken), args.out).words)
    return 1 if broken else 0


def run_month(args: argparse.Namespace) -> int:
    """Print it, or write it as a page; 1 when the log is broken."""
    from crisisdesk.config import load_settings
    from crisisdesk.rules.month.calendar import read_month
    from crisisdesk.services.monthly import read_months
    from crisisdesk.system.page_files import write_page

    month, place = read_month(args.month), paths(args.data)
    path, settings = args.path or place.home, load_settings(place.settings).settings
    broken = doubts(path)
    found = read_months(source_of(path), path, settings.practice_days)
    for each in broken:
        print(f"crisisdesk: {each}", file=sys.stderr)
    if args.out:
        page = found.page(month, "" if found.exercise else settings.organisation, broken)
        print(write_page(page, args.out).words)
    else:
        print("\n".join(found.lines(month)))
    return 1 if broken else 0
