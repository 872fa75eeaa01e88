"""A console into which 2,000 mentions a second pour, for a screen reader to listen to.

Started as a program of its own on the desktop that `desktop.py` makes; ends when it is told to.
"""

import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from PySide6.QtWidgets import QApplication

from crisisdesk.config import Paths
from crisisdesk.desk import Desk, open_live
from crisisdesk.model.mention import Item
from crisisdesk.model.operator import Operator, Role
from crisisdesk.system.secrets import MemorySecrets
from ui.console.console_page import ConsolePage
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import Theme

SECONDS, BATCHES, BATCH = 8, 10, 200
EVERY = SECONDS * BATCHES * BATCH
NEEDS = 20
"""One post in so many asks for help."""


def main(folder: Path) -> None:
    """Show the console and let the posts pour in."""
    app = QApplication(sys.argv[:1])
    Theme.apply(app, "light")
    with closing(open_live(Paths(folder), MemorySecrets())) as desk:
        window = MainWindow()
        tasks = Tasks(desk.workers, window)
        window.show_page(ConsolePage(desk, tasks, Operator("op-1", "Sam", Role.SENDER)))
        window.show()
        threading.Thread(target=_pour, args=(desk,), daemon=True).start()
        app.exec()
        tasks.close()


def _pour(desk: Desk) -> None:
    """Bring the posts evenly, each batch when its moment comes."""
    began = time.monotonic()
    for place in range(SECONDS * BATCHES):
        time.sleep(max(0.0, began + place / BATCHES - time.monotonic()))
        desk.intake.accept([_post(number) for number in range(place * BATCH, (place + 1) * BATCH)])


def _post(number: int) -> Item:
    asks = number % NEEDS == 0
    words = "please help, trapped upstairs at" if asks else "such a night, no bus past"
    now_ms = int(time.time() * 1000)
    return Item("mastodon", str(number), f"{words} {number} Mill Lane", now_ms, author=f"p{number}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
