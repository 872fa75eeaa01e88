"""One channel in the broadcast pane: chosen or not, how long the text is there, how it went."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.account import Account
from crisisdesk.model.delivery import Delivery
from crisisdesk.rules.composing import Preview
from crisisdesk.rules.showing import one_line
from ui.widgets.clocks import clock_time
from ui.widgets.elided import ElidedBox
from ui.widgets.flow import flowing
from ui.widgets.parts import label, literal, restyle, set_tip
from ui.widgets.signs import delivery_tone, delivery_words

LETTERS = 20
"""With room for fewer of a long name, what is told about the channel stands below it."""


def number_of_addresses(account: Account) -> int:
    """How many people an e-mail account reaches; 0 for networks, where nobody knows."""
    return account.settings.get("recipients", "").count("@") if account.kind == "email" else 0


class ChannelRow(QWidget):
    """A check box with the count of the text beside it."""

    toggled = Signal()

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self._own_choice = True
        self._last: Delivery | None = None
        self._preview: Preview | None = None
        self.box = ElidedBox(one_line(account.name), LETTERS)
        set_tip(self.box, account.name)
        self.box.setAccessibleName(account.name)
        self.box.setChecked(True)
        self.box.toggled.connect(lambda _: self.toggled.emit())
        self.count = label(role="small")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(flowing(self.box, self.count, spread=True))

    def mark(self, *, unchecked: bool) -> None:
        """Say that nobody answered when this account was set up."""
        name = one_line(self.account.name)
        self.box.setText(literal(f"{name} (not checked)" if unchecked else name))
        self.box.setAccessibleName(f"{self.account.name}{', not checked' if unchecked else ''}")

    @property
    def chosen(self) -> bool:
        """Whether the message goes here."""
        return self.box.isChecked()

    @property
    def own_choice(self) -> bool:
        """What the officer chose, also while a follow-up fixes the channels."""
        return self.box.isChecked() if self.box.isEnabled() else self._own_choice

    def lock_to(self, account_ids: tuple[str, ...] | None) -> None:
        """For a follow-up the channels are given; None brings back the officer's own choice."""
        self._own_choice = self.own_choice
        wanted = self._own_choice if account_ids is None else self.account.id in account_ids
        with QSignalBlocker(self.box):
            self.box.setChecked(wanted)
        self.box.setEnabled(account_ids is None)

    def show_last(self, delivery: Delivery | None) -> None:
        """Remember how the newest alert went here; shown while nothing is being written."""
        self._last = delivery
        self.show_preview(self._preview)

    def show_preview(self, preview: Preview | None) -> None:
        """Show the count of what is being written, else how the newest alert went."""
        self._preview = preview
        words, tone = self._status()
        self.count.setText(words)
        self.box.setAccessibleDescription(words or self.account.name)
        restyle(self.count, "tone", tone)

    def _status(self) -> tuple[str, str]:
        """The words on the right, and their tone."""
        if self._preview:
            count = self._preview.count
            words = f"{count.words} {count.unit}"
            return (words, "") if count.fits else (f"✕ {words}: too long", "danger")
        if self._last:
            words = f"{delivery_words(self._last)} {clock_time(self._last.changed_at)}"
            return words, delivery_tone(self._last)
        return "", ""
