"""Running what is planned: on time, once, and never too late by itself."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crisisdesk.model.audit import Stamp
from crisisdesk.model.errors import Refused
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.model.template import Step
from crisisdesk.rules.composing import content_hash
from crisisdesk.rules.timing import same_words
from crisisdesk.services.timetable import Timetable
from crisisdesk.store.database import Database
from crisisdesk.system.bus import Bus
from tests.timed import LONDON, TimedTown
from tests.town import SENDER, Later

S, K = PlanState, PlanKind
DESKS = 2
ROUNDS = 5


def plan_for(timed: TimedTown, hour: int, minute: int = 0, every: int = 0) -> Plan:
    alert = timed.promise("18:00", "cap")
    return timed.planning.plan_send(alert.id, timed.at(hour, minute), SENDER, every)


def repeat(timed: TimedTown, minutes: int, promise: str = "18:00") -> Plan:
    return timed.planning.plan_repeat(timed.say(timed.promise(promise, "cap")).id, minutes, SENDER)


def state(timed: TimedTown, plan: Plan) -> PlanState:
    return timed.plan(plan.id).state


def test_it_goes_out_at_its_moment_and_once(timed: TimedTown) -> None:
    plan = plan_for(timed, 11, 30)
    assert timed.later.pauses == [90 * 60]
    timed.clock.go_on(minutes=89)
    timed.wake()
    assert (timed.broadcasts, state(timed, plan)) == ([], S.WAITING)
    timed.clock.go_on(minutes=1)
    timed.wake()
    timed.wake()
    assert timed.broadcasts == [plan.alert_id]
    assert state(timed, plan) is S.DONE
    assert timed.logged("plan.") == ["plan.made", "plan.started", "plan.done"]
    started = next(each for each in timed.log() if each["action"] == "broadcast.started")
    assert started["actor"] == "Sam"


def test_the_next_of_several_wakes_it(timed: TimedTown) -> None:
    late, early = plan_for(timed, 14), plan_for(timed, 11)
    assert timed.later.pauses == [4 * 3600, 3600]
    timed.clock.go_on(hours=1)
    timed.wake()
    assert timed.broadcasts == [early.alert_id]
    timed.clock.go_on(hours=3)
    timed.wake()
    assert timed.broadcasts == [early.alert_id, late.alert_id]


@pytest.mark.parametrize(("minutes", "after"), [(5, S.DONE), (5.1, S.MISSED), (480, S.MISSED)])
def test_a_little_late_is_sent_and_more_is_asked(
    timed: TimedTown, minutes: float, after: PlanState
) -> None:
    plan = plan_for(timed, 11)
    timed.clock.go_on(hours=1, minutes=minutes)
    timed.wake()
    assert state(timed, plan) is after
    assert len(timed.broadcasts) == (after is S.DONE)
    timed.wake()
    assert state(timed, plan) is after


def test_a_missed_one_is_sent_only_by_a_person(timed: TimedTown) -> None:
    plan = plan_for(timed, 11)
    timed.clock.go_on(hours=2)
    timed.wake()
    (entry,) = [each for each in timed.log() if each["action"] == "plan.missed"]
    assert "11:00" in entry["detail"]["words"]
    timed.timetable.send_now(plan.id, SENDER)
    assert (timed.broadcasts, state(timed, plan)) == ([plan.alert_id], S.DONE)
    with pytest.raises(Refused, match="not planned any more"):
        timed.timetable.send_now(plan.id, SENDER)


def test_what_cannot_be_sent_is_held_with_the_reason(timed: TimedTown) -> None:
    plan = plan_for(timed, 11)
    timed.people["Sam"] = replace(SENDER, role=Role.VIEWER)
    timed.clock.go_on(hours=1)
    timed.wake()
    assert state(timed, plan) is S.HELD
    assert timed.plan(plan.id).words == "Sam may not send any more"
    assert timed.broadcasts == []
    timed.timetable.send_now(plan.id, Operator("op-9", "Una", Role.SENDER))
    assert timed.broadcasts == [plan.alert_id]


def test_a_refusal_at_the_last_moment_is_held(timed: TimedTown) -> None:
    plan = plan_for(timed, 11)
    timed.clock.go_on(hours=8)
    with pytest.raises(Refused, match="has expired"):
        timed.timetable.send_now(plan.id, SENDER)
    assert state(timed, plan) is S.HELD
    assert "expired" in timed.plan(plan.id).words
    assert timed.dispatch.recent() == []


def test_the_database_itself_refuses_what_nobody_approved(timed: TimedTown) -> None:
    made = timed.promise("18:00", "cap")
    alert = replace(made, id="a", marker="Ref X-1", second_person=True)
    alert = replace(alert, content_hash=content_hash(alert))
    timed.database.write(lambda unit: unit.alerts.add(alert))
    plan = timed.planning.plan_send(alert.id, timed.at(11), SENDER)
    timed.clock.go_on(hours=1)
    timed.wake()
    assert state(timed, plan) is S.HELD
    assert "Nobody has approved" in timed.plan(plan.id).words


# Repeating


def test_it_is_repeated_at_its_pace_until_it_expires(timed: TimedTown) -> None:
    plan = repeat(timed, 150, promise="23:00")
    times = []
    for _ in range(60):
        timed.clock.go_on(minutes=10)
        before = len(timed.broadcasts)
        timed.wake()
        if len(timed.broadcasts) > before:
            times.append(timed.clock.now().astimezone(LONDON).strftime("%H:%M"))
    assert times == ["12:30", "15:00"]
    assert state(timed, plan) is S.DONE
    assert "16:00" in timed.plan(plan.id).words
    first, *again = [alert for alert, _ in reversed(timed.dispatch.recent())]
    assert all(same_words(each, first) for each in again)
    assert len({first.marker, *(each.marker for each in again)}) == 3


def test_it_stops_when_its_promised_update_is_due(timed: TimedTown) -> None:
    plan = repeat(timed, 20, promise="11:00")
    for _ in range(12):
        timed.clock.go_on(minutes=10)
        timed.wake()
    assert len(timed.broadcasts) == 2
    assert (state(timed, plan), "11:00" in timed.plan(plan.id).words) == (S.DONE, True)


def test_one_that_is_held_while_it_goes_out_is_not_repeated_again(timed: TimedTown) -> None:
    plan = repeat(timed, 30)
    send = timed.dispatch.broadcast

    def meanwhile(*given: Any) -> Any:
        begun = send(*given)
        timed.planning.hold_all("The incident “Flood” was opened", "Sam")
        return begun

    timed.dispatch.broadcast = meanwhile  # type: ignore[method-assign]
    for _ in range(9):
        timed.clock.go_on(minutes=10)
        timed.wake()
    assert len(timed.broadcasts) == 1
    assert (state(timed, plan), "Flood" in timed.plan(plan.id).words) == (S.HELD, True)
    assert timed.logged("plan.")[-1] == "plan.held"


def test_a_late_repetition_is_not_caught_up(timed: TimedTown) -> None:
    plan = repeat(timed, 30)
    timed.clock.go_on(minutes=34)
    timed.wake()
    assert timed.plan(plan.id).due_at == timed.at(11)
    timed.clock.go_on(hours=1)
    timed.wake()
    assert (state(timed, plan), len(timed.broadcasts)) == (S.MISSED, 1)
    timed.timetable.send_now(plan.id, SENDER)
    assert len(timed.broadcasts) == 2
    assert timed.plan(plan.id).due_at == timed.clock.now() + timedelta(minutes=15)


@pytest.mark.parametrize("step", [Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR])
def test_a_follow_up_ends_it(timed: TimedTown, step: Step) -> None:
    plan = repeat(timed, 30)
    timed.clock.go_on(minutes=10)
    timed.send("cap", step=step, follows=plan.alert_id)
    assert (state(timed, plan), timed.plan(plan.id).words) == (
        S.DONE,
        "A later message followed it",
    )
    timed.clock.go_on(minutes=20)
    timed.wake()
    assert timed.broadcasts == []


def test_a_correction_of_any_occurrence_ends_it(timed: TimedTown) -> None:
    plan = repeat(timed, 30)
    timed.clock.go_on(minutes=30)
    timed.wake()
    (occurrence,) = timed.broadcasts
    assert state(timed, plan) is S.WAITING
    timed.clock.go_on(minutes=1)
    timed.send("cap", step=Step.CANCEL, follows=occurrence)
    assert state(timed, plan) is S.DONE


def test_another_alert_of_the_incident_does_not_end_it(timed: TimedTown) -> None:
    plan = repeat(timed, 30)
    timed.clock.go_on(minutes=1)
    timed.say(timed.promise("17:00", "cap"))
    assert state(timed, plan) is S.WAITING


@pytest.mark.parametrize("occurrences", [0, 1])
def test_a_retraction_ends_it(timed: TimedTown, occurrences: int) -> None:
    plan = repeat(timed, 30)
    alert_id = plan.alert_id
    for _ in range(occurrences):
        timed.clock.go_on(minutes=30)
        timed.wake()
        alert_id = timed.broadcasts[-1]
    timed.settling.retract(alert_id, SENDER, "wrong road")
    timed.settle()
    assert (state(timed, plan), timed.plan(plan.id).words) == (S.DONE, "It was retracted")


def test_a_follow_up_that_no_run_heard_of_still_ends_it(timed: TimedTown) -> None:
    plan = repeat(timed, 30)
    timed.clock.go_on(minutes=10)
    follow = timed.compose("cap", step=Step.CANCEL, follows=plan.alert_id)
    now_ms = timed.clock.monotonic_ms()
    timed.database.write(lambda unit: unit.alerts.claim(follow.id, now_ms))
    timed.restart()
    timed.timetable.recover()
    timed.clock.go_on(minutes=20)
    timed.wake()
    assert (state(timed, plan), timed.broadcasts) == (S.DONE, [])


def test_what_never_went_out_is_not_repeated(timed: TimedTown) -> None:
    send = plan_for(timed, 11, every=30)
    timed.planning.drop(send.id, SENDER, "not needed")
    (again,) = timed.plans(K.REPEAT)
    timed.clock.go_on(minutes=90)
    timed.wake()
    assert (timed.broadcasts, state(timed, again)) == ([], S.HELD)
    with pytest.raises(Refused, match="has not gone out"):
        timed.timetable.send_now(again.id, SENDER)


# Starting again


def test_a_plan_outlives_the_program(timed: TimedTown) -> None:
    plan = plan_for(timed, 11)
    timed.restart()
    timed.timetable.recover()
    assert timed.later.pauses == [3600]
    timed.clock.go_on(hours=1)
    timed.wake()
    assert timed.broadcasts == [plan.alert_id]


@pytest.mark.parametrize(("minutes", "after"), [(64, S.DONE), (66, S.MISSED)])
def test_what_became_due_meanwhile_is_decided_at_start(
    timed: TimedTown, minutes: int, after: PlanState
) -> None:
    plan = plan_for(timed, 11)
    timed.restart()
    timed.clock.go_on(minutes=minutes)
    timed.timetable.recover()
    assert state(timed, plan) is after
    assert timed.logged(f"plan.{after}") == [f"plan.{after}"]


def claimed(timed: TimedTown, plan: Plan) -> None:
    """As a run leaves it that dies after its claim."""
    now = timed.clock.now()
    assert timed.database.write(lambda unit: unit.plans.move(plan, S.RUNNING, now))


def test_a_run_that_died_before_the_broadcast_is_held(timed: TimedTown) -> None:
    plan = plan_for(timed, 11)
    claimed(timed, plan)
    timed.restart()
    timed.timetable.recover()
    assert (state(timed, plan), timed.dispatch.recent()) == (S.HELD, [])
    assert "stopped before" in timed.plan(plan.id).words


def test_a_run_that_died_after_the_broadcast_is_done(timed: TimedTown) -> None:
    plan = plan_for(timed, 11)
    claimed(timed, plan)
    timed.dispatch.broadcast(plan.alert_id, SENDER)
    timed.settle()
    timed.restart()
    timed.timetable.recover()
    assert state(timed, plan) is S.DONE
    assert len(timed.dispatch.recent()) == 1


@pytest.mark.parametrize(("went_out", "after"), [(True, S.WAITING), (False, S.HELD)])
def test_a_repetition_that_died_is_looked_at(
    timed: TimedTown, went_out: bool, after: PlanState
) -> None:
    plan = repeat(timed, 30)
    timed.clock.go_on(minutes=30)
    claimed(timed, plan)
    if went_out:
        timed.say(timed.compose_again(plan.alert_id, SENDER))
    timed.restart()
    timed.timetable.recover()
    assert state(timed, plan) is after
    if went_out:
        assert timed.plan(plan.id).due_at == timed.at(11)


# Two desks


class Racing(Timetable):
    """Has seen that a plan is due, and waits until the others have seen it too."""

    ready: Callable[[], object]

    def _run(self, plan: Plan, operator: Operator | None = None, words: str = "") -> str:
        self.ready()
        return super()._run(plan, operator, words)


def second_desk(timed: TimedTown, number: int, ready: Callable[[], object]) -> Racing:
    """Another desk over the same file."""
    clock = timed.clock
    stamp = Stamp(f"desk-{number}", "boot-1", Mode.EXERCISE, clock.now, clock.monotonic_ms)
    url = f"sqlite:///{timed.folder / 'desk' / 'desk.db'}"
    database = Database(url, stamp, timed.signer)

    made = Racing(
        database,
        Bus(),
        Later(),
        clock.now,
        clock.now,
        timed._broadcast,
        timed.compose_again,
        timed.people.get,
        timed.planning.hold_all,
        LONDON,
    )
    made.ready = ready
    return made


@pytest.mark.parametrize("kind", [K.SEND, K.REPEAT])
def test_of_two_desks_exactly_one_runs_a_plan(timed: TimedTown, kind: PlanKind) -> None:
    together = threading.Barrier(DESKS)
    desks = [second_desk(timed, number, lambda: together.wait(20)) for number in range(2, 4)]
    try:
        for turn in range(1, ROUNDS + 1):
            plan = plan_for(timed, 16 - ROUNDS + turn) if kind is K.SEND else repeat(timed, 30)
            timed.clock.time = plan.due_at
            both = [threading.Thread(target=desk.look) for desk in desks]
            for each in both:
                each.start()
            for each in both:
                each.join(30)
            assert len(timed.broadcasts) == turn
            assert state(timed, plan) is (S.DONE if kind is K.SEND else S.WAITING)
            if kind is K.REPEAT:
                timed.planning.drop(plan.id, SENDER, "next round")
    finally:
        for desk in desks:
            desk._database.close()
    assert timed.logged("plan.started") == ["plan.started"] * ROUNDS
