"""One mention in full, as plain text, with where it stands and what can be done."""

from urllib.parse import urlsplit

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMessageBox, QPlainTextEdit, QVBoxLayout, QWidget

from crisisdesk.model.mention import Mention, Verdict
from crisisdesk.model.moment import from_ms
from crisisdesk.rules.showing import one_line, shown
from ui.console.verdict_bar import VerdictBar
from ui.dialogs.once import open_once
from ui.widgets.clocks import clock_seconds
from ui.widgets.elided import ElidedLabel
from ui.widgets.parts import button, label, row, set_tip

LEAST_LINES, MOST_LINES = 1, 5
MARGINS = 26
"""Pixels that the frame and the margins of a text take, in each direction."""
MOST_FITTED = 1000
"""Characters: more than that fills the lines in any case."""


class MentionDetail(QWidget):
    """Hidden until a mention is chosen."""

    open_asked = Signal(str)

    def __init__(self, *, may_open: bool, may_judge: bool) -> None:
        """`may_open` is False in an exercise: a browser would leave the computer."""
        super().__init__()
        self._may_open = may_open
        self.mention: Mention | None = None
        self._who = label(wrap=True, role="strong")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName("The mention in full")
        self._why = ElidedLabel(role="small")
        self._repeats = label(role="small")
        self.verdicts = VerdictBar(may_judge=may_judge)
        self.handled = label("", "strong", wrap=True)
        self.handled.setProperty("tone", "good")
        self.open = button("Open…", self._on_open, "link")
        box = QVBoxLayout()
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(5)
        head = row(self._who, self.open)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(self._text)
        why = row(self._why, self._repeats)
        why.setStretch(0, 1)
        box.addLayout(why)
        box.addWidget(self.handled)
        box.addWidget(self.verdicts)
        self.hide()
        self.setLayout(box)

    def show_mention(self, mention: Mention) -> None:
        """Show this one."""
        if self.mention is None or self.mention.id != mention.id:
            self._repeats.setText("")
        self.mention = mention
        name = one_line(mention.author_name or mention.author or "somebody", 80)
        handle = f" @{one_line(mention.author, 60)}" if mention.author else ""
        network = mention.source.split(":")[0]
        self._who.setText(
            f"{name}{handle} · {network} · {clock_seconds(from_ms(mention.posted_at))}"
        )
        self._text.setPlainText(shown(mention.text))
        self._fit_text()
        why = " · ".join(one_line(each) for each in mention.reasons) or "no cue"
        self._why.setText(f"why: {why}")
        set_tip(self._why, why)
        self.handled.setText(f"✓ handled by {mention.handled_by}")
        self.handled.setVisible(bool(mention.handled_by))
        self.verdicts.buttons[Verdict.HANDLED].setEnabled(not mention.handled_by)
        host = _host(mention.url)
        set_tip(self.open, f"Open {host} in the web browser")
        self.open.setAccessibleName(f"Open {host}…")
        self.open.setVisible(bool(host) and self._may_open)
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_text()

    def _fit_text(self) -> None:
        """As high as the text needs, within bounds: the list above deserves the room."""
        metrics = self._text.fontMetrics()
        room = QRect(0, 0, max(100, self.width() - MARGINS), metrics.lineSpacing() * 100)
        flags = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        needed = metrics.boundingRect(room, flags, self._text.toPlainText()[:MOST_FITTED])
        lines = round(needed.height() / metrics.lineSpacing())
        shown_lines = min(max(lines, LEAST_LINES), MOST_LINES)
        self._text.setFixedHeight(shown_lines * metrics.lineSpacing() + MARGINS)

    def show_repeats(self, found: tuple[Mention, int] | None) -> None:
        """Show how many others said the same."""
        if found and self.mention and found[0].id == self.mention.id:
            repeats = found[1]
            self._repeats.setText(f"said {repeats + 1} times" if repeats else "")

    def clear(self) -> None:
        """Nothing is chosen."""
        self.mention = None
        self.hide()

    def _on_open(self) -> None:
        if not self.mention:
            return
        question = f"Open this address in the web browser?\n\n{shown(self.mention.url, 300)}"
        box = QMessageBox(QMessageBox.Icon.Question, "Open a post", question, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setStandardButtons(QMessageBox.StandardButton.Open | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        url = self.mention.url
        box.accepted.connect(lambda: self.open_asked.emit(url))
        open_once(box)


def _host(url: str) -> str:
    """The real host of an http(s) address in ASCII; "" for anything else."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        return ""
    return host if parts.scheme in ("http", "https") else ""
