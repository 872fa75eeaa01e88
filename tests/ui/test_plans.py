"""Sending later at the console: planned in words, held, missed, promised; and what is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import Severity
from crisisdesk.model.events import AlertExpired, ClockStepped, PromiseNear
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from tests.ui.hands import gone
from tests.ui.seat import ROAD, Seat
from ui.console.plan_strip import PlanLine, PlanStrip
from ui.dialogs.send_later import SendLater, SendNow, Waiting

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
K, S = PlanKind, PlanState
HOUR = timedelta(hours=1)


def shown(hours: float) -> str:
    """A clock time so many hours from now."""
    return f"{(datetime.now(UTC) + timedelta(hours=hours)).astimezone():%H:%M}"


def write(seat: Seat) -> str:
    """A road closure that promises its next update in three hours; the time it promises."""
    promised = shown(3)
    seat.page.message.start("road-closure", {**ROAD, "next_update_at": promised})
    seat.until(seat.page.broadcast.hold.isEnabled, seat.why_not())
    return promised


def dialog(seat: Seat, kind: type[QDialog]) -> QDialog:
    seat.until(lambda: any(each.isVisible() for each in seat.page.findChildren(kind)), "it to open")
    return next(each for each in seat.page.findChildren(kind) if each.isVisible())


def plan_by_keyboard(seat: Seat, time: str, minutes: str = "") -> PlanLine:
    """Ctrl+Shift+S, the time, Tab, the pace, Enter."""
    seat.choose("mastodon")
    seat.press("Ctrl+Shift+S")
    asked = dialog(seat, SendLater)
    assert isinstance(asked, SendLater)
    seat.until(lambda: QApplication.focusWidget() is asked.time, "the keyboard in it")
    seat.write(time)
    seat.press("Tab")
    seat.write(minutes)
    seat.press("Return")
    seat.until(lambda: seat.page.strip.lines, "the plan")
    return next(iter(seat.page.strip.lines.values()))


def add_plan(seat: Seat, alert: Alert, kind: PlanKind, state: PlanState, minutes: float) -> str:
    """A plan as an earlier hour left it."""
    now = datetime.now(UTC)
    due = now + timedelta(minutes=minutes)
    plan = Plan(
        f"{kind}-{state}", kind, alert.id, due, "Jo Officer", now, now, 0, state, "It is so"
    )
    seat.desk.database.write(lambda unit: unit.plans.add(plan))
    seat.page.times.load()
    seat.until(lambda: plan.id in seat.page.strip.lines, "the plan")
    return plan.id


# The dialog

Answers = list[tuple[datetime | None, int]]


def ask(qtbot: QtBot, answers: Answers, **more: object) -> SendLater:
    """Asked at 09:00 UTC about a message that holds for six hours."""
    waiting = Waiting("Bridge closed", Severity.MINOR, NOW + 6 * HOUR, "when it expires")
    changed = replace(waiting, **more)  # type: ignore[arg-type]
    made = SendLater(None, changed, lambda: NOW, lambda *answer: answers.append(answer))
    qtbot.addWidget(made)
    return made


def local(hours: float) -> str:
    return f"{(NOW + timedelta(hours=hours)).astimezone():%H:%M}"


@pytest.mark.parametrize(
    ("time", "minutes", "words"),
    [
        ("", "", "Write the time"),
        ("soon", "", "Write the time"),
        (local(1), "3", "5 to 1440 minutes"),
        (local(1), "often", "5 to 1440 minutes"),
        (local(1), "٣٠", "5 to 1440 minutes"),
        (local(7), "", "too late"),
        (local(5), "90", "never repeated"),
    ],
)
def test_what_cannot_be_is_said(qtbot: QtBot, time: str, minutes: str, words: str) -> None:
    asked = ask(qtbot, [])
    asked.time.setText(time)
    asked.minutes.setText(minutes)
    assert words in asked.problem.text()
    assert asked.sentence.text() == ""
    assert not asked.go.isEnabled()


def test_a_sentence_says_what_will_happen(qtbot: QtBot) -> None:
    answers: Answers = []
    asked = ask(qtbot, answers)
    asked.time.setText(local(1.5))
    assert asked.sentence.text() == f"It goes out today at {local(1.5)}, in 1 h 30 min, once."
    asked.minutes.setText("45")
    assert f"again every 45 minutes until {local(6)}, when it expires" in asked.sentence.text()
    assert asked.problem.text() == ""
    asked.go.click()
    assert answers == [(NOW + 1.5 * HOUR, 45)]


def test_a_time_that_is_past_means_tomorrow_and_says_so(qtbot: QtBot) -> None:
    asked = ask(qtbot, [], over_at=NOW + 40 * HOUR)
    asked.time.setText(local(-1))
    assert f"tomorrow, {(NOW + 23 * HOUR).astimezone():%A}, at {local(-1)}" in asked.sentence.text()


def test_what_went_out_is_only_repeated(qtbot: QtBot) -> None:
    answers: Answers = []
    asked = ask(qtbot, answers, sent=True)
    assert "Write every how many minutes" in asked.problem.text()
    asked.minutes.setText("30")
    assert asked.sentence.text().startswith(f"It goes out again at {local(0.5)}, in 30 min")
    asked.go.click()
    assert answers == [(None, 30)]


# The console


def test_a_message_is_planned_by_keyboard_and_waits(seat: Seat) -> None:
    seat.open_incident()
    write(seat)
    time = shown(1)
    line = plan_by_keyboard(seat, time)
    assert seat.page.strip.isVisible()
    assert f"Goes out at {time}, in " in line.words.text()
    assert seat.world.mastodon.statuses == []
    assert "Planned (" in seat.page.notice.words
    assert seat.page.message.template is None


def test_without_a_message_there_is_nothing_to_plan(seat: Seat) -> None:
    seat.press("Ctrl+Shift+S")
    assert not [each for each in seat.page.findChildren(SendLater) if each.isVisible()]
    assert not seat.page.broadcast.later.isEnabled()


def test_a_planned_message_is_sent_now_only_by_a_hold(seat: Seat) -> None:
    seat.open_incident()
    promised = write(seat)
    line = plan_by_keyboard(seat, shown(1))
    seat.click(line.send_now)
    asked = dialog(seat, SendNow)
    assert isinstance(asked, SendNow)
    seat.until(lambda: QApplication.focusWidget() is asked.hold, "the keyboard on it")
    seat.hold(lambda: gone(asked))
    seat.until(lambda: seat.page.broadcast.cards, "the card")
    (card,) = seat.page.broadcast.cards.values()
    seat.until_state(card.alert, "mastodon", "✓ confirmed")
    seat.until(
        lambda: [each.plan.kind for each in seat.page.strip.lines.values()] == [K.PROMISE],
        "only its promise",
    )
    assert seat.page.header.promise.text() == f"next promised {promised}"


def test_a_new_incident_holds_it_and_a_person_releases_it(seat: Seat) -> None:
    seat.open_incident()
    write(seat)
    plan_by_keyboard(seat, shown(1))
    seat.open_incident("Fire at the mill")
    (held,) = wait_for(seat, "‖ Held")
    assert "Fire at the mill" in held.words.text()
    seat.click(held.release)
    (line,) = wait_for(seat, "◷ Goes out")
    assert not line.release.isVisible()


def wait_for(seat: Seat, words: str) -> list[PlanLine]:
    """The lines once they all begin so."""
    strip = seat.page.strip

    def holds() -> bool:
        return bool(strip.lines) and all(
            each.words.text().startswith(words) for each in strip.lines.values()
        )

    seat.until(holds, words)
    return list(strip.lines.values())


def test_a_plan_is_dropped_for_a_reason_and_the_strip_goes(seat: Seat) -> None:
    seat.open_incident()
    write(seat)
    line = plan_by_keyboard(seat, shown(1))
    seat.click(line.drop)
    seat.answer(seat.page, "the bridge is open")
    seat.until(lambda: not seat.page.strip.isVisible(), "the strip to go")
    entries = seat.desk.reviewing.entries(20)
    assert any(each["action"] == "plan.dropped" for each in entries)


def sent(seat: Seat) -> Alert:
    seat.open_incident()
    write(seat)
    seat.choose("mastodon")
    return seat.broadcast().alert


def test_a_card_offers_to_repeat(seat: Seat) -> None:
    alert = sent(seat)
    seat.until_state(alert, "mastodon", "✓ confirmed")
    seat.click(seat.page.broadcast.cards[alert.id].repeat)
    asked = dialog(seat, SendLater)
    assert isinstance(asked, SendLater)
    seat.until(lambda: QApplication.focusWidget() is asked.minutes, "the keyboard in it")
    assert "promised update is due" in asked.problem.text()
    seat.write("30")
    seat.press("Return")
    seat.until(
        lambda: any("every 30 min" in e.words.text() for e in seat.page.strip.lines.values()),
        "the repetition",
    )


def test_missed_ones_come_first_and_cannot_be_released(seat: Seat) -> None:
    alert = sent(seat)
    seat.until(lambda: seat.page.strip.lines, "the promise")
    missed = add_plan(seat, alert, K.SEND, S.MISSED, -20)
    lines = seat.page.strip.lines
    first = next(iter(lines.values()))
    assert first.plan.id == missed
    assert first.words.text().startswith("! Not sent, was for")
    assert first.words.property("role") == "problem"
    assert not first.send_now.isHidden()
    assert first.release.isHidden()


def test_an_overdue_promise_leads_to_its_update(seat: Seat) -> None:
    alert = sent(seat)
    seat.until_state(alert, "mastodon", "✓ confirmed")
    seat.until(lambda: seat.page.strip.lines, "its own promise")
    overdue = add_plan(seat, alert, K.PROMISE, S.MISSED, -3)
    assert seat.page.header.promise.text().startswith("promise overdue ")
    assert seat.page.header.promise.property("role") == "problem"
    line = seat.page.strip.lines[overdue]
    assert line.words.text().startswith("! Promised update overdue by ")
    seat.click(line.update_button)
    seat.until(lambda: seat.page.message.follows, "the update")
    assert seat.page.message.follows == alert


def test_ten_minutes_of_silence_offer_first_words(seat: Seat) -> None:
    seat.open_incident()
    page = seat.page
    assert page.incident
    assert not page.strip.isVisible()
    page.incident = replace(page.incident, opened_at=datetime.now(UTC) - timedelta(minutes=11))
    page.times.show_time()
    assert page.strip.holding.isVisible()
    assert "minutes without a word" in page.strip.holding.words.text()
    seat.click(page.strip.holding.button)
    assert page.message.template
    assert page.message.template.id == "holding-statement"
    page.times.show_time()
    assert not page.strip.holding.button.isVisible()  # it would throw away what is being written


def test_a_doubtful_clock_is_vouched_for_by_a_person(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = seat.desk.clock
    real = clock._wall
    monkeypatch.setattr(clock, "_wall", lambda: real() - timedelta(hours=1))
    seat.desk.timekeeping.look()
    seat.until(lambda: "set back by 1 h" in seat.page.notice.words, "the notice")
    seat.page.times.show_time()
    seat.click(seat.page.strip.doubt.button)
    seat.until(lambda: not seat.page.strip.doubt.isVisible(), "the doubt to go")
    assert not seat.desk.timekeeping.doubtful


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (PromiseNear("a", "Bridge closed", NOW), "is due in a few minutes: Bridge closed"),
        (AlertExpired("a", "Bridge closed"), "“Bridge closed” has expired, and still stands"),
        (ClockStepped("asleep", 3600, "Nothing ran for 1 h 0 min."), "Nothing ran for 1 h"),
    ],
)
def test_what_time_brings_is_said(seat: Seat, event: object, words: str) -> None:
    seat.desk.bus.publish(event)  # type: ignore[arg-type]
    seat.until(lambda: words in seat.page.notice.words, words)


def test_the_night_is_mentioned_while_something_is_written(qtbot: QtBot) -> None:
    strip = PlanStrip()
    qtbot.addWidget(strip)
    assert strip.isHidden()
    strip.show_night("It is 03:00: can it wait?")
    assert not strip.isHidden()
    assert strip.night.text() == "It is 03:00: can it wait?"
    strip.show_night("")
    assert strip.isHidden()
