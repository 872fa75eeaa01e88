"""`crisisdesk report`: an incident beside others, and how a month went."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from crisisdesk.config import paths
from crisisdesk.rules.benchmarks.episodes import Source

HTML = (".html", ".htm")


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


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """A log to be read as often as needed, without keeping its entries."""
    from crisisdesk.rules.jsonl import readable
    from crisisdesk.services.logbooks import locate
    from crisisdesk.services.replaying import Replaying

    with closing(Replaying(locate(path))) as log:
        yield lambda: (readable(seq, body) for seq, body in log.bodies())


def doubts(path: Path) -> list[str]:
    """What speaks against a log's figures: that it does not verify."""
    from crisisdesk.services.logbooks import verify_logbook

    report = verify_logbook(path)
    if report.intact:
        return []
    return [f"This log is broken at entry {report.findings[0].seq}: its figures prove nothing."]


def run_benchmarks(args: argparse.Namespace) -> int:
    """Print it or write it as a page; 1 when the log is broken, or a PDF could not be made."""
    from crisisdesk.rules.benchmarks.page import benchmarks_page
    from crisisdesk.rules.benchmarks.words import lines
    from crisisdesk.services.benchmarking import read_episodes

    path = args.path or paths(args.data).home
    _refuse_logs([path, *args.beside], args.out)
    broken = doubts(path)
    with ExitStack() as stack:
        source, *others = [stack.enter_context(opened(each)) for each in (path, *args.beside)]
        found = read_episodes(source, others)
    one = found.named(args.incident)
    rows = found.beside(one)
    for each in broken:
        print(f"crisisdesk: {each}", file=sys.stderr)
    if args.json:
        shown = {"episode": asdict(one), "benchmarks": [asdict(each) for each in rows]}
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2) + b"\n")
    elif args.out is None:
        print("\n".join(lines(one, rows)))
    made = args.out is None or _write(benchmarks_page(one, rows, broken), args.out)
    return 1 if broken or not made else 0


def _refuse_logs(read: Sequence[Path], out: Path | None) -> None:
    from crisisdesk.services.logbooks import refuse_itself

    for each in read:
        if out:
            refuse_itself(each, out)


def _write(page: str, out: Path) -> bool:
    """Write the page and say where; False where no PDF could be made."""
    from crisisdesk.system.page_files import write_page

    made = write_page(page, out, as_pdf=out.suffix.lower() not in HTML)
    print(f"Written to {made.file}." + (f" It is no PDF: {made.why}" if made.why else ""))
    return not made.why


def run_month(args: argparse.Namespace) -> int:
    """Print it or write it as a page; 1 when the log is broken, or a PDF could not be made."""
    from crisisdesk.config import load_settings
    from crisisdesk.rules.month.calendar import read_month
    from crisisdesk.services.monthly import read_months

    month, place = read_month(args.month), paths(args.data)
    path, settings = args.path or place.home, load_settings(place.settings).settings
    _refuse_logs([path], args.out)
    broken = doubts(path)
    with opened(path) as source:
        found = read_months(source, path, settings.practice_days)
    for each in broken:
        print(f"crisisdesk: {each}", file=sys.stderr)
    if args.out is None:
        print("\n".join(found.lines(month)))
        return 1 if broken else 0
    desk = "" if found.exercise else settings.organisation
    return 0 if _write(found.page(month, desk, broken), args.out) and not broken else 1
