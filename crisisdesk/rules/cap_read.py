"""Read CAP 1.2 messages from XML that anyone may have written. No clock, files or network.

Source: OASIS CAP 1.2, 1 July 2010. Document type declarations are refused, so neither
entities nor outside files can come in. Resources, altitudes and signatures are not read.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from lxml import etree

from crisisdesk.model.cap import (
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_EARLIER = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64  # CAP itself needs 5; a signature some 10 more
# CAP bans these so that references, which join with commas and spaces, stay readable.
BANNED_IN_NAMES = re.compile(r"[\s,<&]")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_LIST_ITEM = re.compile(r'"([^"]*)"|(\S+)')
_XML_SPACE = " \t\r\n"

Pairs = tuple[tuple[str, str], ...]
Word = TypeVar("Word", bound=StrEnum)


class CapError(ValueError):
    """A message cannot be read or written; the text says why, for the operator."""


def parse(xml: bytes) -> CapAlert:
    """Read a message. Raises CapError when it is unsafe, not CAP 1.2, or lacks what it must have.

    An offset of -00:00 reads as UTC, and is written again as +00:00.
    """
    root = read_tree(xml)
    if root.tag != tag("alert"):
        raise CapError(wrong_root(root))
    return CapAlert(
        identifier=_required(root, "identifier"),
        sender=_required(root, "sender"),
        sent=read_time(_required(root, "sent")),
        status=_word(Status, root, "status"),
        msg_type=_word(MsgType, root, "msgType"),
        scope=_word(Scope, root, "scope"),
        source=text_of(root, "source"),
        restriction=text_of(root, "restriction"),
        addresses=split_list(text_of(root, "addresses")),
        codes=_texts(root, "code"),
        note=text_of(root, "note"),
        references=tuple(read_references(text_of(root, "references"))),
        incidents=split_list(text_of(root, "incidents")),
        infos=tuple(_read_info(element) for element in children(root, "info")),
    )


def read_tree(xml: bytes) -> etree._Element:
    """The root element, comments dropped. Raises CapError for anything unsafe or unreadable."""
    if len(xml) > MAX_BYTES:
        raise CapError("The message is larger than 1 MiB.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise CapError(f"The message is not readable XML: {error.msg}.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise CapError("The message declares a document type, which CAP does not use.")
    if _deeper_than(root, MAX_DEPTH):
        raise CapError(f"The message is nested more than {MAX_DEPTH} deep.")
    return root


def read_time(text: str) -> datetime:
    """An aware datetime from `2026-08-20T09:00:00+01:00`. Raises CapError, saying what is wrong."""
    text = text.strip(_XML_SPACE)
    if not _TIME.fullmatch(text):
        raise CapError(_time_fault(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        if "T24:" in text:
            raise CapError(f"{text}: write midnight as 00:00:00 of the next day.") from error
        raise CapError(f"{text} is not a time on the calendar.") from error


def read_references(text: str) -> Iterator[Reference]:
    """The triples in a `references` element. Raises CapError at the first that is malformed."""
    for triple in text.split():
        parts = triple.split(",")
        if len(parts) != 3 or not all(parts):
            raise CapError(f"{triple} is not sender,identifier,sent.")
        yield Reference(parts[0], parts[1], read_time(parts[2]))


def split_list(text: str) -> tuple[str, ...]:
    """Items between spaces; an item that holds spaces itself stands in double quotes."""
    return tuple(quoted or plain for quoted, plain in _LIST_ITEM.findall(text))


def children(parent: etree._Element, name: str) -> list[etree._Element]:
    """The CAP elements of that name directly inside."""
    return parent.findall(tag(name))


def text_of(parent: etree._Element, name: str) -> str:
    """The text of the first such element, or an empty string."""
    return parent.findtext(tag(name)) or ""


def wrong_root(root: etree._Element) -> str:
    """Why an outermost element that is not CAP 1.2's alert cannot be read."""
    name = etree.QName(root)
    earlier = _EARLIER.get(name.namespace or "")
    if earlier:
        return f"This is a CAP {earlier} message; only 1.2 is read here."
    return f"This is not a CAP 1.2 alert: its outermost element is {name.localname}."


def tag(name: str) -> str:
    """The name with the CAP namespace, as lxml spells it."""
    return f"{{{NAMESPACE}}}{name}"


def _deeper_than(root: etree._Element, limit: int) -> bool:
    level: list[etree._Element] = [root]
    for _ in range(limit):
        level = [child for element in level for child in element]
    return bool(level)


def _time_fault(text: str) -> str:
    if re.search(r":\d\d\.\d", text):
        return f"{text} has fractions of a second."
    if text.endswith("Z"):
        return f"{text} ends in Z; CAP writes UTC as -00:00 or +00:00."
    if re.search(r"T[\d:]+,", text):
        return f"{text} has a comma before its offset."
    return f"{text or 'Nothing'} is not a time such as 2026-08-20T09:00:00+01:00."


def _required(parent: etree._Element, name: str) -> str:
    text = text_of(parent, name)
    if not text:
        raise CapError(f"The message has no {name}.")
    return text


def _texts(parent: etree._Element, name: str) -> tuple[str, ...]:
    return tuple(element.text or "" for element in children(parent, name))


def _as_word(kind: type[Word], text: str, name: str) -> Word:
    try:
        return kind(text)
    except ValueError as error:
        raise CapError(f"{text!r} is not a {name} that CAP 1.2 knows.") from error


def _word(kind: type[Word], parent: etree._Element, name: str) -> Word:
    return _as_word(kind, _required(parent, name), name)


def _words(kind: type[Word], parent: etree._Element, name: str) -> tuple[Word, ...]:
    return tuple(_as_word(kind, text, name) for text in _texts(parent, name))


def _read_info(element: etree._Element) -> Info:
    return Info(
        categories=_words(Category, element, "category"),
        event=_required(element, "event"),
        urgency=_word(Urgency, element, "urgency"),
        severity=_word(Severity, element, "severity"),
        certainty=_word(Certainty, element, "certainty"),
        language=text_of(element, "language").strip(_XML_SPACE) or "en-US",  # CAP's own default
        response_types=_words(ResponseType, element, "responseType"),
        audience=text_of(element, "audience"),
        event_codes=_pairs(element, "eventCode"),
        effective=_optional_time(element, "effective"),
        onset=_optional_time(element, "onset"),
        expires=_optional_time(element, "expires"),
        sender_name=text_of(element, "senderName"),
        headline=text_of(element, "headline"),
        description=text_of(element, "description"),
        instruction=text_of(element, "instruction"),
        web=text_of(element, "web"),
        contact=text_of(element, "contact"),
        parameters=_pairs(element, "parameter"),
        areas=tuple(_read_area(area) for area in children(element, "area")),
    )


def _read_area(element: etree._Element) -> Area:
    return Area(
        desc=text_of(element, "areaDesc"),
        polygons=_texts(element, "polygon"),
        circles=_texts(element, "circle"),
        geocodes=_pairs(element, "geocode"),
    )


def _optional_time(parent: etree._Element, name: str) -> datetime | None:
    text = text_of(parent, name)
    return read_time(text) if text else None


def _pairs(parent: etree._Element, name: str) -> Pairs:
    pairs = children(parent, name)
    return tuple((text_of(pair, "valueName"), text_of(pair, "value")) for pair in pairs)
