"""Only what can be had again, such as an exercise at full speed, is not synced to disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crisisdesk.model.audit import Stamp
from crisisdesk.model.mode import Mode
from crisisdesk.store.database import Database

FULL, OFF = 2, 0
"""SQLite, PRAGMA synchronous."""


def level_of(database: Database) -> int:
    read = "PRAGMA synchronous"
    found = database.write(lambda unit: unit.connection.exec_driver_sql(read).scalar())
    return int(str(found))


@pytest.mark.parametrize(("synced", "level"), [(True, FULL), (False, OFF)])
def test_every_change_is_synced_unless_that_is_asked_for(
    tmp_path: Path, synced: bool, level: int
) -> None:
    stamp = Stamp("desk-1", "boot-1", Mode.EXERCISE, lambda: datetime.now(UTC), lambda: 0)
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}", stamp, synced=synced)
    found = level_of(database)
    database.close()
    assert found == level
