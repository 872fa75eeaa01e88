"""What a setting is: the words, bounds and reach that its row, its file and its checks share."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple


class Kind(StrEnum):
    """How a setting is typed in and checked."""

    BOOL = "bool"
    INT = "int"
    CHOICE = "choice"
    LIST = "list"
    TEXT = "text"
    FILE = "file"
    FOLDER = "folder"


class Section(StrEnum):
    """Where a setting stands on the settings page, in the page's order."""

    CHANNELS = "Channels and sources"
    PEOPLE = "People and roles"
    DESK = "This desk"
    WATCH = "Watch terms and places"
    TEMPLATES = "Templates"
    SAFETY = "Safety and approval"
    RECORD = "Record and retention"
    LOOKS = "Appearance"
    CALLING = "Calling"


class Reach(StrEnum):
    """Whom a setting concerns.

    DESK: what the public gets and what is kept; an administrator changes it, in a live desk only.
    COMPUTER: how this computer shows and sounds; anybody changes it, in exercises too.
    """

    DESK = "desk"
    COMPUTER = "computer"


class Setting(NamedTuple):
    """One declaration. `at_once` is False where a change counts from the next start.

    `meanings` says a choice in words; `warning` is asked about before a change away from the
    default; `example` shows the form of a text.
    """

    key: str
    kind: Kind
    words: str
    help: str
    section: Section
    reach: Reach
    default: Any
    at_once: bool = True
    choices: tuple[str, ...] = ()
    meanings: Mapping[str, str] = MappingProxyType({})
    least: int = 0
    most: int = 1_000_000
    unit: str = ""
    warning: str = ""
    example: str = ""

    def shown(self, value: Any) -> Any:
        """A value as anybody may see it: a database address without its user and password."""
        if self.key != "database_url" or not value:
            return value
        scheme, _, rest = str(value).partition("://")
        return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"

    def words_of(self, value: Any) -> str:
        """A value as an officer reads it."""
        if self.kind is Kind.BOOL:
            return "yes" if value else "no"
        if self.kind is Kind.LIST:
            return ", ".join(value) or "none"
        if self.kind is Kind.CHOICE:
            return self.meanings.get(value, str(value))
        return f"{value} {self.unit}".strip() or "empty"

    def matches(self, words: tuple[str, ...]) -> bool:
        """Whether every word stands somewhere in what this row says; `words` in lower case."""
        texts = (self.words, self.help, self.key, self.section, *self.choices)
        said = " ".join((*texts, *self.meanings.values())).lower()
        return all(word in said for word in words)
