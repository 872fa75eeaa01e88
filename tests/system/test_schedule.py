"""Repeated and delayed work on real time."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.system.schedule import Schedule

DEADLINE = 20.0


@pytest.fixture
def schedule() -> Iterator[Schedule]:
    made = Schedule()
    yield made
    made.close()


def test_repeated_work_begins_at_once(schedule: Schedule) -> None:
    ran = threading.Event()
    schedule.every(3600, "poll a", ran.set)
    assert ran.wait(DEADLINE)


def test_repeated_work_repeats(schedule: Schedule) -> None:
    times = threading.Semaphore(0)
    schedule.every(1, "poll a", times.release)
    assert times.acquire(timeout=DEADLINE)
    assert times.acquire(timeout=DEADLINE)


def test_delayed_work_runs_once(schedule: Schedule) -> None:
    ran = threading.Event()
    schedule.after(0.01, ran.set)
    assert ran.wait(DEADLINE)
    assert schedule._scheduler.get_jobs() == []


def test_work_in_the_past_is_still_done(schedule: Schedule) -> None:
    ran = threading.Event()
    schedule.after(-3600, ran.set)
    assert ran.wait(DEADLINE)


def test_a_name_stands_for_one_job_and_prefixes_drop_them(schedule: Schedule) -> None:
    for name in ("poll a", "poll b", "tidy"):
        schedule.every(3600, name, lambda: None)
    schedule.every(1800, "poll a", lambda: None)
    assert sorted(job.id for job in schedule._scheduler.get_jobs()) == ["poll a", "poll b", "tidy"]
    schedule.drop("poll ")
    assert [job.id for job in schedule._scheduler.get_jobs()] == ["tidy"]


def test_a_clock_set_back_does_not_keep_jobs_waiting(schedule: Schedule) -> None:
    ran = threading.Event()
    schedule.after(3600, ran.set)
    schedule.every(7200, "poll a", lambda: None)
    schedule.clock_jumped(timedelta(hours=-1))
    assert ran.wait(DEADLINE)
    (poll,) = schedule._scheduler.get_jobs()
    assert poll.next_run_time < datetime.now(UTC) + timedelta(hours=1, minutes=30)


def test_a_clock_set_forward_moves_nothing(schedule: Schedule) -> None:
    schedule.after(3600, lambda: None)
    (before,) = [job.next_run_time for job in schedule._scheduler.get_jobs()]
    schedule.clock_jumped(timedelta(hours=1))
    assert [job.next_run_time for job in schedule._scheduler.get_jobs()] == [before]


def test_before_the_first_job_a_jump_is_harmless() -> None:
    unused = Schedule()
    unused.clock_jumped(timedelta(hours=-1))
    assert not unused._scheduler.running


def test_closing_one_that_never_began_is_harmless() -> None:
    unused = Schedule()
    unused.close()
    assert not unused._scheduler.running


def test_a_job_that_plans_another_one_does_not_keep_the_desk_from_closing() -> None:
    """In a process of its own: what hangs there would keep these tests from ending."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.system.plans_while_closing"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert (done.stdout, done.stderr) == ("closed, running: False\n", "")


def test_what_is_planned_after_the_end_is_dropped() -> None:
    over = Schedule()
    over.every(3600, "poll a", lambda: None)
    over.close()
    over.after(0.0, lambda: None)
    over.every(3600, "poll b", lambda: None)
    over.drop("poll ")
    over.clock_jumped(timedelta(hours=-1))
    assert not over._scheduler.running
