"""Planning a message: what is allowed, what is refused early, and holding everything back."""

from datetime import timedelta

import pytest

from crisisdesk.model.errors import Refused
from crisisdesk.model.events import PlanChanged
from crisisdesk.model.plan import PlanKind, PlanState
from tests.timed import TimedTown
from tests.town import SENDER, VIEWER

S = PlanState
HOUR = timedelta(hours=1)


def test_a_plan_stands_in_the_table_and_in_the_log(timed: TimedTown) -> None:
    alert = timed.promise("18:00", "cap")
    plan = timed.planning.plan_send(alert.id, timed.at(11, 30), SENDER)
    assert timed.plan(plan.id) == plan
    assert (plan.state, plan.kind, plan.made_by) == (S.WAITING, PlanKind.SEND, "Sam")
    assert timed.planning.open_plans() == [(plan, alert)]
    (entry,) = [each for each in timed.log() if each["action"] == "plan.made"]
    assert entry["detail"]["due"] == "2026-08-20T10:30:00.000Z"
    assert alert.headline in entry["detail"]["words"]
    assert [event.state for event in timed.told(PlanChanged)] == [S.WAITING]
    assert timed.broadcasts == []


@pytest.mark.parametrize("minutes", [0, -1, -600])
def test_the_past_is_refused(timed: TimedTown, minutes: int) -> None:
    alert = timed.promise("18:00", "cap")
    with pytest.raises(Refused, match="is past"):
        timed.planning.plan_send(alert.id, timed.clock.now() + timedelta(minutes=minutes), SENDER)
    assert timed.plans(PlanKind.SEND) == []


def test_nothing_is_planned_for_after_its_end(timed: TimedTown) -> None:
    alert = timed.promise("23:00", "cap")
    with pytest.raises(Refused, match="It expires at 16:00: 16:00 is too late"):
        timed.planning.plan_send(alert.id, alert.expires_at, SENDER)
    timed.planning.plan_send(alert.id, alert.expires_at - timedelta(minutes=1), SENDER)


def test_words_that_promise_an_earlier_update_are_not_planned(timed: TimedTown) -> None:
    alert = timed.promise("11:00", "cap")
    with pytest.raises(Refused, match="promises the next update by 11:00"):
        timed.planning.plan_send(alert.id, timed.at(11, 30), SENDER)
    timed.planning.plan_send(alert.id, timed.at(10, 59), SENDER)


def test_who_may_not_broadcast_may_not_plan(timed: TimedTown) -> None:
    alert = timed.promise("18:00", "cap")
    plan = timed.planning.plan_send(alert.id, timed.at(11), SENDER)
    for forbidden in (
        lambda: timed.planning.plan_send(alert.id, timed.at(11), VIEWER),
        lambda: timed.planning.plan_repeat(alert.id, 30, VIEWER),
        lambda: timed.planning.release(plan.id, VIEWER),
        lambda: timed.planning.drop(plan.id, VIEWER, "why"),
        lambda: timed.timetable.send_now(plan.id, VIEWER),
    ):
        with pytest.raises(Refused, match="A viewer may not"):
            forbidden()
    assert timed.plan(plan.id) == plan


def test_what_nobody_approved_is_refused_early(timed: TimedTown) -> None:
    alert = timed.promise("18:00", "cap")
    timed.unapproved.add(alert.id)
    with pytest.raises(Refused, match="nobody has approved it"):
        timed.planning.plan_send(alert.id, timed.at(11), SENDER)


def test_one_alert_is_planned_once_and_not_after_it_went_out(timed: TimedTown) -> None:
    alert = timed.promise("18:00", "cap")
    timed.planning.plan_send(alert.id, timed.at(11), SENDER)
    with pytest.raises(Refused, match="planned already"):
        timed.planning.plan_send(alert.id, timed.at(12), SENDER)
    said = timed.say(timed.promise("18:00", "cap"))
    with pytest.raises(Refused, match="broadcast already"):
        timed.planning.plan_send(said.id, timed.at(11), SENDER)
    with pytest.raises(Refused, match="no such alert"):
        timed.planning.plan_send("nowhere", timed.at(11), SENDER)


def test_a_message_can_be_repeated_from_its_planned_moment_on(timed: TimedTown) -> None:
    alert = timed.promise("18:00", "cap")
    timed.planning.plan_send(alert.id, timed.at(11), SENDER, every_minutes=45)
    send, repeat = timed.plans(PlanKind.SEND, PlanKind.REPEAT)
    assert (send.due_at, send.every_minutes) == (timed.at(11), 0)
    assert (repeat.due_at, repeat.every_minutes) == (timed.at(11, 45), 45)


@pytest.mark.parametrize("minutes", [1, 4, 24 * 60 + 1, -5])
def test_a_pace_that_helps_nobody_is_refused(timed: TimedTown, minutes: int) -> None:
    alert = timed.say(timed.promise("18:00", "cap"))
    with pytest.raises(Refused, match="no good pace"):
        timed.planning.plan_repeat(alert.id, minutes, SENDER)
    with pytest.raises(Refused, match="no good pace"):
        timed.planning.plan_send(alert.id, timed.at(11), SENDER, minutes)


def test_a_repetition_needs_something_to_repeat(timed: TimedTown) -> None:
    alert = timed.promise("18:00", "cap")
    with pytest.raises(Refused, match="not broadcast yet"):
        timed.planning.plan_repeat(alert.id, 30, SENDER)
    timed.say(alert)
    timed.planning.plan_repeat(alert.id, 30, SENDER)
    with pytest.raises(Refused, match="repeated already"):
        timed.planning.plan_repeat(alert.id, 30, SENDER)
    with pytest.raises(Refused, match="It expires at 16:00"):
        timed.planning.plan_repeat(timed.say(timed.promise("23:00", "cap")).id, 6 * 60, SENDER)


def test_what_was_followed_is_not_repeated(timed: TimedTown) -> None:
    first = timed.say(timed.promise("18:00", "cap"))
    timed.clock.go_on(minutes=1)
    timed.say(timed.promise("19:00", "cap", follows=first))
    with pytest.raises(Refused, match="later message followed"):
        timed.planning.plan_repeat(first.id, 30, SENDER)


# Holding, releasing, dropping


def test_opening_an_incident_holds_everything(timed: TimedTown) -> None:
    send = timed.planning.plan_send(timed.promise("18:00", "cap").id, timed.at(11), SENDER, 30)
    timed.composing.open_incident("Fire at the mill", SENDER)
    assert {each.state for each in timed.plans(PlanKind.SEND, PlanKind.REPEAT)} == {S.HELD}
    assert "Fire at the mill" in timed.plan(send.id).words
    timed.clock.go_on(hours=1, minutes=1)
    timed.wake()
    assert timed.broadcasts == []
    assert timed.logged("plan.held") == ["plan.held"] * 2


def test_a_released_one_goes_at_its_moment(timed: TimedTown) -> None:
    plan = timed.planning.plan_send(timed.promise("18:00", "cap").id, timed.at(11), SENDER)
    assert timed.planning.hold_all("calm down", SENDER.name) == 1
    assert timed.planning.hold_all("calm down", SENDER.name) == 0
    timed.planning.release(plan.id, SENDER)
    assert timed.plan(plan.id).due_at == timed.at(11)
    timed.clock.go_on(hours=1)
    timed.wake()
    assert timed.broadcasts == [plan.alert_id]


def test_a_held_one_whose_moment_is_past_needs_another(timed: TimedTown) -> None:
    plan = timed.planning.plan_send(timed.promise("18:00", "cap").id, timed.at(11), SENDER)
    timed.planning.hold_all("calm down", SENDER.name)
    timed.clock.go_on(hours=2)
    with pytest.raises(Refused, match="11:00 is past"):
        timed.planning.release(plan.id, SENDER)
    with pytest.raises(Refused, match="too late"):
        timed.planning.release(plan.id, SENDER, timed.at(17))
    timed.planning.release(plan.id, SENDER, timed.at(13))
    assert (timed.plan(plan.id).due_at, timed.plan(plan.id).state) == (timed.at(13), S.WAITING)
    (entry,) = [each for each in timed.log() if each["action"] == "plan.released"]
    assert entry["detail"]["due"] == "2026-08-20T12:00:00.000Z"


def test_only_held_and_missed_ones_are_released(timed: TimedTown) -> None:
    plan = timed.planning.plan_send(timed.promise("18:00", "cap").id, timed.at(11), SENDER)
    with pytest.raises(Refused, match="waiting already"):
        timed.planning.release(plan.id, SENDER)
    with pytest.raises(Refused, match="no such plan"):
        timed.planning.release("nowhere", SENDER)


def test_what_is_dropped_is_gone_for_good(timed: TimedTown) -> None:
    plan = timed.planning.plan_send(timed.promise("18:00", "cap").id, timed.at(11), SENDER)
    with pytest.raises(Refused, match="reason"):
        timed.planning.drop(plan.id, SENDER, "  ")
    timed.planning.drop(plan.id, SENDER, "the road is open")
    with pytest.raises(Refused, match="dropped already"):
        timed.planning.drop(plan.id, SENDER, "again")
    timed.clock.go_on(hours=1)
    timed.wake()
    assert timed.broadcasts == []
    assert timed.planning.open_plans() == []
    entry = timed.log()[-1]
    assert (entry["action"], entry["actor"]) == ("plan.dropped", "Sam")
    assert entry["detail"]["words"] == "the road is open"
