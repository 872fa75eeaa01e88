"""`crisisdesk listen` and `crisisdesk channels`: the live desk without a window."""

import argparse
import gc
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from crisisdesk.model.errors import BadInput
from crisisdesk.model.events import ForeignPost, SourceState
from crisisdesk.model.mention import Item
from crisisdesk.rules.plain_words import counted
from crisisdesk.rules.showing import one_line

BATCH = 1000
SHOWN_BAD_LINES = 20


def add_to(commands: Any) -> None:
    """Add the commands."""
    from crisisdesk.cli.main import add_data

    listen = commands.add_parser("listen", help="take in mentions without a window")
    add_data(listen)
    listen.add_argument("--replay", type=Path, metavar="FILE", help="JSON lines, also .gz")
    listen.add_argument("--speed", default="1", help="for a replay: times real speed, or max")
    listen.set_defaults(run=run_listen)
    group = commands.add_parser("channels", help="the channels").add_subparsers(required=True)
    for name, words in (("list", "name them"), ("check", "try them; publishes nothing")):
        command = group.add_parser(name, help=words)
        add_data(command)
        command.set_defaults(run=run_channels, check=name == "check")


def run_listen(args: argparse.Namespace) -> int:
    """Listen until stopped, or replay a file to its end."""
    from crisisdesk import config
    from crisisdesk.desk import open_live

    desk = open_live(config.paths(args.data))
    try:
        return _replay(desk, args) if args.replay else _listen(desk)
    finally:
        desk.close("listening ended")


def _listen(desk: Any) -> int:
    def tell(state: SourceState) -> None:
        print(f"{'ok' if state.ok else 'TROUBLE'}: {state.words}", file=sys.stderr)

    def warn(alarm: ForeignPost) -> None:
        words = one_line(alarm.post.text, 200)
        print(f"ALARM: {alarm.channel_name} holds a post not from here: {words}", file=sys.stderr)

    desk.bus.subscribe(SourceState, tell)
    desk.bus.subscribe(ForeignPost, warn)
    if not desk.sources():
        raise BadInput(
            "No account listens yet.",
            "Open crisisdesk and add one under Channels and sources.",
            "Nothing that the public says would come in.",
        )
    stopped: list[int] = []
    for sign in (signal.SIGINT, signal.SIGTERM):
        # Only noted: an exception could strike while the desk is in the middle of something.
        signal.signal(sign, lambda number, _frame: stopped.append(number))
    desk.only_listen()
    pause = threading.Event()
    while not stopped:
        pause.wait(0.2)
    return 0


def _replay(desk: Any, args: argparse.Namespace) -> int:
    from crisisdesk.sources.replay import replay

    file: Path = args.replay
    pace = _pace(args.speed)
    bad = stored = seen = 0
    size = file.stat().st_size if file.is_file() else 0
    started = time.monotonic()
    gc.freeze()
    gc.set_threshold(200_000)
    with tqdm(total=size, unit="B", unit_scale=True, desc=file.name) as bar:
        lines = replay(file, desk.clock.now)
        for chunk in _chunks(_paced(lines, pace) if pace else lines, BATCH if not pace else 1):
            for line in chunk:
                if line.bad:
                    bad += 1
                    _name_bad(bar, file, line.bad, bad)
            items: list[Item] = [line.item for line in chunk if line.item]
            seen += len(items)
            stored += desk.intake.accept(items) if items else 0
            bar.update(chunk[-1].offset - bar.n)
    took = time.monotonic() - started
    skipped = f"{counted(bad, 'bad line')} skipped; {took:.1f} s."
    print(f"{stored} stored, {seen - stored} known already, {skipped}")
    return 0


def _name_bad(bar: Any, file: Path, line: Any, count: int) -> None:
    if count <= SHOWN_BAD_LINES:
        bar.write(f"{file.name}, line {line.number}: {line.problem}; skipped", file=sys.stderr)
    elif count == SHOWN_BAD_LINES + 1:
        bar.write("further bad lines are only counted", file=sys.stderr)


def _pace(text: str) -> float:
    if text == "max":
        return 0.0
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not pace > 0:
        raise BadInput(f"--speed {text!r} is no speed.", "Give a number above 0, or max.")
    return pace


def _chunks(lines: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(lines)
    while chunk := list(islice(source, size)):
        yield chunk


def _paced(lines: Iterable[Any], pace: float) -> Iterator[Any]:
    """Each line when its moment comes, counted from the first one's."""
    first = None
    began = time.monotonic()
    pause = threading.Event()
    for line in lines:
        if line.item:
            first = line.item.posted_at if first is None else first
            due = (line.item.posted_at - first) / 1000 / pace
            pause.wait(max(0.0, due - (time.monotonic() - began)))
        yield line


def run_channels(args: argparse.Namespace) -> int:
    """List the accounts, or try each of them."""
    from crisisdesk import config
    from crisisdesk.desk import open_live

    paths = config.paths(args.data)
    if not (paths.database.exists() or paths.settings.exists()):  # these may name another database
        words = f"There is no desk in {paths.home}."
        raise BadInput(words, "Check --data, or open crisisdesk there once.")
    desk = open_live(paths)
    try:
        accounts = desk.administering.accounts()
        if not accounts:
            print("No channel is set up. Open crisisdesk and add one.")
        failed = 0
        for account in accounts:
            if not args.check:
                print(f"{account.kind}\t{account.name}")
                continue
            result = desk.administering.check_account(account)
            failed += not result.ok
            print(f"{'ok' if result.ok else 'TROUBLE'}\t{account.name}\t{result.words}")
        return 1 if failed else 0
    finally:
        desk.close("channels looked at")
