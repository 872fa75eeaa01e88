"""Without a mouse: from the start screen to every channel in few keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from tests.ui.mentions import item
from tests.ui.seat import NAME, PASSPHRASE, Seat
from ui import actions
from ui.dialogs.sign_in import SignIn
from ui.settings.accounts_page import AccountsPage
from ui.theme import TABLES, Theme

INTERACTIVE = (
    QAbstractButton,
    QLineEdit,
    QComboBox,
    QPlainTextEdit,
    QAbstractItemView,
    QTabWidget,
)


def test_from_the_start_to_a_broadcast(new_seat: Seat) -> None:
    """Keys: Enter, passphrase Enter, Ctrl+I name Enter, words Enter, fields by Tab, F4, Space."""
    seat = new_seat
    seat.prepare()
    seat.console.start_page.live.setFocus()
    seat.press("Return")
    seat.until(lambda: isinstance(seat.shown, SignIn), "the sign-in card")
    seat.write(PASSPHRASE)
    seat.press("Return")
    seat.until(lambda: seat.console.page and seat.page.isVisible(), "the console")
    keys = ["Ctrl+I"]
    seat.press("Ctrl+I")
    seat.answer(seat.page, "Flood at the weir")
    keys += ["Return"]
    message = seat.page.message
    seat.until(lambda: QApplication.focusWidget() is message.search, "the template search")
    seat.write("road bridge")
    seat.press("Return")
    keys += ["Return"]
    fill_by_tab(seat)
    seat.until(seat.page.broadcast.hold.isEnabled, seat.why_not())
    seat.press("F4")
    keys += ["F4", "Space"]
    assert len(keys) <= 6
    seat.hold(lambda: seat.page.sending.busy or seat.page.broadcast.cards)
    seat.until(lambda: seat.page.broadcast.cards, "the card")
    (card,) = seat.page.broadcast.cards.values()
    seat.until_state(card.alert, "mastodon", "✓ confirmed")


def fill_by_tab(seat: Seat) -> None:
    """Type the values into the fields in their order, going on with Tab."""
    values = {
        "road_name": "Weir Bridge",
        "area_name": "Lower Town, Riverside",
        "reason": "deep flood water",
        "since_time": "03:40",
        "next_update_at": "05:00",
        "more_info_url": "https://council.example.org/roads",
    }
    editors = seat.page.message.form.editors()
    for _ in editors:
        name = next((n for n, e in editors.items() if e is QApplication.focusWidget()), "")
        if name in values:
            seat.write(values.pop(name))
        seat.press("Tab")
    assert values == {}


def test_every_pane_has_a_key(seat: Seat) -> None:
    page = seat.page
    for key, pane in (
        ("F3", page.message),
        ("F4", page.broadcast),
        ("F6", page.log),
        ("Ctrl+F", page.mentions),
    ):
        seat.press(key)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert pane.isAncestorOf(focus), key


def test_no_key_does_two_things() -> None:
    keys = [each.key for each in actions.TABLE if each.key]
    assert len(set(keys)) == len(keys)


def test_the_theme_is_switched_by_key(seat: Seat) -> None:
    before = Theme.tokens.name
    names = [before]
    for _ in TABLES:
        seat.press("Ctrl+Shift+D")
        names.append(Theme.tokens.name)
    assert set(names) == set(TABLES)
    assert names[-1] == before


def test_tab_goes_round_and_comes_back(seat: Seat) -> None:
    seat.page.message.start("road-closure")
    first = QApplication.focusWidget()
    seen: list[QWidget] = []
    for _ in range(200):
        seat.press("Tab")
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus is first:
            break
        seen.append(focus)
    assert QApplication.focusWidget() is first, "Tab is caught somewhere"
    assert seat.page.log.note in seen
    assert seat.page.mentions.search in seen


def test_leaving_asks_and_cancel_is_the_safe_key(seat: Seat) -> None:
    seat.window.close()
    box = seat.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    seat.click(box.button(QMessageBox.StandardButton.Cancel))
    assert seat.window.isVisible()


def nameless(root: QWidget) -> list[str]:
    """Interactive widgets that a screen reader could not name."""
    found = []
    for each in root.findChildren(QWidget):
        if not isinstance(each, INTERACTIVE) or each.objectName().startswith("qt_"):
            continue
        if each.focusPolicy() is Qt.FocusPolicy.NoFocus or each.isHidden() or _is_popup(each):
            continue
        interface = QAccessible.queryAccessibleInterface(each)
        name = interface.text(QAccessible.Text.Name) if interface else each.accessibleName()
        if not name.strip():
            found.append(f"{type(each).__name__} in {type(each.parentWidget()).__name__}")
    return found


def _is_popup(view: QWidget) -> bool:
    """Whether this is the list a combo box opens: its name is the box's."""
    frame = view.parentWidget()
    return frame is not None and isinstance(frame.parentWidget(), QComboBox)


@pytest.mark.parametrize("place", ["start", "console", "message", "settings", "form", "lock"])
def test_every_widget_one_can_use_has_a_name(seat: Seat, place: str) -> None:
    if place == "message":
        seat.open_incident()
        seat.write_road_closure()
        card = seat.broadcast()
        seat.until_state(card.alert, "mastodon", "✓ confirmed")
        seat.page.message.start("road-closure")
    if place in ("settings", "form"):
        seat.console.open_settings()
        settings = seat.shown
        assert isinstance(settings, AccountsPage)
        if place == "form":
            seat.click(settings.adders["email"])
            seat.until(lambda: settings.form and settings.form.isVisible(), "the form")
    if place == "lock":
        seat.console.lock()
    root = seat.console.start_page if place == "start" else seat.shown
    assert isinstance(root, QWidget)
    assert nameless(root) == []
    assert NAME in seat.page.header.who.text()


ELSEWHERE = {
    "alarm": "on the strip of an alarm",
    "approvals": "on the button that says what waits",
    "handled": "in the list one letter does it, which stands on its button",
    "undo": "on what offers to bring something back",
    "pack": "on the card of the newest alert",
    "coach": "in a drill",
}
"""Keys that an idle console does not show, and where they are shown."""


def test_every_key_is_written_where_it_can_be_seen(seat: Seat) -> None:
    seat.desk.intake.accept([item(1, "Is it safe?")])
    seat.until(lambda: seat.page.mentions.model.rowCount() == 1, "a mention")
    seat.press("F2")
    seat.page.message.start("road-closure")
    seat.page.header.fill_menu()
    words = [each.text() for each in seat.page.header.who.menu().actions()]
    words += [each.text() for each in seat.page.header.incident.menu().actions()]
    for kind in (QAbstractButton, QLabel):
        words += [each.text() for each in seat.page.findChildren(kind) if each.isVisible()]
    words += [each.placeholderText() for each in seat.page.findChildren(QLineEdit)]
    bound = {each.action.id: each.action.key for each in actions.on_screen(seat.window)}
    hidden = {name for name, key in bound.items() if key and not any(names(key, w) for w in words)}
    assert hidden <= set(ELSEWHERE)


def names(key: str, words: str) -> bool:
    """Whether these words of a label, a button or a menu name the key."""
    return words == key or f"({key})" in words or words.endswith(f"\t{key}")


def test_the_newest_alert_names_the_key_of_its_pack(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    assert "F9" in seat.broadcast().by_hand.text()
