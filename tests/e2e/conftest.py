"""The window needs no screen in tests."""

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

NO_SCREEN = "This plugin does not support propagateSizeHints"
"""What Qt's offscreen plugin says whenever a window opens; every other warning fails the test."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Every test below this folder."""
    item.add_marker(pytest.mark.qt_log_ignore(NO_SCREEN))
