"""CAP messages: written and read back, unsafe ones refused, every rule beyond the schema."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from crisisdesk.rules.cap import CapError, build, compile_schema, findings, parse, schema_errors

SCHEMA = compile_schema(files("resources").joinpath("schemas/cap-1.2.rng").read_bytes())
BST = timezone(timedelta(hours=1))
SENT = datetime(2026, 8, 20, 9, tzinfo=BST)
EARLIER = Reference("duty@council.example.org", "cd-2026-0000", SENT - timedelta(hours=1))

INFO = Info(
    categories=(Category.SAFETY,),
    event="Water supply interruption",
    urgency=Urgency.EXPECTED,
    severity=Severity.MINOR,
    certainty=Certainty.LIKELY,
    response_types=(ResponseType.MONITOR,),
    onset=SENT + timedelta(hours=1),
    expires=SENT + timedelta(hours=12),
    headline="EXERCISE: Water off in Mill Lane until 21:00",
    description="EXERCISE. Burst main in Mill Lane.",
    web="https://council.example.org/alerts/cd-2026-0001",
    areas=(Area("Mill Lane ward", polygons=("52.21,0.11 52.21,0.12 52.205,0.12 52.21,0.11",)),),
)
ALERT = CapAlert(
    identifier="cd-2026-0001",
    sender="duty@council.example.org",
    sent=SENT,
    status=Status.EXERCISE,
    msg_type=MsgType.ALERT,
    note="Exercise SILVER RAIN",
    infos=(INFO,),
)


def with_info(**changes: Any) -> CapAlert:
    return replace(ALERT, infos=(replace(INFO, **changes),))


def with_area(**changes: Any) -> CapAlert:
    return with_info(areas=(replace(Area("Mill Lane ward"), **changes),))


def found(alert: CapAlert) -> list[tuple[str, str]]:
    return [(f.severity, f.problem) for f in findings(build(alert), SCHEMA)]


def test_a_good_alert_has_no_findings() -> None:
    assert findings(build(ALERT), SCHEMA) == []


# Writing and reading back

# Carriage returns come back too: they are written as character references.
PRINTED = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
TEXT = st.text(PRINTED | st.sampled_from("\n\r\t"), max_size=20)
FILLED = TEXT.filter(bool)
NAME = st.text(PRINTED.filter(lambda c: not c.isspace() and c not in ",<&"), min_size=1)
IDENTIFIER = st.from_regex(r"[-_a-zA-Z0-9]{1,12}", fullmatch=True)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
MOMENTS = st.datetimes(timezones=OFFSETS).map(lambda moment: moment.replace(microsecond=0))
ITEMS = st.lists(FILLED.filter(lambda t: '"' not in t and t.strip()), max_size=3).map(tuple)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
TEXTS = st.lists(FILLED, max_size=2).map(tuple)
AREAS = st.builds(Area, desc=FILLED, polygons=TEXTS, circles=TEXTS, geocodes=PAIRS)
INFOS = st.builds(
    Info,
    categories=st.lists(st.sampled_from(Category), min_size=1, max_size=3).map(tuple),
    event=FILLED,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.sampled_from(["en-GB", "cy", "pl"]),
    response_types=st.lists(st.sampled_from(ResponseType), max_size=2).map(tuple),
    audience=TEXT,
    event_codes=PAIRS,
    effective=st.none() | MOMENTS,
    onset=st.none() | MOMENTS,
    expires=st.none() | MOMENTS,
    sender_name=TEXT,
    headline=TEXT,
    description=TEXT,
    instruction=TEXT,
    web=st.sampled_from(["", "https://example.org/a?b=c&d=%20"]),
    contact=TEXT,
    parameters=PAIRS,
    areas=st.lists(AREAS, max_size=2).map(tuple),
)
ALERTS = st.builds(
    CapAlert,
    identifier=IDENTIFIER,
    sender=NAME,
    sent=MOMENTS,
    status=st.sampled_from(Status),
    msg_type=st.sampled_from(MsgType),
    scope=st.sampled_from(Scope),
    source=TEXT,
    restriction=TEXT,
    addresses=ITEMS,
    codes=TEXTS,
    note=TEXT,
    references=st.lists(st.builds(Reference, NAME, NAME, MOMENTS), max_size=2).map(tuple),
    incidents=ITEMS,
    infos=st.lists(INFOS, max_size=2).map(tuple),
)


@given(ALERTS)
def test_what_is_written_is_valid_and_reads_back_the_same(alert: CapAlert) -> None:
    xml = build(alert)
    assert schema_errors(xml, SCHEMA) == []
    assert parse(xml) == alert


def test_times_are_written_in_whole_seconds_with_an_offset() -> None:
    sent = datetime(2026, 8, 20, 8, 0, 0, 999999, tzinfo=UTC)
    assert b"<sent>2026-08-20T08:00:00+00:00</sent>" in build(replace(ALERT, sent=sent))


@pytest.mark.parametrize("offset", [timedelta(seconds=75), timedelta(hours=15)])
def test_an_offset_that_cap_cannot_write_becomes_utc(offset: timedelta) -> None:
    sent = SENT.astimezone(timezone(offset))
    assert b"<sent>2026-08-20T08:00:00+00:00</sent>" in build(replace(ALERT, sent=sent))


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        (replace(ALERT, identifier="cd 1"), "identifier"),
        (replace(ALERT, identifier="cd.1"), "identifier"),
        (replace(ALERT, identifier=""), "identifier"),
        (replace(ALERT, sender="duty, council"), "sender"),
        (replace(ALERT, sender=""), "sender"),
        (replace(ALERT, references=(replace(EARLIER, identifier="a b"),)), "sender or identifier"),
        (replace(ALERT, sent=datetime(2026, 8, 20, 9)), "time zone"),  # noqa: DTZ001
        (replace(ALERT, sent=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=20)))), "calendar"),
        (replace(ALERT, note="bell \x07"), "control character"),
        (replace(ALERT, incidents=('the "big" one',)), "double quote"),
    ],
)
def test_what_cannot_be_written_is_refused(alert: CapAlert, reason: str) -> None:
    with pytest.raises(CapError, match=reason):
        build(alert)


def test_an_alert_without_language_reads_as_caps_default() -> None:
    assert parse(build(with_info(language=""))).infos[0].language == "en-US"


# Reading what others wrote

GOOD = build(ALERT).decode()
LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def doctype(declaration: str, note: str) -> bytes:
    body = re.sub("<note>.*?</note>", f"<note>{note}</note>", GOOD.split("?>", 1)[1])
    return f"<!DOCTYPE alert {declaration}>{body}".encode()


@pytest.mark.parametrize(
    "xml",
    [
        doctype(f'[<!ENTITY l0 "lol">{LOL}]', "&l9;"),
        doctype('[<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;"),
        doctype('[<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]', "x"),
        doctype('SYSTEM "http://127.0.0.1:9/x.dtd"', "x"),
        doctype('[<!ENTITY x "y">]', "x"),
        doctype("", "x"),
        doctype("", "x").decode().encode("utf-16"),
        GOOD.replace("SILVER", "&silver;").encode(),
        GOOD.replace("SILVER", "S" * 1024 * 1024).encode(),
        b"<a>" * 65 + b"</a>" * 65,
        b"<a>" * 100_000,
        b"",
        b"HTTP 200",
        GOOD.encode()[:-20],
        b"\xff\xfe\x00",
    ],
    ids=lambda xml: xml[:40],
)
def test_unsafe_or_unreadable_messages_are_refused(xml: bytes) -> None:
    with pytest.raises(CapError):
        parse(xml)
    [only] = schema_errors(xml, SCHEMA)
    assert only.severity == "error"
    assert findings(xml, SCHEMA) == [only]


def test_an_outside_file_never_reaches_the_message(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    with pytest.raises(CapError) as refused:
        parse(doctype(f'[<!ENTITY x SYSTEM "{secret.as_uri()}">]', "&x;"))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("cap:1.2", "cap:1.1", "CAP 1.1"),
        ("urn:oasis:names:tc:emergency:cap:1.2", "http://www.incident.com/cap/1.0", "CAP 1.0"),
        ("alert", "alarm", "alarm"),
        ("<identifier>cd-2026-0001</identifier>", "", "no identifier"),
        (">Exercise<", ">Rehearsal<", "Rehearsal"),
        (">Likely<", ">Very Likely<", "Very Likely"),
        ("T09:00:00+01:00", "T09:00:00.5+01:00", "fractions"),
        ("T09:00:00+01:00", "T08:00:00Z", "ends in Z"),
        ("T09:00:00+01:00", "T09:00:00,01:00", "comma"),
        ("T09:00:00+01:00", "T24:00:00+01:00", "midnight"),
        ("2026-08-20T09", "2026-02-30T09", "calendar"),
        ("2026-08-20T09", "20 August", "not a time"),
    ],
)
def test_parse_says_what_is_wrong(old: str, new: str, reason: str) -> None:
    message = GOOD.replace(old, new).replace(
        "</alert>", "</alarm>" if "alarm" in new else "</alert>"
    )
    with pytest.raises(CapError, match=reason):
        parse(message.encode())


def test_quoted_incident_names_are_kept_whole() -> None:
    alert = replace(ALERT, incidents=("mill-lane", "Silver Rain"))
    assert b'<incidents>mill-lane "Silver Rain"</incidents>' in build(alert)


# Schema errors in plain words


@pytest.mark.parametrize(
    ("old", "new", "where", "problem"),
    [
        ("<event>.*?</event>", "", "line 2, alert/info", "info has no event."),
        (">Minor<", "> Minor<", "line 2, alert/info/severity", "' Minor' is not a severity."),
        ("<note>", "<memo/><note>", "line 2, alert/memo", "CAP has no memo here."),
        ("<note>", "<note/><note>", "line 2, alert/note[2]", "note is given more than once."),
        ("<scope>", "<note/><scope>", "line 2, alert/scope", "scope comes too late."),
        ("<info>", "<info>Help", "line 2, alert/info", "info has text between its elements."),
        ("<info>", "<info id='a'>", "line 2, alert/info", "info has an attribute, id."),
        ("<event>", "<event><b/>", "line 2, alert/info/event", "event holds other elements."),
        (
            ">en-GB<",
            ">Welsh!<",
            "line 2, alert/info/language",
            "'Welsh!' cannot be a language.",
        ),
        ("https:", "http://[", "line 2, alert", "The message does not follow the CAP 1.2 schema."),
    ],
)
def test_schema_errors_name_the_place(old: str, new: str, where: str, problem: str) -> None:
    errors = schema_errors(re.sub(old, new, GOOD, count=1).encode(), SCHEMA)
    assert (where, problem) in [(e.where, e.problem) for e in errors]
    assert {e.severity for e in errors} == {"error"}
    assert all(e.what_to_do for e in errors)


def test_schema_errors_come_before_the_rules() -> None:
    message = GOOD.replace(">Minor<", ">Small<").replace("<note>Exercise SILVER RAIN</note>", "")
    assert [f.severity for f in findings(message.encode(), SCHEMA)] == ["error", "warning"]


def test_a_valid_document_that_is_no_alert_is_found() -> None:
    value = b'<value xmlns="urn:oasis:names:tc:emergency:cap:1.2">a</value>'
    assert schema_errors(value, SCHEMA) == []
    assert [f.severity for f in findings(value, SCHEMA)] == ["error"]


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(CapError, match="schema cannot be used"):
        compile_schema(b"<nonsense/>")


# The rules beyond the schema

LATER = SENT + timedelta(hours=1)
UPDATE = replace(ALERT, msg_type=MsgType.UPDATE, references=(EARLIER,))
MISTAKE = replace(UPDATE, status=Status.ACTUAL, msg_type=MsgType.ERROR)
ITSELF = Reference(ALERT.sender, ALERT.identifier, SENT)


@pytest.mark.parametrize(
    ("alert", "severity", "problem"),
    [
        (with_info(effective=SENT + timedelta(days=1)), "error", "expires before its effective"),
        (with_info(onset=SENT + timedelta(days=1)), "error", "expires before its onset"),
        (with_info(description=INFO.headline), "error", "only repeats the headline"),
        (with_info(description="Go <b>now</b>"), "warning", "description holds HTML"),
        (with_info(headline="Floods &amp; wind"), "warning", "headline holds HTML"),
        (with_info(web="//example.org/1"), "error", "web is not a full address"),
        (with_info(language=""), "warning", "No language"),
        (with_info(expires=None), "warning", "Nothing says when this ends"),
        (with_info(response_types=(ResponseType.ASSESS,)), "warning", "asked to assess"),
        (replace(ALERT, infos=()), "error", "Alert without info"),
        (replace(UPDATE, infos=()), "error", "Update without info"),
        *(
            (replace(ALERT, msg_type=kind), "error", f"{kind} names no earlier message")
            for kind in (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)
        ),
        (replace(UPDATE, references=(ITSELF,)), "error", "refers to itself"),
        (replace(UPDATE, references=(replace(EARLIER, sent=LATER),)), "error", "sent later"),
        (replace(ALERT, scope=Scope.RESTRICTED), "error", "Restricted needs restriction"),
        (replace(ALERT, scope=Scope.PRIVATE), "error", "Private needs addresses"),
        (replace(ALERT, note=""), "warning", "exercise is not named"),
        (
            replace(UPDATE, status=Status.ACTUAL, msg_type=MsgType.ERROR, note=""),
            "warning",
            "not expl",
        ),
        (with_area(), "warning", "only a name"),
        (with_area(polygons=("1,1 1,2 2,2 2,1",)), "error", "not closed"),
        (with_area(polygons=("1,1 1,2 1,1",)), "error", "3 points"),
        (with_area(polygons=("1,1 1,2 91,2 1,1",)), "error", "91,2 is not a latitude"),
        (with_area(polygons=("1,1 1,181 2,2 1,1",)), "error", "1,181 is not a latitude"),
        (with_area(polygons=("1,1 1, 2 2,2 1,1",)), "error", "1, is not a latitude"),
        (with_area(polygons=(" ",)), "error", "0 points"),
        (with_area(circles=("52,0",)), "error", "no readable centre"),
        (with_area(circles=("52,0 -1",)), "error", "no readable centre"),
        (with_area(circles=("52,0 5km",)), "error", "no readable centre"),
        (with_area(circles=("95,0 5",)), "error", "no readable centre"),
        (with_area(circles=("52,0 0",)), "warning", "only a point"),
    ],
)
def test_rule(alert: CapAlert, severity: str, problem: str) -> None:
    [(given_severity, given_problem)] = found(alert)
    assert given_severity == severity
    assert problem in given_problem


@pytest.mark.parametrize(
    "alert",
    [
        UPDATE,
        replace(UPDATE, msg_type=MsgType.CANCEL, infos=()),
        replace(ALERT, scope=Scope.RESTRICTED, restriction="Responders"),
        replace(ALERT, scope=Scope.PRIVATE, addresses=("a@example.org",)),
        replace(ALERT, status=Status.ACTUAL, note=""),
        with_info(effective=INFO.expires, onset=INFO.expires),
        with_info(description="Wind < 40 mph & rain > 10 mm"),
        with_info(web="", headline="", description=""),
        with_area(circles=("52.21,-0.12 5.5",)),
        with_area(geocodes=(("GSS", "E05013050"),)),
        with_area(polygons=("-90,-180 -90,180 90,180 -90.0,-180.0",)),
    ],
)
def test_no_rule_objects(alert: CapAlert) -> None:
    assert found(alert) == []


RESOURCE = "<resource><resourceDesc>Map</resourceDesc><mimeType>image/png</mimeType>"
TRIPLES = "<note>Exercise SILVER RAIN</note><references>{}</references>"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (">cd-2026-0001<", ">cd 1<", "cannot serve as identifier"),
        (">cd-2026-0001<", "><", "cannot serve as identifier"),
        (">duty@council.example.org<", ">duty,council<", "cannot serve as sender"),
        (">duty@council.example.org<", ">a&amp;b<", "cannot serve as sender"),
        ("T09:00:00+01:00", "T09:00:00.25+01:00", "has fractions of a second"),
        ("T21:00:00+01:00", "T21:00:00,01:00", "has a comma before its offset"),
        ("T21:00:00+01:00", "T20:00:00Z", "ends in Z"),
        ("T21:00:00+01:00", "T24:00:00+01:00", "write midnight as"),
        ("<note>.*</note>", TRIPLES.format("a,b"), "a,b is not sender,identifier,sent."),
        ("<note>.*</note>", TRIPLES.format("a,b,today"), "today is not a time"),
        ("<area>", RESOURCE + "<uri>map.png</uri></resource><area>", "uri is not a full address"),
        ("</area>", "<ceiling>9</ceiling></area>", "ceiling needs an altitude"),
        ("</area>", "<altitude>9</altitude><ceiling>1</ceiling></area>", "below the altitude"),
    ],
)
def test_rule_on_what_others_wrote(old: str, new: str, problem: str) -> None:
    message = re.sub(old if "*" in old else re.escape(old), new, GOOD, count=1)
    [only] = findings(message.encode(), SCHEMA)
    assert only.severity == "error"
    assert problem in only.problem
