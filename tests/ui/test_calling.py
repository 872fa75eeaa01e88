"""An officer who looks elsewhere is called, once for each thing, and never by the call alone."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from crisisdesk.model.delivery import OwnPost
from crisisdesk.model.events import ForeignPost, PlanChanged, PromiseNear
from crisisdesk.model.operator import Role
from crisisdesk.model.plan import PlanKind, PlanState
from crisisdesk.rules.calling import GAP_SECONDS, Kind
from crisisdesk.simnet.faults import Fault
from tests.ui.hands import Hands
from tests.ui.hostile import HOSTILE
from tests.ui.mentions import item
from tests.ui.seat import PASSPHRASE, Seat
from tests.ui.test_approvals import FIRE
from tests.ui.test_exercise import Exercise, exercise  # noqa: F401 - a fixture
from ui import calling
from ui.console.calls import Calls
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import SignIn

POST = "POST /api/v1/statuses"
TRAPPED = "We are trapped in flat 12, water rising, please help us"


@dataclass
class Ear:
    """Hears every sound and sees every notice, instead of the officer."""

    calls: Calls
    sounds: list[bool] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)
    wanted: tuple[bool, bool] = (True, True)
    can_play: bool = True
    moment: float = 1000.0

    def play(self, *, urgent: bool) -> bool:
        """A sound."""
        self.sounds.append(urgent)
        return self.can_play

    def show(self, title: str, words: str, *, urgent: bool) -> None:
        """A notice of the desktop."""
        self.shown.append((title, words))

    @property
    def words(self) -> str:
        """All that was shown."""
        return "\n".join(words for _, words in self.shown)


@pytest.fixture
def elsewhere(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    """The officer works in the window of another program."""
    monkeypatch.setattr(seat.page.calls.calling, "_looks_elsewhere", lambda: True)


def listen(page: ConsolePage, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """Put an ear to this page."""
    made = Ear(page.calls)
    caller: Any = page.calls.calling
    monkeypatch.setattr(calling.time, "monotonic", lambda: made.moment)
    caller._player = made
    caller._wanted = lambda: made.wanted
    monkeypatch.setattr(caller.tray, "show", made.show)
    known = page.calls
    hands.until(lambda: known._newest_need is not None and known._queue_known, "the first look")
    return made


@pytest.fixture
def ear(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """Put to the seat's page."""
    return listen(seat.page, seat, monkeypatch)


def needs(seat: Seat, first: int, last: int, words: str = TRAPPED) -> None:
    """Such calls for help come in."""
    seat.desk.intake.accept([item(n, f"{words} {n}") for n in range(first, last + 1)])


def pause(seat: Seat, ear: Ear) -> None:
    """Long enough for another call of the same kind."""
    ear.moment += GAP_SECONDS
    seat.page.calls.tick()


@pytest.mark.usefixtures("elsewhere")
def test_a_need_calls_at_once_and_those_after_it_together(seat: Seat, ear: Ear) -> None:
    needs(seat, 1, 1)
    seat.until(lambda: ear.shown, "the call")
    seat.until(lambda: ear.sounds == [True], "the sound")
    assert ear.shown == [("CrisisDesk needs you", f"New need: {TRAPPED} 1")]
    for number in (2, 3, 4):
        needs(seat, number, number)
    seat.until(lambda: "Needs 4" in seat.page.mentions.lanes["need"].text(), "them on screen")
    seat.page.calls.tick()
    assert len(ear.shown) == 1
    pause(seat, ear)
    seat.until(lambda: len(ear.shown) == 2, "one call for all")
    assert ear.words.endswith(f"3 new needs: {TRAPPED} 4")


@pytest.mark.usefixtures("elsewhere")
def test_what_is_no_need_calls_nobody(seat: Seat, ear: Ear) -> None:
    seat.desk.intake.accept([item(1, "Lovely weather at the weir")])
    seat.until(seat.page.mentions.model.rowCount, "the mention")
    pause(seat, ear)
    assert (ear.sounds, ear.shown) == ([], [])


@pytest.mark.usefixtures("elsewhere")
def test_needs_that_were_handled_meanwhile_call_nobody(seat: Seat, ear: Ear) -> None:
    needs(seat, 1, 1)
    seat.until(lambda: ear.shown, "the call")
    needs(seat, 2, 2)
    seat.until(lambda: seat.page.mentions.model.rowCount() == 2, "the second")
    newest = seat.page.mentions.model.newest_id
    seat.page.mentions.table.selectRow(0)
    seat.press("Ctrl+H")
    seat.until(lambda: seat.desk.reviewing.counts()["need"] == (2, 1), "it to be handled")
    pause(seat, ear)
    seat.until(lambda: seat.page.calls._newest_need == newest, "the count")
    assert len(ear.shown) == 1


@pytest.mark.usefixtures("elsewhere")
def test_hostile_words_are_plain_on_one_line(seat: Seat, ear: Ear) -> None:
    needs(seat, 1, 1, f"{TRAPPED}\n<a href='x'>now</a> &amp; {HOSTILE}")
    seat.until(lambda: ear.shown, "the call")
    assert not set(ear.words) & set("<>&\n")
    assert len(ear.words) < 260


def test_at_the_console_a_sound_is_enough(seat: Seat, ear: Ear) -> None:
    needs(seat, 1, 1)
    seat.until(lambda: ear.sounds, "the sound")
    assert ear.shown == []


def test_on_another_page_of_the_window_a_notice_is_shown(seat: Seat, ear: Ear) -> None:
    seat.press("F8")
    seat.until(lambda: seat.shown is not seat.page, "the board")
    needs(seat, 1, 1)
    seat.until(lambda: ear.shown, "the notice")


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("wanted", "sounds", "notices"),
    [((False, True), 0, 1), ((True, False), 1, 0), ((False, False), 0, 0)],
)
def test_sounds_and_notices_can_be_switched_off(
    seat: Seat, ear: Ear, wanted: tuple[bool, bool], sounds: int, notices: int
) -> None:
    ear.wanted = wanted
    needs(seat, 1, 1)
    seat.until(lambda: seat.page.calls._newest_need, "the call")
    seat.until(lambda: len(ear.sounds) == sounds, "the sound")
    assert len(ear.shown) == notices


def test_the_settings_are_asked_every_time(seat: Seat) -> None:
    caller: Any = seat.page.calls.calling
    assert caller._wanted() == (False, True)
    configuring: Any = seat.desk.configuring
    configuring._settings = replace(configuring.settings, sounds=True, desktop_notices=False)
    assert caller._wanted() == (True, False)


def test_without_a_player_it_beeps(seat: Seat, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    beeps: list[bool] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(True))
    ear.can_play = False
    needs(seat, 1, 1)
    seat.until(lambda: beeps, "the beep")


@pytest.mark.usefixtures("elsewhere")
def test_quiet_for_half_an_hour_then_one_call_for_all(seat: Seat, ear: Ear) -> None:
    sign = seat.page.header.quiet
    assert not sign.isVisible()
    seat.press("Ctrl+Shift+M")
    assert sign.isVisible()
    assert sign.text().startswith("Quiet until ")
    needs(seat, 1, 2)
    seat.until(lambda: "Needs 2" in seat.page.mentions.lanes["need"].text(), "them on screen")
    ear.moment += 29 * 60
    seat.page.calls.tick()
    assert (ear.sounds, ear.shown) == ([], [])
    ear.moment += 61
    seat.page.calls.tick()
    assert not sign.isVisible()
    seat.until(lambda: ear.shown, "the call at its end")
    seat.page.calls.tick()
    seat.until(lambda: "2 new needs" in ear.words, "the number")


def test_the_sign_in_the_header_ends_the_quiet(seat: Seat) -> None:
    seat.press("Ctrl+Shift+M")
    seat.click(seat.page.header.quiet)
    assert not seat.page.header.quiet.isVisible()
    assert seat.page.calls.calling.quiet_until is None
    seat.press("Ctrl+Shift+M")
    seat.press("Ctrl+Shift+M")
    assert not seat.page.header.quiet.isVisible()


@pytest.mark.usefixtures("elsewhere")
def test_a_channel_in_trouble_calls_and_stands_on_its_card(seat: Seat, ear: Ear) -> None:
    seat.world.mastodon.faults.add(Fault("timeout", POST, processed=False))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "? unknown")
    seat.until(lambda: ear.shown, "the call")
    assert ear.words == "A channel is in trouble: Mastodon: outcome unknown"
    pause(seat, ear)
    assert len(ear.shown) == 1
    seat.page.calls.calling.tray.clicked.emit()
    seat.until(
        lambda: seat.page.broadcast.cards[card.alert.id].isAncestorOf(QApplication.focusWidget()),
        "the keyboard on the card",
    )


@pytest.mark.usefixtures("elsewhere")
def test_a_delivery_that_failed_is_called(seat: Seat, ear: Ear) -> None:
    seat.world.mastodon.faults.add(Fault("status", POST, status=422, body='{"error": "no"}'))
    seat.open_incident()
    seat.write_road_closure()
    seat.choose("mastodon", "cap")
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "✕ failed")
    seat.until(lambda: "Mastodon: failed" in ear.words, "the call")
    seat.until_state(card.alert, "cap", "✓ confirmed")
    assert len(ear.shown) == 1


@pytest.mark.usefixtures("elsewhere")
def test_another_persons_message_calls_for_a_second_person(seat: Seat, ear: Ear) -> None:
    kim = seat.desk.people.add_operator("Kim", Role.SENDER, PASSPHRASE, seat.page.operator)
    seat.open_incident()
    seat.page.message.start("large-fire", dict(FIRE))
    draft = seat.page.draft()
    assert draft is not None
    seat.desk.approving.ask(seat.desk.composing.compose(draft, kim).id, kim)
    seat.until(lambda: seat.page.broadcast.approvals.cards, "the card")
    seat.until(lambda: ear.shown, "the call")
    assert ear.words.startswith("Needs a second person: ")
    seat.page.calls.calling.tray.clicked.emit()
    decide = seat.page.broadcast.approvals.cards[0].decide
    seat.until(lambda: QApplication.focusWidget() is decide, "the keyboard on it")


@pytest.mark.usefixtures("elsewhere")
def test_who_asked_hears_that_it_was_approved(seat: Seat, ear: Ear) -> None:
    seat.desk.people.add_operator("Ann", Role.APPROVER, PASSPHRASE, seat.page.operator)
    seat.open_incident()
    seat.page.message.start("large-fire", dict(FIRE))
    seat.until(seat.page.broadcast.hold.isEnabled, seat.why_not())
    seat.press("F4")
    pane = seat.page.broadcast
    seat.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
    seat.hold(lambda: pane.approvals.cards)
    assert ear.shown == [], "nobody is called for what they asked themselves"
    request = pane.approvals.cards[0].waiting.request
    (ann,) = [each for each in seat.desk.people.operators() if each.name == "Ann"]
    seat.desk.approving.sign(request.id, ann.id, PASSPHRASE)
    seat.until(lambda: ear.shown, "the call")
    assert ear.shown[0][0] == "CrisisDesk, for information"
    assert ear.words.startswith("Decided: approved: ")
    seat.until(lambda: pane.approvals.cards[0].waiting.approved, "it on screen")


@pytest.mark.usefixtures("elsewhere")
def test_promises_alarms_and_the_log_call_too(seat: Seat, ear: Ear) -> None:
    now = seat.desk.clock.now()
    missed = PlanChanged(
        "p1", "a1", PlanKind.PROMISE, PlanState.MISSED, "Nothing was said by 05:00"
    )
    seat.desk.bus.publish(missed)
    seat.desk.bus.publish(missed)
    seat.until(lambda: ear.shown, "the overdue promise")
    assert ear.words == "A promised update is overdue: Nothing was said by 05:00"
    seat.desk.bus.publish(PromiseNear("a2", "Flood", now + timedelta(minutes=4)))
    seat.until(lambda: "Due soon: the update promised by" in ear.words, "what is near")
    post = OwnPost("77", "The dam <b>has burst</b>", "", now)
    seat.desk.bus.publish(ForeignPost("x", "Mastodon", post))
    seat.until(lambda: "A post that is not ours: on our Mastodon account" in ear.words, "the alarm")
    assert "dam" not in ear.words, "a false post is not spread further"
    assert seat.page.foreign.strip.isVisible()
    seat.page.log.broken.emit("The log was changed from outside, at entry 3.", "Tell somebody.")
    assert "The log is broken: The log was changed" in ear.words
    assert "changed from outside" in seat.page.notice.words


@pytest.mark.usefixtures("elsewhere")
def test_a_rise_in_mentions_is_told_and_shown(seat: Seat, ear: Ear) -> None:
    mentions = seat.page.mentions
    seat.page.calls._began -= timedelta(minutes=40)
    mentions.rate_counted.emit([4] * 29 + [64])
    assert ear.shown == [
        ("CrisisDesk, for information", "Many more mentions than before: 64 in the last minute")
    ]
    assert mentions.rate.text().startswith("▲ ")
    ear.moment += GAP_SECONDS
    mentions.rate_counted.emit([4] * 28 + [64, 60])
    assert len(ear.shown) == 1, "called once for one rise"
    mentions.rate_counted.emit([4] * 30)
    assert not mentions.rate.text().startswith("▲")
    ear.moment += GAP_SECONDS
    mentions.rate_counted.emit([4] * 29 + [64])
    assert len(ear.shown) == 2, "another rise is another call"


@pytest.mark.usefixtures("elsewhere")
def test_a_locked_desk_calls_without_the_words(seat: Seat, ear: Ear) -> None:
    seat.press("Ctrl+L")
    seat.until(lambda: isinstance(seat.shown, SignIn), "the lock")
    needs(seat, 1, 1)
    seat.until(lambda: ear.shown, "the call")
    assert ear.words == "New need"
    seat.page.calls.calling.tray.clicked.emit()
    assert isinstance(seat.shown, SignIn), "a click opens no locked desk"


@pytest.mark.usefixtures("elsewhere")
def test_a_click_leads_from_the_board_to_the_needs(seat: Seat, ear: Ear) -> None:
    seat.press("F8")
    seat.until(lambda: seat.shown is not seat.page, "the board")
    needs(seat, 1, 1)
    seat.until(lambda: ear.shown, "the call")
    seat.page.calls.calling.tray.clicked.emit()
    assert seat.shown is seat.page
    assert seat.page.mentions.lanes["need"].isChecked()
    seat.until(seat.page.mentions.table.hasFocus, "the keyboard in the list")


def test_what_was_there_at_the_start_calls_nobody(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(seat, 1, 3)
    seat.until(lambda: "Needs 3" in seat.page.mentions.lanes["need"].text(), "them on screen")
    seat.restart()
    seat.take()
    heard = listen(seat.page, seat, monkeypatch)
    pause(seat, heard)
    assert heard.sounds == []


def test_in_an_exercise_every_notice_begins_with_the_word(
    exercise: Exercise,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = listen(exercise.page, exercise, monkeypatch)
    monkeypatch.setattr(exercise.page.calls.calling, "_looks_elsewhere", lambda: True)
    exercise.page.calls.calling.tell(Kind.NEED, "n1", TRAPPED)
    ((title, words),) = heard.shown
    assert title.startswith("EXERCISE")
    assert words.startswith("EXERCISE")


def test_where_there_is_a_tray_a_click_on_it_or_on_a_notice_counts(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _icon: None)
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _icon, title, words, *_: shown.append((title, words))
    )
    tray = seat.page.calls.calling.tray
    tray.show("title", "words", urgent=True)
    tray.show("title", "more words", urgent=False)
    assert shown == [("title", "words"), ("title", "more words")]
    assert tray._icon is not None
    clicks: list[bool] = []
    tray.clicked.connect(lambda: clicks.append(True))
    tray._icon.messageClicked.emit()
    tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert clicks == [True, True]


def test_without_a_place_for_notices_there_is_none(seat: Seat) -> None:
    """As here: the offscreen platform has no tray."""
    seat.page.calls.calling.tray.show("title", "words", urgent=True)
    assert seat.page.calls.calling.tray._icon is None
