"""Say in plain words where a CAP 1.2 message departs from its schema.

The schema gives the verdict; a RELAX NG validator, though, often points at the wrong place
when the mistake is inside an optional part. This looks for the usual mistakes by name.
Source: element tables of OASIS CAP 1.2, 1 July 2010.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from lxml import etree

from crisisdesk.model.cap import (
    Category,
    Certainty,
    MsgType,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from crisisdesk.rules.cap_read import NAMESPACE, CapError, read_time, tag, wrong_root

# Children in order; a bare name is needed once, ? at most once, + at least once, * any number.
_PAIR = "valueName value"
_CHILDREN = {
    "alert": "identifier sender sent status msgType source? scope restriction? addresses? code*"
    " note? references? incidents? info*",
    "info": "language? category+ event responseType* urgency severity certainty audience?"
    " eventCode* effective? onset? expires? senderName? headline? description? instruction?"
    " web? contact? parameter* resource* area*",
    "resource": "resourceDesc mimeType size? uri? derefUri? digest?",
    "area": "areaDesc polygon* circle* geocode* altitude? ceiling?",
    "eventCode": _PAIR,
    "parameter": _PAIR,
    "geocode": _PAIR,
}
_WORDS: dict[str, type[StrEnum]] = {
    "status": Status,
    "msgType": MsgType,
    "scope": Scope,
    "category": Category,
    "responseType": ResponseType,
    "urgency": Urgency,
    "severity": Severity,
    "certainty": Certainty,
}
TIMES = frozenset({"sent", "effective", "onset", "expires"})
_DECIMAL = (re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)\s*", re.ASCII), "Write a number in feet.")
_LEAVES = {
    "language": (
        re.compile(r"|\s*[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\s*"),
        "Write a language tag such as en-GB or cy.",
    ),
    "size": (re.compile(r"\s*[-+]?\d+\s*", re.ASCII), "Write a whole number of bytes."),
    "altitude": _DECIMAL,
    "ceiling": _DECIMAL,
}
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_ALLOWED_ATTRIBUTES = {f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a message, where it is, and what puts it right.

    `where` reads like `line 12, alert/info/area[2]/polygon`, counted from one.
    """

    severity: Literal["error", "warning"]
    where: str
    problem: str
    what_to_do: str


def place(element: etree._Element) -> str:
    """Line and path of an element, for people."""
    steps = [_step(element), *(_step(parent) for parent in element.iterancestors())]
    return f"line {element.sourceline}, {'/'.join(reversed(steps))}"


def departures(root: etree._Element) -> list[Finding]:
    """What the schema would refuse, element by element; may be empty for a rare fault."""
    if root.tag != tag("alert"):
        return [_error(root, wrong_root(root), "Ask the sender for CAP 1.2.")]
    return list(_element(root))


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def _step(element: etree._Element) -> str:
    parent = element.getparent()
    twins = [] if parent is None else parent.findall(str(element.tag))
    number = f"[{twins.index(element) + 1}]" if len(twins) > 1 else ""
    return name_of(element) + number


def _error(element: etree._Element, problem: str, what_to_do: str) -> Finding:
    return Finding("error", place(element), problem, what_to_do)


def _element(element: etree._Element) -> Iterator[Finding]:
    name = name_of(element)
    for attribute in set(element.attrib) - _ALLOWED_ATTRIBUTES:
        plain = etree.QName(attribute).localname
        yield _error(element, f"{name} has an attribute, {plain}.", "Take the attribute out.")
    yield from _parent(element) if name in _CHILDREN else _leaf(element)


def _leaf(element: etree._Element) -> Iterator[Finding]:
    name, text = name_of(element), element.text or ""
    if len(element):
        yield _error(element, f"{name} holds other elements.", "Give it text only.")
    elif name in _WORDS and text not in list(_WORDS[name]):
        known = ", ".join(_WORDS[name])
        yield _error(element, f"{text!r} is not a {name}.", f"Use one of: {known}.")
    elif name in TIMES:
        yield from _time(element)
    elif name in _LEAVES and not _LEAVES[name][0].fullmatch(text):
        yield _error(element, f"{text!r} cannot be a {name}.", _LEAVES[name][1])


def _time(element: etree._Element) -> Iterator[Finding]:
    try:
        read_time(element.text or "")
    except CapError as error:
        yield _error(element, str(error), "Write it like 2026-08-20T09:00:00+01:00.")


def _parent(element: etree._Element) -> Iterator[Finding]:
    texts = [element.text, *(child.tail for child in element)]
    if any((text or "").strip() for text in texts):
        name = name_of(element)
        yield _error(element, f"{name} has text between its elements.", "Take the text out.")
    expected = _CHILDREN[name_of(element)].split()
    order = [name.rstrip("?*+") for name in expected]
    yield from _order(element, order)
    yield from _counts(element, expected)
    for child in element:
        if name_of(child) in order and etree.QName(child).namespace == NAMESPACE:
            yield from _element(child)


def _order(element: etree._Element, order: list[str]) -> Iterator[Finding]:
    latest = -1
    for child in element:
        name, namespace = name_of(child), etree.QName(child).namespace
        if name_of(element) == "alert" and namespace == _SIGNATURE:
            latest = len(order)
        elif name not in order or namespace != NAMESPACE:
            yield _error(child, f"CAP has no {name} here.", "Take it out or correct its name.")
        elif order.index(name) < latest:
            yield _error(child, f"{name} comes too late.", "Put it in the order CAP gives.")
        else:
            latest = order.index(name)


def _counts(element: etree._Element, expected: list[str]) -> Iterator[Finding]:
    for item in expected:
        name = item.rstrip("?*+")
        found = element.findall(tag(name))
        if not found and item[-1] not in "?*":
            parent = name_of(element)
            yield _error(element, f"{parent} has no {name}.", f"Add the {name}.")
        if len(found) > 1 and item[-1] not in "*+":
            yield _error(found[1], f"{name} is given more than once.", "Keep one.")
