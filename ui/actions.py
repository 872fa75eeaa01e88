"""The console's keys, in one table: what the officer presses, and what the help shows."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

KEYS = {
    "mentions": ("F2", "Mentions"),
    "message": ("F3", "Message: choose a template, fill it in"),
    "broadcast": ("F4", "Broadcast: hold Space on the button"),
    "approvals": ("F7", "Approvals: what waits for a second person"),
    "stop": ("F10", "Stop all: nothing more leaves this desk"),
    "log": ("F6", "Log: note a decision"),
    "pack": ("F9", "Post by hand: copy, print, hand over"),
    "board": ("F8", "What the public can see now"),
    "alarm": ("F5", "Alarm: a post that is not ours"),
    "search": ("Ctrl+F", "Search mentions"),
    "template": ("Ctrl+T", "Choose another template"),
    "handled": ("Ctrl+H", "Mark the mention as handled"),
    "incident": ("Ctrl+I", "Open an incident"),
    "later": ("Ctrl+Shift+S", "Send later, or repeat"),
    "lock": ("Ctrl+L", "Lock the desk"),
    "theme": ("Ctrl+Shift+D", "Light, dark or high contrast"),
    "help": ("F1", "These keys"),
}


def bind(widget: QWidget, name: str, act: Callable[[], object]) -> QShortcut:
    """Have a key of the table do something while `widget`'s window is active."""
    shortcut = QShortcut(QKeySequence(KEYS[name][0]), widget)
    shortcut.activated.connect(act)
    return shortcut


def key_of(name: str) -> str:
    """The key as the officer reads it."""
    return KEYS[name][0]


def help_text() -> str:
    """All keys, one a line."""
    return "\n".join(f"{key}\t{words}" for key, words in KEYS.values())
