"""The screen never waits for the disk or a network, and Python's counts stay right under Qt."""

import sys
import threading
import traceback
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from crisisdesk.net.session import Session
from crisisdesk.store.database import Database
from tests.ui.hands import says_intact
from tests.ui.mentions import item
from tests.ui.seat import Seat

CALLS = 1_000
SLACK = 200
"""What else may take or leave a reference to None meanwhile."""


class Watch:
    """Refuses whatever would make the screen wait, and remembers who tried."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.tried: list[str] = []
        for owner, name in ((Database, "read"), (Database, "write"), (Session, "request")):
            patch.setattr(owner, name, self._guarded(getattr(owner, name)))

    def _guarded(self, real: Callable[..., object]) -> Callable[..., object]:
        def guarded(*args: object, **more: object) -> object:
            if threading.current_thread() is threading.main_thread():
                self.tried.append("".join(traceback.format_stack(limit=6)[:-1]))
                raise AssertionError("the screen would wait")
            return real(*args, **more)

        return guarded


def test_the_screen_never_waits(new_seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = new_seat
    seat.prepare()
    with monkeypatch.context() as patch:
        watch = Watch(patch)
        seat.take()
        work(seat)
        assert watch.tried == []


def work(seat: Seat) -> None:
    """Everything an officer does, once."""
    page = seat.page
    hear = threading.Thread(target=lambda: seat.desk.intake.accept([item(1, "Help, trapped")]))
    hear.start()
    seat.until(lambda: page.mentions.model.rowCount() == 1, "the mention")
    seat.press("F2")
    seat.press("Ctrl+H")
    seat.until(page.mentions.detail.handled.isVisible, "it is handled")
    seat.click(page.mentions.lanes["need"])
    seat.type(page.mentions.search, "trapped")
    seat.press("F6")
    seat.write("noted")
    seat.press("Return")
    seat.open_incident()
    seat.write_road_closure()
    card = seat.broadcast()
    for kind in ("mastodon", "bluesky", "cap"):
        seat.until_state(card.alert, kind, "✓ confirmed")
    seat.click(page.broadcast.cards[card.alert.id].update_button)
    seat.until(lambda: page.message.follows, "the update")
    seat.press("Ctrl+T")
    seat.click(page.broadcast.cards[card.alert.id].retract)
    seat.answer(page, "wrong")
    seat.until_state(card.alert, "mastodon", "↩ withdrawn")
    seat.click(page.log.verify)
    seat.until(lambda: says_intact(page.log.chain), "the verdict")
    seat.console.open_settings()
    seat.console.open_review(seat.console.paths.home)
    seat.press("Ctrl+L")
    seat.until(seat.console.workers.read(lambda: None).done, "what was begun to end")


def test_closing_ends_every_thread(new_seat: Seat) -> None:
    before = {each.name for each in threading.enumerate()}
    new_seat.prepare()
    new_seat.take()
    new_seat.gone()
    assert {each.name for each in threading.enumerate()} - before == set()


def test_void_calls_do_not_eat_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    label.setText("warm")
    QApplication.processEvents()
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
        QApplication.processEvents()
    assert abs(sys.getrefcount(None) - before) < SLACK
