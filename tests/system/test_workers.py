"""Threads that finish what they began, an agenda in order, an alarm that wakes in time."""

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.system.clock import StoryClock
from crisisdesk.system.in_turn import InTurn
from crisisdesk.system.workers import NETWORK_THREADS, Agenda, Alarm, Beat, Workers

DEADLINE = 20.0


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.close()


def test_work_gives_its_result(workers: Workers) -> None:
    assert workers.network(lambda: 1).result(DEADLINE) == 1
    assert workers.read(lambda: 2).result(DEADLINE) == 2


def test_as_many_at_once_as_there_are_channels(workers: Workers) -> None:
    together = threading.Barrier(NETWORK_THREADS)
    futures = [workers.network(lambda: together.wait(DEADLINE)) for _ in range(NETWORK_THREADS)]
    assert sorted(future.result(DEADLINE) for future in futures) == list(range(NETWORK_THREADS))


def test_a_failure_nobody_collects_is_logged(
    workers: Workers, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("far away")

    with caplog.at_level(logging.ERROR):
        future = workers.network(fail)
        workers.wait_until_quiet()
    assert isinstance(future.exception(), ZeroDivisionError)
    assert "far away" in caplog.text


def test_quiet_means_that_what_work_started_is_done_too(workers: Workers) -> None:
    done: list[int] = []

    def work(depth: int) -> None:
        if depth:
            workers.network(lambda: work(depth - 1))
        done.append(depth)

    workers.network(lambda: work(20))
    workers.wait_until_quiet()
    assert sorted(done) == list(range(21))


def test_closing_waits_for_what_runs() -> None:
    workers = Workers()
    begun, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(DEADLINE)
        done.set()

    workers.network(work)
    assert begun.wait(DEADLINE)
    closing = threading.Thread(target=workers.close)
    closing.start()
    assert not done.is_set()
    go_on.set()
    closing.join(DEADLINE)
    assert done.is_set()
    with pytest.raises(RuntimeError):
        workers.network(lambda: None)


# Work in turn


@given(st.lists(st.integers(0, 3), max_size=6))
def test_in_turn_everything_is_done_in_the_order_it_was_asked_for(starts: list[int]) -> None:
    line, asked, done = InTurn(), [], []

    def ask(name: tuple[int, ...], more: int) -> None:
        asked.append(name)
        line.network(lambda: work(name, more))

    def work(name: tuple[int, ...], more: int) -> None:
        done.append(name)
        for number in range(more):
            ask((*name, number), 0)

    for number, more in enumerate(starts):
        ask((number,), more)
    assert done == []
    line.wait_until_quiet()
    assert done == asked
    assert len(done) == len(starts) + sum(starts)
    line.close()


def test_in_turn_a_result_waits_for_what_stands_before_it() -> None:
    line, done = InTurn(), []
    line.network(lambda: done.append("first"))
    wanted = line.network(lambda: [*done, "second"])
    line.network(lambda: done.append("third"))
    assert wanted.result() == ["first", "second"]
    assert done == ["first"]
    line.close()
    line.wait_until_quiet()
    assert done == ["first"]


def test_in_turn_a_failure_is_handed_over(caplog: pytest.LogCaptureFixture) -> None:
    line = InTurn()
    with caplog.at_level(logging.ERROR), pytest.raises(ZeroDivisionError):
        line.network(lambda: 1 // 0).result()
    assert "background work failed" in caplog.text
    line.close()


# The agenda


@given(st.lists(st.integers(0, 20)))
def test_the_agenda_keeps_order_of_time_then_of_adding(dues: list[int]) -> None:
    agenda, ran = Agenda(), []
    for place, due in enumerate(dues):
        agenda.add(due, lambda what=(due, place): ran.append(what))
    assert agenda.next_due() == min(dues, default=None)
    while act := agenda.take_due(20):
        act()
    assert ran == sorted((due, place) for place, due in enumerate(dues))
    assert agenda.next_due() is None


def test_nothing_is_taken_before_it_is_due() -> None:
    agenda = Agenda()
    agenda.add(5, lambda: None)
    assert agenda.take_due(4.9) is None
    assert agenda.take_due(5) is not None
    assert agenda.take_due(5) is None


# The alarm


def test_the_alarm_runs_what_is_due_and_what_that_adds() -> None:
    agenda, ran, ended = Agenda(), [], threading.Event()
    started = time.monotonic()
    alarm = Alarm(agenda, lambda: (time.monotonic() - started) * 1000, lambda: 1000.0)

    def first() -> None:
        ran.append("first")
        agenda.add(30, lambda: (ran.append("second"), ended.set()))

    agenda.add(10, first)
    alarm.start()
    assert ended.wait(DEADLINE)
    alarm.stop()
    assert ran == ["first", "second"]


def test_the_alarm_sleeps_while_the_story_stands() -> None:
    agenda, ran = Agenda(), threading.Event()
    elapsed, speed = [0.0], [0.0]
    alarm = Alarm(agenda, lambda: elapsed[0], lambda: speed[0])
    agenda.add(10, ran.set)
    alarm.start()
    assert not ran.wait(0.05)
    elapsed[0], speed[0] = 10.0, 1.0
    alarm.wake()
    assert ran.wait(DEADLINE)
    alarm.stop()


def test_a_late_step_and_what_it_sets_off_live_in_the_moment_it_was_due(workers: Workers) -> None:
    clock = StoryClock(datetime(2026, 1, 24, 2, tzinfo=UTC), 1000)
    agenda, seen, ended = Agenda(clock.as_of), [], threading.Event()

    def step() -> None:
        seen.append(clock.uptime())
        workers.network(lambda: seen.append(clock.uptime()))

    agenda.add(10, step)
    agenda.add(20, step)
    agenda.add(20.5, ended.set)
    clock.move_to(timedelta(seconds=5000))
    alarm = Alarm(agenda, clock.uptime, lambda: clock.speed, workers.wait_until_quiet)
    alarm.start()
    assert ended.wait(DEADLINE)
    alarm.stop()
    assert seen == [10, 10, 20, 20]
    assert clock.uptime() == 5000


def test_a_step_that_fails_does_not_end_the_story(caplog: pytest.LogCaptureFixture) -> None:
    agenda, ran = Agenda(), threading.Event()

    def fail() -> None:
        raise ZeroDivisionError

    agenda.add(0, fail)
    agenda.add(1, ran.set)
    alarm = Alarm(agenda, lambda: 5.0, lambda: 1.0)
    with caplog.at_level(logging.ERROR):
        alarm.start()
        assert ran.wait(DEADLINE)
    alarm.stop()
    assert "a planned step failed" in caplog.text


def test_the_alarm_can_be_stopped_by_what_it_runs_and_before_it_began() -> None:
    agenda, stopped = Agenda(), threading.Event()
    alarm = Alarm(agenda, lambda: 1.0, lambda: 1.0)
    agenda.add(0, lambda: (alarm.stop(), stopped.set()))
    alarm.start()
    assert stopped.wait(DEADLINE)
    alarm.stop()
    never = Alarm(Agenda(), lambda: 0.0, lambda: 1.0)
    never.stop()
    assert not never._thread.is_alive()


def test_a_beat_goes_on_after_a_failure_and_ends_when_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    beats = threading.Semaphore(0)

    def act() -> None:
        beats.release()
        raise ValueError("broken")

    Beat(0.001, act, "clock").stop()
    beat = Beat(0.001, act, "clock")
    with caplog.at_level(logging.ERROR):
        beat.start()
        for _ in range(3):
            assert beats.acquire(timeout=DEADLINE)
        beat.stop()
    assert "clock failed" in caplog.text
    assert "clock" not in {each.name for each in threading.enumerate()}


def test_what_comes_after_the_end_keeps_nobody_waiting() -> None:
    over = Workers()
    over.close()
    with pytest.raises(RuntimeError):
        over.network(lambda: 1)
    waiting = threading.Thread(target=over.wait_until_quiet, daemon=True)
    waiting.start()
    waiting.join(DEADLINE)
    assert not waiting.is_alive()
