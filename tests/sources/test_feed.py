"""Feeds: only what changed, warnings in full, and nothing a hostile feed can do with us."""

import socket
from pathlib import Path

import msgspec
import pytest

from crisisdesk.model.cap import (
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    Severity,
    Status,
    Urgency,
)
from crisisdesk.model.errors import NetworkError
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.rules.cap_write import build
from crisisdesk.simnet.faults import Fault, FaultKind
from crisisdesk.sources.base import Source, SourceGone
from crisisdesk.sources.feed import MAX_BYTES, REMEMBERED, Mark
from tests.loopback import serve
from tests.net.wire import Wire, answering, http, wire
from tests.sources.conftest import Listening

ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>%s</feed>'
XML = {"Content-Type": "application/atom+xml"}


@pytest.fixture
def source(listening: Listening) -> Source:
    return listening.sources("feed")[0]


def says(listening: Listening, body: bytes | str, status: int = 200, **headers: str) -> None:
    """The next answer of the feed."""
    text = body.decode() if isinstance(body, bytes) else body
    listening.feed.faults.add(Fault("status", status=status, body=text, headers={**XML, **headers}))


def entry(title: str, *more: str) -> bytes:
    return f"<entry><id>{title}</id><title>{title}</title>{''.join(more)}</entry>".encode()


def warning(listening: Listening) -> bytes:
    info = Info(
        (Category.MET,), "Flood", Urgency.IMMEDIATE, Severity.SEVERE, Certainty.LIKELY,
        headline="Flood warning", description="The river rises.", instruction="Leave now.",
        areas=(Area("Lower Town"), Area("Riverside")),
    )  # fmt: skip
    alert = CapAlert(
        "w-1", "met@example.org", listening.now(), Status.ACTUAL, MsgType.ALERT, infos=(info,)
    )
    return build(alert)


@pytest.mark.parametrize("date", ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_an_entry_of_a_year_that_no_calendar_has_stops_nothing(
    listening: Listening, source: Source, date: str
) -> None:
    odd = f"<updated>{date}</updated><published>{date}</published>"
    says(listening, ATOM % (entry("Odd", odd) + entry("Leave now")))
    listening.visit(source)
    assert sorted(listening.texts(source)) == ["Leave now", "Odd"]


@pytest.mark.parametrize("name", ["feed.atom", "feed.rss"])
def test_entries_oldest_first_each_once(listening: Listening, name: str) -> None:
    source = listening.sources("feed", url=f"https://roads.example/{name}")[0]
    for number in range(3):
        listening.now()
        listening.feed.publish(f"id-{number}", f"A{number} closed", f"Reason {number}")
    listening.visit(source)
    titles = [f"A{number} closed\nReason {number}" for number in range(3)]
    assert sorted(listening.texts(source)) == titles
    if name == "feed.atom":
        assert listening.texts(source) == titles
    item = listening.stored[source.id][0]
    assert (item.source, item.author) == ("feed:feed", "Name")
    assert item.url.startswith("https://roads.example/items/id-")
    listening.feed.publish("id-3", "A3 closed", "Reason 3")
    before = len(listening.stored[source.id])
    assert len(source.fetch(listening.cursors[source.id]).items) == 1
    listening.visit(source)
    assert len(listening.stored[source.id]) == before + 1


def test_unchanged_feed_is_not_sent_again(listening: Listening, source: Source) -> None:
    listening.feed.publish("a", "A1 closed", "Flood")
    with serve(listening.feed) as url:
        (live,) = listening.sources("feed", Net(Mode.LIVE), url=url + "/feed.atom")
        first = live.fetch("")
        again = live.fetch(first.cursor)
        assert (len(first.items), again.items, again.cursor) == (1, (), first.cursor)
        live.close()


def test_validators_are_sent_back(listening: Listening) -> None:
    answers = (
        http("200 OK", ATOM % b"", 'ETag: "v1"', "Last-Modified: Thu, 20 Aug 2026 09:00:00 GMT"),
        http("304 Not Modified"),
    )
    with wire(answering(*answers)) as server:
        (source,) = listening.sources("feed", Net(Mode.LIVE), url=server.url + "/f")
        cursor = source.fetch("").cursor
        assert source.fetch(cursor).cursor == cursor
        source.close()
        assert b"If-None-Match" not in server.heard[0]
        assert b'If-None-Match: "v1"' in server.heard[1]
        assert b"If-Modified-Since: Thu, 20 Aug 2026 09:00:00 GMT" in server.heard[1]


def test_changed_item_comes_again(listening: Listening, source: Source) -> None:
    when = listening.now()
    listening.feed.publish("a", "A1 closed", "Until noon", updated=when)
    listening.visit(source)
    listening.feed.publish("a", "A1 closed", "Until further notice", updated=when)
    listening.visit(source)
    assert listening.texts(source) == ["A1 closed\nUntil noon", "A1 closed\nUntil further notice"]


def test_cap_link_is_fetched_and_told_in_full(listening: Listening, source: Source) -> None:
    listening.feed.publish("w", "Flood warning", "See link", cap_xml=warning(listening))
    listening.visit(source)
    (text,) = listening.texts(source)
    assert text.splitlines() == [
        "Flood warning",
        "Flood – Severe, Immediate. Lower Town; Riverside",
        "The river rises.",
        "Leave now.",
    ]


def test_a_title_that_the_warning_begins_with_is_told_once(
    listening: Listening, source: Source
) -> None:
    listening.feed.publish("w", "Flood", "See link", cap_xml=warning(listening))
    listening.visit(source)
    (text,) = listening.texts(source)
    assert text.startswith("Flood – Severe, Immediate. Lower Town; Riverside\n")


@pytest.mark.parametrize("fault", ["refuse", "timeout", "html", "empty", "truncate"])
def test_warning_that_cannot_be_fetched_keeps_its_summary(
    listening: Listening, source: Source, fault: FaultKind
) -> None:
    listening.feed.publish("w", "Flood warning", "See link", cap_xml=warning(listening))
    listening.feed.faults.add(Fault(fault, "GET /cap/"))
    listening.visit(source)
    assert listening.texts(source) == ["Flood warning\nSee link"]


def canary(server: Wire, connection: socket.socket) -> None:
    server.heard.append(connection.recv(65536))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"])
def test_foreign_link_to_a_private_address_is_not_followed(listening: Listening, host: str) -> None:
    with wire(canary) as bird:
        link = f'<link type="application/cap+xml" href="http://{host}:{bird.port}/secret"/>'
        page = http("200 OK", ATOM % entry("W", link), "Content-Type: application/atom+xml")
        with wire(answering(page), host="127.0.0.2") as server:
            (source,) = listening.sources("feed", Net(Mode.LIVE), url=server.url + "/")
            assert [each.text for each in source.fetch("").items] == ["W"]
            source.close()
        assert bird.heard in ([], [b""])


@pytest.mark.parametrize(
    "href",
    [
        'href="file:///etc/passwd"',
        'href="http://[bad"',
        'href="javascript:alert(1)"',
        'href=""',
        "",
        'href="https://elsewhere.example/x"',
    ],
)
def test_links_that_lead_nowhere(listening: Listening, source: Source, href: str) -> None:
    says(listening, ATOM % entry("W", f'<link type="application/cap+xml" {href}/>'))
    listening.visit(source)
    assert listening.texts(source) == ["W"]


@pytest.mark.parametrize(
    "body",
    ["", "<", "nonsense", "<html><body>Accept our terms</body></html>", "{}",
     '<?xml version="1.0"?><nothing/>', "<feed><title>x</title>"],
)  # fmt: skip
def test_damage_keeps_the_last_good_state(listening: Listening, source: Source, body: str) -> None:
    listening.feed.publish("a", "A1 closed", "Flood")
    listening.visit(source)
    cursor = listening.cursors[source.id]
    says(listening, body)
    with pytest.raises(NetworkError, match="damaged"):
        listening.visit(source)
    assert listening.cursors[source.id] == cursor
    listening.feed.publish("b", "B2 closed", "Fire")
    listening.visit(source)
    assert listening.texts(source) == ["A1 closed\nFlood", "B2 closed\nFire"]


def test_half_a_feed_is_asked_for_again_in_whole(listening: Listening, source: Source) -> None:
    says(listening, (ATOM % (entry("one") + entry("two")))[:-30], ETag='"whole"')
    cursor = source.fetch("").cursor
    mark = msgspec.json.decode(cursor, type=Mark)
    assert (mark.etag, mark.modified) == ("", "")
    says(listening, ATOM % (entry("one") + entry("two")), ETag='"whole"')
    assert [each.text for each in source.fetch(cursor).items] == ["two"]


def test_gone_and_other_statuses(listening: Listening, source: Source) -> None:
    listening.feed.faults.add(Fault("status", status=500))
    with pytest.raises(NetworkError, match="500") as caught:
        source.fetch("")
    assert not isinstance(caught.value, SourceGone)
    listening.feed.gone = True
    with pytest.raises(SourceGone, match="gone for good"):
        source.fetch("")


def test_huge_feed_is_an_error(listening: Listening, source: Source) -> None:
    says(listening, b"<feed>" + b" " * MAX_BYTES)
    with pytest.raises(NetworkError, match="more than"):
        source.fetch("")


def test_markup_becomes_plain_text(listening: Listening, source: Source) -> None:
    html = "<p>Road &amp; bridge</p><script>alert(1)</script><img src='http://x.example/p.png'/>"
    listening.feed.publish("a", "<b>Closed</b>", html)
    listening.visit(source)
    assert listening.texts(source) == ["Closed\nRoad & bridge"]


def test_links_of_items_are_web_addresses(listening: Listening, source: Source) -> None:
    links = ["javascript:alert(1)", "file:///etc/passwd", "https://a.example.org/x"]
    body = b"".join(entry(f"e{n}", f'<link href="{link}"/>') for n, link in enumerate(links))
    says(listening, ATOM % body)
    assert {each.url for each in source.fetch("").items} <= {"", links[2]}


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE feed [<!ENTITY x SYSTEM "{secret}">]>',
        '<!DOCTYPE feed [<!ENTITY % p SYSTEM "{canary}"> %p; <!ENTITY x "y">]>',
        '<!DOCTYPE feed SYSTEM "{canary}">',
        '<!DOCTYPE feed [<!ENTITY l0 "ha">' + LAUGHS.replace("{", "{{") + '<!ENTITY x "&l9;">]>',
    ],
    ids=["file", "parameter entity", "DTD", "billion laughs"],
)
def test_hostile_xml_reads_no_file_and_asks_nobody(
    listening: Listening, source: Source, tmp_path: Path, doctype: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do-not-read-me")
    with wire(canary) as bird:
        head = doctype.format(secret=secret.as_uri(), canary=bird.url + "/x.dtd")
        says(listening, f"{head}{(ATOM % entry('W', '<summary>&x;</summary>')).decode()}")
        try:
            texts = [each.text for each in source.fetch("").items]
        except NetworkError:
            texts = []
        assert bird.connections == 0
    assert "do-not-read-me" not in "".join(texts)
    assert sum(map(len, texts)) < 10_000


def test_hostile_cap_behind_a_link(listening: Listening, source: Source, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do-not-read-me")
    doctype = f'<!DOCTYPE alert [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
    xml = warning(listening).replace(b"The river rises.", b"&x;")
    start = xml.index(b"<alert")
    listening.feed.publish("w", "W", "See link", cap_xml=xml[:start] + doctype + xml[start:])
    listening.visit(source)
    assert listening.texts(source) == ["W\nSee link"]


def test_body_that_names_a_file_does_not_open_it(
    listening: Listening, source: Source, tmp_path: Path
) -> None:
    file = tmp_path / "local.atom"
    file.write_bytes(ATOM % entry("from the disk"))
    says(listening, str(file))
    with pytest.raises(NetworkError, match="damaged"):
        source.fetch("")


def test_memory_of_items_is_bounded(listening: Listening, source: Source) -> None:
    says(listening, ATOM % b"".join(entry(f"e{n}") for n in range(REMEMBERED + 10)))
    batch = source.fetch("")
    assert len(batch.items) == REMEMBERED + 10
    assert len(msgspec.json.decode(batch.cursor, type=Mark).seen) == REMEMBERED


def test_entry_without_words_or_time(listening: Listening, source: Source) -> None:
    says(listening, ATOM % b"<entry><id>a</id></entry>")
    (item,) = source.fetch("").items
    assert item.text == "(an entry without words)"
    assert item.posted_at == int(listening.time.timestamp() * 1000)
