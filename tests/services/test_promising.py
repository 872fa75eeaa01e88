"""Promised updates: made by what went out, kept by what came after, missed in the open; expiry."""

from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import Refused
from crisisdesk.model.events import AlertExpired, PlanChanged, PromiseNear
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.model.template import Step
from crisisdesk.simnet.faults import Fault
from tests.timed import LONDON, TimedTown
from tests.town import SENDER

S, K = PlanState, PlanKind
POST = "POST /api/v1/statuses"


def promises(timed: TimedTown) -> list[Plan]:
    return timed.plans(K.PROMISE)


def until(timed: TimedTown, moment: datetime, minutes: int = 1) -> None:
    """Let time pass, with a look every so often."""
    while timed.clock.now() < moment:
        timed.clock.go_on(minutes=minutes)
        timed.wake()


def test_what_was_said_makes_a_promise(timed: TimedTown) -> None:
    alert = timed.say(timed.promise("11:15", "cap", "masto"))
    (promise,) = promises(timed)
    assert (promise.alert_id, promise.due_at, promise.words) == (
        alert.id,
        timed.at(11, 15),
        "11:15",
    )
    assert timed.logged("promise.") == ["promise.made"]
    assert [plan.kind for plan, _ in timed.planning.open_plans()] == [K.PROMISE]


def test_what_reached_nobody_promises_nothing(timed: TimedTown) -> None:
    timed.mastodon.faults.add(Fault("status", POST, -1, 422))
    alert = timed.say(timed.promise("11:15", "masto"))
    assert timed.states(alert) == {"masto": DeliveryState.FAILED}
    assert promises(timed) == []


def test_what_may_have_been_read_promises_but_keeps_nothing(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    timed.clock.go_on(minutes=5)
    timed.mastodon.faults.add(Fault("lost_answer", POST))
    update = timed.say(timed.promise("12:00", "masto"))
    assert timed.states(update) == {"masto": DeliveryState.UNKNOWN}
    assert [each.state for each in promises(timed)] == [S.WAITING, S.WAITING]
    timed.wake()  # it is looked up and found
    assert timed.states(update) == {"masto": DeliveryState.CONFIRMED}
    assert [each.state for each in promises(timed)] == [S.DONE, S.WAITING]


def test_a_correction_promises_nothing(timed: TimedTown) -> None:
    first = timed.say(timed.promise("11:15", "cap"))
    timed.clock.go_on(minutes=5)
    timed.send("cap", step=Step.CANCEL, follows=first.id)
    (promise,) = promises(timed)
    assert (promise.alert_id, promise.state) == (first.id, S.DONE)


@pytest.mark.parametrize("follows", [True, False])
def test_any_later_alert_of_the_incident_keeps_it(timed: TimedTown, follows: bool) -> None:
    first = timed.say(timed.promise("11:15", "cap"))
    timed.clock.go_on(minutes=70)
    second = timed.say(timed.promise("12:00", "cap", follows=first if follows else None))
    kept, new = promises(timed)
    assert (kept.state, new.state, new.alert_id) == (S.DONE, S.WAITING, second.id)
    assert second.marker in kept.words
    until(timed, timed.at(11, 20))
    assert timed.logged("promise.missed") == []


def test_the_same_words_again_keep_nothing_and_promise_nothing_new(timed: TimedTown) -> None:
    first = timed.say(timed.promise("11:15", "cap"))
    timed.clock.go_on(minutes=10)
    timed.say(timed.compose_again(first.id, SENDER))
    (promise,) = promises(timed)
    assert (promise.alert_id, promise.state) == (first.id, S.WAITING)


def test_another_incident_keeps_nothing(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    timed.incident = timed.composing.open_incident("Fire at the mill", SENDER)
    timed.clock.go_on(minutes=10)
    timed.say(timed.promise("12:00", "cap"))
    assert [each.state for each in promises(timed)] == [S.WAITING, S.WAITING]


def test_a_missed_promise_is_weighty_and_can_be_kept_late(timed: TimedTown) -> None:
    first = timed.say(timed.promise("about 11:15", "cap"))
    until(timed, timed.at(11, 18))
    (promise,) = promises(timed)
    assert promise.state is S.MISSED
    (entry,) = [each for each in timed.log() if each["action"] == "promise.missed"]
    assert "about 11:15" in entry["detail"]["words"]
    assert first.marker in entry["detail"]["words"]
    with timed.database.read() as unit:
        sealed = unit.log.newest_checkpoint()
    assert sealed
    assert sealed.seq >= len(timed.log()) - 1
    timed.say(timed.promise("12:00", "cap", follows=first))
    assert (promises(timed)[0].state, "3 min late" in promises(timed)[0].words) == (S.DONE, True)
    assert [each.state for each in timed.told(PlanChanged)] == [
        S.WAITING,
        S.MISSED,
        S.DONE,
        S.WAITING,
    ]


def test_five_minutes_before_there_is_a_reminder_and_only_one(timed: TimedTown) -> None:
    alert = timed.say(timed.promise("11:15", "cap"))
    until(timed, timed.at(11, 9))
    assert timed.told(PromiseNear) == []
    until(timed, timed.at(11, 14))
    assert timed.told(PromiseNear) == [PromiseNear(alert.id, alert.headline, timed.at(11, 15))]


def test_a_person_may_drop_a_promise_with_a_reason(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    (promise,) = promises(timed)
    with pytest.raises(Refused, match="no such plan"):
        timed.planning.release(promise.id, SENDER)
    timed.planning.drop(promise.id, SENDER, "the police speak from now on")
    until(timed, timed.at(11, 20))
    assert timed.logged("promise.") == ["promise.made", "promise.dropped"]


@pytest.mark.parametrize(
    ("said_at", "words", "due"),
    [
        ("2026-10-25T00:50+01:00", "01:30", "2026-10-25T01:30+01:00"),
        ("2026-10-25T01:40+01:00", "01:30", "2026-10-25T01:30+00:00"),
        ("2026-10-25T00:50+01:00", "03:00", "2026-10-25T03:00+00:00"),
        ("2026-03-29T00:50+00:00", "03:00", "2026-03-29T03:00+01:00"),
        ("2026-03-29T00:50+00:00", "01:30", "2026-03-29T02:30+01:00"),
    ],
)
def test_on_the_nights_when_clocks_change(
    timed: TimedTown, said_at: str, words: str, due: str
) -> None:
    timed.clock.time = datetime.fromisoformat(said_at).astimezone(UTC)
    timed.say(timed.promise(words, "cap"))
    (promise,) = promises(timed)
    assert promise.due_at == datetime.fromisoformat(due)
    until(timed, promise.due_at - timedelta(minutes=2))
    assert promises(timed)[0].state is S.WAITING
    until(timed, promise.due_at)
    assert promises(timed)[0].state is S.MISSED
    assert promise.due_at.astimezone(LONDON).utcoffset() is not None


# After a crash


def crash_after_the_first_byte(timed: TimedTown, words: str) -> Alert:
    """Something was accepted, and the program died before it noted what follows from that."""
    timed.bus._subscribers.clear()
    alert = timed.say(timed.promise(words, "cap"))
    timed.restart()
    return alert


def test_what_a_dead_run_said_is_noted_at_start(timed: TimedTown) -> None:
    timed.say(timed.promise("11:00", "cap"))
    timed.clock.go_on(minutes=5)
    alert = crash_after_the_first_byte(timed, "11:15")
    for _ in range(2):
        timed.promising.recover()
    assert [(each.alert_id, each.state) for each in promises(timed)][1:] == [(alert.id, S.WAITING)]
    assert promises(timed)[0].state is S.DONE
    assert len(timed.plans(K.EXPIRY)) == 2


def test_alerts_of_other_days_are_left_alone(timed: TimedTown) -> None:
    crash_after_the_first_byte(timed, "11:15")
    timed.clock.go_on(days=1)
    timed.promising.recover()
    assert timed.plans(K.PROMISE, K.EXPIRY) == []


def test_a_promise_that_became_due_meanwhile_is_missed_at_start(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    timed.restart()
    timed.clock.go_on(hours=2)
    timed.promising.recover()
    assert promises(timed)[0].state is S.MISSED


# Expiry


def test_an_expired_alert_is_told_once(timed: TimedTown) -> None:
    alert = timed.say(timed.promise("11:15", "cap"))
    until(timed, alert.expires_at + timedelta(hours=1), 10)
    timed.restart()
    timed.promising.recover()
    assert timed.logged("alert.expired") == ["alert.expired"]
    (entry,) = [each for each in timed.log() if each["action"] == "alert.expired"]
    assert (entry["subject"], entry["detail"]["headline"]) == (f"alert {alert.id}", alert.headline)


def test_it_is_told_to_the_screen_when_it_happens(timed: TimedTown) -> None:
    alert = timed.say(timed.promise("11:15", "cap"))
    until(timed, alert.expires_at - timedelta(minutes=10), 10)
    until(timed, alert.expires_at - timedelta(minutes=1))
    assert timed.told(AlertExpired) == []
    until(timed, alert.expires_at)
    assert timed.told(AlertExpired) == [AlertExpired(alert.id, alert.headline)]


def test_what_was_followed_expires_in_the_log_only(timed: TimedTown) -> None:
    first = timed.say(timed.promise("11:15", "cap"))
    timed.clock.go_on(hours=3)
    update = timed.say(timed.promise("20:00", "cap", follows=first))
    until(timed, update.expires_at, 10)
    assert timed.logged("alert.expired") == ["alert.expired"] * 2
    assert [event.alert_id for event in timed.told(AlertExpired)] == [update.id]


def test_what_was_taken_back_everywhere_expires_in_silence(timed: TimedTown) -> None:
    alert = timed.say(timed.promise("11:15", "masto"))
    timed.settling.retract(alert.id, SENDER, "wrong")
    timed.settle()
    assert timed.states(alert) == {"masto": DeliveryState.WITHDRAWN}
    until(timed, alert.expires_at, 10)
    assert timed.told(AlertExpired) == []
    assert timed.logged("alert.expired") == []
    assert [each.state for each in timed.plans(K.EXPIRY)] == [S.DROPPED]
