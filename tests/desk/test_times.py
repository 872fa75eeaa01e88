"""Plans on a whole desk: woken by the real scheduler, held over a restart, and in a story."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.config import DATABASE_NAME, Paths, Settings
from crisisdesk.desk.desk import Parts
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.alert import Alert
from crisisdesk.model.draft import Draft
from crisisdesk.model.events import ClockStepped, PlanChanged
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.plan import PlanKind, PlanState
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from crisisdesk.store.places import prepare_folder
from crisisdesk.system.chance import SYSTEM_CHANCE, StoryChance
from crisisdesk.system.clock import Clock
from crisisdesk.system.keys import desk_key
from crisisdesk.system.schedule import Schedule
from crisisdesk.system.secrets import MemorySecrets
from crisisdesk.system.workers import Workers
from tests.town import VALUES

DEADLINE = 30.0
SOON = timedelta(seconds=2)


class Office:
    """A live desk with one CAP feed, opened as often as wanted. Its clock can be set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secrets = MemorySecrets()
        self.set_by = timedelta()
        self.changes: list[PlanChanged] = []
        self.changed = threading.Condition()
        self.open()
        self.sam = self.desk.people.add_operator("Sam", Role.ADMINISTRATOR, "four plain words")
        cap = {"folder": str(folder / "cap"), "base_url": "https://riverside.example/alerts"}
        self.desk.administering.save_account("cap", "CAP feed", cap, self.sam)

    def now(self) -> datetime:
        """What the wall clock says."""
        return datetime.now(UTC) + self.set_by

    def open(self) -> None:
        """Open the desk; `start` it to let time do its work."""
        paths = Paths(self.folder / "desk")
        prepare_folder(paths.home)
        schedule = Schedule()
        parts = Parts(
            mode=Mode.LIVE,
            paths=paths,
            settings=Settings(organisation="Riverside Council", sender="alerts@riverside.example"),
            database_url=f"sqlite:///{paths.home / DATABASE_NAME}",
            desk_id="desk-1",
            clock=Clock(self.now),
            net=Net(Mode.EXERCISE, apps={}),
            secrets=self.secrets,
            signer=desk_key(self.secrets),
            later=schedule.after,
            workers=Workers(),
            chance=SYSTEM_CHANCE,
        )
        self.desk = LiveDesk(parts, schedule)
        self.desk.bus.subscribe(PlanChanged, self._heard)

    def _heard(self, event: PlanChanged) -> None:
        with self.changed:
            self.changes.append(event)
            self.changed.notify_all()

    def until(self, kind: PlanKind, state: PlanState) -> None:
        """Wait until a plan of this kind is in this state."""
        with self.changed:
            assert self.changed.wait_for(
                lambda: any((e.kind, e.state) == (kind, state) for e in self.changes), DEADLINE
            ), self.changes

    def compose(self) -> Alert:
        """A road closure that promises its next update in three hours."""
        composing = self.desk.composing
        incident = composing.open_incident("Flood", self.sam)
        promise = f"{(datetime.now(UTC) + timedelta(hours=3)).astimezone():%H:%M}"
        values = {**VALUES, "next_update_at": promise}
        accounts = tuple(each.id for each in composing.accounts())
        return composing.compose(
            Draft(incident.id, "road-closure", Step.ALERT, values, accounts), self.sam
        )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A live desk, not started yet."""
    made = Office(tmp_path)
    yield made
    made.desk.close()


def test_the_scheduler_wakes_the_desk_and_the_message_goes_out(office: Office) -> None:
    office.desk.start()
    alert = office.compose()
    office.desk.planning.plan_send(alert.id, office.now() + SOON, office.sam)
    office.until(PlanKind.SEND, PlanState.DONE)
    office.until(PlanKind.PROMISE, PlanState.WAITING)
    assert len(list((office.folder / "cap").glob("*.cap.xml"))) == 1
    assert [each.id for each, _ in office.desk.dispatch.recent()] == [alert.id]


def test_what_became_due_while_the_desk_was_closed_goes_out_at_start(office: Office) -> None:
    alert = office.compose()
    due = office.now() + timedelta(hours=1)
    office.desk.planning.plan_send(alert.id, due, office.sam)
    office.desk.close()
    office.set_by = timedelta(hours=1)
    office.open()
    assert office.desk.dispatch.recent() == []
    office.desk.start()
    office.until(PlanKind.SEND, PlanState.DONE)


def test_somebody_who_left_sends_nothing_any_more(office: Office) -> None:
    alert = office.compose()
    gone = Operator("op-9", "Una", Role.SENDER)
    office.desk.start()
    office.desk.planning.plan_send(alert.id, office.now() + SOON, gone)
    office.until(PlanKind.SEND, PlanState.HELD)
    assert "Una may not send" in office.changes[-1].words


def test_a_clock_set_back_holds_plans_and_sources_go_on(office: Office) -> None:
    stepped: list[ClockStepped] = []
    office.desk.bus.subscribe(ClockStepped, stepped.append)
    office.desk.start()
    office.desk.planning.plan_send(
        office.compose().id, office.now() + timedelta(hours=2), office.sam
    )
    jobs = office.desk._schedule._scheduler.get_jobs
    before = {job.id: job.next_run_time for job in jobs()}
    office.set_by = timedelta(hours=-1)
    office.desk.timekeeping.look()
    office.until(PlanKind.SEND, PlanState.HELD)
    assert [each.kind for each in stepped] == ["set back"]
    checks = next(job for job in jobs() if job.id == "check accounts")
    assert before["check accounts"] - checks.next_run_time > timedelta(minutes=59)


def test_a_live_desk_refuses_chance_that_can_be_foretold(office: Office) -> None:
    with pytest.raises(ValueError, match="the system's randomness alone"):
        replace(office.desk._parts, chance=StoryChance(Mode.EXERCISE, "night", 1))


def test_a_live_desk_refuses_a_database_that_a_power_cut_may_lose(office: Office) -> None:
    with pytest.raises(ValueError, match="through a power cut"):
        replace(office.desk._parts, synced=False)
