"""Adding a scenario: a pack or an events list is read, shown as it was understood, then kept."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QLineEdit

from crisisdesk.config import Paths
from crisisdesk.rules.plain_words import counted
from ui.start.offers import how_long
from ui.start.start_page import StartPage
from ui.tasks import Tasks
from ui.theme import SPACE, SPACE_WIDE
from ui.widgets.parts import button, column, label, row
from ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from crisisdesk.system.pack_files import Pack

WIDTH = 640
KINDS = "Scenarios and events lists (*.zip *.toml *.csv *.xlsx);;All files (*)"


@dataclass(frozen=True, slots=True)
class Read:
    """What a file came to: the pack, and for an events list what was understood, a line each."""

    file: Path
    pack: "Pack"
    told: tuple[str, ...] = ()


def read_file(file: Path, name: str = "", codeword: str = "") -> Read:
    """Read a pack or an events list: not on the GUI thread. Raises BadInput."""
    from crisisdesk.rules.exercise.events_list import told
    from crisisdesk.system.events_list_files import SUFFIXES, read_events_list
    from crisisdesk.system.pack_files import open_pack

    if file.suffix.lower() not in SUFFIXES:
        return Read(file, open_pack(file))
    pack, understood = read_events_list(file, name, codeword)
    return Read(file, pack, tuple(told(understood)))


class Adding(QObject):
    """From the button on the start page to a scenario that can be played."""

    added = Signal()

    def __init__(self, page: StartPage, tasks: Tasks, paths: Paths) -> None:
        super().__init__(page)
        self._page, self._tasks, self._paths = page, tasks, paths
        self.sheet: Understood | None = None

    def choose(self) -> None:
        """Ask for a file, then read it."""
        file, _ = QFileDialog.getOpenFileName(self._page, "Add a scenario", "", KINDS)
        if file:
            self._tasks.read(partial(read_file, Path(file)), self._show, self._page.notice.error)

    def _show(self, read: Read) -> None:
        self.sheet = Understood(self._page, read)
        self.sheet.wanted.connect(partial(self._add, read))
        self.sheet.open()

    def _add(self, read: Read, name: str, codeword: str) -> None:
        self._tasks.read(
            partial(_keep, read, name, codeword, self._paths.scenarios),
            self._kept,
            self._page.notice.error,
        )

    def _kept(self, name: str) -> None:
        self._page.notice.good(f"“{name}” was added. It stands under Exercise.")
        self.added.emit()


def _keep(read: Read, name: str, codeword: str, folder: Path) -> str:
    from crisisdesk.system.scenario_files import add_pack

    pack = read_file(read.file, name, codeword).pack if read.told else read.pack
    add_pack(pack, folder)
    return pack.scenario.name


class Understood(Sheet):
    """What the file holds, and for an events list what was guessed or left out."""

    wanted = Signal(str, str)

    def __init__(self, page: StartPage, read: Read) -> None:
        super().__init__(page)
        scenario = read.pack.scenario
        self.setWindowTitle("Add a scenario")
        self.headline = label(scenario.name, "title", wrap=True)
        length = how_long(scenario.length)
        self.size_line = label(f"{length} · {counted(len(scenario.injects), 'inject')}", "muted")
        inside = column(self.headline, self.size_line, label(scenario.summary, wrap=True))
        self.name, self.codeword = QLineEdit(scenario.name), QLineEdit(scenario.codeword)
        if read.told:
            self._ask_names(inside)
            inside.addSpacing(SPACE)
            inside.addWidget(label("What was understood", "heading"))
        self.lines = [label(each, wrap=True) for each in read.told]
        for each in self.lines:
            inside.addWidget(each)
        self.add = button("Add it", self._finish, "primary")
        self.add.setDefault(True)
        inside.addSpacing(SPACE_WIDE)
        inside.addLayout(row(None, button("Cancel", self.reject), self.add))
        self.fill(inside, WIDTH)
        self.setAccessibleDescription(" ".join((self.size_line.text(), *read.told)))
        self.add.setFocus()

    def _ask_names(self, inside: QBoxLayout) -> None:
        """A list has neither a name nor a codeword of its own."""
        for words, line in (("Name", self.name), ("Codeword of this exercise", self.codeword)):
            line.setMaxLength(60)
            line.setAccessibleName(words)
            line.textChanged.connect(self._check)
            inside.addWidget(label(words, "small"))
            inside.addWidget(line)

    def _check(self) -> None:
        self.add.setEnabled(bool(self.name.text().strip() and self.codeword.text().strip()))

    def _finish(self) -> None:
        self.accept()
        self.wanted.emit(self.name.text().strip(), self.codeword.text().strip())
