"""Sending: the sentence says what will happen, and the button only works when it may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from crisisdesk.model.account import Account
from crisisdesk.model.template import Step
from tests.ui.seat import CHANNELS, ROAD, Seat
from ui.console.channel_row import ChannelRow
from ui.settings.first_account import FirstAccount
from ui.widgets import pressing
from ui.widgets.hold_button import HoldButton


def test_without_a_template_it_says_so(seat: Seat) -> None:
    assert not seat.page.broadcast.hold.isEnabled()
    assert seat.why_not() == "Choose a template first."


def test_without_channels_it_offers_to_set_them_up(new_seat: Seat) -> None:
    new_seat.prepare(kinds=())
    page = new_seat.take()
    guide = new_seat.shown
    assert isinstance(guide, FirstAccount)  # it comes by itself
    new_seat.click(guide.later)
    new_seat.until(lambda: new_seat.shown is page, "the console")
    pane = page.broadcast
    assert pane.nothing.isVisible()
    new_seat.press("F4")
    assert pane.set_up.hasFocus()
    new_seat.press("Return")
    new_seat.until(lambda: new_seat.shown is guide, "the guide again")


def test_reasons_are_listed_until_all_are_gone(seat: Seat) -> None:
    seat.page.message.start("road-closure")
    assert "open an incident first" in seat.why_not()
    assert "more" in seat.why_not()
    seat.open_incident()
    assert "incident" not in seat.why_not()
    seat.page.message.start("road-closure", dict(ROAD))
    seat.until(seat.page.broadcast.hold.isEnabled, "the button")
    assert not seat.page.broadcast.problems.isVisible()
    seat.choose()
    assert "no channel is chosen" in seat.why_not()
    assert not seat.page.broadcast.hold.isEnabled()


def test_the_sentence_names_mode_step_channels_and_audience(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    sentence = seat.page.broadcast.sentence.text()
    assert sentence.startswith("LIVE: this alert goes to the public on ")
    assert all(part in sentence for part in ("Bluesky", "CAP feed", "Mastodon"))
    assert "Press list (2 addresses)" in sentence
    assert "4 channels" in seat.page.broadcast.hold.text()
    assert seat.page.broadcast.hold.accessibleName() == "HOLD TO BROADCAST 4 channels"
    assert seat.page.broadcast.hold.accessibleDescription().startswith(sentence)
    seat.choose("cap")
    assert seat.page.broadcast.sentence.text() == "LIVE: this alert goes to the public on CAP feed."
    assert "1 channel" in seat.page.broadcast.hold.text()
    assert "channels" not in seat.page.broadcast.hold.text()


def test_every_channel_shows_its_truth(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    card = seat.broadcast()
    for kind, wanted in zip(
        CHANNELS, ("✓ confirmed", "✓ confirmed", "● accepted", "✓ confirmed"), strict=True
    ):
        seat.until_state(card.alert, kind, wanted)
    assert seat.world.mastodon.statuses[-1].text == next(
        part.text for part in card.alert.rendered if part.kind == "mastodon"
    )
    assert not seat.page.broadcast.hold.isEnabled()
    assert card.alert.marker in seat.page.notice.words


def test_only_the_chosen_channels_get_it(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    assert list(seat.world.mastodon.statuses) == []
    assert len(seat.page.broadcast.cards[card.alert.id].states) == 1


@pytest.mark.parametrize("step", [Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR])
def test_a_follow_up_goes_to_exactly_the_channels_that_got_it(seat: Seat, step: Step) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("cap", "mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    seat.until_state(card.alert, "mastodon", "✓ confirmed")
    seat.choose(*CHANNELS)
    card = seat.page.broadcast.cards[card.alert.id]
    buttons = {
        Step.UPDATE: card.update_button,
        Step.CANCEL: card.correct,
        Step.ALL_CLEAR: card.clear_button,
    }
    seat.click(buttons[step])
    seat.until(lambda: seat.page.message.follows, "the follow-up")
    rows = {row.account.kind: row.box for row in seat.page.broadcast.rows}
    assert {kind for kind, box in rows.items() if box.isChecked()} == {"cap", "mastodon"}
    assert not any(box.isEnabled() for box in rows.values())
    assert card.alert.headline in seat.page.message.following.text()
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"
    assert not seat.page.message.steps[Step.ALERT].isEnabled()
    seat.press("Ctrl+T")
    assert all(box.isEnabled() for box in rows.values())
    assert seat.page.message.follows is None


def test_a_follow_up_that_was_sent_sets_the_channels_free(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    seat.click(seat.page.broadcast.cards[card.alert.id].clear_button)
    seat.until(lambda: seat.page.message.follows, "the all clear")
    follow = seat.broadcast()
    seat.until_state(follow.alert, "cap", "✓ confirmed")
    assert follow.alert.references == card.alert.id
    assert all(row.box.isEnabled() for row in seat.page.broadcast.rows)


def test_a_refusal_is_said_and_nothing_typed_is_lost(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    marks = {account.id: 10 for account in seat.desk.composing.accounts()}
    for account_id, limit in marks.items():  # the networks shrank after the last look
        seat.desk.database.write(lambda unit, a=account_id, n=limit: unit.accounts.set_limit(a, n))
    seat.press("F4")
    seat.hold(lambda: seat.page.notice.isVisible() and "cannot be sent" in seat.page.notice.words)
    assert "too long" in seat.page.notice.words
    assert seat.page.message.form.values()["road_name"] == "Weir Bridge"
    assert list(seat.world.mastodon.statuses) == []
    assert seat.page.broadcast.cards == {}


def test_a_card_knows_a_channel_that_was_removed(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    account = next(each for each in seat.desk.administering.accounts() if each.kind == "cap")
    seat.desk.administering.remove_account(account, seat.page.operator)
    seat.until(lambda: len(seat.page.broadcast.rows) == 3, "the channel to go")
    seat.page.load_past()
    shown = seat.page.broadcast.cards[card.alert.id]
    seat.until(lambda: account.id in shown.states, "its truth to stay")
    assert shown.states[account.id].text() == "✓ confirmed"


def test_accounts_read_again_during_a_follow_up_leave_the_own_choice_alone(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "cap", "✓ confirmed")
    seat.choose(*CHANNELS)
    seat.click(seat.page.broadcast.cards[card.alert.id].update_button)
    seat.until(lambda: seat.page.message.follows, "the update")
    seat.page.load_accounts()
    assert [row.account.kind for row in seat.page.broadcast.rows if row.chosen] == ["cap"]
    seat.press("Ctrl+T")
    assert all(row.chosen for row in seat.page.broadcast.rows)


def begin_hold(seat: Seat) -> HoldButton:
    """A message is ready and its button is held, not yet to the end."""
    seat.open_incident()
    seat.write_road_closure()
    seat.press("F4")
    hold = seat.page.broadcast.hold
    seat.until(lambda: QApplication.focusWidget() is hold, "the keyboard on the button")
    seat.qtbot.keyPress(hold, Qt.Key.Key_Space)
    seat.until(lambda: hold.progress > 0, "the hold to begin")
    return hold


def preview(seat: Seat) -> str:
    reader = seat.page.message.previews.widget(0)
    assert isinstance(reader, QPlainTextEdit)
    return reader.toPlainText()


def test_a_minute_that_passes_takes_no_hold_back(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = begin_hold(seat)
    before, now = preview(seat), seat.desk.clock.now
    monkeypatch.setattr(seat.desk.composing, "_now", lambda: now() + timedelta(minutes=1))
    seat.page.refresh_readiness()
    assert preview(seat) != before
    assert hold.progress > 0
    seat.until(lambda: seat.page.broadcast.cards, "the broadcast")
    seat.qtbot.keyRelease(hold, Qt.Key.Key_Space)


def change_the_words(seat: Seat) -> None:
    seat.page.message.form.set_value("reason", "a fallen tree")


def change_the_channels(seat: Seat) -> None:
    seat.choose("cap")


@pytest.mark.parametrize("change", [change_the_words, change_the_channels])
def test_a_draft_that_changes_takes_the_hold_back(
    seat: Seat, change: Callable[[Seat], None]
) -> None:
    hold = begin_hold(seat)
    change(seat)
    assert hold.progress == 0.0
    assert hold.isEnabled()
    seat.qtbot.keyRelease(hold, Qt.Key.Key_Space)
    assert not seat.page.sending.busy
    assert not seat.page.broadcast.cards


def test_space_held_before_the_message_is_ready_takes_no_channel_out(seat: Seat) -> None:
    seat.open_incident()
    pane = seat.page.broadcast
    seat.press("F4")
    assert QApplication.focusWidget() is pane.lead_on
    seat.page.message.start("road-closure")
    seat.until(lambda: pane.problems.text().startswith("Not ready"), "what is missing")
    seat.press("F4")
    assert QApplication.focusWidget() is pane.problems
    seat.press("Space")
    assert len(pane.chosen()) == len(pane.rows) > 0
    seat.press("Shift+Tab")
    assert QApplication.focusWidget() is pane.rows[-1].box


def test_without_a_chosen_channel_the_keyboard_goes_to_the_channels(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.choose()
    seat.press("F4")
    assert QApplication.focusWidget() is seat.page.broadcast.rows[0].box


def test_two_presses_broadcast_where_that_was_chosen(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pressing.Way, "chosen", pressing.TWO_PRESSES)
    seat.open_incident()
    seat.write_road_closure()
    seat.press("F4")
    hold = seat.page.broadcast.hold
    seat.until(lambda: QApplication.focusWidget() is hold, "the keyboard on the button")
    seat.press("Space")
    assert hold.armed
    change_the_words(seat)
    assert not hold.armed
    seat.press("Space")
    begun = hold._since.elapsed()
    seat.until(lambda: hold._since.elapsed() - begun > pressing.BOUNCE_MS, "a moment")
    seat.press("Space")
    seat.until(lambda: seat.page.broadcast.cards, "the broadcast")


@pytest.mark.parametrize("width", [260, 360, 900])
def test_accounts_of_one_beginning_can_be_told_apart(qtbot: QtBot, width: int) -> None:
    shown = []
    for ending in ("Cymraeg", "English"):
        name = f"Mastodon Cyngor Rhosllannerchrugog a Llanfihangel & {ending}"
        row = ChannelRow(Account("a", "mastodon", name))
        qtbot.addWidget(row)
        row.resize(width, 64)
        row.show()
        assert row.box.geometry().right() < width
        shown.append(row.box.shown)
        assert row.box.shown.endswith(ending)
    assert len(set(shown)) == len(shown)
    assert ("…" not in shown[0]) == (width == 900)
