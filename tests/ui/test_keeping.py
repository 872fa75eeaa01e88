"""One write at a time, the newest state next: whatever happens between, nothing typed is lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crisisdesk.system.workers import Workers
from ui.keeping import Keeping
from ui.tasks import Tasks

NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


class HandTasks(Tasks):
    """Runs nothing by itself: a test says when the disk answers, and when the answer is heard."""

    def __init__(self) -> None:
        super().__init__(Workers())
        self.begun: list[tuple[Callable[[], Any], Callable[[Any], None], Any]] = []

    def read(self, act: Any, then: Any = None, otherwise: Any = None) -> None:
        """Take the work."""
        self.begun.append((act, then, otherwise))


class Machine(RuleBasedStateMachine):
    """Somebody types; the disk is slow, full at times; the power may fail at any point."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks = HandTasks()
        self.disk = ""
        self.full = False
        self.typed = [""]
        self.errors: list[Exception | None] = []
        self.heard: Callable[[], None] | None = None
        self.keeping: Keeping[str] = Keeping(self.tasks, self._save, self.errors.append)
        self.keeping._again.setInterval(10**8)

    def _save(self, state: str) -> datetime:
        if self.full:
            raise OSError("No space left on device")
        self.disk = state
        return NOW

    @rule(times=st.integers(1, 3))
    def type(self, times: int) -> None:
        for _ in range(times):
            self.typed.append(f"{self.typed[-1]}x")
            self.keeping.put(self.typed[-1])

    @precondition(lambda self: self.tasks.begun and not self.heard)
    @rule()
    def the_disk_answers(self) -> None:
        act, then, otherwise = self.tasks.begun[0]
        try:
            at = act()
        except OSError as error:
            failed = error
            self.heard = lambda: otherwise(failed)
        else:
            self.heard = lambda: then(at)

    @precondition(lambda self: self.heard)
    @rule()
    def the_answer_is_heard(self) -> None:
        heard, self.heard = self.heard, None
        self.tasks.begun.pop(0)
        assert heard is not None
        heard()

    @rule(full=st.booleans())
    def the_disk_fills_or_empties(self, full: bool) -> None:
        self.full = full

    @rule()
    def time_goes_by(self) -> None:
        if self.keeping._again.isActive():
            self.keeping._go_on()

    @invariant()
    def one_write_at_a_time(self) -> None:
        assert len(self.tasks.begun) <= 1

    @invariant()
    def a_kill_now_brings_back_what_was_acknowledged_or_something_newer(self) -> None:
        assert self.typed.index(self.disk) >= self.typed.index(self.keeping.kept or "")

    @invariant()
    def safe_means_on_disk(self) -> None:
        if self.keeping.safe:
            assert self.disk == self.typed[-1]

    @invariant()
    def something_is_always_done_about_what_is_not_safe(self) -> None:
        assert self.keeping.safe or self.tasks.begun or self.keeping._again.isActive()

    def teardown(self) -> None:
        """At the end everything is written, also without a thread."""
        self.full = False
        self.keeping.flush()
        assert self.disk == self.typed[-1]


@pytest.mark.usefixtures("qapp")
def test_any_typing_and_any_end_bring_back_the_last_edit_acknowledged_as_saved() -> None:
    few = settings(max_examples=60, stateful_step_count=30, deadline=None)
    run_state_machine_as_test(Machine, settings=few)
