"""Bluesky: our own record key makes repeats harmless; sign-ins are scarce and kept."""

from dataclasses import replace

import pytest

from crisisdesk.model.delivery import Publication, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.simnet.faults import Fault, FaultKind
from tests.channels.rig import Rig
from tests.loopback import serve

PUT = "POST /xrpc/com.atproto.repo.putRecord"
SIGN_IN = "POST /xrpc/com.atproto.server.createSession"
REFRESH = "POST /xrpc/com.atproto.server.refreshSession"
GET = "GET /xrpc/com.atproto.repo.getRecord"
JSON = {"Content-Type": "application/json"}


def test_record_holds_what_was_approved(rig: Rig) -> None:
    text = "🌊 Tŷ'r Afon: https://council.example.org/heol #llifogydd"
    message = replace(rig.message("bluesky", text), language="cy")
    outcome = rig.channel("bluesky").send(message)
    (record,) = rig.bluesky.records
    assert record.rkey == message.key
    assert record.value["text"] == text
    assert record.value["langs"] == ["cy"]
    assert record.value["createdAt"] == "2026-08-20T09:00:00.000Z"
    marks = [facet["index"] for facet in record.value["facets"]]
    shown = [text.encode()[each["byteStart"] : each["byteEnd"]].decode() for each in marks]
    assert shown == ["https://council.example.org/heol", "#llifogydd"]
    assert outcome.external_id == record.uri
    assert outcome.url == f"https://bsky.app/profile/council.example/post/{message.key}"


def test_same_key_twice_is_one_record_with_one_cid(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    rig.bluesky.faults.add(Fault("lost_answer", PUT))
    assert channel.send(message).verdict is Verdict.UNKNOWN
    first = rig.bluesky.records[0].cid
    assert channel.send(message).verdict is Verdict.ACCEPTED
    assert rig.channel("bluesky").send(message).verdict is Verdict.ACCEPTED
    assert [each.cid for each in rig.bluesky.records] == [first]


def test_tokens_are_kept_between_calls(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    channel.check()
    channel.send(message)
    channel.find(message)
    assert rig.bluesky.requests.count(SIGN_IN) == 1


def test_expired_token_is_renewed_once(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    channel.check()
    rig.bluesky.expire_tokens()
    assert channel.send(message).verdict is Verdict.ACCEPTED
    assert rig.bluesky.requests == [SIGN_IN, PUT, REFRESH, PUT]
    assert len(rig.bluesky.records) == 1


def test_both_tokens_expired_means_one_new_sign_in(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    channel.check()
    rig.bluesky.expire_tokens(refresh=True)
    assert channel.send(message).verdict is Verdict.ACCEPTED
    assert rig.bluesky.requests == [SIGN_IN, PUT, REFRESH, SIGN_IN, PUT]


def test_a_server_that_always_says_expired_is_not_hammered(rig: Rig) -> None:
    body = '{"error": "ExpiredToken", "message": "Token has expired"}'
    rig.bluesky.faults.add(Fault("status", PUT, times=-1, status=400, body=body, headers=JSON))
    outcome = rig.channel("bluesky").send(rig.message("bluesky"))
    assert outcome.verdict is Verdict.REFUSED
    assert rig.bluesky.requests.count(PUT) == 2
    assert rig.bluesky.records == []


@pytest.mark.parametrize("act", ["send", "delete"])
def test_wrong_password_locks(rig: Rig, act: str) -> None:
    channel = rig.channel("bluesky", password="wrong")
    if act == "send":
        outcome = channel.send(rig.message("bluesky"))
    else:
        outcome = channel.delete(Publication("at://x/y/z"))
    assert outcome.verdict is Verdict.LOCKED
    assert "Invalid identifier or password" in outcome.evidence
    assert channel.find(rig.message("bluesky")).verdict is Verdict.UNKNOWN
    assert not channel.check().ok
    assert rig.bluesky.records == []


def test_password_changed_between_two_posts_locks(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    channel.check()
    rig.bluesky.add_account("council.example", password="new")
    rig.bluesky.expire_tokens(refresh=True)
    assert channel.send(message).verdict is Verdict.LOCKED


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_trouble_at_the_sign_in_is_no_wrong_password(rig: Rig, status: int) -> None:
    rig.bluesky.faults.add(Fault("status", SIGN_IN, status=status))
    channel = rig.channel("bluesky")
    assert channel.send(rig.message("bluesky")).verdict is Verdict.NOT_SENT
    assert channel.send(rig.message("bluesky")).verdict is Verdict.ACCEPTED


def test_answers_name_root_and_parent(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    ids = [channel.send(message).external_id]
    for number, key in enumerate(("3mlhe37ipd2bq", "3mlhe37ipd2cq")):
        answer = replace(message, key=key, text=str(number), reply_to=Publication(ids[-1]))
        ids.append(channel.send(answer).external_id)
    replies = [each.value["reply"] for each in rig.bluesky.records[1:]]
    assert [each["root"]["uri"] for each in replies] == [ids[0], ids[0]]
    assert [each["parent"]["uri"] for each in replies] == ids[:2]
    assert replies[1]["parent"]["cid"] == rig.bluesky.records[1].cid


@pytest.mark.parametrize("fault", ["refuse", "timeout", "lost_answer", "html", "empty", "truncate"])
def test_nothing_is_published_when_the_parent_cannot_be_seen(rig: Rig, fault: FaultKind) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    parent = channel.send(message)
    answer = replace(message, key="3mlhe37ipd2bq", reply_to=Publication(parent.external_id))
    rig.bluesky.faults.add(Fault(fault, GET))
    outcome = channel.send(answer)
    assert outcome.verdict is Verdict.NOT_SENT
    assert "Nothing was published" in outcome.evidence
    assert len(rig.bluesky.records) == 1


def test_answer_to_a_post_that_is_gone_goes_out_by_itself(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    parent = channel.send(message)
    channel.delete(Publication(parent.external_id))
    answer = replace(message, key="3mlhe37ipd2bq", reply_to=Publication(parent.external_id))
    outcome = channel.send(answer)
    assert outcome.verdict is Verdict.ACCEPTED
    left = [record for record in rig.bluesky.records if not record.deleted]
    assert ["reply" in record.value for record in left] == [False]


def test_another_text_under_our_key_is_for_a_person(rig: Rig) -> None:
    channel, message = rig.channel("bluesky"), rig.message("bluesky")
    channel.send(message)
    rig.bluesky.records[0].value["text"] = "Everything is fine."
    outcome = channel.find(message)
    assert outcome.verdict is Verdict.ALTERED
    assert "Look at the post" in outcome.evidence


@pytest.mark.parametrize("body", ['{"uri": "a", "cid": "b"}', '{"uri": "a", "value": {}}', "[]"])
def test_look_up_with_a_bad_answer_is_unknown(rig: Rig, body: str) -> None:
    channel = rig.channel("bluesky")
    rig.bluesky.faults.add(Fault("status", GET, status=200, body=body, headers=JSON))
    assert channel.find(rig.message("bluesky")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "body", ['{"accessJwt": "a"}', "{}", "null", '{"accessJwt": 1, "refreshJwt": 2, "did": 3}']
)
def test_sign_in_with_a_bad_answer_publishes_nothing(rig: Rig, body: str) -> None:
    rig.bluesky.faults.add(Fault("status", SIGN_IN, status=200, body=body, headers=JSON))
    outcome = rig.channel("bluesky").send(rig.message("bluesky"))
    assert outcome.verdict is Verdict.NOT_SENT
    assert rig.bluesky.records == []


def test_too_long_a_text_is_refused_in_the_networks_words(rig: Rig) -> None:
    outcome = rig.channel("bluesky").send(rig.message("bluesky", "x" * 301))
    assert outcome.verdict is Verdict.REFUSED
    assert "300 graphemes" in outcome.evidence


def test_check_tells_who_we_are(rig: Rig) -> None:
    result = rig.channel("bluesky").check()
    assert (result.ok, result.identity, result.text_limit) == (True, "council.example", 300)
    assert rig.bluesky.records == []


def test_over_a_real_socket(rig: Rig) -> None:
    with serve(rig.bluesky) as url:
        channel = rig.channel("bluesky", Net(Mode.LIVE), server=url)
        message = rig.message("bluesky")
        rig.bluesky.faults.add(Fault("lost_answer", PUT))
        assert channel.send(message).verdict is Verdict.UNKNOWN
        assert channel.find(message).verdict is Verdict.CONFIRMED
        sent = channel.send(message)
        assert sent.verdict is Verdict.ACCEPTED
        assert len(rig.bluesky.records) == 1
        assert channel.delete(Publication(sent.external_id)).verdict is Verdict.WITHDRAWN
        assert channel.find(message).verdict is Verdict.ABSENT
        channel.close()
    assert channel.send(message).verdict is Verdict.NOT_SENT
