"""Answering a request for the log: what may be shown, what is kept back, and on which ground."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from crisisdesk.model.disclosure import Disclosure, Ruling, Show
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.disclosure import GROUNDS, checked, numbers_of
from ui.theme import SPACE, SPACE_TIGHT
from ui.widgets.fields import choice_of
from ui.widgets.flow import flowing
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label
from ui.widgets.sheet import Sheet

WIDTH = 600
EXPLAINED = (
    "Writes a zip for somebody who asked: each entry that is shown with a proof, and a schedule of "
    "what is kept back. Names of officers and public messages are shown with their entries. Read "
    "all of it before it goes out."
)
KEEP_BACK, SHOW_ALL = "Keep back what people typed", "Show what people typed"
EXAMPLE = "none, or as in 31-40, 55"


class DisclosureSheet(Sheet):
    """Stands beside the review, so that entries can be looked up meanwhile."""

    asked = Signal(object)
    """A Disclosure to be written."""

    def __init__(self, parent: QWidget, incidents: Sequence[tuple[str, str]]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Answer a request for the log")
        self.setModal(False)
        self.reference = _line("Which request this answers, as in FOI 2026-114")
        self.to = _line("For whom")
        self.incident = choice_of("Which entries", [("All entries", "")])
        for ref, name in incidents:
            self.incident.addItem(f"{ref} {name}", ref)
        self.words = choice_of(
            "What people typed",
            [(KEEP_BACK, Show.WITHOUT_WORDS.value), (SHOW_ALL, Show.ALL.value)],
        )
        self.shown = _line("Entries to show with all their words", EXAMPLE)
        self.kept = _line("Entries to keep back whole", EXAMPLE)
        self.ground = choice_of("Ground for what is kept back", [(each, each) for each in GROUNDS])
        self.ground.setEditable(True)
        self.notice = Notice()
        self.go = button("Write it…", self._ask, "primary")
        self._lay_out()

    def _lay_out(self) -> None:
        inside = column(label("Answer a request for the log", "title", wrap=True), space=SPACE)
        inside.addWidget(label(EXPLAINED, wrap=True))
        fields = (self.reference, self.to, self.incident, self.words)
        for field in (*fields, self.shown, self.kept, self.ground):
            caption = label(field.accessibleName(), "small", wrap=True)
            caption.setBuddy(field)
            inside.addLayout(column(caption, field, space=SPACE_TIGHT))
        inside.addWidget(self.notice)
        inside.addWidget(flowing(button("Cancel", self.reject), self.go, spread=True))
        self.fill(inside, WIDTH)

    def plan(self) -> Disclosure:
        """What is chosen. Raises BadInput with what is missing."""
        reference = self.reference.text().strip()
        if not reference:
            raise BadInput("The reference is missing.", "Write which request this answers.")
        ground = self.ground.currentText().strip()
        return checked(
            Disclosure(
                reference=reference,
                to=self.to.text().strip(),
                ref=str(self.incident.currentData()),
                since=None,
                until=None,
                words=Show(self.words.currentData()),
                ground=ground,
                rulings=(
                    *_rulings(self.shown, Show.ALL, ""),
                    *_rulings(self.kept, Show.NOTHING, ground),
                ),
            )
        )

    def _ask(self) -> None:
        self.notice.hide()
        try:
            plan = self.plan()
        except BadInput as error:
            self.notice.error(error)
        else:
            self.asked.emit(plan)


def _rulings(field: QLineEdit, show: Show, ground: str) -> list[Ruling]:
    text = field.text().strip()
    if not text:
        return []
    try:
        return [Ruling(first, last, show, ground) for first, last in numbers_of(text)]
    except ValueError as error:
        words = f"{field.accessibleName()}: {error}."
        raise BadInput(words, "Write numbers as in 31-40, 55.") from error


def _line(name: str, example: str = "") -> QLineEdit:
    made = QLineEdit()
    made.setAccessibleName(name)
    made.setPlaceholderText(example)
    made.setMaxLength(300)
    return made
