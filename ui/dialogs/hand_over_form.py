"""Who takes which channels, and how: the form whose button logs a hand-over."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from crisisdesk.rules.handing import LONGEST_NAME, WAYS, HandOver
from crisisdesk.rules.packing import Pack, PackPart
from crisisdesk.rules.showing import one_line
from ui.widgets.parts import button, clear, column, label, literal, set_tip

LONGEST_CHANNEL = 22
LONGEST_REASON = 300
_NOT_SENT = (
    "This alert was not broadcast. Logging the hand-over holds all its channels at the desk."
)
_NOT_ALLOWED = "Only a sender may log a hand-over. Copying and printing are open to everybody."


class HandOverForm(QWidget):
    """Asks; it changes nothing itself."""

    asked = Signal(object)
    """A HandOver."""

    def __init__(self, *, allowed: bool) -> None:
        super().__init__()
        self._allowed = allowed
        self._busy = False
        self.boxes: dict[str, QCheckBox] = {}
        self._doubtful: set[str] = set()
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText("first and last name")
        self.how = QComboBox()
        self.how.addItems(WAYS)
        self.reason = QLineEdit()
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText("for example: the page is empty, looked at 04:12")
        self.go = button("Log the hand-over", self._ask, "primary")
        self._boxes = column(space=4)
        self._none = label("Every channel is out, or in somebody's hands.", "muted", wrap=True)
        self._note = label("" if allowed else _NOT_ALLOWED, "small", wrap=True)
        self._lay_out()
        for line in (self.name, self.reason):
            line.textChanged.connect(lambda _: self._check())

    def _lay_out(self) -> None:
        box = QVBoxLayout()
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self._why = _asked("Why, although it may be out already?", self.reason)
        for part in (
            label("HAND OVER", "heading"),
            _asked("Who takes it?", self.name),
            self.name,
            _asked("How do they get the texts?", self.how),
            self.how,
            label("Which channels?", "strong"),
            self._none,
        ):
            box.addWidget(part)
        box.addLayout(self._boxes)
        for part in (self._why, self.reason, self._note, self.go):
            box.addWidget(part)
        self.setLayout(box)

    def show_pack(self, pack: Pack) -> None:
        """Offer the channels that nobody has; what the officer ticked stays so."""
        free: dict[str, list[PackPart]] = {}
        for part in pack.parts:
            if part.may_be_handed:
                free.setdefault(part.account_id, []).append(part)
        if list(free) != list(self.boxes) or self._doubtful != _doubtful(free):
            self._rebuild(free)
        self._none.setVisible(not free)
        unsent = all(part.state is None for part in pack.parts)
        if self._allowed:
            self._note.setText(_NOT_SENT if unsent else "")
        self._check()

    def _rebuild(self, free: dict[str, list[PackPart]]) -> None:
        chosen = {account_id: box.isChecked() for account_id, box in self.boxes.items()}
        clear(self._boxes)
        self._doubtful = _doubtful(free)
        self.boxes = {}
        for account_id, parts in free.items():
            box = _box(parts[0].name, doubtful=account_id in self._doubtful)
            box.setChecked(chosen.get(account_id, account_id not in self._doubtful))
            box.toggled.connect(lambda _: self._check())
            self._boxes.addWidget(box)
            self.boxes[account_id] = box

    def busy(self, *, busy: bool) -> None:
        """Something is being written."""
        self._busy = busy
        self._check()

    def done(self) -> None:
        """It was logged: the next one is another person's."""
        self.name.clear()
        self.reason.clear()

    def _chosen(self) -> tuple[str, ...]:
        return tuple(account_id for account_id, box in self.boxes.items() if box.isChecked())

    def _check(self) -> None:
        doubtful = bool(self._doubtful & set(self._chosen()))
        for part in (self._why, self.reason):
            part.setVisible(doubtful)
        said = self.name.text().strip() and (not doubtful or self.reason.text().strip())
        ready = bool(said and self._chosen())
        self._note.setVisible(bool(self._note.text()))
        self.go.setEnabled(ready and self._allowed and not self._busy)

    def _ask(self) -> None:
        if not self.go.isEnabled():  # Enter must not go round what is missing
            return
        reason = self.reason.text().strip() if self.reason.isVisible() else ""
        name, how = self.name.text().strip(), self.how.currentText()
        self.asked.emit(HandOver(self._chosen(), name, how, reason))


def _doubtful(free: dict[str, list[PackPart]]) -> set[str]:
    return {account_id for account_id, parts in free.items() if any(p.doubtful for p in parts)}


def _box(name: str, *, doubtful: bool) -> QCheckBox:
    words = f"{one_line(name, LONGEST_CHANNEL)}{' – may be out!' if doubtful else ''}"
    box = QCheckBox(literal(words))
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    set_tip(box, name)
    box.setAccessibleName(f"{name}{', may be out already' if doubtful else ''}")
    return box


def _asked(text: str, editor: QWidget) -> QWidget:
    made = label(text, "strong", wrap=True)
    made.setBuddy(editor)
    editor.setAccessibleName(text)
    return made
