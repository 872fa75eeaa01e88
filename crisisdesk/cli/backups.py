"""`crisisdesk backup` and `crisisdesk restore`: a copy of the desk, and the way back."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crisisdesk.cli.main import add_data


def add_to(commands: Any) -> None:
    """Add the commands."""
    backup = commands.add_parser("backup", help="copy the desk, also while it is open")
    where = "folder for copies; the newest 14 stay"
    backup.add_argument("--out", type=Path, required=True, metavar="DIR", help=where)
    add_data(backup)
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help="put a backup in the place of a desk")
    restore.add_argument("backup", type=Path, help="a desk-….db that a backup made")
    add_data(restore)
    restore.set_defaults(run=run_restore)


def run_backup(args: argparse.Namespace) -> int:
    """Copy the database; a desk that is open goes on meanwhile, and does not log it."""
    from crisisdesk import config
    from crisisdesk.services.logbooks import locate, verify_logbook
    from crisisdesk.store.backup import back_up, drop_old

    paths = config.paths(args.data)
    desk = _desk_in(paths.home / config.DESK_ID_NAME)
    made = back_up(locate(paths.home), paths.attachments, args.out, datetime.now(UTC), desk)
    report = verify_logbook(made)
    drop_old(args.out, desk=desk)
    state = "intact" if report.intact else f"LOG BROKEN: {report.findings[0].words}"
    print(f"{made}: {report.entries} entries, {state}.")
    return 0 if report.intact else 1


def _desk_in(file: Path) -> str:
    """The name by which its desk calls itself; "" where none was opened, as in an exercise."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def run_restore(args: argparse.Namespace) -> int:
    """Check the copy, move what is there aside, put the copy in its place."""
    from crisisdesk import config
    from crisisdesk.desk.live import only_run
    from crisisdesk.services.logbooks import locate, verify_logbook
    from crisisdesk.store.backup import restore

    paths, backup = config.paths(args.data), locate(args.backup)
    report = verify_logbook(backup)
    with only_run(paths.home):
        old = restore(backup, paths.database, paths.attachments, datetime.now(UTC))
    print(f"{paths.database} now holds {report.entries} entries of {backup.name}.")
    if old:
        print(f"What was there before is kept as {old}, with its checkpoints.")
        print("What was written after the backup stands only there.")
    if not report.intact:
        print(f"But its log is broken: {report.findings[0].words}.")
    return 0 if report.intact else 1
