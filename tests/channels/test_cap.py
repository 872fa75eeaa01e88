"""CAP: whole files, never rewritten, and a feed that lists the newest first."""

import os
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest

from crisisdesk.channels.cap import FEED_ENTRIES, FEED_NAME
from crisisdesk.model.cap import MsgType
from crisisdesk.model.delivery import Message, Outcome, Verdict
from crisisdesk.rules.cap_read import parse
from tests.channels.rig import NOW, Rig, cap

BASE = "https://council.example.org/alerts/"


def message(key: str, kind: MsgType = MsgType.ALERT, minutes: int = 0) -> Message:
    sent = NOW + timedelta(minutes=minutes)
    return Message(key, "text", sent, cap_xml=cap(key, kind, sent))


def send(rig: Rig, sent: Message) -> Outcome:
    return rig.channel("cap").send(sent)


def feed(rig: Rig) -> feedparser.FeedParserDict:
    with (rig.folder / FEED_NAME).open("rb") as file:
        parsed = feedparser.parse(file)
    assert not parsed.bozo, parsed
    assert parsed.version == "atom10"
    return parsed


def test_file_and_feed_are_written_whole(rig: Rig) -> None:
    one = message("cd-1")
    outcome = send(rig, one)
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.external_id == "cd-1.cap.xml"
    assert outcome.url == BASE + "cd-1.cap.xml"
    assert sorted(each.name for each in rig.folder.iterdir()) == ["cd-1.cap.xml", FEED_NAME]
    assert (rig.folder / "cd-1.cap.xml").read_bytes() == one.cap_xml
    (entry,) = feed(rig).entries
    assert (entry.title, entry.summary) == ("Alert: Weir Bridge", "Weir Bridge is closed.")
    assert (entry.link, entry.links[0].type) == (outcome.url, "application/cap+xml")


def test_update_and_cancel_are_new_files_and_newest_comes_first(rig: Rig) -> None:
    first = message("cd-1")
    send(rig, first)
    send(rig, message("cd-2", MsgType.UPDATE, 10))
    send(rig, message("cd-3", MsgType.CANCEL, 20))
    assert (rig.folder / "cd-1.cap.xml").read_bytes() == first.cap_xml
    parsed = feed(rig)
    assert [each.link for each in parsed.entries] == [
        BASE + f"cd-{number}.cap.xml" for number in (3, 2, 1)
    ]
    assert parsed.feed.updated == (NOW + timedelta(minutes=20)).isoformat()
    assert parse((rig.folder / "cd-3.cap.xml").read_bytes()).msg_type is MsgType.CANCEL


def test_sending_again_changes_no_byte(rig: Rig) -> None:
    send(rig, message("cd-1"))
    before = {each.name: each.read_bytes() for each in rig.folder.iterdir()}
    send(rig, message("cd-1"))
    assert {each.name: each.read_bytes() for each in rig.folder.iterdir()} == before


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<alert/>",
        b"not xml",
        cap("cd-1").replace(b"Actual", b"Perhaps"),
        cap("cd-1").replace(b"cap:1.2", b"cap:1.1"),
        cap("cd-1")[:-20],
    ],
)
def test_invalid_cap_is_refused_and_not_written(rig: Rig, xml: bytes) -> None:
    outcome = send(rig, replace(message("cd-1"), cap_xml=xml))
    assert outcome.verdict is Verdict.REFUSED
    assert "Not valid CAP" in outcome.evidence
    assert not rig.folder.exists()


def test_find_compares_bytes_and_feed(rig: Rig) -> None:
    channel, one = rig.channel("cap"), message("cd-1")
    assert channel.find(one).verdict is Verdict.ABSENT
    channel.send(one)
    assert channel.find(one).verdict is Verdict.CONFIRMED
    file, listing = rig.folder / "cd-1.cap.xml", rig.folder / FEED_NAME
    file.write_bytes(one.cap_xml + b"\n")
    assert channel.find(one).verdict is Verdict.UNKNOWN
    file.write_bytes(one.cap_xml.replace(b"is closed", b"is open"))
    assert channel.find(one).verdict is Verdict.ALTERED
    file.write_bytes(b"defaced")
    assert channel.find(one).verdict is Verdict.ALTERED
    file.write_bytes(one.cap_xml)
    listing.write_bytes(listing.read_bytes().replace(b"cd-1", b"cd-9"))
    assert channel.find(one).verdict is Verdict.UNKNOWN
    listing.unlink()
    assert channel.find(one).verdict is Verdict.UNKNOWN


def test_a_folder_that_is_away_does_not_prove_a_file_gone(rig: Rig) -> None:
    channel, one = rig.channel("cap"), message("cd-1")
    sent = channel.send(one)
    rig.folder.rename(rig.folder.with_name("elsewhere"))
    assert channel.find(one, sent.external_id).verdict is Verdict.UNKNOWN
    rig.folder.mkdir()
    assert channel.find(one, sent.external_id).verdict is Verdict.ABSENT


@pytest.mark.parametrize("blocked", ["folder is a file", "target is a folder"])
def test_folder_that_cannot_be_written(rig: Rig, blocked: str) -> None:
    if blocked == "folder is a file":
        rig.folder.write_text("")
    else:
        (rig.folder / "cd-1.cap.xml").mkdir(parents=True)
    outcome = send(rig, message("cd-1"))
    public = blocked == "feed is a folder"
    assert outcome.verdict is (Verdict.UNKNOWN if public else Verdict.NOT_SENT)
    assert ("the feed is not known" if public else "cannot be written") in outcome.evidence


def test_a_file_without_its_feed_is_never_called_not_sent(rig: Rig) -> None:
    """The next message's feed would list it, after we had said that nothing came out."""
    (rig.folder / FEED_NAME).mkdir(parents=True)
    outcome = send(rig, message("cd-1"))
    assert outcome.verdict is Verdict.UNKNOWN
    assert "not known to list" in outcome.evidence
    (rig.folder / FEED_NAME).rmdir()
    assert send(rig, message("cd-1")).verdict is Verdict.ACCEPTED
    assert len(feed(rig).entries) == 1


def test_check_says_what_is_wrong_with_the_folder(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = rig.channel("cap")
    assert "does not exist" in channel.check().words
    rig.folder.mkdir()
    assert channel.check().ok
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root
    result = channel.check()
    assert (result.ok, "may not be written" in result.words) == (False, True)
    assert list(rig.folder.iterdir()) == []


def test_foreign_and_left_over_files_do_not_break_the_feed(rig: Rig) -> None:
    rig.folder.mkdir()
    (rig.folder / ".cd-0.cap.xml.123.new").write_bytes(b"<half")
    (rig.folder / "broken.cap.xml").write_bytes(b"<half")
    (rig.folder / "empty.cap.xml").write_bytes(b"")
    (rig.folder / "folder.cap.xml").mkdir()
    (rig.folder / "gone.cap.xml").symlink_to("nowhere")
    (rig.folder / "index.html").write_bytes(b"<html>")
    (rig.folder / "a b&<ŷ>\x01.cap.xml").write_bytes(cap("foreign"))
    (rig.folder / os.fsdecode(b"latin-\xe9.cap.xml")).write_bytes(cap("latin"))
    assert send(rig, message("cd-1", minutes=1)).verdict is Verdict.ACCEPTED
    links = [each.link for each in feed(rig).entries]
    assert links[0] == BASE + "cd-1.cap.xml"
    assert set(links[1:]) == {
        BASE + "a%20b%26%3C%C5%B7%3E%01.cap.xml",
        BASE + "latin-%E9.cap.xml",
    }


def test_feed_holds_the_newest_and_every_file_stays(rig: Rig) -> None:
    rig.folder.mkdir()
    for number in range(FEED_ENTRIES + 5):
        old = cap(f"old-{number}", sent=NOW - timedelta(minutes=number + 1))
        (rig.folder / f"old-{number}.cap.xml").write_bytes(old)
    send(rig, message("cd-1"))
    entries = feed(rig).entries
    assert len(entries) == FEED_ENTRIES
    assert entries[0].link == BASE + "cd-1.cap.xml"
    assert entries[-1].link == BASE + f"old-{FEED_ENTRIES - 2}.cap.xml"
    assert len(list(rig.folder.glob("*.cap.xml"))) == FEED_ENTRIES + 6


def test_what_is_in_force_stays_in_the_feed_however_many_follow_it(rig: Rig) -> None:
    rig.folder.mkdir()
    for name, hours in (("in-force", 24), ("over", -1)):
        sent = NOW - timedelta(hours=3)
        old = cap(name, sent=sent, expires=NOW + timedelta(hours=hours))
        (rig.folder / f"{name}.cap.xml").write_bytes(old)
    for number in range(FEED_ENTRIES):
        later = cap(f"later-{number}", sent=NOW - timedelta(minutes=number + 1))
        (rig.folder / f"later-{number}.cap.xml").write_bytes(later)
    send(rig, message("cd-1"))
    links = [each.link for each in feed(rig).entries]
    assert links[0] == BASE + "cd-1.cap.xml"
    assert links[-1] == BASE + "in-force.cap.xml"
    assert BASE + "over.cap.xml" not in links
    assert len(links) == FEED_ENTRIES + 1


def test_words_of_a_message_cannot_break_the_feed(rig: Rig) -> None:
    nasty = cap("cd-1", headline="</title><script>&amp;]]> 🌊")
    send(rig, replace(message("cd-1"), cap_xml=nasty))
    text = (rig.folder / FEED_NAME).read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;/title&gt;&lt;script&gt;&amp;amp;]]&gt; 🌊" in text


def test_a_reader_never_sees_half_a_file(rig: Rig) -> None:
    send(rig, message("cd-0"))
    stop, seen = threading.Event(), set[int]()

    def read() -> None:
        while not stop.is_set():
            data = (rig.folder / FEED_NAME).read_bytes()
            seen.add(int(data.startswith(b"<?xml") and data.rstrip().endswith(b"</feed>")))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 20):
        send(rig, message(f"cd-{number}", minutes=number))
    stop.set()
    reader.join()
    assert seen == {1}


def test_interrupted_before_the_rename_leaves_the_old_feed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(rig, message("cd-1"))
    before = (rig.folder / FEED_NAME).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = send(rig, message("cd-2", minutes=1))
    assert outcome.verdict is Verdict.NOT_SENT
    assert "No space left" in outcome.evidence
    assert (rig.folder / FEED_NAME).read_bytes() == before
    assert not (rig.folder / "cd-2.cap.xml").exists()
    monkeypatch.undo()
    assert send(rig, message("cd-2", minutes=1)).verdict is Verdict.ACCEPTED
    assert len(feed(rig).entries) == 2


def test_home_is_understood(rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    channel = rig.channel("cap", folder="~/published", base_url="https://example.org/x")
    outcome = channel.send(message("cd-1"))
    assert outcome.url == "https://example.org/x/cd-1.cap.xml"
    assert (tmp_path / "published" / "cd-1.cap.xml").exists()
