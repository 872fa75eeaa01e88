"""A master events list, as spreadsheets have them, understood as a scenario.

Whatever is guessed, changed or left out is said: whoever wrote the list decides about it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.counting import BLUESKY_GRAPHEMES, COUNTERS, MASTODON_DEFAULT_LIMIT
from crisisdesk.rules.exercise.story_times import Unreadable, story_minutes
from crisisdesk.rules.plain_words import counted

MOST_ROWS = 2_000
FAR = 12 * 60
"""Minutes: what comes later than this is more likely a slip than a long exercise."""

HEADER_WITHIN = 20
"""Rows above the table that may hold a title, a date or a marking."""

COLUMNS = {
    "at": ("time", "t+", "exercise time", "story time", "minute", "minutes", "when", "due"),
    "id": ("serial", "no", "number", "id", "ref", "reference", "inject no", "inject number", "#"),
    "from": ("from", "originator", "source", "sender", "played by", "role", "who"),
    "to": ("to", "recipient", "for", "player", "addressee", "target"),
    "method": ("method", "means", "how", "delivery", "medium", "media type", "via", "channel"),
    "text": ("text", "inject", "message", "event", "description", "content", "details", "wording"),
    "expected_action": (
        "expected action", "expected actions", "expected response", "expected outcome",
        "anticipated response", "player action", "expected player action", "response",
    ),
}  # fmt: skip
_KEY_WORDS = {
    "at": "the time", "id": "the number", "from": "who says it", "to": "to whom",
    "method": "the method", "text": "the words", "expected_action": "the expected action",
}  # fmt: skip
METHODS = {
    "telephone": ("phone", "telephone", "call", "tel", "mobile", "radio", "airwave", "teams"),
    "e-mail": ("email", "e-mail", "mail", "letter", "fax", "document"),
    "in person": ("in person", "face to face", "verbal", "runner", "visit", "person"),
    "mastodon": ("mastodon", "social media", "social", "twitter", "tweet", "x", "facebook", "post"),
    "bluesky": ("bluesky", "bsky"),
    "feed": ("feed", "news", "press", "press release", "warning", "bulletin", "web", "website"),
}
MOST_TAGS = 20
ELSE = "in person"
OURS = {"mastodon": "@riverside", "bluesky": "@riverside.test"}
LIMITS = {"mastodon": MASTODON_DEFAULT_LIMIT, "bluesky": BLUESKY_GRAPHEMES}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one row of the list, counted as the spreadsheet counts; 0 for all of it."""

    row: int
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a list came to: the scenario as a file's table, and everything worth a look."""

    table: dict[str, Any]
    columns: dict[str, str]
    ignored: tuple[str, ...]
    injects: int
    remarks: tuple[Remark, ...] = field(default=())


def understand(rows: Sequence[Sequence[Any]], name: str, codeword: str) -> Understood:
    """Read the rows of a sheet, cells as they are. Raises BadInput when there is no list in it."""
    if len(rows) > MOST_ROWS:
        raise BadInput(f"The list has more than {MOST_ROWS:,} rows.", "Split it.")
    header, columns = _header(rows)
    remarks: list[Remark] = []
    injects = list(_injects(rows, header, columns, remarks))
    if not injects:
        words = "No row of the list holds both a time and words."
        raise BadInput(words, "Check its columns: it needs a time and a text in each row.")
    names = [_words(cell) for cell in rows[header]]
    return Understood(
        table=_scenario(injects, name, codeword),
        columns={key: names[column] for key, column in columns.items()},
        ignored=tuple(each for n, each in enumerate(names) if each and n not in columns.values()),
        injects=len(injects),
        remarks=tuple(sorted(remarks, key=lambda each: each.row)),
    )


def _header(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """The first row that names at least a time and a text."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        columns = _columns([_words(cell).lower() for cell in row])
        if {"at", "text"} <= set(columns):
            return number, columns
    raise BadInput(
        f"None of the first {HEADER_WITHIN} rows names the columns of an events list.",
        "Give it a row with at least “Time” and “Inject”; “From”, “To”, “Method” and "
        "“Expected action” are understood too.",
    )


def _columns(names: list[str]) -> dict[str, int]:
    cleaned = [re.sub(r"[^a-z+#]+", " ", name).strip() for name in names]
    found: dict[str, int] = {}
    for key, known in COLUMNS.items():
        exact = (column for column, name in enumerate(cleaned) if name in known)
        column = next((each for each in exact if each not in found.values()), None)
        if column is not None:
            found[key] = column
    return found


def _injects(
    rows: Sequence[Sequence[Any]], header: int, columns: Mapping[str, int], remarks: list[Remark]
) -> Iterator[dict[str, Any]]:
    first: float | None = None
    taken: set[str] = set()
    for number, row in enumerate(rows[header + 1 :], start=header + 2):
        cells = {key: row[column] if column < len(row) else None for key, column in columns.items()}
        if not _words(cells["text"]):
            if any(_words(cell) for cell in row):
                remarks.append(Remark(number, "has no words to play; left out"))
            continue
        try:
            minutes = story_minutes(cells["at"])
        except Unreadable as error:
            remarks.append(Remark(number, f"{error}; left out"))
            continue
        first = minutes.minutes if first is None and minutes.is_clock else first
        at = minutes.since(first)
        if at > FAR:
            remarks.append(Remark(number, f"comes {at / 60:.0f} hours after the start: check it"))
        yield _inject(number, cells, at, taken, remarks)


def _inject(
    number: int, cells: Mapping[str, Any], at: float, taken: set[str], remarks: list[Remark]
) -> dict[str, Any]:
    text = _words(cells["text"])
    method = _method(number, _words(cells.get("method")), remarks)
    sender = _words(cells.get("from")) or "Exercise control"
    inject: dict[str, Any] = {"id": _id(number, _words(cells.get("id")), taken), "at": at}
    if method in OURS:
        method, text = _findable(number, method, text, remarks)
    if method in OURS:
        sender = _handle(sender) + (".test" if method == "bluesky" else "")
    inject |= {"method": method, "from": sender, "text": text}
    if method == "feed":
        inject["data"] = {"title": text[:80], "severity": "Unknown"}
    for key in ("to", "expected_action"):
        if words := _words(cells.get(key)):
            inject[key] = words
    return inject


def _method(number: int, said: str, remarks: list[Remark]) -> str:
    cleaned = re.sub(r"[^a-z-]+", " ", said.lower()).strip()
    for method, known in METHODS.items():
        if cleaned in known or (set(cleaned.split()) & set(known)):
            return method
    words = f"the method “{said}” is not known" if said else "no method is given"
    remarks.append(Remark(number, f"{words}; it comes {ELSE}, on a card"))
    return ELSE


def _findable(number: int, method: str, text: str, remarks: list[Remark]) -> tuple[str, str]:
    """A public post must name us, or the desk would never see it, and must fit its network."""
    found = text if "#" in text or OURS[method] in text else f"{OURS[method]} {text}"
    if COUNTERS[method](found) > LIMITS[method]:
        remarks.append(Remark(number, f"is too long for {method}; it comes as an e-mail"))
        return "e-mail", text
    if found != text:
        remarks.append(Remark(number, f"{OURS[method]} was put before it, so that it is found"))
    return method, found


def _id(number: int, said: str, taken: set[str]) -> str:
    name = _slug(said) or f"row-{number}"
    if name in taken:
        name = f"{name}-row-{number}"
    taken.add(name)
    return name


def _scenario(injects: list[dict[str, Any]], name: str, codeword: str) -> dict[str, Any]:
    tags = {tag for inject in injects for tag in re.findall(r"#(\w+)", inject["text"])}
    last = max(inject["at"] for inject in injects)
    return {
        "id": _slug(name) or "events-list",
        "name": name,
        "summary": f"Made from an events list of {counted(len(injects), 'inject')}.",
        "codeword": codeword,
        "length_minutes": max(10, last + 10),
        "incident_name": name,
        "watch_terms": sorted(tags)[:MOST_TAGS],
        "places": [],
        "goals": [],
        "injects": sorted(injects, key=lambda inject: inject["at"]),
    }


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].strip("-")


def _handle(words: str) -> str:
    return _slug(words)[:24].replace("-", "_").strip("_") or "resident"


def _words(cell: Any) -> str:
    """A cell as one line; a whole number without the .0 that spreadsheets give it."""
    if cell is None:
        return ""
    whole = isinstance(cell, float) and cell.is_integer()
    return " ".join(str(int(cell) if whole else cell).split())


def told(understood: Understood) -> list[str]:
    """The report for whoever made the list, a line each."""
    columns = ", ".join(f"“{name}” as {_KEY_WORDS[k]}" for k, name in understood.columns.items())
    lines = [f"Understood: {counted(understood.injects, 'inject')}. Columns: {columns}."]
    if understood.ignored:
        names = ", ".join(f"“{each}”" for each in understood.ignored)
        lines.append(f"Not used: {names}.")
    lines += [f"Row {each.row}: {each.words}." for each in understood.remarks]
    return lines
