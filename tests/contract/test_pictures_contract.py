"""What every channel promises of pictures: all of them with their words, or nothing at all."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from crisisdesk.channels.registry import CHANNELS
from crisisdesk.model.delivery import Verdict
from crisisdesk.rules.pictures import file_name
from crisisdesk.simnet.faults import Fault
from tests.channels.rig import Rig
from tests.contract.test_channels_contract import CASES, FAULTS, PUBLISH, plan, rig
from tests.pictures import picture, two_pictures

__all__ = ["rig"]

V = Verdict
PICTURES = two_pictures()
UPLOAD = {
    "mastodon": "POST /api/v2/media",
    "bluesky": "POST /xrpc/com.atproto.repo.uploadBlob",
}
LOCKING, FINAL = {"401"}, {"403", "404", "422"}


def shown(rig: Rig, kind: str) -> list[list[tuple[bytes, str]]]:
    """The pictures the public sees, (bytes, words) for each publication."""
    return {"mastodon": toots, "bluesky": posts, "email": mails, "cap": files}[kind](rig)


def toots(rig: Rig) -> list[list[tuple[bytes, str]]]:
    live = [each for each in rig.mastodon.statuses if not each.deleted]
    return [[(one.content, one.description or "") for one in each.media] for each in live]


def posts(rig: Rig) -> list[list[tuple[bytes, str]]]:
    found = []
    for record in rig.bluesky.records:
        images = record.value.get("embed", {}).get("images", [])
        links = [(each["image"]["ref"]["$link"], each["alt"]) for each in images]
        found.append([(rig.bluesky.blobs[record.did, link][0], alt) for link, alt in links])
    return found


def mails(rig: Rig) -> list[list[tuple[bytes, str]]]:
    found = []
    for each in rig.mail.messages:
        mail = message_from_bytes(each.data, policy=default)
        assert isinstance(mail, EmailMessage)
        parts = [one for one in mail.walk() if one.get_content_maintype() == "image"]
        found.append([(one.get_content(), str(one["Content-Description"])) for one in parts])
    return found


def files(rig: Rig) -> list[list[tuple[bytes, str]]]:
    """By what the CAP messages in the folder name."""
    from crisisdesk.rules.cap_read import read_tree, tag, text_of

    found = []
    for name in rig.public("cap"):
        resources = read_tree((rig.folder / name).read_bytes()).iter(tag("resource"))
        uris = [(text_of(each, "uri"), text_of(each, "resourceDesc")) for each in resources]
        found.append(
            [((rig.folder / uri.rsplit("/", 1)[-1]).read_bytes(), alt) for uri, alt in uris]
        )
    return found


WANTED = [(each.content, each.image.alt) for each in PICTURES]


@pytest.mark.parametrize("kind", CHANNELS)
def test_pictures_and_their_words_arrive_and_are_read_back(rig: Rig, kind: str) -> None:
    channel, message = rig.channel(kind), rig.message(kind, pictures=PICTURES)
    sent = channel.send(message)
    assert sent.verdict is V.ACCEPTED, sent
    assert shown(rig, kind) == [WANTED]
    found = channel.find(message, sent.external_id)
    assert found.verdict is (V.UNKNOWN if kind == "email" else V.CONFIRMED), found
    if kind != "email":
        assert channel.find(message) == found


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "cap"])
def test_sending_again_leaves_one_with_the_same_pictures(rig: Rig, kind: str) -> None:
    message = rig.message(kind, pictures=PICTURES)
    first = rig.channel(kind).send(message)
    before = [each.cid for each in rig.bluesky.records]
    assert rig.channel(kind).send(message) == first
    assert shown(rig, kind) == [WANTED]
    assert [each.cid for each in rig.bluesky.records] == before


@pytest.mark.parametrize("kind", UPLOAD)
@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("number", [1, 2])
def test_a_fault_at_any_upload_publishes_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, number: int
) -> None:
    channel, message = rig.channel(kind), rig.message(kind, pictures=PICTURES)
    at_upload(rig, monkeypatch, kind, number, FAULTS[name][0])
    outcome = channel.send(message)
    expected = V.LOCKED if name in LOCKING else V.REFUSED if name in FINAL else V.NOT_SENT
    assert outcome.verdict is expected, outcome
    assert "nothing was published" in outcome.evidence.lower() or name == "refused"
    assert rig.public(kind) == []
    assert channel.find(message).verdict is V.ABSENT
    assert channel.send(message).verdict is V.ACCEPTED
    assert shown(rig, kind) == [WANTED]


def at_upload(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, kind: str, number: int, fault: Fault
) -> None:
    """Plan a fault for the upload with this number, from 1."""
    faults = {"mastodon": rig.mastodon, "bluesky": rig.bluesky}[kind].faults
    take, seen = faults.take, []

    def counting(line: str) -> Fault | None:
        if line.startswith(UPLOAD[kind]):
            seen.append(line)
            if len(seen) == number:
                plan(rig, kind, fault, UPLOAD[kind])
        return take(line)

    monkeypatch.setattr(faults, "take", counting)


@pytest.mark.parametrize(("kind", "name", "fault", "verdict", "out"), CASES)
def test_every_fault_while_publishing_with_pictures(
    rig: Rig, kind: str, name: str, fault: Fault, verdict: Verdict, out: bool
) -> None:
    channel, message = rig.channel(kind), rig.message(kind, pictures=PICTURES)
    plan(rig, kind, fault, PUBLISH[kind])
    outcome = channel.send(message)
    assert outcome.verdict is verdict, outcome
    assert bool(rig.public(kind)) is out
    assert shown(rig, kind) == [WANTED] * out
    if kind != "email":
        assert channel.find(message).verdict is (V.CONFIRMED if out else V.ABSENT)
        assert channel.send(message).verdict is V.ACCEPTED
        assert shown(rig, kind) == [WANTED]


@pytest.mark.parametrize("kind", UPLOAD)
def test_a_wait_the_network_asks_for_is_kept(rig: Rig, kind: str) -> None:
    headers = {"Retry-After": "17"}
    plan(rig, kind, Fault("status", status=429, headers=headers), UPLOAD[kind])
    outcome = rig.channel(kind).send(rig.message(kind, pictures=PICTURES))
    assert (outcome.verdict, outcome.retry_after) == (V.NOT_SENT, 17)


@pytest.mark.parametrize("kind", ["mastodon", "bluesky", "cap"])
@pytest.mark.parametrize("sent", [PICTURES[:1], ()], ids=["one of two", "none of two"])
def test_a_post_without_all_its_pictures_is_not_confirmed(
    rig: Rig, kind: str, sent: tuple[object, ...]
) -> None:
    channel, message = rig.channel(kind), rig.message(kind, pictures=PICTURES)
    channel.send(replace(message, pictures=PICTURES[: len(sent)]))
    found = channel.find(message)
    assert found.verdict is V.ALTERED, found
    assert "picture" in found.evidence


@pytest.mark.parametrize("kind", ["bluesky", "cap"])
def test_another_picture_in_its_place_is_seen(rig: Rig, kind: str) -> None:
    channel, message = rig.channel(kind), rig.message(kind, pictures=PICTURES)
    other = picture(colour="green")
    channel.send(replace(message, pictures=(other, PICTURES[1])))
    if kind == "cap":
        (rig.folder / file_name(PICTURES[0].image)).write_bytes(other.content)
    assert channel.find(message).verdict is V.ALTERED


def test_cap_pictures_are_there_before_the_message(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crisisdesk.channels import cap

    written: list[str] = []
    write = cap._write_whole

    def note(target: Path, content: bytes) -> None:
        write(target, content)
        written.append(target.name)

    monkeypatch.setattr(cap, "_write_whole", note)
    message = rig.message("cap", pictures=PICTURES)
    rig.channel("cap").send(message)
    names = [file_name(each.image) for each in PICTURES]
    assert written == [*names, f"{message.key}.cap.xml", "feed.atom"]
    assert len(list(rig.folder.iterdir())) == 4


def test_a_picture_that_cannot_be_written_keeps_the_message_back(rig: Rig) -> None:
    (rig.folder / file_name(PICTURES[1].image)).mkdir(parents=True)
    outcome = rig.channel("cap").send(rig.message("cap", pictures=PICTURES))
    assert outcome.verdict is V.NOT_SENT
    assert rig.public("cap") == []
