"""One channel in the broadcast pane: chosen or not, how long the text is there, how it went."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from crisisdesk.model.account import Account
from crisisdesk.rules.composing import Preview
from ui.widgets.parts import label, literal, restyle, row


class ChannelRow(QWidget):
    """A check box with the count of the text beside it."""

    toggled = Signal()

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.box = QCheckBox(literal(account.name))
        self.box.setChecked(True)
        self.box.toggled.connect(lambda _: self.toggled.emit())
        self.count = label(role="small")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(row(self.box, None, self.count))

    @property
    def chosen(self) -> bool:
        """Whether the message goes here."""
        return self.box.isChecked()

    def lock_to(self, account_ids: tuple[str, ...] | None) -> None:
        """For a follow-up the channels are given; None sets the choice free again."""
        self.box.setEnabled(account_ids is None)
        if account_ids is not None:
            self.box.setChecked(self.account.id in account_ids)

    def show_preview(self, preview: Preview | None) -> None:
        """Show the count, or nothing."""
        self.count.setText(f"{preview.count.words} {preview.count.unit}" if preview else "")
        restyle(self.count, "role", "problem" if preview and not preview.count.fits else "small")
