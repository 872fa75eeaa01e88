"""Repeated and delayed work in a live desk, on APScheduler.

A job that comes late is still run: the library's default drops what is over a second late.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

JITTER = 0.1
"""By which part of itself a pause may be longer or shorter, so that not all come at once."""

THREADS = 16
"""Retries and looks at our own accounts must not wait behind sources that are slow to answer."""


class Schedule:
    """Starts with the first job. Jobs run on the scheduler's own threads: hand long work on.

    APScheduler waits for running jobs under its own lock, so a job that plans another one in that
    moment would wait for ever. Here it is told first that nothing is planned any more.
    """

    def __init__(self) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._planning = threading.Lock()
        self._closed = False

    def every(self, seconds: int, name: str, act: Callable[[], object]) -> None:
        """Run `act` now and then every so many seconds, spread by a tenth. Replaces `name`."""
        self._add(
            act,
            "interval",
            seconds=seconds,
            jitter=max(1, round(seconds * JITTER)),
            id=name,
            replace_existing=True,
            next_run_time=datetime.now(UTC),
        )

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Run `act` once, so many seconds from now."""
        self._add(act, "date", run_date=datetime.now(UTC) + timedelta(seconds=seconds))

    def drop(self, prefix: str) -> None:
        """Forget every repeated job whose name begins so."""
        with self._planning:
            for job in () if self._closed else self._scheduler.get_jobs():
                if job.id.startswith(prefix):
                    job.remove()

    def clock_jumped(self, length: timedelta) -> None:
        """Go on as if the wall clock had not been set back; look at once what is due otherwise.

        APScheduler plans by the wall clock: without this, every job would stand still for as long
        as the clock was set back.
        """
        with self._planning:
            if self._scheduler.running and not self._closed:
                self._move_jobs(length)
                self._scheduler.wakeup()

    def close(self) -> None:
        """Stop; what runs may finish. What it still wants to plan is dropped."""
        with self._planning:
            self._closed = True
        if self._scheduler.running:
            self._scheduler.remove_all_jobs()  # or its thread may trip over one that just began
            self._scheduler.shutdown(wait=True)

    def _move_jobs(self, length: timedelta) -> None:
        from apscheduler.jobstores.base import JobLookupError

        for job in self._scheduler.get_jobs() if length < timedelta() else ():
            with suppress(JobLookupError):  # it ran and went meanwhile
                job.modify(next_run_time=job.next_run_time + length)

    def _add(self, act: Callable[[], object], *trigger: str, **when: Any) -> None:
        with self._planning:
            if self._closed:
                return
            if not self._scheduler.running:
                self._scheduler.start()
            self._scheduler.add_job(act, *trigger, **when)
