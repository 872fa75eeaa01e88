"""`make walk`: walk as a new user, draw each step, and write the table into docs/walk."""

import os
import sys
from pathlib import Path
from unittest.mock import patch

from tests.walk.told import BEFORE, HEAD, table
from tests.walk.walker import Step

WALK = Path(__file__).resolve().parents[2] / "docs" / "walk"
PARTS = {"drill": "The drill", "live": "The live desk"}


def main() -> int:
    """Walk both parts; the exercise last, as it closes this process's way out."""
    os.environ["TZ"] = "UTC"
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from tests.gallery.__main__ import _say

    qInstallMessageHandler(_say)
    app = QApplication([])
    WALK.mkdir(parents=True, exist_ok=True)
    with patch("crisisdesk.net.gate.close_for_good"):  # it bars what presses the keys here
        walked = {part: walk(app, part, WALK) for part in reversed(PARTS)}
    tables = (table(part, title, walked[part]) for part, title in PARTS.items())
    (WALK / "index.md").write_text("".join((HEAD, *tables, BEFORE)), encoding="utf-8")
    sys.stderr.write(f"{WALK / 'index.md'}\n")
    return 0


def walk(app: object, part: str, out: Path | None) -> list[Step]:
    """One part of the walk; pictures go to `out`."""
    from PySide6.QtWidgets import QApplication

    from tests.gallery.stage import Stage
    from tests.walk.camera import WalkCamera
    from tests.walk.new_user import NewUser

    assert isinstance(app, QApplication)
    with Stage(app, WalkCamera(app, out, part)) as stage:
        user = NewUser(stage)
        getattr(user, part)()
        return user.steps


if __name__ == "__main__":
    sys.exit(main())
