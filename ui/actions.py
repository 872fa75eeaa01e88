"""Everything a person can ask of the console, in one table.

Shortcuts, the menu, the list of keys, tool tips and the command palette are all made from it. What
an action does is bound by whoever can do it, and holds as long as that widget is on screen.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class Where(StrEnum):
    """Where an action's key works."""

    ANYWHERE = "Anywhere"
    CONSOLE = "At the console"
    MENTIONS = "In the list of mentions"
    CONTROL = "In exercise control"
    HELD = "Held down, in an exercise"


class Action(NamedTuple):
    """One line of the table. `key` is "" for what is done seldom, in the menu or the palette."""

    id: str
    key: str
    words: str
    where: Where = Where.CONSOLE
    icon: str = ""


TABLE = (
    Action("mentions", "F2", "Mentions", icon="mentions"),
    Action("message", "F3", "Message: choose a template, fill it in", icon="message"),
    Action("broadcast", "F4", "Broadcast: onto the button that sends", icon="broadcast"),
    Action("alarm", "F5", "Alarm: a post that is not ours", icon="warning"),
    Action("log", "F6", "Log: note a decision", icon="log"),
    Action("record", "Ctrl+J", "Write into the record: decision, METHANE", Where.ANYWHERE, "log"),
    Action("hand_over", "Ctrl+Shift+H", "Hand over: the brief, and who signs", icon="people"),
    Action("approvals", "F7", "Approvals: what waits for a second person", icon="approve"),
    Action("board", "F8", "What the public can see now", icon="board"),
    Action("pack", "F9", "Post by hand: copy, print, hand over", icon="by-hand"),
    Action("stop", "F10", "Stop all: nothing more leaves this desk", icon="stop"),
    Action("incident", "Ctrl+I", "Open an incident", icon="incident"),
    Action("template", "Ctrl+T", "Choose another template", icon="template"),
    Action("later", "Ctrl+Shift+S", "Send later, or repeat", icon="later"),
    Action("search", "Ctrl+F", "Search mentions", icon="search"),
    Action("handled", "Ctrl+H", "Mark the mention as handled", icon="handled"),
    Action("undo", "Ctrl+Z", "Undo: take the last step back", icon="undo"),
    Action("coach", "F12", "Coach: what to do next in a drill", icon="guide"),
    Action("answer", "Ctrl+Shift+T", "Telephone: the call that has come", icon="phone"),
    Action("briefing", "", "Briefing: read it again", icon="exercise"),
    Action("control", "Ctrl+Shift+E", "Exercise control: what comes next", icon="exercise"),
    Action("no-duff", "F11", "NO DUFF: a real event stops the exercise", Where.HELD, "warning"),
    Action("play", "Ctrl+Return", "Play the chosen inject now", Where.CONTROL, "sending"),
    Action("change", "Ctrl+E", "Change the chosen inject", Where.CONTROL, "template"),
    Action("insert", "Ctrl+N", "Add an inject", Where.CONTROL, "add"),
    Action("ring", "Ctrl+R", "Ring the phone", Where.CONTROL, "phone"),
    Action("observe", "Ctrl+O", "Note what you see", Where.CONTROL, "log"),
    Action("pause", "Ctrl+P", "Pause the story, or go on", Where.CONTROL, "held"),
    Action("end", "", "End the exercise and see how it went", icon="exercise"),
    Action("need", "N", "It is a need", Where.MENTIONS, "need"),
    Action("rumour", "R", "It is a rumour", Where.MENTIONS, "rumour"),
    Action("question", "Q", "It is a question", Where.MENTIONS, "question"),
    Action("eyewitness", "E", "It is from an eyewitness", Where.MENTIONS, "eyewitness"),
    Action("media", "M", "It is from the media", Where.MENTIONS, "media"),
    Action("noise", "X", "It is not for us", Where.MENTIONS, "noise"),
    Action("done", "H", "It is handled", Where.MENTIONS, "handled"),
    Action("unjudge", "U", "Take the last verdict back", Where.MENTIONS, "undo"),
    Action("palette", "Ctrl+K", "Find an action, a template, an incident", Where.ANYWHERE),
    Action("options", "Ctrl+,", "Settings", Where.ANYWHERE, "settings"),
    Action("settings", "", "Channels and sources", Where.ANYWHERE, "channels"),
    Action("people", "", "People and roles", Where.ANYWHERE, "people"),
    Action("review", "", "Review and export the log", Where.ANYWHERE, "review"),
    Action("back", "Esc", "Leave this page", Where.ANYWHERE, "back"),
    Action("wider", "Alt+Shift+Right", "Make this pane larger", icon="larger"),
    Action("narrower", "Alt+Shift+Left", "Make this pane smaller", icon="smaller"),
    Action("quiet", "Ctrl+Shift+M", "Quiet for 30 minutes, or call again", icon="quiet"),
    Action("theme", "Ctrl+Shift+D", "Light, dark or high contrast", Where.ANYWHERE, "theme"),
    Action("help", "F1", "Guide: the page for where you are", Where.ANYWHERE, "guide"),
    Action("backup", "", "Back up the desk now", icon="repeat"),
    Action("card", "", "Print the duty card", Where.ANYWHERE, "print"),
    Action("lock", "Ctrl+L", "Lock the desk", Where.ANYWHERE, "lock"),
    Action("leave", "", "Leave the desk", Where.ANYWHERE, "leave"),
)
_OWN_KEYS = (Where.MENTIONS, Where.HELD)
"""Where the widget itself looks at its keys."""
ACTIONS = {each.id: each for each in TABLE}
MENU = (
    "board",
    "record",
    "hand_over",
    "options",
    "settings",
    "people",
    "review",
    "wider",
    "narrower",
    "quiet",
    "theme",
    "help",
    "lock",
    "leave",
)


def always() -> str:
    """The reason why not, of what can be done at any time: none."""
    return ""


class Bound(QObject):
    """An action with what it does, for as long as its widget lives."""

    refused = Signal(str)
    """Why it cannot be done now; somebody asked for it by its key."""

    def __init__(
        self,
        action: Action,
        widget: QWidget,
        act: Callable[[], object],
        why_not: Callable[[], str],
    ) -> None:
        super().__init__(widget)
        self.action = action
        self.why_not = why_not
        self._widget = widget
        self._act = act
        if action.key and action.where not in _OWN_KEYS:
            shortcut = QShortcut(QKeySequence(action.key), widget)
            shortcut.activated.connect(self.go)

    @property
    def on_screen(self) -> bool:
        """Whether the widget that can do it is shown."""
        return self._widget.isVisible()

    def go(self) -> None:
        """Do it, or say why not."""
        if why_not := self.why_not():
            self.refused.emit(why_not)
        else:
            self._act()


def bind(
    widget: QWidget,
    name: str,
    act: Callable[[], object],
    why_not: Callable[[], str] = always,
) -> Bound:
    """Have an action done by `act` while `widget` is on screen, by its key among others.

    `why_not` tells in words why it cannot be done now, "" when it can. Keys of single letters are
    left to the list they belong to: elsewhere they are letters.
    """
    return Bound(ACTIONS[name], widget, act, why_not)


def on_screen(window: QWidget) -> list[Bound]:
    """What can be asked for in this window now, in the order of the table."""
    order = list(ACTIONS)
    bound = [each for each in window.findChildren(Bound) if each.on_screen]
    return sorted(bound, key=lambda each: order.index(each.action.id))


def key_of(name: str) -> str:
    """The key as the officer reads it."""
    return ACTIONS[name].key


def words_of(name: str) -> str:
    """What the action is, in words."""
    return ACTIONS[name].words


def tip_of(name: str) -> str:
    """The words and the key, for a tool tip."""
    key = key_of(name)
    return f"{words_of(name)} ({key})" if key else words_of(name)
