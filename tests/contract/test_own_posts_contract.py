"""What every channel promises about reading what stands on our own account."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.channels.registry import CHANNELS
from crisisdesk.model.delivery import Publication
from crisisdesk.model.errors import NetworkError
from crisisdesk.net.xrpc import SignInRefused
from crisisdesk.rules.normal import squeezed
from crisisdesk.simnet.faults import Fault, FaultKind
from tests.channels.rig import NOW, Rig, cap

READABLE = ("mastodon", "bluesky", "cap")
ONLINE = ("mastodon", "bluesky")
LIST = {
    "mastodon": "GET /api/v1/accounts/",
    "bluesky": "GET /xrpc/com.atproto.repo.listRecords",
}
FALSE = "The dam has burst. Run for your lives"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "alerts")
    yield made
    for channel in made.made:
        channel.close()


def faults(rig: Rig, kind: str) -> list[Fault]:
    sims = {"mastodon": rig.mastodon, "bluesky": rig.bluesky}
    return [fault for _, fault in sims[kind].faults.history]


def plan(rig: Rig, kind: str, fault: Fault) -> None:
    {"mastodon": rig.mastodon, "bluesky": rig.bluesky}[kind].faults.add(fault)


def test_mail_cannot_be_asked(rig: Rig) -> None:
    assert rig.channel("email").own_posts() is None
    assert set(CHANNELS) == {*READABLE, "email"}


@pytest.mark.parametrize("kind", READABLE)
def test_nothing_then_ours_by_its_name_and_words_then_nothing(rig: Rig, kind: str) -> None:
    channel, looking, message = rig.channel(kind), rig.channel(kind), rig.message(kind)
    assert looking.own_posts() == []
    sent = channel.send(message)
    (post,) = looking.own_posts() or []
    assert (post.external_id, post.url) == (sent.external_id, sent.url)
    if kind == "cap":
        assert "Weir Bridge is closed." in post.text
        (rig.folder / sent.external_id).unlink()
    else:
        assert squeezed(post.text) == squeezed(message.text)
        assert post.posted_at == NOW
        channel.delete(Publication(sent.external_id, sent.url, message.key))
    assert looking.own_posts() == []


def test_what_somebody_else_put_there(rig: Rig) -> None:
    rig.mastodon.post("council", FALSE)
    rig.mastodon.post("somebody", "not on our account")
    rig.bluesky.post("council.example", FALSE)
    rig.bluesky.post("somebody.example", "not on our account")
    rig.folder.mkdir()
    (rig.folder / "burst.cap.xml").write_bytes(cap("burst", headline=FALSE))
    (rig.folder / "notes.txt").write_text("not a message")
    for kind in READABLE:
        (post,) = rig.channel(kind).own_posts() or []
        assert FALSE in post.text
        assert post.url.startswith("https://")


@pytest.mark.parametrize("kind", ONLINE)
def test_one_page_newest_first(rig: Rig, kind: str) -> None:
    size = {"mastodon": 40, "bluesky": 100}[kind]
    for number in range(size + 5):
        if kind == "mastodon":
            rig.mastodon.post("council", f"post {number}")
        else:
            rig.bluesky.post("council.example", f"post {number}")
    posts = rig.channel(kind).own_posts() or []
    assert [post.text for post in posts] == [f"post {n}" for n in range(size + 4, 4, -1)]


@pytest.mark.parametrize("kind", ONLINE)
@pytest.mark.parametrize("fault", ["refuse", "timeout", "lost_answer", "html", "empty", "truncate"])
@pytest.mark.parametrize("first", [True, False])
def test_every_fault_is_told_and_never_looks_like_an_empty_account(
    rig: Rig, kind: str, fault: FaultKind, first: bool
) -> None:
    channel = rig.channel(kind)
    channel.send(rig.message(kind))
    if not first:
        assert channel.own_posts()
    plan(rig, kind, Fault(fault, LIST[kind]))
    with pytest.raises(NetworkError) as caught:
        channel.own_posts()
    assert len(str(caught.value).split()) > 4
    assert len(channel.own_posts() or []) == 1


@pytest.mark.parametrize("kind", ONLINE)
@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_every_status_is_told(rig: Rig, kind: str, status: int) -> None:
    plan(rig, kind, Fault("status", LIST[kind], status=status, body="{}"))
    with pytest.raises(NetworkError, match=str(status)):
        rig.channel(kind).own_posts()
    assert len(faults(rig, kind)) == 1


@pytest.mark.parametrize(
    ("kind", "wrong"), [("mastodon", {"token": "old"}), ("bluesky", {"password": "old"})]
)
def test_a_sign_in_that_is_no_longer_good_is_told_apart(
    rig: Rig, kind: str, wrong: dict[str, str]
) -> None:
    with pytest.raises(SignInRefused):
        rig.channel(kind, None, **wrong).own_posts()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("mastodon", "{}"),
        ("mastodon", "[1]"),
        ("mastodon", '[{"content": "<p>no number</p>"}]'),
        ("bluesky", "{}"),
        ("bluesky", '{"records": {}}'),
        ("bluesky", '{"records": [{"uri": "at://x"}]}'),
        ("bluesky", '{"records": [{"uri": 5, "value": {}}]}'),
    ],
)
def test_an_answer_of_another_shape_is_no_answer(rig: Rig, kind: str, body: str) -> None:
    channel = rig.channel(kind)
    channel.own_posts()
    headers = {"Content-Type": "application/json"}
    plan(rig, kind, Fault("status", LIST[kind], status=200, body=body, headers=headers))
    with pytest.raises(NetworkError, match="answer"):
        channel.own_posts()


@pytest.mark.parametrize("stamp", ["null", '"soon"', '"0001-01-01T00:00:00Z"', "7"])
def test_a_post_with_an_impossible_time_is_still_a_post(rig: Rig, stamp: str) -> None:
    body = f'[{{"id": "7", "content": "<p>{FALSE}</p>", "created_at": {stamp}}}]'
    channel = rig.channel("mastodon")
    channel.own_posts()
    plan(rig, "mastodon", Fault("status", LIST["mastodon"], status=200, body=body))
    (post,) = channel.own_posts() or []
    assert (post.external_id, post.text, post.posted_at.year) == ("7", FALSE, 1970)


def test_mastodon_shares_and_warnings_are_posts_and_letters_are_not(rig: Rig) -> None:
    shared = '{"id": "1", "content": "<p>Buy now</p>"}'
    body = f"""[
        {{"id": "4", "visibility": "direct", "content": "<p>to one person</p>"}},
        {{"id": "3", "spoiler_text": "Flood", "content": "<p>Run</p>", "url": "https://x/3"}},
        {{"id": "2", "content": "", "reblog": {shared}}}
    ]"""
    channel = rig.channel("mastodon")
    channel.own_posts()
    plan(rig, "mastodon", Fault("status", LIST["mastodon"], status=200, body=body))
    posts = channel.own_posts() or []
    assert [post.external_id for post in posts] == ["3", "2"]
    assert posts[0].text == "Flood\nRun"
    assert posts[1].text.endswith("somebody else: Buy now")


def test_cap_files_that_are_none_or_change_are_told(rig: Rig) -> None:
    channel = rig.channel("cap")
    rig.folder.mkdir()
    file = rig.folder / "odd.cap.xml"
    file.write_bytes(b"<html/>")
    (odd,) = channel.own_posts() or []
    assert "no CAP message" in odd.text
    file.write_bytes(cap("odd", headline=FALSE))
    os.utime(file, (0, 0))
    (changed,) = channel.own_posts() or []
    assert FALSE in changed.text
    assert changed.posted_at.year > 2000  # when it really was written, whatever it claims
    file.write_bytes(b"<alert>" + b" " * (2 << 20))
    (huge,) = channel.own_posts() or []
    assert "no CAP message" in huge.text


def test_a_cap_folder_that_cannot_be_read_is_told(rig: Rig) -> None:
    rig.folder.write_text("a file where the folder should be")
    with pytest.raises(NetworkError, match="folder cannot be read"):
        rig.channel("cap").own_posts()
