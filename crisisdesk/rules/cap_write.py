"""Write CAP 1.2 messages as XML. No clock, files or network.

Source: OASIS CAP 1.2, 1 July 2010: the order of elements is fixed, times carry whole seconds
and a numeric offset.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import cast

from lxml import etree

from crisisdesk.model.cap import Area, CapAlert, Info, Resource
from crisisdesk.rules.cap_read import BANNED_IN_NAMES, NAMESPACE, CapError, Pairs, tag

# Stricter than CAP; the UK's broadcast service takes no others (alphagov cap12.xsd).
_IDENTIFIER = re.compile(r"[-_a-zA-Z0-9]+")
# The stubs of lxml leave out that None stands for the default namespace.
_NAMESPACES = cast(dict[str, str], {None: NAMESPACE})


def build(alert: CapAlert) -> bytes:
    """The message as a UTF-8 document, elements in CAP's order.

    Writes what it is given and leaves out what is empty; `cap.findings` judges the result.
    Raises CapError for what cannot be written at all: a name with banned characters, a time
    without zone, control characters.
    """
    _check_names(alert)
    root = etree.Element(tag("alert"), nsmap=_NAMESPACES)
    try:
        _write(root, _header_fields(alert))
        for info in alert.infos:
            _write_info(etree.SubElement(root, tag("info")), info)
    except ValueError as error:
        if isinstance(error, CapError):
            raise
        raise CapError("The text holds a control character that XML cannot carry.") from error
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _check_names(alert: CapAlert) -> None:
    if not _IDENTIFIER.fullmatch(alert.identifier):
        raise CapError("An identifier may hold only letters, digits, hyphen and underscore.")
    names = [alert.sender]
    names += [name for ref in alert.references for name in (ref.sender, ref.identifier)]
    if not all(names) or any(BANNED_IN_NAMES.search(name) for name in names):
        raise CapError("A sender or identifier must be given, without spaces, commas, < or &.")


def _write(parent: etree._Element, fields: Iterable[tuple[str, str]]) -> None:
    for name, text in fields:
        if text:
            etree.SubElement(parent, tag(name)).text = text


def _write_pairs(parent: etree._Element, name: str, pairs: Pairs) -> None:
    for value_name, value in pairs:
        pair = etree.SubElement(parent, tag(name))
        etree.SubElement(pair, tag("valueName")).text = value_name
        etree.SubElement(pair, tag("value")).text = value


def _header_fields(alert: CapAlert) -> list[tuple[str, str]]:
    references = (f"{r.sender},{r.identifier},{_time(r.sent)}" for r in alert.references)
    return [
        ("identifier", alert.identifier),
        ("sender", alert.sender),
        ("sent", _time(alert.sent)),
        ("status", alert.status),
        ("msgType", alert.msg_type),
        ("source", alert.source),
        ("scope", alert.scope),
        ("restriction", alert.restriction),
        ("addresses", _list(alert.addresses)),
        *(("code", code) for code in alert.codes),
        ("note", alert.note),
        ("references", " ".join(references)),
        ("incidents", _list(alert.incidents)),
    ]


def _write_info(element: etree._Element, info: Info) -> None:
    _write(element, [("language", info.language)])
    _write(element, (("category", word) for word in info.categories))
    _write(element, [("event", info.event)])
    _write(element, (("responseType", word) for word in info.response_types))
    gravity = ("urgency", info.urgency), ("severity", info.severity), ("certainty", info.certainty)
    _write(element, chain(gravity, [("audience", info.audience)]))
    _write_pairs(element, "eventCode", info.event_codes)
    _write(element, _info_tail(info))
    _write_pairs(element, "parameter", info.parameters)
    for resource in info.resources:
        _write(etree.SubElement(element, tag("resource")), _resource_fields(resource))
    for area in info.areas:
        _write_area(etree.SubElement(element, tag("area")), area)


def _info_tail(info: Info) -> Iterator[tuple[str, str]]:
    times = ("effective", info.effective), ("onset", info.onset), ("expires", info.expires)
    yield from ((name, _time(moment)) for name, moment in times if moment)
    yield "senderName", info.sender_name
    yield "headline", info.headline
    yield "description", info.description
    yield "instruction", info.instruction
    yield "web", info.web
    yield "contact", info.contact


def _resource_fields(resource: Resource) -> list[tuple[str, str]]:
    return [
        ("resourceDesc", resource.desc),
        ("mimeType", resource.mime_type),
        ("size", str(resource.size)),
        ("uri", resource.uri),
        ("digest", resource.digest),
    ]


def _write_area(element: etree._Element, area: Area) -> None:
    _write(element, [("areaDesc", area.desc)])
    _write(element, (("polygon", polygon) for polygon in area.polygons))
    _write(element, (("circle", circle) for circle in area.circles))
    _write_pairs(element, "geocode", area.geocodes)


def _time(moment: datetime) -> str:
    """Whole seconds and a numeric offset; an offset CAP cannot write is turned into UTC."""
    offset = moment.utcoffset()
    if offset is None:
        raise CapError("A time in a message needs its time zone.")
    # xs:dateTime knows offsets of whole minutes up to 14 hours.
    if offset.total_seconds() % 60 or abs(offset.total_seconds()) > 14 * 3600:
        moment = _in_utc(moment)
    return moment.isoformat(timespec="seconds")


def _list(items: tuple[str, ...]) -> str:
    if any(not item or '"' in item for item in items):
        raise CapError("An address or incident name may be neither empty nor hold a double quote.")
    return " ".join(f'"{item}"' if re.search(r"\s", item) else item for item in items)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise CapError("A time in a message lies outside the calendar.") from error
