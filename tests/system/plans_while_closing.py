"""Run as a program: a job plans another one while its schedule is closing. Prints what is left."""

import sys
import threading
from typing import Any

from crisisdesk.system.schedule import Schedule

DEADLINE = 20.0


def main() -> None:
    """The job goes on only once APScheduler holds its lock and waits for it."""
    schedule = Schedule()
    began = threading.Event()

    def plan_another() -> None:
        began.set()
        wait_until_locked(schedule._scheduler._executors_lock)
        schedule.after(0.0, lambda: sys.stdout.write("a job ran after the end\n"))

    schedule.after(0.0, plan_another)
    if not began.wait(DEADLINE):
        raise AssertionError("the job did not begin")
    schedule.close()
    sys.stdout.write(f"closed, running: {schedule._scheduler.running}\n")


def wait_until_locked(lock: Any) -> None:
    """Until another thread holds it for good, as the one that closes does."""
    while lock.acquire(blocking=False):
        lock.release()
        threading.Event().wait(0.001)


if __name__ == "__main__":
    main()
