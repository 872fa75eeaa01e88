"""Filters and checks on single inputs: triage, count, cap validate."""

import argparse
import sys
from pathlib import Path
from typing import IO, Any

import orjson

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.byte_mark import without_mark


def add_to(commands: Any) -> None:
    """Add the commands."""
    triage = commands.add_parser(
        "triage",
        help="JSON lines {id, text} in, judgements out",
        description="Judges mentions: JSON lines on standard input, a judgement a line on standard "
        'output. A line in: {"id": 1, "text": "Help!"}. Exit 1 where a line could not be used.',
    )
    more = "makes a mention more urgent; may be given several times"
    triage.add_argument("--watch", action="append", default=[], metavar="TERM", help=more)
    triage.add_argument("--place", action="append", default=[], metavar="NAME", help=more)
    triage.set_defaults(run=run_triage)
    count = commands.add_parser(
        "count",
        help="lengths of JSON strings by a network's rule",
        description="Counts text: a JSON string a line on standard input, its length a line on "
        "standard output. Exit 1 where a line could not be used.",
    )
    count.add_argument("channel", help="mastodon, bluesky, email or cap")
    count.set_defaults(run=run_count)
    cap = commands.add_parser("cap", help="CAP messages").add_subparsers(required=True)
    validate = cap.add_parser("validate", help="exit 0 valid, 1 with what is wrong")
    validate.add_argument("file", type=Path, help="a CAP 1.2 message, as XML")
    validate.set_defaults(run=run_validate)


def run_triage(args: argparse.Namespace) -> int:
    """Judge each line. A bad line is named and skipped, and makes the exit code 1."""
    from crisisdesk.rules.triage import Rules

    rules = Rules(args.watch, args.place)
    bad = 0
    for number, value in _lines(sys.stdin.buffer):
        if (
            not isinstance(value, dict)
            or not isinstance(value.get("text"), str)
            or "id" not in value
        ):
            bad += 1
            print(f"line {number}: needs id and text; skipped", file=sys.stderr)
            continue
        judged = rules.judge(value["text"])
        answer = {
            "id": value["id"],
            "labels": judged.labels.words,
            "scores": judged.scores | {"urgency": judged.urgency},
            "reasons": judged.reasons,
        }
        _write(answer)
    return 1 if bad else 0


def run_count(args: argparse.Namespace) -> int:
    """Write the length of each string. A bad line is named, and makes the exit code 1."""
    from crisisdesk.rules.counting import COUNTERS

    if args.channel not in COUNTERS:
        raise BadInput(f"{args.channel!r} is no channel.", f"Choose one of: {', '.join(COUNTERS)}.")
    bad = 0
    for number, value in _lines(sys.stdin.buffer):
        if isinstance(value, str):
            _write(COUNTERS[args.channel](value))
        else:
            bad += 1
            print(f"line {number}: is no JSON string; skipped", file=sys.stderr)
    return 1 if bad else 0


def run_validate(args: argparse.Namespace) -> int:
    """Print every finding; errors make the exit code 1, warnings do not."""
    from crisisdesk.config import resource
    from crisisdesk.rules.cap import compile_schema, findings

    try:
        content = args.file.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{args.file} cannot be read: {error.strerror}.",
            "Check its name, and that you may read it.",
        ) from error
    found = findings(content, compile_schema(resource("schemas", "cap-1.2.rng")))
    for each in found:
        print(f"{each.severity}: {each.where}: {each.problem} {each.what_to_do}".rstrip())
    errors = sum(each.severity == "error" for each in found)
    print(f"{args.file}: {'not valid' if errors else 'valid'} CAP 1.2")
    return 1 if errors else 0


def _lines(source: IO[bytes]) -> Any:
    """(number, value) for each line; the value is None where it is no JSON."""
    for number, line in enumerate(without_mark(source), 1):
        if not line.strip():
            continue
        try:
            yield number, orjson.loads(line)
        except orjson.JSONDecodeError:
            yield number, None


def _write(value: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
