"""How the console looks and is worked, as the settings say: at the start, and at every change."""

from PySide6.QtWidgets import QApplication

from crisisdesk.config import Settings
from ui.theme import TABLES, Theme
from ui.widgets import pressing

DRESSING = ("theme", "text_percent")


def wear(settings: Settings, *, theme: str = "", changed: str = "") -> None:
    """Follow the settings. `theme` goes before the one set; `changed` is the one key that did."""
    Theme.calm = settings.reduce_motion
    pressing.Way.chosen = settings.broadcast_by
    app = QApplication.instance()
    if isinstance(app, QApplication) and (not changed or changed in DRESSING):
        Theme.apply(app, theme or settings.theme, settings.text_percent)


def next_theme() -> str:
    """Put on the theme after the one that is worn; returns its name."""
    names = list(TABLES)
    name = names[(names.index(Theme.tokens.name) + 1) % len(names)]
    app = QApplication.instance()
    if isinstance(app, QApplication):
        Theme.apply(app, name)
    return name
