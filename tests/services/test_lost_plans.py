"""Plans of a desk whose database does not answer as they are due: none is lost, none runs twice."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy.exc import OperationalError

from crisisdesk.model.errors import StoreError
from tests.services.test_timetable import S, plan_for, repeat, state
from tests.timed import TimedTown


def claim_answer_lost(timed: TimedTown) -> Callable[[list[object]], object]:
    """In place of a transaction: the first that starts a plan is kept, and fails all the same."""
    real, lost = timed.database._transaction, list[S]()

    def running() -> bool:
        return any(plan.state is S.RUNNING for plan, _ in timed.planning.open_plans())

    def transaction(group: list[object]) -> object:
        before = running()
        made = real(group)  # type: ignore[arg-type]
        if not lost and running() and not before:
            lost.append(S.RUNNING)
            raise OperationalError("COMMIT", {}, Exception("the server closed the connection"))
        return made

    return transaction


def test_it_goes_out_though_the_answer_to_its_claim_was_lost(
    timed: TimedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_for(timed, 11)
    monkeypatch.setattr(timed.database, "_transaction", claim_answer_lost(timed))
    timed.clock.go_on(hours=1)
    timed.wake()
    assert (timed.broadcasts, state(timed, plan)) == ([plan.alert_id], S.DONE)


def test_a_plan_whose_claim_nobody_could_ask_for_is_held(
    timed: TimedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, read = plan_for(timed, 11), timed.database.read
    lose, gone = claim_answer_lost(timed), list[bool]()

    def transaction(group: list[object]) -> object:
        try:
            return lose(group)
        except OperationalError:
            gone.append(True)
            raise

    def reading() -> object:
        if gone == [True]:
            raise StoreError("The database cannot be reached.", "Wait.")
        return read()

    monkeypatch.setattr(timed.database, "_transaction", transaction)
    monkeypatch.setattr(timed.database, "read", reading)
    timed.clock.go_on(hours=1)
    with pytest.raises(StoreError):
        timed.timetable.look()
    gone.append(False)  # it is back
    assert state(timed, plan) is S.RUNNING
    timed.timetable.look()
    assert (timed.broadcasts, state(timed, plan)) == ([], S.HELD)


def test_repeating_goes_on_though_one_could_not_be_written_down(
    timed: TimedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = repeat(timed, 30)
    before, real, failed = len(timed.broadcasts), timed.database._transaction, []

    def transaction(group: list[object]) -> object:
        if len(timed.broadcasts) > before and state(timed, plan) is S.RUNNING and not failed:
            failed.append(plan)
            raise OperationalError("COMMIT", {}, Exception("database or disk is full"))
        return real(group)  # type: ignore[arg-type]

    monkeypatch.setattr(timed.database, "_transaction", transaction)
    timed.clock.go_on(minutes=30)
    with suppress(StoreError):
        timed.wake()
    assert failed
    timed.clock.go_on(minutes=1)
    timed.timetable.look()
    assert state(timed, plan) is S.WAITING
    timed.clock.go_on(minutes=30)
    timed.timetable.look()
    assert len(timed.broadcasts) == before + 2
