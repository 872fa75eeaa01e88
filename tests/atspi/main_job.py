"""An officer who sees nothing does the whole job: hear, judge, choose, fill, broadcast, follow up.

Runs under Debian's Python, on the desktop that `desktop.py` makes. Everything is found by its role
and its name, as a screen reader finds it. Prints as JSON how long each part took, and all it heard.
"""

import json
import sys
import time
from typing import Any

from tests.atspi.screen_reader import ScreenReader, fresh, is_on, label_of, rows

ROAD = {
    "Road or bridge": "Weir Bridge",
    "Where": "Lower Town, Riverside",
    "Why it is closed": "deep flood water",
    "Closed since": "02:10",
    "Next update by": "04:00",
    "Where to look": "https://council.example.org/roads",
}
BOUNCE = 0.6
"""Seconds after which a second press is no trembling of the first."""

CHANNELS = ("Bluesky", "CAP feed", "E-mail list", "Mastodon")


class MainJob:
    """The parts in their order; each leaves the screen where the next begins."""

    def __init__(self, reader: ScreenReader) -> None:
        self.reader = reader

    def start(self) -> None:
        """From the start screen into an exercise, whose story is made quick."""
        self.reader.press("push button", "Night flood*")
        window = self.reader.find("frame", "EXERCISE*")
        assert window.get_object_locale() == "en_GB", "whatever the system's language"
        self.reader.press("push button", "Start the exercise*")
        self.reader.find("status bar", "EXERCISE*nothing leaves this computer")
        self.set_speed("60", "Down")

    def set_speed(self, wanted: str, key: str) -> None:
        """Choose by keyboard how fast the story runs."""
        speed = self.reader.tab_to("combo box", "Speed*")
        while not fresh(speed).name.endswith(f"×{wanted}"):
            self.reader.key_that_changes(key, lambda: fresh(speed).name)

    def hear(self) -> None:
        """A need is announced. Go there, hear it, mark it as handled, and hear that."""
        reader = self.reader
        reader.hear("New need. * open")
        self.set_speed("1", "Up")
        reader.press("check box", "Needs *")
        table = reader.find("table", "Mentions*")
        reader.until(lambda: self._only_needs(table), "the needs alone")
        reader.key("F2")
        reader.at("table", "Mentions*")
        need = reader.until(lambda: self._chosen(table), "a row to be chosen")
        assert need.getRoleName() == "table cell", need.getRoleName()
        assert " says: " in need.name, need.name
        assert "why: need" in need.name, need.name
        assert need.description == f"row 1 of {len(rows(table))}", need.description
        reader.press("push button", "Handled*")
        reader.until(lambda: "handled by Duty officer" in fresh(need).name, "the row to say so")

    def _only_needs(self, table: Any) -> bool:
        said = [each.name for each in rows(table)]
        return bool(said) and all(each.startswith("need") for each in said)

    def _chosen(self, table: Any) -> Any:
        return next((each for each in rows(table) if is_on(each, "focused")), None)

    def open_incident(self) -> None:
        """By key, in a dialog whose question is the name of its line."""
        reader = self.reader
        reader.key("ctrl+i")
        reader.find("dialog", "*Open an incident")
        reader.at("text", "What happened, and where?")
        reader.type("Flood at the weir")
        reader.key("Return")
        reader.gone("dialog", "*")
        reader.find("push button", "Incident Flood at the weir*")

    def write(self) -> None:
        """Find a template, fill its fields by name; one is left out and heard as missing."""
        reader = self.reader
        reader.key("F3")
        reader.at("text", "Find a template")
        reader.type("road bridge")
        templates = reader.find("list", "Templates")
        reader.until(lambda: len(list(fresh(templates))) == 1, "one template")
        assert templates[0].name.startswith("Road closure"), templates[0].name
        reader.key("Return")
        for number, (name, words) in enumerate(ROAD.items()):
            self._fill(number, name, words)

    def _fill(self, number: int, name: str, words: str) -> None:
        """Typed key by key, every second one through the editable text interface."""
        editor = self.reader.find("text", name)
        assert label_of(editor) == name, (label_of(editor), name)
        (self.reader.fill if number % 2 else self.reader.write)(name, words)

    def broadcast(self) -> None:
        """Hear what will happen, hold the key down, and hear each channel's truth."""
        reader = self.reader
        reader.forget()
        reader.key("F4")
        button = reader.at("push button", "Hold to broadcast 4 channels")
        assert "EXERCISE: this alert goes to the simulated " in fresh(button).description
        assert "No real person gets it." in button.description, button.description
        assert "Hold it for a good second" in button.description, button.description
        reader.hold("space", lambda: reader.heard_like("Broadcast begun"), "the broadcast")
        self._hear_all("confirmed", "accepted")

    def _hear_all(self, *good: str) -> None:
        for name in CHANNELS:
            self.reader.until(
                lambda name=name: any(self.reader.heard_like(f"{name}: {state}") for state in good),
                f"{name} to be said as {good}",
            )
            self.reader.until(
                lambda name=name: any(
                    self.reader.all("label", f"{name}: {state}") for state in good
                ),
                f"{name} to be read as {good}",
            )

    def update(self) -> None:
        """The follow-up, by the two presses of somebody who cannot hold."""
        reader = self.reader
        reader.forget()
        reader.press("push button", "Update")
        reader.write("What is new", "the water is falling")
        button = reader.find("push button", "Hold to broadcast 4 channels")
        why = "Not ready: “Next update by” is empty"
        reader.until(lambda: why in fresh(button).description, "to be told what is missing")
        reader.write("Next update by", "05:00")
        reader.press("push button", "Hold to broadcast*")
        reader.hear("Press again to broadcast*")
        armed = time.monotonic()
        reader.until(lambda: time.monotonic() - armed > BOUNCE, "a press to count as the second")
        reader.press("push button", "Press again to broadcast*")
        reader.hear("Broadcast begun")
        self._hear_all("confirmed", "accepted")

    def decide(self) -> None:
        """Note a decision and read it in the log."""
        reader = self.reader
        reader.key("F6")
        reader.at("text", "Note a decision")
        reader.type("Mill Lane is not evacuated tonight")
        reader.key("Return")
        log = reader.find("table", "Log entries")
        reader.until(
            lambda: any("Mill Lane is not evacuated" in each.name for each in rows(log, 3)),
            "the decision in the log",
        )

    def verify(self) -> None:
        """Have the chain checked, and hear the verdict."""
        self.reader.forget()
        self.reader.press("push button", "Verify now")
        self.reader.hear("chain ok, * entries")

    def review(self) -> None:
        """Read the whole log on its page, and come back."""
        reader = self.reader
        reader.forget()
        reader.choose("Duty officer*", "Review and export the log*")
        reader.find("frame", "*review*")
        reader.hear("chain ok, * entries")
        log = reader.find("table", "Log entries")
        reader.until(lambda: len(rows(log)) >= 10, "the entries")
        reader.press("push button", "Back to the console*")
        reader.find("frame", "EXERCISE*")

    def leave(self) -> None:
        """Leave, and say so when asked."""
        self.reader.choose("Duty officer*", "Leave the desk*")
        self.reader.find("alert", "*Leave the desk")
        self.reader.press("push button", "Leave the desk")
        self.reader.gone("frame", "EXERCISE*")

    def parts(self) -> tuple[Any, ...]:
        """Everything, in order."""
        first = (self.start, self.hear, self.open_incident, self.write, self.broadcast)
        return (*first, self.update, self.decide, self.verify, self.review, self.leave)


def main() -> None:
    """Do the job; the exit status tells whether it could be done."""
    reader = ScreenReader()
    took = {}
    for part in MainJob(reader).parts():
        began = time.monotonic()
        part()
        took[part.__name__] = round(time.monotonic() - began, 1)
        sys.stderr.write(f"{part.__name__}: {took[part.__name__]} s\n")
    sys.stdout.write(json.dumps({"took": took, "heard": reader.ever}) + "\n")


if __name__ == "__main__":
    main()
