"""`crisisdesk log`: verify a log, or export it."""

import argparse
import sys
from pathlib import Path
from typing import Any

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.errors import BadInput


def add_to(commands: Any) -> None:
    """Add the commands."""
    group = commands.add_parser("log", help="verify or export a log").add_subparsers(required=True)
    verify = group.add_parser("verify", help="exit 0 intact, 1 broken with findings")
    verify.add_argument("path", type=Path, help="a desk's folder, its database, or an export")
    verify.add_argument("--anchors", type=Path, metavar="FILE", help="checkpoints kept elsewhere")
    verify.add_argument("--key", metavar="HEX", help="the public key you trust, 64 hex digits")
    verify.set_defaults(run=run_verify)
    export = group.add_parser("export", help="write the log for others")
    export.add_argument("path", type=Path)
    export.add_argument("--format", choices=("jsonl",), default="jsonl")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    export.set_defaults(run=run_export)


def run_verify(args: argparse.Namespace) -> int:
    """Verify and print every finding, the first bad entry first."""
    from crisisdesk.services.logbooks import verify_logbook

    if args.anchors and not args.anchors.is_file():
        raise BadInput(f"There is no file {args.anchors}.", "Check its name.")
    report = verify_logbook(args.path, args.anchors, _key(args.key))
    print(describe(report))
    return 0 if report.intact else 1


def run_export(args: argparse.Namespace) -> int:
    """Export and verify the copy."""
    from crisisdesk.services.logbooks import export_jsonl

    report = export_jsonl(args.path, args.out)
    print(f"{report.entries} entries and {report.checkpoints} checkpoints written to {args.out};")
    print("read back and verified.")
    return 0


def describe(report: VerifyReport) -> str:
    """The report in words."""
    if report.intact:
        anchored = (
            f"signed up to entry {report.anchored_to}" if report.anchored_to else "not signed"
        )
        after = report.entries - report.anchored_to
        tail = f"; the last {after} only fit together" if report.anchored_to and after else ""
        keys = ", ".join(key.hex() for key in report.keys) or "none"
        return f"intact: {report.entries} entries, {anchored}{tail}.\nKeys named in the log: {keys}"
    first = report.findings[0]
    lines = [f"BROKEN: {len(report.findings)} findings, the first at entry {first.seq}."]
    lines += [f"  entry {each.seq}: {each.fault} – {each.words}" for each in report.findings]
    return "\n".join(lines)


def _key(text: str | None) -> bytes | None:
    if not text:
        return None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        print(f"crisisdesk: {text!r} is no public key", file=sys.stderr)
        raise BadInput(
            "A public key has 64 hexadecimal digits.",
            "Copy it from the export or from what log verify prints.",
        )
    return key
