"""The board of what the public can see: opened, read back and acted on without a mouse."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QAccessible, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from crisisdesk.model.delivery import DeliveryState, Found
from crisisdesk.model.mode import Mode
from crisisdesk.model.standing import Standing
from crisisdesk.model.template import Step
from crisisdesk.rules.board import board
from crisisdesk.services.reading_back import Board
from crisisdesk.simnet.faults import Fault
from tests.rules.test_board import NAMES, NIGHT, alert, delivery, on
from tests.ui.hostile import MARKUP
from tests.ui.seat import NAME, Seat
from tests.ui.test_keyboard import nameless
from tests.ui.test_plain_text import formatted_tips, guessing
from ui.console.alert_card import AlertCard
from ui.console.board_detail import BoardDetail
from ui.console.board_page import BoardPage
from ui.widgets.state_view import PaneState

READ = "GET "
POST = "POST /api/v1/statuses"


def opened(seat: Seat) -> BoardPage:
    """The board, opened by its key and filled."""
    seat.press("F8")
    page = seat.shown
    assert isinstance(page, BoardPage)
    seat.until(lambda: not page._loading, "the board")
    return page


def out(seat: Seat, *kinds: str) -> AlertCard:
    """A road closure that has come to rest on these channels."""
    seat.open_incident()
    seat.write_road_closure()
    seat.choose(*kinds)
    card = seat.broadcast()
    for kind in kinds:
        seat.until_state(card.alert, kind, "● accepted" if kind == "email" else "✓ confirmed")
    return card


def cells(page: BoardPage, column: int) -> list[str]:
    """One column as it is read out."""
    model = page.model
    role = Qt.ItemDataRole.AccessibleTextRole
    return [str(model.index(row, column).data(role)) for row in range(model.rowCount())]


def until_cell(seat: Seat, page: BoardPage, column: int, words: str) -> None:
    seat.until(lambda: any(words in each for each in cells(page, column)), words)


def tab_to(seat: Seat, button: QAbstractButton) -> None:
    """Go on with Tab until the keyboard is on a button."""
    for _ in range(20):
        if QApplication.focusWidget() is button:
            return
        seat.press("Tab")
    raise AssertionError(f"Tab never comes to {button.text()}")


def press(seat: Seat, button: QAbstractButton) -> None:
    tab_to(seat, button)
    seat.press("Space")


def logged(seat: Seat, action: str) -> list[str]:
    """Who did something, oldest first."""
    entries = seat.desk.reviewing.entries()
    return [each["actor"] for each in reversed(entries) if each["action"] == action]


# There and back


def test_opened_and_left_by_key(seat: Seat) -> None:
    for key in ("Escape", "F8"):
        page = opened(seat)
        assert seat.window.windowTitle().endswith("what the public can see now")
        seat.press(key)
        assert seat.shown is seat.page
        assert not page.isVisible()
    assert seat.window.windowTitle() == "LIVE – CrisisDesk"


def test_opened_from_the_menu_and_from_the_pane(seat: Seat) -> None:
    seat.page.header.fill_menu()
    menu = seat.page.header.who.menu()
    entry = next(each for each in menu.actions() if "public can see" in each.text())
    assert entry.text().endswith("F8")
    entry.trigger()
    assert isinstance(seat.shown, BoardPage)
    seat.press("Escape")
    buttons = seat.page.broadcast.findChildren(QAbstractButton)
    seat.click(next(each for each in buttons if "F8" in each.text()))
    assert isinstance(seat.shown, BoardPage)


def test_nothing_in_public(seat: Seat) -> None:
    page = opened(seat)
    assert page.nothing.isVisible()
    assert "Nothing that we sent" in page.nothing.said
    assert not page.detail.isVisible()
    press(seat, page.read_all)
    assert "Nothing here can be read back" in page.notice.words


def test_what_stands_is_listed_with_its_words(seat: Seat) -> None:
    out(seat, "mastodon", "email")
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 2, "two rows")
    assert QApplication.focusWidget() is page.table
    assert sorted(cells(page, 1)) == ["Mastodon", "Press list"]
    states = " ".join(cells(page, 0))
    assert "✓ confirmed\nseen " in states
    assert "● accepted\nno read-back" in states
    assert "2 messages on 2 channels · nothing wrong is known" in page.summary.text()
    assert "Weir Bridge" in page.detail.words.toPlainText()
    seat.press("Down")
    assert page.detail.standing is page.model.index(1, 0).data(Qt.ItemDataRole.UserRole + 1)


def test_every_part_has_a_name_and_formats_nothing(seat: Seat) -> None:
    out(seat, "mastodon", "email")
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 2, "two rows")
    assert nameless(page) == []
    assert guessing(page) == []
    interface = QAccessible.queryAccessibleInterface(page.table)
    assert "What the public can see now" in interface.text(QAccessible.Text.Name)
    assert "on Mastodon" in page.detail.read.accessibleName()


# Reading back


def test_read_back_by_keyboard(seat: Seat) -> None:
    out(seat, "mastodon")
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 1, "the row")
    seat.press("Return")
    assert QApplication.focusWidget() is page.detail.read
    seat.press("Space")
    seat.until(lambda: "word for word" in page.notice.words, "what was found")
    assert page.notice.words.startswith("✓ Mastodon: ")
    assert logged(seat, "delivery.seen") == [NAME]
    assert QApplication.focusWidget() is page.detail.read


def test_a_post_deleted_behind_our_back_is_told_everywhere(seat: Seat) -> None:
    card = out(seat, "mastodon")
    seat.world.mastodon.statuses[0].deleted = True
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 1, "the row")
    seat.press("Return")
    seat.press("Space")
    until_cell(seat, page, 0, "⊘ GONE")
    assert "! Read back at " in cells(page, 3)[0]
    assert "1 contradicting or gone" in page.summary.text()
    assert page.notice.words.startswith("! Mastodon: ")
    seat.press("Escape")
    seat.until_state(card.alert, "mastodon", "⊘ GONE")
    (row,) = (each for each in seat.page.broadcast.rows if each.account.kind == "mastodon")
    seat.until(lambda: "GONE" in row.count.text(), "the channel's row")
    assert logged(seat, "delivery.gone") == [NAME]


def test_a_network_that_is_down_changes_nothing(seat: Seat) -> None:
    out(seat, "mastodon")
    seat.world.mastodon.faults.add(Fault("refuse", READ, times=-1))
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 1, "the row")
    before = cells(page, 0)
    seat.press("Return")
    seat.press("Space")
    seat.until(lambda: "Last seen at" in page.notice.words, "what was found")
    seat.until(lambda: not page._loading, "the board")
    assert cells(page, 0) == before
    assert logged(seat, "delivery.gone") == []


def test_everything_at_once(seat: Seat) -> None:
    out(seat, "mastodon", "bluesky", "cap", "email")
    seat.world.mastodon.statuses[0].text = "All is well."
    seat.world.bluesky.faults.add(Fault("refuse", READ, times=-1))
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 4, "the rows")
    press(seat, page.read_all)
    seat.until(lambda: "read back" in page.notice.words, "what was found")
    words = page.notice.words
    assert words.startswith("! 2 read back: 1 as we sent them, 1 with other words. Bluesky: ")
    assert page.read_all.text() == "Read everything back"
    until_cell(seat, page, 0, "≠ ALTERED")
    assert cells(page, 1)[0] == "Mastodon"


def test_a_mail_is_seen_by_a_person(seat: Seat) -> None:
    card = out(seat, "email")
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 1, "the row")
    assert "ask a recipient" in page.detail.evidence.text()
    assert not page.detail.read.isVisible()
    seat.press("Return")
    assert QApplication.focusWidget() is page.detail.see
    seat.press("Space")
    until_cell(seat, page, 0, "✓ confirmed")
    assert NAME in page.detail.evidence.text()
    assert not page.detail.see.isVisible()
    seat.press("Escape")
    seat.until_state(card.alert, "email", "✓ confirmed")


def test_an_unknown_can_be_settled(seat: Seat) -> None:
    seat.world.mastodon.faults.add(Fault("timeout", POST))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "? unknown")
    page = opened(seat)
    until_cell(seat, page, 3, "? Nobody knows whether it stands here.")
    press(seat, page.detail.absent)
    seat.until(page.nothing.isVisible, "the board to be empty")
    seat.press("Escape")
    seat.until_state(card.alert, "mastodon", "✕ failed")


# Acting


@pytest.mark.parametrize("step", [Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR])
def test_a_follow_up_begins_here(seat: Seat, step: Step) -> None:
    card = out(seat, "mastodon", "email")
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 2, "the rows")
    press(seat, page.detail.follows[step])
    assert seat.shown is seat.page
    seat.until(lambda: seat.page.message.follows, "the follow-up")
    follows = seat.page.message.follows
    assert follows is not None
    assert (follows.id, seat.page.message.step) == (card.alert.id, step)
    chosen = [row.account.kind for row in seat.page.broadcast.rows if row.chosen]
    assert sorted(chosen) == ["email", "mastodon"]


def test_a_correction_that_fails_somewhere_comes_first(seat: Seat) -> None:
    card = out(seat, "mastodon", "bluesky")
    fault = Fault("status", POST, status=422, body='{"error": "no"}')
    seat.world.mastodon.faults.add(fault)
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 2, "the rows")
    press(seat, page.detail.follows[Step.CANCEL])
    seat.until(lambda: seat.page.message.follows, "the correction")
    for name, words in (
        ("what_was_wrong", "we named Mill Bridge"),
        ("true_position", "it is open"),
    ):
        seat.page.message.form.set_value(name, words)
    seat.until(seat.page.broadcast.hold.isEnabled, seat.why_not())
    correction = seat.broadcast()
    seat.until_state(correction.alert, "mastodon", "✕ failed")
    seat.until_state(correction.alert, "bluesky", "✓ confirmed")
    assert opened(seat) is page
    until_cell(seat, page, 3, "! Corrected on Bluesky at ")
    assert cells(page, 1)[0] == "Mastodon"
    assert cells(page, 3)[0].endswith("but not here: it failed.")
    first = page.detail.standing
    assert first
    assert first.alert.id == card.alert.id
    assert page.model.rowCount() == 2
    press(seat, page.earlier)
    assert page.model.rowCount() == 3
    assert "Answered here by" in cells(page, 3)[2]


# Staying up to date


def test_a_change_elsewhere_shows_at_once(seat: Seat) -> None:
    card = out(seat, "mastodon")
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 1, "the row")
    seat.desk.settling.retract(card.alert.id, seat.page.operator, "wrong road")
    seat.until(page.nothing.isVisible, "the board to be empty")


def test_it_rests_while_nobody_looks(seat: Seat) -> None:
    page = opened(seat)
    assert page._clock.isActive()
    assert page._clock.interval() == 15_000
    seat.press("Escape")
    assert not page._clock.isActive()


def test_a_board_that_cannot_be_read_says_so(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(seat)

    def broken() -> Board:
        raise OSError("the disk is gone")

    monkeypatch.setattr(seat.desk.reading_back, "board", broken)
    page.refresh()
    seat.until(lambda: "the disk is gone" in page.nothing.said, "the problem")
    assert page.nothing.state is PaneState.ERROR
    monkeypatch.undo()
    seat.click(page.nothing.action)
    seat.until(lambda: page.nothing.state is PaneState.EMPTY, "the board")


def test_what_was_read_before_stays_when_the_board_cannot_be_read(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    out(seat, "mastodon")
    page = opened(seat)
    seat.until(page.model.rowCount, "a message")

    def broken() -> Board:
        raise OSError("the disk is gone")

    monkeypatch.setattr(seat.desk.reading_back, "board", broken)
    page.refresh()
    seat.until(lambda: "the disk is gone" in page.notice.words, "the problem")
    assert page.table.isVisible()


# Many rows, without networks


def rows_of(number: int, *, gone: int = -1) -> list[Standing]:
    """So many alerts on four channels; one of them has vanished on Mastodon."""
    said = []
    for turn in range(number):
        one = alert(str(turn), minute=turn, template=f"t{turn}")
        found = {"masto": Found.GONE} if turn == gone else {}
        deliveries = [delivery(one, each, found=found.get(each, Found.AS_SENT)) for each in NAMES]
        said.append((one, deliveries))
    return board(said, NIGHT + timedelta(hours=1), NAMES, zone=UTC)


def test_two_hundred_rows_and_the_chosen_one_stays(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Board(rows_of(50), complete=False)
    monkeypatch.setattr(seat.desk.reading_back, "board", lambda: shown)
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 200, "the rows")
    assert "only the newest 500 alerts" in page.summary.text()
    for _ in range(5):
        seat.press("Down")
    chosen = page.detail.standing
    assert chosen
    shown = Board(rows_of(50, gone=3), complete=True)
    page.refresh()
    until_cell(seat, page, 0, "⊘ GONE")
    assert page.detail.standing
    assert page.detail.standing.delivery.id == chosen.delivery.id
    assert page.table.currentIndex().row() == 6
    seat.press("Home")
    seat.press("Ctrl+Home")
    assert page.detail.state.text() == "⊘ GONE on Mastodon"
    assert seat.window.width() == 1366


def test_hostile_names_stay_words(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    one = alert("1")
    rows = board([(one, [delivery(one, "masto", text=MARKUP)])], NIGHT, {"masto": MARKUP})
    monkeypatch.setattr(seat.desk.reading_back, "board", lambda: Board(rows, complete=True))
    page = opened(seat)
    seat.until(lambda: page.model.rowCount() == 1, "the row")
    assert guessing(page) == []
    assert formatted_tips(page) == []
    tip = str(page.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole))
    assert "<img" not in tip
    assert page.width() == seat.window.width()


@pytest.mark.parametrize(("mode", "offered"), [(Mode.LIVE, True), (Mode.EXERCISE, False)])
def test_addresses_are_opened_only_live(seat: Seat, mode: Mode, offered: bool) -> None:
    one = alert("1")
    (row,) = board([on(one, masto=DeliveryState.CONFIRMED)], NIGHT, NAMES)
    detail = BoardDetail(mode)
    seat.qtbot.addWidget(detail)
    for url, shown in (("https://social.example/1", offered), ("", False), ("file:///x", False)):
        moved = _with_url(row, url)
        detail.show_row(moved, datetime.now(UTC))
        assert detail.open.isVisibleTo(detail) is shown


def _with_url(row: Standing, url: str) -> Standing:
    return replace(row, delivery=replace(row.delivery, url=url))


def test_the_summary_counts_every_row_that_says_unknown(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right = alert("a"), alert("b", Step.CANCEL, follows="a", minute=20)
    unknown, confirmed = DeliveryState.UNKNOWN, DeliveryState.CONFIRMED
    said = [on(wrong, bsky=confirmed, mail=unknown), on(right, bsky=confirmed, mail=unknown)]
    rows = board(said, NIGHT + timedelta(minutes=30), NAMES, zone=UTC)
    monkeypatch.setattr(seat.desk.reading_back, "board", lambda: Board(rows, complete=True))
    page = opened(seat)
    seat.until(page.model.rowCount, "the rows")
    assert sum("unknown" in each for each in cells(page, 0)) == 2
    assert "1 contradicting or gone · 2 unknown" in page.summary.text()
