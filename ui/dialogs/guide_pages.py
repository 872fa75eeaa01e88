"""The pages of the offline guide: their order, their text as it holds at this desk, and search."""

import re
from dataclasses import dataclass
from functools import cache

from crisisdesk.config import resource
from ui.actions import TABLE, Where
from ui.widgets import pressing

CONTENTS = (
    "start", "first-time", "console", "mentions", "message", "broadcast", "states", "follow-up",
    "approvals", "stop", "plans", "board", "alarm", "by-hand", "log", "review", "report",
    "personal", "channels", "people", "templates", "settings", "exercise", "directing", "keys",
    "trouble", "limits", "card",
)  # fmt: skip
FIRST, CARD = CONTENTS[0], "card"
KEYS_HERE = "<!-- keys -->"
_WAIT = pressing.ARMED_MS // 1000
TWO_PRESSES = {
    "Hold the button for a good second, with the mouse or the space bar. Letting go earlier sends "
    "nothing.": f"Press the button twice within {_WAIT} seconds, with the mouse or the space bar. "
    "One press alone sends nothing.",
    "Hold the button for a good second": f"Press the button twice within {_WAIT} seconds",
    "hold the space bar on the button": "press the space bar twice on the button",
    "hold the button": "press the button twice",
}
"""What the pages say of the button that sends, and what they say where it is pressed twice."""
SNIPPET = 90
_MARKS = re.compile(r"\*+|`|\[([^]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Found:
    """A page that has all the words looked for, and where it says the first of them."""

    name: str
    title: str
    snippet: str = ""


@cache
def written(name: str) -> str:
    """A page as it was written."""
    return resource("guide", f"{name}.md").decode()


@cache
def title_of(name: str) -> str:
    """Its heading."""
    return written(name).splitlines()[0].removeprefix("# ")


def text_of(name: str) -> str:
    """A page in Markdown, with this desk's way to press the button and this program's keys."""
    text = written(name).replace(KEYS_HERE, _keys())
    if pressing.Way.chosen != pressing.HOLD:
        for held, pressed in TWO_PRESSES.items():
            text = _replaced(text, held, pressed)
    return text


def search(typed: str) -> list[Found]:
    """The pages that have every word; first those with one in the title, then by how often."""
    words = typed.casefold().split()
    ranked: list[tuple[tuple[int, int], Found]] = []
    for name in CONTENTS:
        text, title = text_of(name).casefold(), title_of(name).casefold()
        if all(word in text for word in words):
            rank = (-sum(word in title for word in words), -sum(map(text.count, words)))
            ranked.append((rank, Found(name, title_of(name), _snippet(text_of(name), words))))
    return [found for _, found in sorted(ranked, key=lambda pair: pair[0])]


def _keys() -> str:
    """The table of actions as a table of keys, one for each place where they work."""
    parts: list[str] = []
    for where in Where:
        lines = [f"| **{each.key}** | {each.words} |" for each in TABLE
                 if each.key and each.where is where]  # fmt: skip
        if lines:
            parts += [f"## {where.value}", "", "| Key | What it does |", "|---|---|", *lines, ""]
    return "\n".join(parts)


def _replaced(text: str, held: str, pressed: str) -> str:
    """With other words, also where the old ones go over the end of a line."""
    pattern = r"\s+".join(re.escape(word) for word in held.split())
    return re.sub(pattern, pressed, text)


def _snippet(text: str, words: list[str]) -> str:
    """The line that has the first word looked for, without its marks."""
    if not words:
        return ""
    lines = [line.strip("|#-* ") for line in text.splitlines()[1:]]
    line = next((each for each in lines if words[0] in each.casefold()), "")
    line = _MARKS.sub(r"\1", line).replace("|", "·")
    at = max(0, line.casefold().find(words[0]) - SNIPPET // 3)
    begin = line.rfind(" ", 0, at) + 1
    cut = line[begin:][:SNIPPET]
    return f"{'…' if begin else ''}{cut}{'…' if begin + SNIPPET < len(line) else ''}"
