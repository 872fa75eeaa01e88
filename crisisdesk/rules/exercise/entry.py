"""One table of a scenario file, read with care: whatever is wrong is refused with its place."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

TOP = "the top of the file"
LONGEST_TEXT = 20_000
"""Characters in one text: a briefing of several pages still fits."""

LONGEST_STORY = 7 * 24 * 60
"""Minutes. No exercise lasts longer than a week."""

MOST = 1_000_000_000


UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def unplayable(text: str) -> str:
    """What is wrong with a text that no network would carry, as in "is longer than …"; else ""."""
    if len(text) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT:,} characters"
    if UNPRINTABLE.search(text):
        return "holds a control character, which no network carries"
    return ""


class Misfit(ValueError):
    """Something in a file that cannot be used: in which table, which of its kind, which key.

    `number` counts from 1 and is 0 for a table that there is only one of.
    """

    def __init__(self, words: str, table: str = "", number: int = 0, key: str = "") -> None:
        super().__init__(words)
        self.table = table
        self.number = number
        self.key = key


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of the file, its name (as in [[injects]]) and its number; 0 for a single one."""

    table: Mapping[str, Any]
    name: str = ""
    number: int = 0

    @property
    def place(self) -> str:
        """The words that find it in the file."""
        if not self.number:
            return self.name or TOP
        called = f" ({self.table['id']})" if "id" in self.table else ""
        return f"{self.name} number {self.number}{called}"

    def misfit(self, key: str, words: str) -> Misfit:
        """The error to raise for one of its keys."""
        return Misfit(f"{self.place}: {words}", self.name, self.number, key)

    def only(self, keys: str) -> None:
        """Refuse every key but these."""
        unknown = sorted(set(self.table) - set(keys.split()))
        if unknown:
            raise self.misfit(unknown[0], f"unknown key {unknown[0]!r}")

    def need(self, key: str) -> Any:
        """Whatever stands there."""
        if key not in self.table:
            raise self.misfit(key, f"{key!r} is missing")
        return self.table[key]

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.need(key)
        if not isinstance(value, str) or not value.strip():
            raise self.misfit(key, f"{key} must be text that is not empty")
        if wrong := unplayable(value):
            raise self.misfit(key, f"{key} {wrong}")
        return value

    def optional(self, key: str, default: str = "") -> str:
        """A text, or the default when there is none."""
        return self.text(key) if self.table.get(key, "") != "" else default

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; nothing when it is left out."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.misfit(key, f"{key} must be a list of texts")
        return tuple(value)

    def one_of(self, words: Iterable[str], key: str, default: str = "") -> str:
        """One of some words."""
        word = self.optional(key, default) if default else self.text(key)
        if word not in (known := sorted(words)):
            raise self.misfit(key, f"{key} = {word!r} is unknown; use {', '.join(known)}")
        return word

    def seconds(self, key: str, default: float | None = None) -> int:
        """A number of minutes in the file, as seconds."""
        minutes = self.need(key) if default is None else self.table.get(key, default)
        if isinstance(minutes, bool) or not isinstance(minutes, int | float):
            raise self.misfit(key, f"{key} must be a number of minutes")
        if not 0 <= minutes <= LONGEST_STORY:
            raise self.misfit(key, f"{key} must be a number of minutes from 0 to {LONGEST_STORY:,}")
        return round(minutes * 60)

    def count(self, key: str, default: int, least: int = 0, most: int = MOST) -> int:
        """A whole number."""
        value = self.table.get(key, default)
        if type(value) is not int or not least <= value <= most:
            raise self.misfit(key, f"{key} must be a whole number from {least} to {most:,}")
        return value

    def inner(self, key: str) -> "Entry":
        """A single table within; an empty one when it is left out."""
        value = self.table.get(key, {})
        if not isinstance(value, Mapping):
            raise self.misfit(key, f"{key} must be a table")
        return Entry(value, f"{self.place}, {key}" if self.name else key)

    def entries(self, key: str, *, needed: bool = False) -> list["Entry"]:
        """The tables of a list; none when it is left out and not needed."""
        value = self.need(key) if needed else self.table.get(key, [])
        name = f"{self.name}.{key}" if self.name else key
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise self.misfit(key, f"{key} must be written as [[{name}]]")
        return [Entry(each, name, number) for number, each in enumerate(value, start=1)]
