"""The live desk asks networks for counts once an hour, and beside another run never twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crisisdesk.config import Paths
from crisisdesk.desk import open_live
from crisisdesk.system.schedule import Schedule
from crisisdesk.system.secrets import MemorySecrets


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The repeated jobs by name, with their seconds; none is run."""
    found: dict[str, int] = {}

    def every(_: Schedule, seconds: int, name: str, act: Callable[[], object]) -> None:
        found[name] = seconds

    monkeypatch.setattr(Schedule, "every", every)
    return found


def test_once_an_hour(planned: dict[str, int], tmp_path: Path) -> None:
    desk = open_live(Paths(tmp_path), MemorySecrets("memory"))
    desk.start()
    desk.close()
    assert planned["count"] == 3600


def test_whoever_only_listens_does_not_count(planned: dict[str, int], tmp_path: Path) -> None:
    desk = open_live(Paths(tmp_path), MemorySecrets("memory"))
    desk.only_listen()
    desk.close()
    assert "read back" in planned
    assert "count" not in planned
