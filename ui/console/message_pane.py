"""The message: choose a template, fill its fields, see each channel's exact text and count."""

import uuid
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.model.alert import Alert
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.composing import Preview
from crisisdesk.rules.normal import words_of
from ui.actions import key_of
from ui.console.field_form import FieldForm
from ui.console.picture_row import PictureRow
from ui.console.putting_aside import Written
from ui.delegates.choice_delegate import ChoiceDelegate
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.flow import flowing
from ui.widgets.pane import Pane
from ui.widgets.pane_head import pane_head
from ui.widgets.parts import as_tip, button, column, expanding, label, literal, row, toggle
from ui.widgets.state_view import PaneState, StateView

TEMPLATE_ID = Qt.ItemDataRole.UserRole
LEAST_PREVIEW = 120
"""Pixels at 100 % text: the tabs and three lines; the fields get the rest."""


class MessagePane(Pane):
    """Knows the template, the step, the values, and what it follows; emits every change.

    `key` tells one message from the next; `kept` shows whether what is typed is on disk.
    """

    changed = Signal()
    filled = Signal()
    put_aside = Signal(object)
    """What was written and makes room for something else."""

    def __init__(self, templates: dict[str, Template], tasks: Tasks) -> None:
        super().__init__("Message")
        self._templates = templates
        self.template: Template | None = None
        self.step = Step.ALERT
        self.follows: Alert | None = None
        self.pictures = PictureRow(tasks)
        self.pictures.changed.connect(self.changed)
        self.form = FieldForm(self.pictures)
        self.form.changed.connect(self.changed)
        self.form.filled.connect(self.filled)
        self._begun: dict[str, str] = {}
        self.kept = label("", "small")
        self.renew()
        self._build()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a template: type what happened, as in flood")
        self.search.setAccessibleName("Find a template")
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_first)
        self.list = QListWidget()
        self.list.setAccessibleName("Templates")
        self.list.setWordWrap(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(ChoiceDelegate(self.list))
        self.list.itemActivated.connect(self._on_activated)
        self.list.itemClicked.connect(self._on_activated)
        self.pages = QStackedWidget()
        chooser = QWidget()
        self.none = StateView()
        self.none.say(
            PaneState.EMPTY,
            "No template has all these words",
            "Try fewer words. A holding statement fits most beginnings.",
            "Show all templates",
            self.search.clear,
        )
        chooser.setLayout(column(self.search, self.list, self.none))
        self.pages.addWidget(chooser)
        self.pages.addWidget(self._make_editor())
        box = QVBoxLayout()
        box.setContentsMargins(10, 10, 10, 10)
        box.addLayout(pane_head("message", "MESSAGE", key_of("message"), None, self.kept))
        box.addWidget(self.pages)
        self._filter("")
        self.setLayout(box)

    def _make_editor(self) -> QWidget:
        self.title = label(role="strong", wrap=True)
        self.other = button(f"Another… ({key_of('template')})", self.choose_template, "link")
        self.following = label(role="small", wrap=True)
        self._readers: list[QPlainTextEdit] = []
        self.previews = QTabWidget()
        self.previews.setMinimumHeight(Theme.scaled(LEAST_PREVIEW))
        self.previews.setAccessibleName("What each channel gets")
        editor = QWidget()
        box = column()
        box.addLayout(row(expanding(self.title), self.other))
        box.addWidget(self._make_steps())
        box.addWidget(self.following)
        box.addWidget(self.form, 3)
        box.addWidget(self.previews, 2)
        editor.setLayout(box)
        return editor

    def _make_steps(self) -> QWidget:
        group = QButtonGroup(self)
        self.steps: dict[Step, QPushButton] = {}
        for step in Step:
            made = toggle(step.words, partial(self._on_step, step))
            group.addButton(made)
            self.steps[step] = made
        return flowing(*self.steps.values(), space=4)

    def focus(self) -> None:
        """Put the keyboard where the work goes on."""
        self.wanted.emit()
        if self.template is None:
            self.search.setFocus()
        else:
            self.form.focus_first_empty()

    def renew(self) -> None:
        """From here on it is another message."""
        self.key = str(uuid.uuid4())

    def choose_template(self) -> None:
        """Show the list of templates."""
        self.wanted.emit()
        self._put_aside(self.key)
        self._clear()

    def _clear(self) -> None:
        self.renew()
        self.template = None
        self.follows = None
        self.pictures.clear()
        self.pages.setCurrentIndex(0)
        self.search.clear()
        self.search.setFocus()
        self.changed.emit()

    def start(self, template_id: str, values: dict[str, str] | None = None) -> None:
        """Begin a new alert from a template."""
        self._put_aside(self.key)
        self.renew()
        self.follows = None
        self.pictures.clear()
        self._open(template_id, Step.ALERT, values or {})
        self._begun = self.form.values()

    def follow(self, alert: Alert, step: Step, values: dict[str, str]) -> None:
        """Begin an update, correction or all clear of an alert, with the words ready for it."""
        self._put_aside(self.key)
        self.renew()
        self.follows = alert
        self.pictures.clear()
        self._open(alert.template_id, step, values)
        self._begun = self.form.values()

    def done(self) -> None:
        """The message was sent: make room for the next."""
        self._put_aside("")
        self._clear()

    def put_back(self, written: Written) -> None:
        """Go on with what was put aside."""
        self._put_aside(self.key)
        self.renew()
        self.key = written.key or self.key
        self.follows = written.follows
        self.pictures.clear()
        self._open(written.template_id, written.step, written.values)
        self._begun = {}
        self.pictures.put(written.pictures)

    def _put_aside(self, key: str) -> None:
        """Only what somebody has written is worth bringing back; a sent message always is."""
        values, pictures = self.form.values(), self.pictures.pictures()
        if self.template and (not key or pictures or values != self._begun):
            written = Written(self.template.id, self.step, self.follows, values, pictures, key)
            self.put_aside.emit(written)
        self._begun = {}

    def show_previews(self, previews: list[Preview], names: dict[str, str]) -> None:
        """Show each channel's exact text; a tab whose text does not fit says so."""
        wanted = [names[each.rendered.account_id] for each in previews]
        self._show_readers(len(previews))
        for index, (each, title) in enumerate(zip(previews, wanted, strict=True)):
            reader = self._readers[index]
            if reader.toPlainText() != each.rendered.text:
                reader.setPlainText(each.rendered.text)
            reader.setAccessibleName(f"Text for {title}")
            self.previews.setTabText(index, literal(title if each.count.fits else f"! {title}"))

    def _show_readers(self, number: int) -> None:
        """A tab that goes leaves its page behind: the page is kept for the next message."""
        while self.previews.count() > number:
            self.previews.removeTab(self.previews.count() - 1)
        while len(self._readers) < number:
            self._readers.append(_reader())
        for each in self._readers[self.previews.count() : number]:
            self.previews.addTab(each, "")

    def _open(self, template_id: str, step: Step, values: dict[str, str]) -> None:
        self.wanted.emit()
        self.template = self._templates[template_id]
        self.title.setText(self.template.name)
        self.step = step
        self.form.show_template(self.template, step, values)
        self.pages.setCurrentIndex(1)
        self._show_step()
        self.form.focus_first_empty()
        self.changed.emit()

    def _on_step(self, step: Step, down: bool) -> None:
        if down and self.template and step is not self.step:
            self._open(self.template.id, step, self.form.values())

    def _show_step(self) -> None:
        for step, made in self.steps.items():
            made.setEnabled((step is Step.ALERT) == (self.follows is None))
            made.setChecked(step is self.step)
        if self.follows:
            told = f"“{self.follows.headline}” ({self.follows.marker})"
            words = f"{self.step.words} of {told}, to the channels that got it"
        else:
            words = "With this alert: update ✓ correction ✓ all clear ✓ are ready"
        self.following.setText(words)

    def _filter(self, text: str) -> None:
        wanted = words_of(text).split()
        self.list.clear()
        for template in self._templates.values():
            about = words_of(" ".join((template.name, template.summary, *template.keywords)))
            if all(word in about for word in wanted):
                item = QListWidgetItem(f"{template.name}\n{template.summary}")
                item.setToolTip(as_tip(template.summary))
                item.setData(TEMPLATE_ID, template.id)
                self.list.addItem(item)
        found = self.list.count() > 0
        if found:
            self.list.setCurrentRow(0)
        self.list.setVisible(found)
        self.none.setVisible(not found)

    def _choose_first(self) -> None:
        if item := self.list.currentItem():
            self._on_activated(item)

    def _on_activated(self, item: QListWidgetItem) -> None:
        self.start(item.data(TEMPLATE_ID))


def _reader() -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    return made
