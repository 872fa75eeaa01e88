"""What Qt's offscreen plugin says whenever a window opens is no warning to a test; cycles of
widgets end on the GUI thread alone."""

import pytest

from tests.ui.conftest import NO_SCREEN, cycles_end_here

__all__ = ["cycles_end_here"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test below this folder."""
    item.add_marker(pytest.mark.qt_log_ignore(NO_SCREEN))


@pytest.fixture(autouse=True)
def exercises_end_here(way_out: None) -> None:
    """Every test below this folder."""
