"""One text of a pack: exactly what was frozen, how it stands, and a button that copies it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.rules.packing import PackPart
from ui.widgets.flow import Flow, flowing
from ui.widgets.parts import button, column, expanding, label, pane, restyle, row
from ui.widgets.signs import STATE_SIGNS, state_tone

HIGHEST = 420
_PADDING = 20
HOW, HIDE = "How to post it ▾", "How to post it ▴"


class ExactText(QPlainTextEdit):
    """A frozen text, as high as it needs. The clipboard never gets its text from here."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setPlainText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        lines = self.document().size().height()  # this kind of document counts in lines
        margins = 2 * self.document().documentMargin() + _PADDING
        height = int(lines * self.fontMetrics().lineSpacing() + margins)
        self.setFixedHeight(min(height, HIGHEST))
        if height > HIGHEST:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)


class CopyButton(QPushButton):
    """Puts one text on the clipboard, to the letter."""

    copied = Signal(object)

    def __init__(self, words: str, text: str, name: str) -> None:
        super().__init__(words)
        self.setAutoDefault(True)
        self._words = words
        self._name = name
        self.text_to_copy = text
        self.clicked.connect(lambda _=False: self.copied.emit(self))
        self.show_copied(now=False)

    def show_copied(self, *, now: bool) -> None:
        """Whether this text is what the clipboard holds."""
        self.setText("✓ Copied" if now else self._words)
        self.setAccessibleName(f"{self._name} {'copied' if now else ''}".strip())


class TextBlock(QWidget):
    """A heading, the exact text, and what can be copied of it."""

    def __init__(self, heading: str, text: str, *more: tuple[str, str]) -> None:
        """`more` are further things to copy, as (words on the button, text)."""
        super().__init__()
        self.heading = label(heading, "strong", wrap=True)
        self.count = label(role="small")
        self.state = label(wrap=True)
        self.warning = label(role="problem", wrap=True)
        self.text = ExactText(text, f"The exact text: {heading}")
        self.copies = [CopyButton("Copy", text, f"Copy the text: {heading}")]
        self.copies += [CopyButton(words, each, f"{words}: {heading}") for words, each in more]
        self.tail = column(space=4)
        inside = column(space=6)
        inside.addLayout(row(expanding(self.heading), self.count))
        for part in (self.state, self.warning, self.text):
            inside.addWidget(part)
            part.setVisible(part is self.text)
        self.buttons = Flow(*self.copies, spread=True)
        inside.addLayout(self.buttons)
        inside.addLayout(self.tail)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(pane(inside, "card", 10))


class ChannelBlock(TextBlock):
    """One channel in one language."""

    posted_asked = Signal(str)
    not_posted_asked = Signal(str)

    def __init__(self, part: PackPart) -> None:
        super().__init__(part.heading, part.text, *_more(part))
        self.count.setText(part.count)
        self.part = part
        numbered = [f"{number}. {step}" for number, step in enumerate(part.steps, 1)]
        self.steps = label("\n".join(numbered), "small", wrap=True)
        self.how = button(HOW, self._toggle, "link", name=f"How to post it: {part.heading}")
        self.buttons.addWidget(self.how)
        self.posted = self._report("Posted…", self.posted_asked.emit)
        self.not_posted = self._report("Not posted…", self.not_posted_asked.emit)
        self.tail.addWidget(self.steps)
        self.tail.addWidget(flowing(self.posted, self.not_posted))
        self.steps.hide()
        self.show_part(part)

    def _report(self, words: str, ask: Callable[[str], None]) -> QPushButton:
        name = f"{words.rstrip('…')}: {self.part.heading}"
        return button(words, lambda: ask(self.part.delivery_id), "lane", name=name)

    def show_part(self, part: PackPart) -> None:
        """Show how it stands now; text and name are frozen."""
        self.part = part
        state = part.state or DeliveryState.PREPARED
        self.state.setText(f"{STATE_SIGNS[state]} {part.state_words}")
        restyle(self.state, "tone", state_tone(state))
        self.state.show()
        self.warning.setText(f"! {part.warning}" if part.warning else "")
        self.warning.setVisible(bool(part.warning))
        for each in (self.posted, self.not_posted):
            each.setVisible(bool(part.handed_to))

    def _toggle(self) -> None:
        self.steps.setVisible(self.steps.isHidden())
        self.how.setText(HOW if self.steps.isHidden() else HIDE)


def _more(part: PackPart) -> list[tuple[str, str]]:
    """What an e-mail needs beside its text."""
    found = [("Copy subject", part.subject)] if part.subject else []
    if part.addresses:
        number = len(part.addresses)
        words = "Copy the address" if number == 1 else f"Copy {number} addresses"
        found.append((words, ", ".join(part.addresses)))
    return found
