"""Pictures channel by channel: how each network is handed them, and what it may say to that."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha1, sha256
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crisisdesk.channels.bluesky import blob_link
from crisisdesk.channels.mastodon import PROCESSING_PAUSES, Mastodon
from crisisdesk.config import resource
from crisisdesk.model.delivery import Message, Publication, Verdict
from crisisdesk.model.media import Image, Picture
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.rules.cap import compile_schema, findings
from crisisdesk.rules.cap_read import read_tree, tag, text_of
from crisisdesk.rules.pictures import described, file_name
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.mail import MailSim
from tests.channels.rig import BASE_URL, Rig
from tests.loopback import serve, serve_mail
from tests.pictures import ALT, picture, two_pictures

V = Verdict
PICTURES = two_pictures()
MEDIA, POST = "POST /api/v2/media", "POST /api/v1/statuses"
BLOB, PUT = "POST /xrpc/com.atproto.repo.uploadBlob", "POST /xrpc/com.atproto.repo.putRecord"


def with_pictures(rig: Rig, kind: str) -> Message:
    return rig.message(kind, pictures=PICTURES)


# Mastodon


def patient(rig: Rig) -> tuple[Mastodon, list[float]]:
    """A channel that notes its pauses and does not make them."""
    channel, pauses = rig.channel("mastodon"), []
    assert isinstance(channel, Mastodon)
    channel.wait = pauses.append  # type: ignore[method-assign]
    return channel, pauses


def test_ready_pictures_cost_no_wait(rig: Rig) -> None:
    channel, pauses = patient(rig)
    assert channel.send(with_pictures(rig, "mastodon")).verdict is V.ACCEPTED
    assert pauses == []
    assert rig.mastodon.requests == [MEDIA, MEDIA, POST]


def test_a_picture_being_processed_is_waited_for(rig: Rig) -> None:
    rig.mastodon.media_looks = 3
    channel, pauses = patient(rig)
    assert channel.send(with_pictures(rig, "mastodon")).verdict is V.ACCEPTED
    assert pauses == [*PROCESSING_PAUSES[:3]] * 2
    (status,) = rig.mastodon.statuses
    assert [each.description for each in status.media] == [each.image.alt for each in PICTURES]


def test_the_wait_has_an_end_and_nothing_is_published(rig: Rig) -> None:
    rig.mastodon.media_looks = 100
    channel, pauses = patient(rig)
    outcome = channel.send(with_pictures(rig, "mastodon"))
    assert outcome.verdict is V.NOT_SENT
    assert "still working on a picture" in outcome.evidence
    assert pauses == [*PROCESSING_PAUSES]
    assert sum(pauses) < 10
    assert POST not in rig.mastodon.requests


def test_a_picture_the_server_cannot_process_is_refused(rig: Rig) -> None:
    rig.mastodon.media_looks, rig.mastodon.media_fails = 1, True
    outcome = patient(rig)[0].send(with_pictures(rig, "mastodon"))
    assert outcome.verdict is V.REFUSED
    assert "Error processing thumbnail" in outcome.evidence
    assert rig.public("mastodon") == []


@pytest.mark.parametrize("kind", ["refuse", "lost_answer", "timeout", "html", "empty", "truncate"])
def test_a_fault_while_waiting_publishes_nothing(rig: Rig, kind: str) -> None:
    rig.mastodon.media_looks = 1
    rig.mastodon.faults.add(Fault(kind, "GET /api/v1/media"))  # type: ignore[arg-type]
    outcome = patient(rig)[0].send(with_pictures(rig, "mastodon"))
    assert outcome.verdict is V.NOT_SENT, outcome
    assert rig.public("mastodon") == []


def test_lost_answer_then_again_is_one_post_with_one_set_of_pictures(rig: Rig) -> None:
    channel, message = rig.channel("mastodon"), with_pictures(rig, "mastodon")
    rig.mastodon.faults.add(Fault("lost_answer", POST))
    assert channel.send(message).verdict is V.UNKNOWN
    assert channel.send(message).verdict is V.ACCEPTED
    (status,) = rig.mastodon.statuses
    assert len(status.media) == 2
    assert len(rig.mastodon.media) == 4  # uploaded twice; what no post names is nobody's to see
    assert {each.status_id for each in rig.mastodon.media} == {status.id, None}


def test_a_correction_to_a_post_that_is_gone_keeps_its_pictures(rig: Rig) -> None:
    message = replace(with_pictures(rig, "mastodon"), reply_to=Publication("1"))
    assert rig.channel("mastodon").send(message).verdict is V.ACCEPTED
    assert len(rig.mastodon.statuses[0].media) == 2
    assert rig.mastodon.requests == [MEDIA, MEDIA, POST, POST]


def test_a_retracted_post_takes_its_pictures_along(rig: Rig) -> None:
    channel = rig.channel("mastodon")
    sent = channel.send(with_pictures(rig, "mastodon"))
    assert channel.delete(Publication(sent.external_id)).verdict is V.WITHDRAWN
    assert [each.gone for each in rig.mastodon.media] == [True, True]


def test_mastodon_over_a_real_socket(rig: Rig) -> None:
    with serve(rig.mastodon) as url:
        channel = rig.channel("mastodon", Net(Mode.LIVE), server=url)
        message = with_pictures(rig, "mastodon")
        rig.mastodon.faults.add(Fault("lost_answer", MEDIA))
        assert channel.send(message).verdict is V.NOT_SENT
        assert channel.send(message).verdict is V.ACCEPTED
        assert channel.find(message).verdict is V.CONFIRMED
        channel.close()
    (status,) = rig.mastodon.statuses
    assert [each.content for each in status.media] == [each.content for each in PICTURES]


# Bluesky


def test_the_record_names_pictures_words_and_shape(rig: Rig) -> None:
    rig.channel("bluesky").send(with_pictures(rig, "bluesky"))
    embed = rig.bluesky.records[0].value["embed"]
    assert embed["$type"] == "app.bsky.embed.images"
    for shown, each in zip(embed["images"], PICTURES, strict=True):
        image = each.image
        assert shown["alt"] == image.alt
        assert shown["aspectRatio"] == {"width": image.width, "height": image.height}
        assert shown["image"]["ref"]["$link"] == blob_link(image.sha256)
        assert (shown["image"]["mimeType"], shown["image"]["size"]) == (image.mime, image.length)


def test_the_name_of_bytes_is_the_one_bluesky_gives() -> None:
    # The empty file's CID as the IPFS and AT Protocol libraries print it.
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert blob_link(empty) == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


def test_a_token_that_runs_out_before_an_upload_is_renewed(rig: Rig) -> None:
    channel = rig.channel("bluesky")
    channel.check()
    rig.bluesky.expire_tokens()
    assert channel.send(with_pictures(rig, "bluesky")).verdict is V.ACCEPTED
    assert rig.bluesky.requests[1:4] == [
        BLOB,
        "POST /xrpc/com.atproto.server.refreshSession",
        BLOB,
    ]
    assert len(rig.bluesky.blobs) == 2


BLOBS = [
    "{}",
    '{"blob": null}',
    '{"blob": {"ref": 5}}',
    '{"blob": {"ref": {"$link": "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"}}}',
]


@pytest.mark.parametrize("body", BLOBS)
def test_a_server_that_kept_something_else_gets_no_post(rig: Rig, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    rig.bluesky.faults.add(Fault("status", BLOB, status=200, body=body, headers=headers))
    outcome = rig.channel("bluesky").send(with_pictures(rig, "bluesky"))
    assert outcome.verdict is V.NOT_SENT
    assert PUT not in rig.bluesky.requests


@pytest.mark.parametrize("embed", [None, 5, {"images": None}, {"images": [5, {"image": None}]}])
def test_an_embed_nobody_understands_is_not_confirmed(rig: Rig, embed: object) -> None:
    channel, message = rig.channel("bluesky"), with_pictures(rig, "bluesky")
    channel.send(message)
    rig.bluesky.records[0].value["embed"] = embed
    assert channel.find(message).verdict is V.ALTERED


def test_too_big_a_picture_is_refused_in_the_networks_words(rig: Rig) -> None:
    content = picture().content + bytes(1_000_000)
    big = Picture(
        Image(sha256(content).hexdigest(), "image/jpeg", 48, 32, len(content), ALT), content
    )
    outcome = rig.channel("bluesky").send(rig.message("bluesky", pictures=(big,)))
    assert outcome.verdict is V.REFUSED
    assert "1000000" in outcome.evidence
    assert rig.bluesky.records == []


# E-mail


def received(sim: MailSim) -> EmailMessage:
    mail = message_from_bytes(sim.messages[-1].data, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_mail_says_in_its_text_what_the_pictures_show(rig: Rig) -> None:
    message = replace(with_pictures(rig, "email"), language="cy")
    rig.channel("email").send(message)
    mail = received(rig.mail)
    text, first, second = mail.iter_parts()
    lines = text.get_content().splitlines()
    assert lines == [message.text, "", *(f"Picture: {each.image.alt}" for each in PICTURES)]
    assert [each.get_filename() for each in (first, second)] == ["picture-1.jpg", "picture-2.png"]
    assert [each.get_content_disposition() for each in (first, second)] == ["inline"] * 2
    assert mail["Content-Language"] == "cy"
    assert max(map(len, rig.mail.messages[0].data.splitlines())) <= 998
    assert rig.mail.messages[0].data.isascii()


def test_mail_with_pictures_sent_again_is_the_same_bytes(rig: Rig) -> None:
    channel, message = rig.channel("email"), with_pictures(rig, "email")
    channel.send(message)
    channel.send(message)
    first, second = rig.mail.messages
    assert first.data == second.data


@given(st.text(max_size=300), st.text(max_size=100))
@example("Closed\r\nBcc: spy@example.org", "--=_cd\r\n\r\n.\r\n")
@example("=_", "=?utf-8?q?x?=")
def test_no_description_writes_headers_or_parts(alt: str, text: str) -> None:
    rig = Rig(Path("unused"))
    shown = described(PICTURES[0], alt)
    message = replace(rig.message("email", text), pictures=(shown,))
    outcome = rig.channel("email").send(message)
    assert outcome.verdict is V.ACCEPTED
    _, part = received(rig.mail).iter_parts()
    assert part.get_content() == shown.content
    assert set(part.keys()) <= {
        *("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"),
        *("Content-Description", "MIME-Version"),
    }


def test_mail_too_big_for_the_server_reaches_nobody(rig: Rig) -> None:
    rig.mail.max_size = 500
    outcome = rig.channel("email").send(with_pictures(rig, "email"))
    assert outcome.verdict is V.REFUSED
    assert "too big" in outcome.evidence
    assert rig.mail.messages == []


def test_mail_over_a_real_socket(rig: Rig) -> None:
    with serve_mail(rig.mail) as (host, port):
        channel = rig.channel("email", Net(Mode.LIVE), host=host, port=str(port), security="none")
        assert channel.send(with_pictures(rig, "email")).verdict is V.ACCEPTED
    parts = [*received(rig.mail).iter_parts()][1:]
    assert [each.get_content() for each in parts] == [each.content for each in PICTURES]


# CAP


def test_cap_names_each_picture_with_size_digest_and_words(rig: Rig) -> None:
    message = with_pictures(rig, "cap")
    rig.channel("cap").send(message)
    xml = (rig.folder / f"{message.key}.cap.xml").read_bytes()
    schema = compile_schema(resource("schemas", "cap-1.2.rng"))
    assert [each for each in findings(xml, schema) if each.severity == "error"] == []
    names = ("resourceDesc", "mimeType", "size", "uri", "digest")
    told = [
        [text_of(each, name) for name in names] for each in read_tree(xml).iter(tag("resource"))
    ]
    for fields, each in zip(told, PICTURES, strict=True):
        uri, digest = BASE_URL + file_name(each.image), sha1(each.content).hexdigest()
        size = str(len(each.content))
        assert fields == [each.image.alt, each.image.mime, size, uri, digest]


def test_a_cap_picture_that_is_gone_or_changed_is_seen(rig: Rig) -> None:
    channel, message = rig.channel("cap"), with_pictures(rig, "cap")
    channel.send(message)
    assert channel.find(message).verdict is V.CONFIRMED
    file = rig.folder / file_name(PICTURES[0].image)
    file.write_bytes(b"x")
    assert channel.find(message).verdict is V.ALTERED
    file.unlink()
    assert channel.find(message).verdict is V.ALTERED
    assert channel.send(message).verdict is V.ACCEPTED
    assert channel.find(message).verdict is V.CONFIRMED
