"""A backup on demand: into the folder of the settings, or one that is chosen now."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from crisisdesk.model.mode import Mode

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


def why_no_backup(page: "ConsolePage") -> str:
    """Why no backup can be made; "" when it can."""
    exercise = page.desk.mode is Mode.EXERCISE
    return "An exercise is kept in a folder of its own already." if exercise else ""


def back_up_now(page: "ConsolePage") -> None:
    """Copy the desk while it works, and say where the copy is."""
    desk, by = page.desk, page.operator.name
    chosen = desk.settings.backup_folder or QFileDialog.getExistingDirectory(
        page, "A folder for the backup, best on another disk"
    )
    if chosen:
        page.tasks.read(
            partial(desk.backing_up.back_up, Path(chosen).expanduser(), by),
            lambda made: page.notice.good(f"The desk was backed up: {made}"),
        )
