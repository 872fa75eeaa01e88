"""News reaches everybody who asked, whatever one of them does."""

import logging
import threading

import pytest

from crisisdesk.model.events import AccountsChanged, LogGrew, MentionsJudged
from crisisdesk.system.bus import Bus


def test_everybody_who_asked_for_a_kind_hears_of_it_in_order() -> None:
    bus = Bus()
    heard: list[tuple[str, object]] = []
    bus.subscribe(LogGrew, lambda event: heard.append(("first", event)))
    bus.subscribe(LogGrew, lambda event: heard.append(("second", event)))
    bus.subscribe(MentionsJudged, lambda event: heard.append(("other", event)))
    bus.publish(LogGrew(5))
    bus.publish(AccountsChanged())
    assert heard == [("first", LogGrew(5)), ("second", LogGrew(5))]


def test_a_failing_listener_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus = Bus()
    heard: list[int] = []

    def fail(event: LogGrew) -> None:
        raise ZeroDivisionError

    bus.subscribe(LogGrew, fail)
    bus.subscribe(LogGrew, lambda event: heard.append(event.seq))
    with caplog.at_level(logging.ERROR):
        bus.publish(LogGrew(1))
    assert heard == [1]
    assert "a listener failed on LogGrew" in caplog.text


def test_listeners_run_in_the_publishers_thread() -> None:
    bus = Bus()
    names: list[str] = []
    bus.subscribe(LogGrew, lambda _: names.append(threading.current_thread().name))
    thread = threading.Thread(target=bus.publish, args=(LogGrew(1),), name="publisher")
    thread.start()
    thread.join(10)
    assert names == ["publisher"]
