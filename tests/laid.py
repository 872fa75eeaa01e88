"""Databases as the first start makes them, laid ready: the migrations take longer than most tests.

`tests/store/test_upgrade.py` and every command that runs as a process migrate for themselves.
"""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from crisisdesk.store import database, upgrade

MIGRATED = upgrade.bring_up_to_date


def laid(engine: Engine) -> None:
    """In place of `upgrade.bring_up_to_date`: an empty file gets what the migrations made once."""
    file = Path(engine.url.database or "")
    if engine.dialect.name == "sqlite" and file.is_file() and not file.stat().st_size:
        with file.open("wb") as out:
            out.write(empty_database())
            out.flush()
            os.fsync(out.fileno())  # migrations are synced too: a rig takes away what is not
    MIGRATED(engine)


@cache
def empty_database() -> bytes:
    """A database file with all its tables, before its first entry."""
    with TemporaryDirectory(prefix="crisisdesk-empty-") as folder:
        file = Path(folder) / "desk" / "desk.db"
        engine = database._engine(f"sqlite:///{file}", writes=True)
        MIGRATED(engine)
        engine.dispose()
        assert not file.with_name("desk.db-wal").exists()
        return file.read_bytes()
