"""What a screen reader can do: find by role and name, read, press, type, and hear announcements.

Runs under Debian's Python, with nothing but its AT-SPI bindings and xdotool.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import pyatspi
from gi.repository import GLib

PATIENCE = 60.0
"""Seconds a condition may take before the test fails; nothing ever waits that long on purpose."""

POLL = 0.03
ROWS = ("table", "list", "tree table")
"""What is not walked into while looking for something: it may have thousands of rows."""

T = TypeVar("T")


class ScreenReader:
    """Hears everything that is announced from the start on, in order."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.ever: list[tuple[float, str]] = []
        self._place = ""
        listen = pyatspi.Registry.registerEventListener
        listen(self._hear, "object:announcement")
        listen(self._follow, "object:state-changed:focused")

    def _follow(self, event: Any) -> None:
        if event.detail1:
            with suppress(GLib.Error):  # it has gone already
                self._place = f"{event.source.getRoleName()} {event.source.name}"

    def _hear(self, event: Any) -> None:
        words = str(event.any_data)
        self.heard.append(words)
        self.ever.append((round(time.monotonic(), 2), words))

    def until(self, condition: Callable[[], T], what: str) -> T:
        """Wait until something holds, and give it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            _let_events_in()
            try:
                if found := condition():
                    return found
            except GLib.Error:
                pass  # what was looked at has just gone
            if time.monotonic() > deadline:
                raise AssertionError(f"still waiting for {what}; {self._situation()}")
            time.sleep(POLL)

    def _situation(self) -> str:
        there = [f"{each.getRoleName()} “{each.name}”" for each in everything() if each.name]
        return f"heard: {self.heard}; on screen: {'; '.join(there)}"

    def heard_like(self, words: str) -> bool:
        """Whether an announcement since `forget` has these words; `*` stands for anything."""
        _let_events_in()
        return any(_like(each, f"*{words}*") for each in self.heard)

    def hear(self, words: str) -> None:
        """Wait for an announcement with these words."""
        self.until(lambda: self.heard_like(words), f"the announcement “{words}”")

    def forget(self) -> None:
        """Only what is announced from now on counts."""
        _let_events_in()
        self.heard.clear()

    def find(self, role: str, name: str) -> Any:
        """The one thing on screen of this role and name; waits for it. `*` matches anything."""
        return self.until(lambda: self._only(role, name), f"{role} “{name}”")

    def gone(self, role: str, name: str) -> None:
        """Wait until nothing like that is on screen."""
        self.until(lambda: not self.all(role, name), f"{role} “{name}” to go")

    def all(self, role: str, name: str) -> list[Any]:
        """Everything on screen of this role and name."""
        found = (each for each in everything() if each.getRoleName() == role)
        return [each for each in found if _like(each.name, name)]

    def _only(self, role: str, name: str) -> Any:
        found = self.all(role, name)
        assert len(found) < 2, f"two of {role} “{name}”: {[each.name for each in found]}"
        return found[0] if found else None

    def focused(self) -> Any:
        """What has the keyboard."""
        return self.until(
            lambda: next((each for each in everything() if is_on(each, "focused")), None),
            "something to have the keyboard",
        )

    def at(self, role: str, name: str) -> Any:
        """Wait until the keyboard is on it: the program put it there."""
        return self.until(
            lambda: next((each for each in self.all(role, name) if is_on(each, "focused")), None),
            f"the keyboard on {role} “{name}”",
        )

    def go_to(self, role: str, name: str) -> Any:
        """Put the keyboard onto something, as a screen reader does."""
        target = self.find(role, name)
        target.queryComponent().grabFocus()
        self.until(lambda: is_on(target, "focused"), f"the keyboard on “{name}”")
        return target

    def tab_to(self, role: str, name: str) -> Any:
        """Press Tab until the keyboard is on it."""
        for _ in range(80):
            here = self.focused()
            if here.getRoleName() == role and _like(here.name, name):
                return here
            self.key_that_changes("Tab", lambda here=here: is_on(here, "focused"))
        raise AssertionError(f"Tab does not come to {role} “{name}”")

    def press(self, role: str, name: str) -> None:
        """Use its action, without the keyboard."""
        target = self.find(role, name)
        self.until(lambda: is_on(target, "enabled"), f"“{name}” to be enabled")
        _act(target)

    def choose(self, button: str, item: str) -> None:
        """Open the menu of a button and choose by keyboard, hearing each item."""
        opener = self.go_to("push button", button)
        self.key("space")
        self.until(lambda: is_on(opener, "pressed"), "the menu")
        seen: list[str] = []
        while not _like(self._place, f"menu item {item}"):
            self.key_that_changes("Down", lambda: self._place)
            assert self._place not in seen, f"no menu item “{item}” among {seen}"
            seen.append(self._place)
        self.key("Return")

    def key(self, *keys: str) -> None:
        """Press keys, as in "Tab" or "ctrl+h"."""
        _xdotool("key", *keys)

    def key_that_changes(self, key: str, seen: Callable[[], object]) -> None:
        """Press a key and wait until what is seen is another."""
        before = seen()
        self.key(key)
        self.until(lambda: seen() != before, f"{key} to change {before}")

    def type(self, words: str) -> None:
        """Type wherever the keyboard is."""
        _xdotool("type", "--delay", "8", words)

    def hold(self, key: str, done: Callable[[], Any], what: str) -> None:
        """Hold a key down until something is so."""
        _xdotool("keydown", key)
        try:
            self.until(done, what)
        finally:
            _xdotool("keyup", key)

    def write(self, name: str, words: str) -> None:
        """Go to an editor, type into it, and read back what stands there."""
        editor = self.go_to("text", name)
        self.key("ctrl+a")
        self.type(words)
        self.until(lambda: text_of(editor) == words, f"“{words}” in “{name}”")

    def fill(self, name: str, words: str) -> None:
        """Put words into an editor through its editable text interface."""
        editor = self.find("text", name)
        editor.queryEditableText().setTextContents(words)
        self.until(lambda: text_of(editor) == words, f"“{words}” in “{name}”")


def everything() -> Iterator[Any]:
    """All that is showing, window by window, without the rows of tables."""
    for program in pyatspi.Registry.getDesktop(0):
        for window in program or ():
            yield from _showing(window)


def _showing(each: Any) -> Iterator[Any]:
    if each is None or not is_on(each, "showing"):
        return
    yield each
    if each.getRoleName() not in ROWS:
        for child in each:
            yield from _showing(child)


def is_on(each: Any, state: str) -> bool:
    """Whether something has a state, as in "focused"."""
    return bool(fresh(each).getState().contains(getattr(pyatspi, f"STATE_{state.upper()}")))


def fresh(each: Any) -> Any:
    """The same thing, asked anew: the bindings remember names and states."""
    each.clearCache()
    return each


def text_of(editor: Any) -> str:
    """What stands in an editor."""
    return str(fresh(editor).queryText().getText(0, -1))


def rows(table: Any, column: int = 0, most: int = 20) -> list[Any]:
    """The first rows of a table, by one of their cells."""
    grid = fresh(table).queryTable()
    return [fresh(grid.getAccessibleAt(row, column)) for row in range(min(most, grid.nRows))]


def label_of(each: Any) -> str:
    """The name of the label that belongs to something."""
    for relation in each.getRelationSet():
        if relation.getRelationType() == pyatspi.RELATION_LABELLED_BY:
            return str(relation.getTarget(0).name)
    return ""


def _act(target: Any) -> None:
    action = target.queryAction()
    names = [action.getName(number) for number in range(action.nActions)]
    action.doAction(next(n for n, name in enumerate(names) if name != "SetFocus"))


def _let_events_in() -> None:
    while GLib.MainContext.default().iteration(False):
        pass


def _like(words: str, pattern: str) -> bool:
    """Upper and lower case sound the same; only `*` is special."""
    plain = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(words.casefold(), plain.casefold())


def _xdotool(*words: str) -> None:
    subprocess.run(["xdotool", *words], check=True, timeout=PATIENCE)
