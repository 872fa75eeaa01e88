"""Reference cycles end on the GUI thread: elsewhere they could stop the console for ever."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from ui.collecting import BULK, YOUNG, Collecting

DEADLINE = 20.0
SURGES = 20


class Ringed(QObject):
    """Something of the screen that only the collector can end."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = self


class Ring:
    """A cycle without Qt."""

    def __init__(self) -> None:
        self.ring = self


def make_rings() -> None:
    """More cycles than any threshold, forgotten at once."""
    for _ in range(2 * YOUNG):
        Ring()


def made_and_forgotten() -> list[int]:
    """The thread it ends in will stand in this list."""
    ended_in: list[int] = []
    weakref.finalize(Ringed(), lambda: ended_in.append(threading.get_ident()))
    return ended_in


def allocate(number: int = 2 * YOUNG) -> list[list[int]]:
    """More new objects than any threshold."""
    return [[each] for each in range(number)]


def in_a_worker(act: Callable[[], object] = allocate) -> int:
    """Do it in another thread, as one that reads does; which one it was."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(DEADLINE)
    assert thread.ident is not None
    return thread.ident


@pytest.fixture
def collecting(qtbot: QtBot) -> Iterator[Collecting]:
    made = Collecting()
    made.settle()
    yield made
    made.stop()


def test_python_alone_would_end_it_in_a_worker(qtbot: QtBot) -> None:
    """The danger is real: without this, what the next tests show would show nothing."""
    gc.enable()
    try:
        ended_in = made_and_forgotten()
        worker = in_a_worker()
    finally:
        gc.disable()
    assert ended_in == [worker]


def test_a_cycle_waits_for_the_gui_thread(qtbot: QtBot, collecting: Collecting) -> None:
    ended_in = made_and_forgotten()
    in_a_worker()
    assert ended_in == []
    kept = allocate()
    qtbot.waitUntil(lambda: bool(ended_in))
    assert ended_in == [threading.get_ident()]
    assert kept


def test_old_cycles_end_too(qtbot: QtBot, collecting: Collecting) -> None:
    """What lived long before it was forgotten is in an older generation."""
    ring = Ringed()
    ended = threading.Event()
    weakref.finalize(ring, ended.set)
    gc.collect()
    del ring
    kept: list[object] = []
    while not ended.is_set():
        kept.append(allocate())
        collecting.look()
        assert len(kept) < 1000, "it is never looked at"
    assert ended.is_set()


def test_a_surge_of_cycles_stays_bounded(qtbot: QtBot, collecting: Collecting) -> None:
    """Workers make far more of them than may ever be held at once."""
    for _ in range(SURGES):
        in_a_worker(make_rings)
        qtbot.waitUntil(lambda: gc.get_count()[0] < YOUNG)
    alive = sum(isinstance(each, Ring) for each in gc.get_objects())
    assert alive < SURGES * YOUNG / 4


def test_what_was_loaded_is_not_walked_again(qtbot: QtBot) -> None:
    made = Collecting()
    loaded = allocate(2 * BULK)
    before = gc.get_freeze_count()
    made.settle()
    try:
        assert gc.get_freeze_count() - before >= len(loaded)
        frozen = gc.get_freeze_count()
        made.settle()
        assert gc.get_freeze_count() <= frozen, "little was made since, and may still be collected"
    finally:
        made.stop()
    assert not gc.isenabled(), "as the other tests of this folder have it"
