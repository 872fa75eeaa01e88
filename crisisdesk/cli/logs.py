"""`crisisdesk log`: verify a log, or export it."""

import argparse
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from crisisdesk.model.errors import BadInput


def add_to(commands: Any) -> None:
    """Add the commands."""
    group = commands.add_parser("log", help="verify or export a log").add_subparsers(required=True)
    verify = group.add_parser("verify", help="exit 0 intact, 1 broken with findings")
    verify.add_argument(
        "path", type=Path, help="a desk's folder, its database, an export, a bundle, or a proof"
    )
    verify.add_argument(
        *("--anchors", "--anchor"),
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="checkpoints kept elsewhere; may be given several times",
    )
    verify.add_argument("--key", metavar="HEX", help="the public key you trust, 64 hex digits")
    verify.set_defaults(run=run_verify)
    export = group.add_parser("export", help="write the log for others")
    export.add_argument(
        "path", type=Path, help="a desk's folder or its database; for pdf and html an export too"
    )
    export.add_argument(
        "--format",
        choices=(*_EXPORTS, *_REPORTS),
        default="jsonl",
        help="jsonl: everything, one entry a line; bundle: a zip that can be checked without "
        "CrisisDesk; proof: one entry without the others; csv: a table to read; "
        "paper: the newest checkpoint as a page to print and keep; disclosure: what a plan shows, "
        "each entry with its proof, and what it keeps back; pdf, html: a report to "
        "read, exit 1 when the log does not verify or no PDF could be made",
    )
    export.add_argument(
        "--entry",
        type=int,
        metavar="N",
        action="append",
        default=[],
        help="the entry to prove; several in a bundle",
    )
    export.add_argument("--incident", metavar="REF", default="", help="pdf, html: of one incident")
    export.add_argument("--since", metavar="WHEN", help="pdf, html: as in 2026-02-03T02:00, local")
    export.add_argument("--until", metavar="WHEN", help="the same, for the end of the report")
    export.add_argument(
        "--plan", type=Path, metavar="FILE", help="what a disclosure shows; see docs/disclosure.md"
    )
    export.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="the file to write, over an older one",
    )
    export.set_defaults(run=run_export)


def run_verify(args: argparse.Namespace) -> int:
    """Verify and print every finding, the first bad entry first."""
    from crisisdesk.rules.verify_words import describe
    from crisisdesk.services.answering_requests import is_disclosure
    from crisisdesk.services.disclosing import is_proof
    from crisisdesk.services.logbooks import verify_logbook

    for file in args.anchors:
        if not file.is_file():
            raise BadInput(f"There is no file {file}.", "Check its name.")
    if is_proof(args.path):
        return _verify_proof(args.path, _key(args.key))
    if is_disclosure(args.path):
        return _verify_disclosure(args.path, _key(args.key))
    report = verify_logbook(args.path, args.anchors, _key(args.key))
    print(describe(report))
    return 0 if report.intact else 1


def _verify_proof(path: Path, key: bytes | None) -> int:
    """Show the entry that is proven; anything that is not comes back as an error."""
    from crisisdesk.services.disclosing import check_proof

    if key is None:
        raise BadInput("A proof needs a key that you trust.", "Say which with --key HEX.")
    proven = check_proof(path, key)
    entry, checkpoint = proven.entry, proven.checkpoint
    print(f"proven: entry {entry.seq} stood in the log of {checkpoint.origin} at {checkpoint.at},")
    print(f"when that had {checkpoint.seq} entries. It reads:")
    print(proven.body.decode())
    return 0


def _verify_disclosure(path: Path, key: bytes | None) -> int:
    """Check every entry that is shown; one that is not proven comes back as an error."""
    from crisisdesk.rules.plain_words import counted
    from crisisdesk.services.answering_requests import check_disclosure

    if key is None:
        raise BadInput("A disclosure needs a key that you trust.", "Say which with --key HEX.")
    found = check_disclosure(path, key)
    texts = sum(len(each.openings) for each in found)
    entries = "1 entry" if len(found) == 1 else f"{len(found)} entries"
    print(f"proven: {entries} stood in the log with these numbers, with {counted(texts, 'text')}.")
    print("What is kept back is not proven, nor that nothing else is missing. The page and the")
    print("schedule in it prove nothing by themselves. This is what is proven:")
    for each in found:
        print(f"{each.entry.seq} {each.body.decode()}")
    return 0


def run_export(args: argparse.Namespace) -> int:
    """Export in one of the formats, and say what was written. A report is written of a log that
    does not verify too, and says so; then, and where there is no PDF, this is 1."""
    from crisisdesk.services.logbooks import refuse_itself

    refuse_itself(args.path, args.out)
    _refuse_what_is_not_taken(args)
    if args.format in _REPORTS:
        return _report(args)
    for line in _EXPORTS[args.format](args):
        print(line)
    return 0


def _refuse_what_is_not_taken(args: argparse.Namespace) -> None:
    """Whoever asks for one incident is never given the whole log instead."""
    taken = _TAKEN.get(args.format, ())
    for option in ("entry", "incident", "since", "until", "plan"):
        if getattr(args, option) and option not in taken:
            raise BadInput(
                f"--format {args.format} takes no --{option}.",
                "Leave it out. A part of a log is shown by pdf, html and disclosure.",
                "Nothing was written.",
            )


def _report(args: argparse.Namespace) -> int:
    from crisisdesk.rules.incident.selecting import Wanted
    from crisisdesk.services.incident_reporting import write_report
    from crisisdesk.services.logbooks import verify_logbook
    from crisisdesk.services.replaying import Replaying

    wanted = Wanted(args.incident, _moment(args.since), _moment(args.until))
    verified = verify_logbook(args.path)
    as_pdf = args.format == "pdf"
    with closing(Replaying(args.path)) as log:
        written = write_report(log.bodies, verified, wanted, args.out, as_pdf=as_pdf)
    print(f"Report of {verified.entries} entries written to {written.file}.")
    if written.why:
        print(f"No PDF: {written.why}")
    if not verified.intact:
        print(f"THE LOG DOES NOT VERIFY: {verified.findings[0].words}. The report says so.")
    return 0 if verified.intact and not written.why else 1


def _moment(text: str | None) -> datetime | None:
    """A moment by the clock of this computer, unless the text names its zone."""
    try:
        return datetime.fromisoformat(text).astimezone() if text else None
    except ValueError as error:
        raise BadInput(f"{text!r} is no moment.", "Write it as in 2026-02-03T02:00.") from error


def _jsonl(args: argparse.Namespace) -> list[str]:
    from crisisdesk.services.logbooks import export_jsonl

    report = export_jsonl(args.path, args.out)
    counted = f"{report.entries} entries and {report.checkpoints} checkpoints"
    return [f"{counted} written to {args.out};", "read back and verified."]


def _bundle(args: argparse.Namespace) -> list[str]:
    from crisisdesk.services.disclosing import write_bundle
    from crisisdesk.services.logbooks import locate

    report = write_bundle(locate(args.path), args.out, args.entry)
    counted = f"{report.entries} entries and {report.checkpoints} checkpoints"
    return [f"{counted} written to {args.out}, with a verifier of its own;", "see its README.txt."]


def _proof(args: argparse.Namespace) -> list[str]:
    from crisisdesk.services.disclosing import write_proof
    from crisisdesk.services.logbooks import locate

    if len(args.entry) != 1:
        raise BadInput("A proof is of one entry.", "Say which with --entry N.")
    entry = write_proof(locate(args.path), args.out, args.entry[0])
    return [f"Entry {entry.seq} and its proof written to {args.out}; no other entry is in it."]


def _csv(args: argparse.Namespace) -> list[str]:
    from crisisdesk.services.disclosing import write_csv
    from crisisdesk.services.logbooks import locate

    count = write_csv(locate(args.path), args.out)
    return [f"{count} entries written to {args.out}. A table proves nothing: keep the log."]


def _paper(args: argparse.Namespace) -> list[str]:
    from crisisdesk.services.disclosing import write_paper_anchor
    from crisisdesk.services.logbooks import locate

    checkpoint = write_paper_anchor(locate(args.path), args.out)
    words = f"The checkpoint of entry {checkpoint.seq} written to {args.out}:"
    return [words, "print it, sign it, and keep it where nobody at the desk can reach it."]


_REPORTS = ("pdf", "html")
_PART = ("incident", "since", "until")
_TAKEN = {
    "bundle": ("entry",),
    "proof": ("entry",),
    "disclosure": ("plan",),
    **dict.fromkeys(_REPORTS, _PART),
}


def _disclosure(args: argparse.Namespace) -> list[str]:
    from crisisdesk.rules.disclosure import read_plan
    from crisisdesk.rules.disclosure_page import in_words
    from crisisdesk.services.answering_requests import write_disclosure
    from crisisdesk.services.logbooks import locate

    if args.plan is None:
        raise BadInput("A disclosure needs a plan.", "Say which with --plan FILE.")
    try:
        plan = read_plan(args.plan.read_bytes())
    except OSError as error:
        raise BadInput(f"{args.plan} cannot be read: {error.strerror}.", "Check it.") from error
    found = write_disclosure(locate(args.path), args.out, plan)
    return [f"{in_words(found)} Written to {args.out}; read it before it goes out."]


_EXPORTS = {
    "jsonl": _jsonl,
    "bundle": _bundle,
    "proof": _proof,
    "csv": _csv,
    "paper": _paper,
    "disclosure": _disclosure,
}


def _key(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadInput(
            f"{text!r} is no public key. A public key has 64 hexadecimal digits.",
            "Copy it from the export or from what log verify prints.",
        )
    return key
