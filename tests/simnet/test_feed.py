"""The simulated website serves feeds that a real parser reads, and honours conditional requests."""

from __future__ import annotations

import feedparser
import pytest

from crisisdesk.simnet.feed import SHOWN, FeedSim
from tests.simnet.conftest import HandClock
from tests.simnet.wsgi_client import call

FEEDS = ["GET /feed.atom", "GET /feed.rss"]


@pytest.mark.parametrize(
    ("line", "time"), [("GET /feed.atom", "updated_parsed"), ("GET /feed.rss", "published_parsed")]
)
def test_items_read_newest_first(feed: FeedSim, clock: HandClock, line: str, time: str) -> None:
    feed.publish("a", "Mill Lane <closed>", "Until 18:00 & later", link="https://roads.example/a")
    clock.go_on(minutes=5)
    feed.publish("b", "Mill Lane open", "")
    parsed = feedparser.parse(call(feed, line).body)
    assert not parsed.bozo
    assert parsed.feed.title == "Roads"
    assert [entry.title for entry in parsed.entries] == ["Mill Lane open", "Mill Lane <closed>"]
    assert parsed.entries[1].link == "https://roads.example/a"
    assert parsed.entries[1].summary == "Until 18:00 & later"
    assert [entry[time][3:5] for entry in parsed.entries] == [(9, 5), (9, 0)]


@pytest.mark.parametrize("line", FEEDS)
def test_an_unchanged_feed_is_304(feed: FeedSim, clock: HandClock, line: str) -> None:
    feed.publish("a", "One", "")
    first = call(feed, line).headers
    by_tag = {"If-None-Match": f'"other", W/{first["etag"]}'}
    by_date = {"If-Modified-Since": first["last-modified"]}
    for headers in (by_tag, by_date):
        reply = call(feed, line, headers=headers)
        assert (reply.status, reply.body) == (304, b"")
        assert reply.headers["etag"] == first["etag"]
    clock.go_on(seconds=1)
    feed.publish("b", "Two", "")
    for headers in (by_tag, by_date, {"If-Modified-Since": "nonsense"}):
        assert call(feed, line, headers=headers).status == 200


def test_the_tag_decides_where_a_date_is_sent_too(feed: FeedSim) -> None:
    headers = {"If-None-Match": '"old"', "If-Modified-Since": "Fri, 01 Jan 2027 00:00:00 GMT"}
    assert call(feed, "GET /feed.atom", headers=headers).status == 200


def test_publishing_an_id_again_replaces_the_item(feed: FeedSim) -> None:
    feed.publish("a", "One", "")
    feed.publish("a", "Two", "")
    entries = feedparser.parse(call(feed, "GET /feed.atom").body).entries
    assert [entry.title for entry in entries] == ["Two"]


def test_cap_alerts_are_linked_and_served(feed: FeedSim) -> None:
    alert = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>'
    feed.publish("cd/2026 1", "Flood", "Now", cap_xml=alert)
    feed.publish("b", "No alert", "")
    by_id = {
        entry.title: entry for entry in feedparser.parse(call(feed, "GET /feed.atom").body).entries
    }
    links = [link.href for link in by_id["Flood"].links if link.type == "application/cap+xml"]
    assert links == ["https://roads.example/cap/cd%2F2026%201.xml"]
    assert all(link.type != "application/cap+xml" for link in by_id["No alert"].links)
    rss = feedparser.parse(call(feed, "GET /feed.rss").body)
    assert links[0] in [entry.link for entry in rss.entries]
    assert call(feed, "GET /cap/b.xml").status == 404


def test_a_cap_file_comes_as_cap(feed: FeedSim) -> None:
    feed.publish("cd-1", "Flood", "Now", cap_xml=b"<alert/>")
    reply = call(feed, "GET /cap/cd-1.xml")
    assert (reply.body, reply.headers["content-type"]) == (b"<alert/>", "application/cap+xml")


def test_a_feed_given_up_is_410(feed: FeedSim) -> None:
    feed.publish("cd-1", "Flood", "Now", cap_xml=b"<alert/>")
    feed.gone = True
    assert {call(feed, line).status for line in [*FEEDS, "GET /cap/cd-1.xml"]} == {410}


def test_a_feed_carries_only_its_newest_items(feed: FeedSim, clock: HandClock) -> None:
    for number in range(SHOWN + 1):
        clock.go_on(minutes=1)
        feed.publish(str(number), f"Item {number}", "")
    titles = [entry.title for entry in feedparser.parse(call(feed, "GET /feed.rss").body).entries]
    assert len(titles) == SHOWN
    assert "Item 0" not in titles
