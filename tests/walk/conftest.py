"""What Qt's offscreen plugin says whenever a window opens is no warning to a test."""

import pytest

from crisisdesk.net import gate
from tests.ui.conftest import NO_SCREEN


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test below this folder."""
    item.add_marker(pytest.mark.qt_log_ignore(NO_SCREEN))


@pytest.fixture(autouse=True)
def way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exercise would close this process's way out for good, and other tests need it."""
    monkeypatch.setattr(gate, "close_for_good", lambda on_attempt=None: None)
