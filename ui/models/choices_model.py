"""What the palette offers, narrowed by what is typed. It holds everything and shows little."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from crisisdesk.rules.matching import best, searchable
from ui import icons
from ui.theme import Theme

SHOWN = 60
CHOICE = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its words, a note on the right (a key, or what kind of thing it is), and
    what choosing does. `why_not` says why it cannot be done now; `about` is only searched.
    """

    words: str
    note: str
    act: Callable[[], object]
    icon: str = ""
    why_not: str = ""
    about: str = ""
    form: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        form = searchable(f"{self.words} {self.note} {self.about}")
        object.__setattr__(self, "form", form)

    @property
    def spoken(self) -> str:
        """As a screen reader says it."""
        said = f"{self.words}, {self.note}" if self.note else self.words
        return f"{said}. Not now: {self.why_not}" if self.why_not else said


class ChoicesModel(QAbstractTableModel):
    """Two columns: the words, and the note."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Choice] = []
        self._forms: list[str] = []
        self._shown: list[Choice] = []
        self.found = 0

    def add(self, choices: Sequence[Choice]) -> None:
        """Offer these too, after what is there. Call `narrow` then."""
        self._all += choices
        self._forms += [each.form for each in choices]

    def narrow(self, typed: str) -> None:
        """Show what holds every typed word, the best of it."""
        self.beginResetModel()
        places, self.found = best(self._forms, typed, SHOWN)
        self._shown = sorted((self._all[each] for each in places), key=lambda it: bool(it.why_not))
        self.endResetModel()

    def row_of(self, choice: Choice | None) -> int:
        """The row a choice stands in; the first for what is not shown."""
        return self._shown.index(choice) if choice in self._shown else 0

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self._shown[index.row()]
        if role == CHOICE:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.words if index.column() == 0 else choice.note
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return choice.spoken if index.column() == 0 else choice.note
        return _looks(choice, index.column(), role)


def _looks(choice: Choice, column: int, role: int) -> Any:
    if role == Qt.ItemDataRole.DecorationRole and column == 0 and choice.icon:
        return icons.icon(choice.icon, "muted" if choice.why_not else "text")
    if role == Qt.ItemDataRole.ForegroundRole and (column == 1 or choice.why_not):
        return Theme.colour("muted")
    if role == Qt.ItemDataRole.TextAlignmentRole and column == 1:
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return None
