"""What others wrote is shown as they wrote it: no label, box, tip or button formats it."""

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QMessageBox,
    QTextEdit,
    QWidget,
)

from crisisdesk.model.events import SourceState
from crisisdesk.model.mention import Item
from crisisdesk.simnet.faults import Fault
from tests.ui.hostile import HOSTILE, MARKUP
from tests.ui.mentions import NOON
from tests.ui.seat import Seat
from ui.settings.accounts_page import AccountsPage


def guessing(root: QWidget) -> list[str]:
    """Every label below a widget that would guess whether its text is formatted."""
    return [
        f"{type(each.parent()).__name__}: {each.text()!r}"
        for each in root.findChildren(QLabel)
        if each.text() and each.textFormat() is not Qt.TextFormat.PlainText
    ]


def formatted_tips(root: QWidget) -> list[str]:
    """Every tip in which foreign markup would be formatted: escaped, it has no bare <img."""
    return [each.toolTip() for each in root.findChildren(QWidget) if "<img" in each.toolTip()]


def test_labels_of_every_page_are_plain(seat: Seat) -> None:
    seat.page.settings_asked.emit()
    seat.until(lambda: seat.shown is not seat.page, "the settings")
    seat.console.open_review(seat.console.paths.home)
    seat.console.lock()
    assert guessing(seat.window) == []
    assert seat.window.findChildren(QTextEdit) == []


def test_a_hostile_mention_is_shown_letter_by_letter(seat: Seat) -> None:
    seat.desk.intake.accept([Item("mastodon", "1", MARKUP, NOON, author=MARKUP)])
    pane = seat.page.mentions
    seat.until(lambda: pane.model.rowCount() == 1, "the mention")
    seat.press("F2")
    seat.until(lambda: pane.detail.mention, "the detail")
    texts = [each.text() for each in pane.detail.findChildren(QLabel)]
    assert any(MARKUP[:40] in text for text in texts)
    assert guessing(pane) == []
    assert formatted_tips(pane) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_text_can_be_looked_at(seat: Seat, name: str) -> None:
    text = HOSTILE[name].encode("utf-8", "replace").decode()
    seat.desk.intake.accept([Item("mastodon", "1", text, NOON, author=text[:300])])
    pane = seat.page.mentions
    seat.until(lambda: pane.model.rowCount() == 1, "the mention")
    seat.press("F2")
    seat.until(lambda: pane.detail.mention and pane.detail.isVisible(), "the detail")
    assert pane.detail.width() <= pane.width()
    assert seat.window.width() == 1366
    assert "\u202e" not in pane.detail._text.toPlainText()


def test_what_a_server_says_is_not_formatted(seat: Seat) -> None:
    fault = Fault("status", "POST /api/v1/statuses", status=422, body=f'{{"error": "{MARKUP}"}}')
    seat.world.mastodon.faults.add(fault)
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "✕ failed")
    (state,) = seat.page.broadcast.cards[card.alert.id].states.values()
    assert "<b>Fire</b>" in state.accessibleDescription()
    assert guessing(seat.page) == []
    assert formatted_tips(seat.page) == []


def test_what_is_wrong_with_a_source_is_not_formatted(seat: Seat) -> None:
    seat.desk.bus.publish(SourceState("x", False, MARKUP))
    channels = seat.page.header.channels
    seat.until(channels.toolTip, "the trouble")
    assert formatted_tips(seat.page) == []


def test_the_log_is_not_formatted(seat: Seat) -> None:
    seat.desk.composing.note(MARKUP, seat.page.operator)
    model = seat.page.log.model

    def notes() -> list[QModelIndex]:
        """The desk may have written more since."""
        rows = (model.index(row, 3) for row in range(model.rowCount()))
        return [each for each in rows if "<b>Fire" in str(each.data())]

    seat.until(notes, "the note in the log")
    tip = str(notes()[0].data(Qt.ItemDataRole.ToolTipRole))
    assert "&lt;b&gt;Fire" in tip
    assert "<img" not in tip


def test_names_keep_their_ampersand(seat: Seat) -> None:
    """A lone & in a button is swallowed and becomes a key."""
    seat.open_incident("Fire & flood")
    shown = seat.page.header.incident
    seat.until(lambda: visible(shown).startswith("Fire & flood"), "the incident in full")
    account = next(each for each in seat.desk.administering.accounts() if each.kind == "cap")
    seat.desk.administering.save_account(
        "cap", "Fire & rescue", account.settings, seat.page.operator, account.id
    )
    rows = seat.page.broadcast
    seat.until(lambda: any("Fire" in each.box.text() for each in rows.rows), "the new name")
    assert "Fire & rescue" in [visible(each.box) for each in rows.rows]


def visible(button: QAbstractButton) -> str:
    """What a person reads on a button: && is &, a lone & is nothing."""
    parts = [part.replace("&", "") for part in button.text().split("&&")]
    return "&".join(parts)


def test_questions_do_not_format_names(seat: Seat) -> None:
    account = next(each for each in seat.desk.administering.accounts() if each.kind == "cap")
    seat.desk.administering.save_account(
        "cap", MARKUP, account.settings, seat.page.operator, account.id
    )
    seat.console.open_settings()
    renamed = next(each for each in seat.desk.administering.accounts() if each.kind == "cap")
    page = seat.shown
    assert isinstance(page, AccountsPage)
    page._ask_remove(renamed)
    box = seat.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()
