"""Work of the screen comes back to the GUI thread, and so does all that it holds."""

import logging
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from crisisdesk.model.errors import BadInput, CrisisDeskError
from crisisdesk.system.workers import Workers
from ui.tasks import Tasks

T = TypeVar("T")
DEADLINE = 20.0


class Slow(Workers):
    """A worker that is slow to put down what it has done."""

    def __init__(self) -> None:
        self.put_down = threading.Event()
        self.thread = threading.Thread()

    def read(self, act: Callable[[], T]) -> Future[T]:
        """Run it, and hold it until told."""
        done: Future[T] = Future()

        def run(held: list[Callable[[], T]]) -> None:
            done.set_result(held[0]())
            self.put_down.wait(DEADLINE)
            held.clear()

        self.thread = threading.Thread(target=run, args=([act],))
        self.thread.start()
        return done


class Shown:
    """Stands for a widget."""


def ended_in(workers: Slow, qtbot: QtBot, act: Callable[[Shown], object]) -> int:
    """Which thread ends what only the asked work holds, the worker being the slower one."""
    tasks, shown = Tasks(workers), Shown()
    threads: list[int] = []
    back: list[object] = []
    weakref.finalize(shown, lambda: threads.append(threading.get_ident()))
    tasks.read(lambda held=shown: act(held), back.append, back.append)
    del shown
    qtbot.waitUntil(lambda: bool(back))
    workers.put_down.set()
    workers.thread.join(DEADLINE)
    (ended,) = threads
    return ended


def test_a_slow_worker_does_not_end_a_widget(qtbot: QtBot) -> None:
    assert ended_in(Slow(), qtbot, lambda _: 1) == threading.get_ident()


def test_nor_does_one_that_failed(qtbot: QtBot) -> None:
    def fail(shown: Shown) -> None:
        raise BadInput("No.", f"Do not ask {shown}.")

    assert ended_in(Slow(), qtbot, fail) == threading.get_ident()


def test_what_nobody_expected_is_in_the_programs_log(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """The screen says that it is there."""
    workers = Workers()
    tasks = Tasks(workers)
    told: list[CrisisDeskError] = []
    tasks.failed.connect(told.append)
    with caplog.at_level(logging.ERROR):
        tasks.read(lambda: 1 // 0)
        qtbot.waitUntil(lambda: bool(told))
    workers.close()
    assert "Look at the log" in told[0].to_do
    assert any(each.exc_info for each in caplog.records)


class Page(QObject):
    """Stands for a page that is left before it has read everything."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def take(self, what: object) -> None:
        """A result or an error."""
        self.told.append(what)


def test_a_page_that_was_left_gets_no_result_and_no_error(qtbot: QtBot) -> None:
    workers, page, after = Workers(), Page(), Page()
    tasks = Tasks(workers)
    may_go = threading.Event()

    def fail() -> None:
        raise BadInput("It cannot be read.", "Look for it.")

    tasks.read(lambda: may_go.wait(DEADLINE), page.take, page.take)
    tasks.read(fail, page.take, page.take)
    shiboken6.delete(page)
    may_go.set()
    tasks.read(lambda: "last", after.take)
    qtbot.waitUntil(lambda: after.told == ["last"] and not tasks._asked)
    assert page.told == []
    workers.close()
