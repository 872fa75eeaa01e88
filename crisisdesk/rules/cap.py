"""Judge CAP 1.2 messages: the schema first, then what the standard asks in words.

Source: OASIS CAP 1.2, 1 July 2010, and the checks that Google's CAP validator and the UK's
emergency alerts service make beyond it. No clock, files or network: the caller brings the
schema's bytes. `build` and `parse` are offered here too, so callers need this module alone.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from urllib.parse import urlsplit

from lxml import etree

from crisisdesk.model.cap import Reference
from crisisdesk.rules.cap_read import (
    BANNED_IN_NAMES,
    CapError,
    children,
    parse,
    read_references,
    read_time,
    read_tree,
    tag,
    text_of,
)
from crisisdesk.rules.cap_shape import TIMES, Finding, departures, name_of, place
from crisisdesk.rules.cap_write import build

__all__ = [
    "CapError",
    "Finding",
    "build",
    "compile_schema",
    "findings",
    "parse",
    "schema_errors",
]

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_RADIUS = re.compile(_NUMBER, re.ASCII)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);")
_PROSE = ("event", "senderName", "headline", "description", "instruction", "contact")

Problems = Iterator[Finding]
Rules = tuple[Callable[..., Problems], ...]


def compile_schema(rng: bytes) -> etree.RelaxNG:
    """The RELAX NG schema ready for use. Raises CapError if it is not one."""
    try:
        return etree.RelaxNG(etree.fromstring(rng))
    except (etree.XMLSyntaxError, etree.RelaxNGParseError) as error:
        raise CapError(f"The CAP schema cannot be used: {error}") from error


def schema_errors(xml: bytes, schema: etree.RelaxNG) -> list[Finding]:
    """What the schema refuses; empty means valid. An unsafe or unreadable message is an error."""
    try:
        root = read_tree(xml)
    except CapError as error:
        return [Finding("error", "the whole message", str(error), "Ask the sender for it again.")]
    return _against_schema(root, schema)


def findings(xml: bytes, schema: etree.RelaxNG) -> list[Finding]:
    """Everything wrong with a message: the schema's errors first, then the rules beyond it."""
    try:
        root = read_tree(xml)
    except CapError as error:
        return [Finding("error", "the whole message", str(error), "Ask the sender for it again.")]
    found = _against_schema(root, schema)
    if root.tag != tag("alert"):
        return found or departures(root)
    found += chain.from_iterable(rule(root) for rule in _ALERT_RULES)
    for info in children(root, "info"):
        found += chain.from_iterable(rule(info) for rule in _INFO_RULES)
        for area in children(info, "area"):
            found += chain.from_iterable(rule(area) for rule in _AREA_RULES)
    return list(dict.fromkeys(found))  # a bad time is seen by the schema and by a rule


def _against_schema(root: etree._Element, schema: etree.RelaxNG) -> list[Finding]:
    if schema.validate(root):
        return []
    unexplained = _error(
        root, "The message does not follow the CAP 1.2 schema.", "Compare it with the standard."
    )
    return departures(root) or [unexplained]


def _error(element: etree._Element, problem: str, what_to_do: str) -> Finding:
    return Finding("error", place(element), problem, what_to_do)


def _warning(element: etree._Element, problem: str, what_to_do: str) -> Finding:
    return Finding("warning", place(element), problem, what_to_do)


# Rules on the whole alert


def _names(alert: etree._Element) -> Problems:
    for name in ("identifier", "sender"):
        for element in children(alert, name):
            text = element.text or ""
            if not text or BANNED_IN_NAMES.search(text):
                advice = "Write it without spaces, commas, < or &."
                yield _error(element, f"{text!r} cannot serve as {name}.", advice)


def _times(alert: etree._Element) -> Problems:
    for element in alert.iterdescendants(*(tag(name) for name in sorted(TIMES))):
        try:
            read_time(element.text or "")
        except CapError as error:
            yield _error(element, str(error), "Write it like 2026-08-20T09:00:00+01:00.")


def _content(alert: etree._Element) -> Problems:
    kind = text_of(alert, "msgType")
    if kind in ("Alert", "Update") and not children(alert, "info"):
        yield _error(alert, f"{kind} without info says nothing.", "Add at least one info.")


def _reach(alert: etree._Element) -> Problems:
    scope = text_of(alert, "scope")
    for wanted, name in (("Restricted", "restriction"), ("Private", "addresses")):
        if scope == wanted and not text_of(alert, name).strip():
            yield _error(alert, f"Scope {scope} needs {name}.", f"Add {name}, or change scope.")


def _note(alert: etree._Element) -> Problems:
    if text_of(alert, "note").strip():
        return
    if text_of(alert, "status") == "Exercise":
        yield _warning(alert, "The exercise is not named.", "Name it in note.")
    if text_of(alert, "msgType") == "Error":
        yield _warning(alert, "The error is not explained.", "Explain it in note.")


def _references(alert: etree._Element) -> Problems:
    kind, text = text_of(alert, "msgType"), text_of(alert, "references")
    if kind in ("Update", "Cancel", "Ack", "Error") and not text.strip():
        yield _error(alert, f"{kind} names no earlier message.", "Add references.")
    for element in children(alert, "references"):
        for triple in (element.text or "").split():
            yield from _reference(alert, element, triple)


def _reference(alert: etree._Element, element: etree._Element, triple: str) -> Problems:
    try:
        [reference] = read_references(triple)
    except CapError as error:
        yield _error(element, str(error), "Write sender,identifier,sent as in that message.")
        return
    if _is_itself(alert, reference):
        yield _error(element, "The message refers to itself.", "Name the earlier message.")
    sent = _time_in(alert, "sent")
    if sent and reference.sent > sent:
        advice = "Correct its time, or the sent time of this message."
        yield _error(element, f"{reference.identifier} was sent later than this.", advice)


def _is_itself(alert: etree._Element, reference: Reference) -> bool:
    own = text_of(alert, "sender"), text_of(alert, "identifier")
    return (reference.sender, reference.identifier) == own


# Rules on one info


def _span(info: etree._Element) -> Problems:
    expires = _time_in(info, "expires")
    for name in ("effective", "onset"):
        moment = _time_in(info, name)
        if moment and expires and moment > expires:
            problem = f"It expires before its {name} time."
            yield _error(children(info, "expires")[0], problem, f"Correct expires or {name}.")


def _given(info: etree._Element) -> Problems:
    if not text_of(info, "language").strip():
        yield _warning(info, "No language is given, so en-US is meant.", "Add language.")
    if not children(info, "expires"):
        yield _warning(info, "Nothing says when this ends.", "Add expires.")


def _wording(info: etree._Element) -> Problems:
    headline = text_of(info, "headline").strip()
    if headline and headline == text_of(info, "description").strip():
        problem = "The description only repeats the headline."
        yield _error(children(info, "description")[0], problem, "Say more, or leave it out.")
    for element in chain.from_iterable(children(info, name) for name in _PROSE):
        if _MARKUP.search(element.text or ""):
            problem = f"{name_of(element)} holds HTML, which people will see as it stands."
            yield _warning(element, problem, "Use plain text.")


def _links(info: etree._Element) -> Problems:
    for element in children(info, "web"):
        if not _is_absolute(element.text or ""):
            yield _error(element, "web is not a full address.", "Start it with https://.")
    for resource in children(info, "resource"):
        uri = text_of(resource, "uri")
        if uri and not _is_absolute(uri) and not children(resource, "derefUri"):
            advice = "Start it with https://, or include the file in derefUri."
            yield _error(resource, "uri is not a full address.", advice)


def _is_absolute(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path))


def _audience(info: etree._Element) -> Problems:
    alert = info.getparent()
    public = alert is not None and text_of(alert, "scope") == "Public"
    for element in children(info, "responseType"):
        if public and element.text == "Assess":
            problem = "The public cannot be asked to assess."
            yield _warning(element, problem, "Choose another response.")


# Rules on one area


def _geometry(area: etree._Element) -> Problems:
    if not any(children(area, name) for name in ("polygon", "circle", "geocode")):
        yield _warning(area, "The area has only a name.", "Add a polygon, circle or geocode.")
    for element in children(area, "polygon"):
        problem = _polygon_fault((element.text or "").split())
        if problem:
            advice = "Give four or more lat,lon pairs, the last equal to the first."
            yield _error(element, problem, advice)
    for element in children(area, "circle"):
        yield from _circle(element)


def _polygon_fault(pairs: list[str]) -> str:
    points = [_point(pair) for pair in pairs]
    for pair, point in zip(pairs, points, strict=True):
        if point is None:
            return f"{pair} is not a latitude and longitude."
    if len(points) < 4:
        return f"The polygon has {len(points)} points; it needs four or more."
    return "" if points[0] == points[-1] else "The polygon is not closed."


def _point(pair: str) -> tuple[float, float] | None:
    match = _POINT.fullmatch(pair)
    if not match:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    in_range = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if in_range else None


def _circle(element: etree._Element) -> Problems:
    parts = (element.text or "").split()
    formed = len(parts) == 2 and _point(parts[0]) and _RADIUS.fullmatch(parts[1])
    if not formed or float(parts[1]) < 0:
        advice = "Write lat,lon then the radius in km, such as 52.21,0.12 5."
        yield _error(element, "The circle has no readable centre and radius.", advice)
    elif float(parts[1]) == 0:
        yield _warning(element, "The circle is only a point.", "Give a radius in km.")


def _heights(area: etree._Element) -> Problems:
    low, high = text_of(area, "altitude").strip(), text_of(area, "ceiling").strip()
    if high and not low:
        yield _error(area, "A ceiling needs an altitude.", "Add altitude, in feet.")
    elif _RADIUS.fullmatch(low) and _RADIUS.fullmatch(high) and float(high) < float(low):
        yield _error(area, "The ceiling is below the altitude.", "Exchange or correct them.")


def _time_in(parent: etree._Element, name: str) -> datetime | None:
    try:
        return read_time(text_of(parent, name))
    except CapError:
        return None


_ALERT_RULES: Rules = (_names, _times, _content, _reach, _note, _references)
_INFO_RULES: Rules = (_span, _given, _wording, _links, _audience)
_AREA_RULES: Rules = (_geometry, _heights)
