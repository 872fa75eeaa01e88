"""A clock that is set, a computer that sleeps: everything logged, nothing sent by mistake."""

from datetime import timedelta

import pytest

from crisisdesk.model.errors import Refused
from crisisdesk.model.events import AlertExpired, ClockStepped
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.services.timekeeping import LOOK_SECONDS
from crisisdesk.system.clock import StepKind
from tests.timed import TimedTown
from tests.town import SENDER, VIEWER

S = PlanState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def planned(timed: TimedTown) -> Plan:
    alert = timed.promise("18:00", "cap")
    return timed.planning.plan_send(alert.id, timed.at(11), SENDER)


def steps(timed: TimedTown) -> list[dict[str, object]]:
    return [each["detail"] for each in timed.log() if each["action"] == "clock.stepped"]


@pytest.mark.parametrize("step", [HOUR, -HOUR, DAY, -DAY])
def test_every_jump_stands_in_the_log_in_order(timed: TimedTown, step: timedelta) -> None:
    before = timed.clock.now()
    timed.clock.go_on(seconds=LOOK_SECONDS)
    timed.clock.set_by(seconds=step.total_seconds())
    found = timed.timekeeping.look()
    assert found
    assert found.kind is (StepKind.SET_BACK if step < timedelta() else StepKind.SET_FORWARD)
    (detail,) = steps(timed)
    assert (detail["seconds"], detail["kind"]) == (step.total_seconds(), found.kind.value)
    assert str(detail["from"]).startswith(f"{before:%Y-%m-%dT%H:%M}")
    assert timed.told(ClockStepped)[0].seconds == step.total_seconds()
    assert timed.timekeeping.look() is None


def test_a_clock_that_only_goes_is_not_worth_an_entry(timed: TimedTown) -> None:
    for drift in (0, -1.9, 0, 59, 0.5):
        timed.clock.go_on(seconds=LOOK_SECONDS)
        timed.clock.set_by(seconds=drift)
        assert timed.timekeeping.look() is None
    assert steps(timed) == []


def test_a_night_asleep_is_told_and_asks_about_what_was_planned(timed: TimedTown) -> None:
    plan = planned(timed)
    timed.clock.go_on(hours=8)
    step = timed.timekeeping.look()
    assert step
    assert (step.kind, step.length) == (StepKind.ASLEEP, timedelta(hours=8))
    assert timed.plan(plan.id).state is S.MISSED
    assert timed.broadcasts == []
    assert "8 h 0 min" in str(steps(timed)[0]["words"])


def test_a_clock_set_forward_past_a_plan_sends_nothing(timed: TimedTown) -> None:
    plan = planned(timed)
    timed.clock.set_by(days=1)
    timed.timekeeping.look()
    assert (timed.plan(plan.id).state, timed.broadcasts) == (S.MISSED, [])


@pytest.mark.parametrize("step", [HOUR, DAY])
def test_a_clock_set_back_holds_what_is_planned(timed: TimedTown, step: timedelta) -> None:
    plan = planned(timed)
    timed.clock.set_by(seconds=-step.total_seconds())
    timed.timekeeping.look()
    assert timed.plan(plan.id).state is S.HELD
    assert "set back" in timed.plan(plan.id).words
    timed.clock.go_on(hours=1)
    timed.wake()
    assert timed.broadcasts == []


def test_a_small_correction_holds_nothing(timed: TimedTown) -> None:
    plan = planned(timed)
    timed.clock.set_by(seconds=-30)
    timed.timekeeping.look()
    assert timed.plan(plan.id).state is S.WAITING
    assert timed.later.pauses[-1] == 3630
    timed.clock.go_on(seconds=3630)
    timed.wake()
    assert timed.broadcasts == [plan.alert_id]


def test_what_expired_does_not_come_back(timed: TimedTown) -> None:
    alert = timed.say(timed.promise("11:15", "cap"))
    unsent = timed.promise("18:00", "cap")
    timed.clock.go_on(hours=6)
    timed.clock.set_by(hours=-3)
    assert timed.clock.now() < alert.expires_at <= timed.real_clock.latest()
    timed.timekeeping.look()
    assert timed.told(AlertExpired) == [AlertExpired(alert.id, alert.headline)]
    with pytest.raises(Refused, match="has expired"):
        timed.planning.plan_send(unsent.id, timed.at(15), SENDER)


def test_an_expiry_comes_no_later_for_a_clock_set_back(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    timed.clock.go_on(hours=5)
    timed.clock.set_by(hours=-1)
    timed.timekeeping.look()
    assert timed.told(AlertExpired) == []
    timed.clock.go_on(hours=1)
    timed.wake()
    assert len(timed.told(AlertExpired)) == 1


def test_a_person_says_that_the_clock_is_right_now(timed: TimedTown) -> None:
    assert not timed.timekeeping.doubtful
    timed.clock.go_on(hours=1)
    timed.clock.set_by(days=-1)
    assert timed.timekeeping.doubtful
    assert timed.real_clock.latest() - timed.clock.now() == DAY
    with pytest.raises(Refused, match="viewer may not"):
        timed.timekeeping.trust(VIEWER)
    timed.timekeeping.trust(SENDER)
    assert not timed.timekeeping.doubtful
    assert timed.real_clock.latest() == timed.clock.now()
    assert timed.log()[-1]["action"] == "clock.trusted"


def test_a_clock_set_back_while_the_desk_was_closed_is_noticed(timed: TimedTown) -> None:
    plan = planned(timed)
    timed.clock.set_by(hours=-2)
    timed.restart()
    step = timed.timekeeping.recover()
    assert step
    assert (step.kind, step.length) == (StepKind.SET_BACK, timedelta(hours=-2))
    assert timed.plan(plan.id).state is S.HELD
    assert len(steps(timed)) == 1


def test_a_desk_that_was_closed_for_a_while_is_nothing_odd(timed: TimedTown) -> None:
    timed.clock.go_on(days=3)
    timed.restart()
    assert timed.timekeeping.recover() is None
    assert steps(timed) == []


def test_promises_follow_the_clock_that_people_read(timed: TimedTown) -> None:
    timed.say(timed.promise("11:15", "cap"))
    timed.clock.set_by(hours=-1)
    timed.timekeeping.look()
    timed.clock.go_on(hours=1, minutes=20)
    timed.wake()
    assert [each.state for each in timed.plans(PlanKind.PROMISE)] == [S.WAITING]
    timed.clock.go_on(hours=1)
    timed.wake()
    assert [each.state for each in timed.plans(PlanKind.PROMISE)] == [S.MISSED]
