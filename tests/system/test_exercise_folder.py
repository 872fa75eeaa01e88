"""Each exercise gets a folder of its own, also two that begin in the same second."""

from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.config import Paths
from crisisdesk.system.recent_logs import exercise_folder

NOW = datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


def test_two_in_one_second_do_not_share_a_folder(tmp_path: Path) -> None:
    made = []
    for _ in range(3):
        folder = exercise_folder(Paths(tmp_path), "night-flood", NOW)
        folder.mkdir(parents=True)
        made.append(folder.name)
    first = "20260203-020000-night-flood"
    assert made == [first, f"{first}-2", f"{first}-3"]
