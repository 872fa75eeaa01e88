"""Copies of a desk's database: made while it is in use, checked, and put back whole."""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.config import CHECKPOINTS_NAME, FIRST_CHECKPOINTS_NAME
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.store.places import private

KEPT = 14
"""How many copies stay: two weeks of one a day. Ours, to be agreed with whoever keeps records."""

IN_USE_SECONDS = 1.0
ATTACHMENTS = "attachments"
_STAMP = "%Y%m%dT%H%M%SZ"
_DESK = re.compile(r"[\w-]+")
_NAME = re.compile(r"desk-(?P<stamp>\d{8}T\d{6}Z)(-(?P<desk>[\w-]+))?\.db")


def back_up(database: Path, attachments: Path, folder: Path, now: datetime, desk: str = "") -> Path:
    """Copy a database that may be in use, and what its log has attached; returns the copy, which
    bears the desk's name: several may copy to one folder.

    SQLite's own backup copies one state that was whole. It is written aside, checked, synced, and
    only then gets its name. Raises StoreError; then nothing is left behind.
    """
    named = f"-{desk}" if _DESK.fullmatch(desk) else ""
    target = folder / f"desk-{now.astimezone(UTC):{_STAMP}}{named}.db"
    draft = target.with_suffix(".unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        _copy(database, draft)
        _check(draft)
        _sync(draft)
        draft.replace(target)
        _copy_missing(attachments, folder / ATTACHMENTS)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"The backup in {folder} could not be made: {_reason(error)}.",
            "Make room there, or choose another folder in the settings.",
            "Older backups are as they were.",
        ) from error
    finally:
        _discard(draft)
    return target


def backups(folder: Path, desk: str = "") -> list[Path]:
    """The finished copies of a desk in a folder, of every desk when none is named, the newest
    first. Those from before they bore a name may be of any."""
    try:
        found = [each for each in folder.iterdir() if _is_of(each, desk)]
    except OSError:
        return []
    return sorted(found, key=lambda each: each.name, reverse=True)


def _is_of(file: Path, desk: str) -> bool:
    try:
        made_at(file)
    except ValueError:
        return False
    found = _NAME.fullmatch(file.name)
    return found is not None and (not desk or found["desk"] in (None, desk))


def drop_old(folder: Path, kept: int = KEPT, desk: str = "") -> None:
    """Remove all but the newest copies of a desk. What cannot be removed stays."""
    for each in backups(folder, desk)[kept:]:
        try:
            each.unlink()
        except OSError:
            continue


def made_at(backup: Path) -> datetime:
    """When a copy was made, by its name. Raises ValueError for another file."""
    found = _NAME.fullmatch(backup.name)
    if not found:
        raise ValueError(f"{backup} is no copy of a desk")
    return datetime.strptime(found["stamp"], _STAMP).replace(tzinfo=UTC)


def restore(backup: Path, database: Path, attachments: Path, now: datetime) -> Path | None:
    """Put a copy in the place of a desk's database, which must not be open.

    What was there is kept beside it; returns where, None when there was nothing. Raises BadInput
    for what is no copy, StoreError when the disk refuses or another program has the database open;
    then everything is as before.
    """
    draft = database.with_name("desk.db.restoring")
    aside = database.with_name(f"{database.name}.before-{now.astimezone(UTC):{_STAMP}}")
    _refuse_junk(backup)
    _refuse_in_use(database)
    try:
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(private(str(draft), os.O_CREAT | os.O_TRUNC | os.O_RDWR))
        # Not file by file: the newest entries may stand in a write-ahead log beside it.
        _copy(backup, draft)
        _sync(draft)
        _copy_missing(backup.parent / ATTACHMENTS, attachments)
        old = _put_in_place(draft, database, aside)
    except (OSError, sqlite3.Error) as error:
        words = f"The backup could not be put back: {_reason(error)}."
        raise StoreError(words, "Make room on the disk, then try again.") from error
    finally:
        _discard(draft)
    return old


def _refuse_junk(backup: Path) -> None:
    try:
        _check(backup)
    except sqlite3.Error as error:
        words = f"{backup} is no backup of a desk: {_reason(error)}."
        raise BadInput(words, "Choose another backup.") from error


def _refuse_in_use(database: Path) -> None:
    """Whoever has it open would go on writing into what was moved aside.

    Leaving the write-ahead log is refused while anybody else is there. What SQLite cannot even read
    is moved aside as it is.
    """
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=IN_USE_SECONDS)) as there:
            there.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            return
        words = f"Another program has {database} open."
        to_do = "Close the desk, and crisisdesk listen where it runs, then try again."
        raise StoreError(words, to_do, "Nothing was put back.") from error


def _discard(draft: Path) -> None:
    """A draft goes with the journal that SQLite leaves beside it on a full disk."""
    with suppress(OSError):
        draft.unlink(missing_ok=True)
        draft.with_name(f"{draft.name}-journal").unlink(missing_ok=True)


def _put_in_place(draft: Path, database: Path, aside: Path) -> Path | None:
    """Move the database aside with what belongs to it, and the draft into its place; or nothing at
    all. Returns where it is now."""
    there = database.exists()
    moved: list[tuple[Path, Path]] = []
    try:
        for file, kept in _going_aside(database, aside):
            if file.exists():
                file.replace(kept)
                moved.append((file, kept))
        draft.replace(database)
    except OSError:
        for file, kept in reversed(moved):
            kept.replace(file)
        raise
    return aside if there else None


def _going_aside(database: Path, aside: Path) -> Iterator[tuple[Path, Path]]:
    """The database and its write-ahead log, which holds the newest entries; and the checkpoints
    beside it, which would go on proving that the log had more."""
    for suffix in ("", "-wal", "-shm"):
        yield Path(f"{database}{suffix}"), Path(f"{aside}{suffix}")
    when = aside.name.removeprefix(database.name)
    for name in (CHECKPOINTS_NAME, FIRST_CHECKPOINTS_NAME):
        yield database.with_name(name), database.with_name(f"{name}{when}")


def _copy(database: Path, draft: Path) -> None:
    with (
        closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(draft)) as made,
    ):
        source.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")


def _check(file: Path) -> None:
    """Raises sqlite3.Error unless it is a whole database with a log."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)
        copy.execute("SELECT count(*) FROM log_entry").fetchone()


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_missing(source: Path, target: Path) -> None:
    """Attachments are named by their content, so one that is there already is the same."""
    if not source.is_dir():
        return
    target.mkdir(exist_ok=True, mode=0o700)
    for each in source.iterdir():
        if each.is_file() and not (target / each.name).exists():
            aside = target / f"{each.name}.unfinished"
            shutil.copyfile(each, aside)
            aside.replace(target / each.name)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
