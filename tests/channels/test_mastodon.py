"""Mastodon: one post for one key, found again word for word, withdrawn, its limit known."""

from dataclasses import replace

import pytest

from crisisdesk.model.delivery import Publication, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.mastodon import MastodonSim
from tests.channels.rig import NOW, SOCIAL, Rig
from tests.loopback import serve

POST = "POST /api/v1/statuses"


def test_post_is_public_with_its_language_and_key(rig: Rig) -> None:
    message = replace(rig.message("mastodon", "Heol ar gau"), language="cy")
    outcome = rig.channel("mastodon").send(message)
    status = rig.mastodon.statuses[0]
    assert (status.text, status.language, status.visibility) == ("Heol ar gau", "cy", "public")
    assert status.idempotency_key == message.key
    assert outcome.external_id == status.id
    assert outcome.url == f"https://{SOCIAL}/@council/{status.id}"


def test_same_key_is_one_post_other_key_is_another(rig: Rig) -> None:
    channel, message = rig.channel("mastodon"), rig.message("mastodon")
    first, again = channel.send(message), channel.send(message)
    assert first.external_id == again.external_id
    assert channel.send(replace(message, key="other")).external_id != first.external_id
    assert len(rig.mastodon.statuses) == 2


def test_answers_go_below_the_earlier_post(rig: Rig) -> None:
    channel, message = rig.channel("mastodon"), rig.message("mastodon")
    first = channel.send(message)
    answer = replace(message, key="2", text="Open", reply_to=Publication(first.external_id))
    assert channel.send(answer).verdict is Verdict.ACCEPTED
    assert rig.mastodon.statuses[1].in_reply_to_id == first.external_id


def test_answer_to_a_post_that_is_gone_goes_out_by_itself(rig: Rig) -> None:
    lost = replace(rig.message("mastodon"), reply_to=Publication("12345"))
    outcome = rig.channel("mastodon").send(lost)
    assert outcome.verdict is Verdict.ACCEPTED
    assert [status.in_reply_to_id for status in rig.mastodon.statuses] == [None]


def test_the_networks_own_words_are_the_evidence(rig: Rig) -> None:
    outcome = rig.channel("mastodon").send(rig.message("mastodon", "x" * 501))
    assert outcome.verdict is Verdict.REFUSED
    assert "422 Validation failed: Text character limit of 500 exceeded" in outcome.evidence


def test_wrong_token_locks(rig: Rig) -> None:
    channel = rig.channel("mastodon", token="stolen")
    outcome = channel.send(rig.message("mastodon"))
    assert outcome.verdict is Verdict.LOCKED
    assert "token is invalid" in outcome.evidence
    assert "stolen" not in outcome.evidence
    assert channel.find(rig.message("mastodon")).verdict is Verdict.UNKNOWN
    assert not channel.check().ok


TEXTS = {
    "plain": "Weir Bridge is closed.",
    "link": "More: https://council.example.org/roads?id=1&b=2#now. Stay away.",
    "two links": "http://a.example.org/ and https://b.example.org/very/long/path/indeed",
    "mention": "Thanks @police for the warning",
    "remote mention": "Thanks @police@other.example and @fire@fire.example.org!",
    "hashtags": "Closed #WeirBridge #llifogydd",
    "lines": "EXERCISE EXERCISE\n\nWeir Bridge is closed.\nUse another way.\n\nRef K7Q3-1",
    "spaces": "  two  spaces \n and\ta tab ",
    "markup": 'Water <b>over</b> "5 ft" & rising; 3 < 4 > 2 &amp; &lt;',
    "emoji": "🌊 Tŷ'r Afon 👨‍👩‍👧 – llifogydd",
}


@pytest.mark.parametrize("name", TEXTS)
def test_found_again_by_its_words(rig: Rig, name: str) -> None:
    channel, message = rig.channel("mastodon"), rig.message("mastodon", TEXTS[name])
    rig.mastodon.faults.add(Fault("lost_answer", POST))
    assert channel.send(message).verdict is Verdict.UNKNOWN
    found = channel.find(message)
    assert found.verdict is Verdict.CONFIRMED
    assert found.external_id == rig.mastodon.statuses[0].id


@pytest.mark.parametrize("other", ["Weir Bridge is open.", "Weir Bridge is closed. Ref K7Q3-2"])
def test_other_words_are_not_ours(rig: Rig, other: str) -> None:
    rig.mastodon.post("council", other)
    rig.mastodon.post("somebody", "Weir Bridge is closed.")
    channel = rig.channel("mastodon")
    assert channel.find(rig.message("mastodon", "Weir Bridge is closed.")).verdict is Verdict.ABSENT


def test_the_last_40_posts_are_read(rig: Rig) -> None:
    channel, message = rig.channel("mastodon"), rig.message("mastodon")
    channel.send(message)
    for number in range(39):
        rig.mastodon.post("council", f"later {number}")
    assert channel.find(message).verdict is Verdict.CONFIRMED
    rig.mastodon.post("council", "one more")
    absent = channel.find(message)
    assert absent.verdict is Verdict.ABSENT
    assert "40" in absent.evidence
    assert channel.find(message, rig.mastodon.statuses[0].id).verdict is Verdict.CONFIRMED


def test_post_that_was_changed_is_neither_confirmed_nor_absent(rig: Rig) -> None:
    channel, message = rig.channel("mastodon"), rig.message("mastodon")
    sent = channel.send(message)
    rig.mastodon.statuses[0].text = "Weir Bridge is open."
    outcome = channel.find(message, sent.external_id)
    assert outcome.verdict is Verdict.ALTERED
    assert "other words" in outcome.evidence


def test_a_web_page_that_says_not_found_does_not_prove_a_post_gone(rig: Rig) -> None:
    channel, message = rig.channel("mastodon"), rig.message("mastodon")
    sent = channel.send(message)
    page = {"Content-Type": "text/html"}
    rig.mastodon.faults.add(Fault("status", "GET ", status=404, headers=page, body="<p>no</p>"))
    assert channel.find(message, sent.external_id).verdict is Verdict.UNKNOWN
    rig.mastodon.statuses[0].deleted = True
    assert channel.find(message, sent.external_id).verdict is Verdict.ABSENT


def test_deleting_twice_is_fine_and_foreign_posts_stay(rig: Rig) -> None:
    channel = rig.channel("mastodon")
    sent = channel.send(rig.message("mastodon"))
    for _ in range(2):
        assert channel.delete(Publication(sent.external_id)).verdict is Verdict.WITHDRAWN
    foreign = rig.mastodon.post("somebody", "hello")
    channel.delete(Publication(foreign.id))
    assert not foreign.deleted


def test_limit_is_what_the_instance_announces(rig: Rig) -> None:
    sim = MastodonSim(SOCIAL, rig.now, max_characters=1234)
    sim.add_account("council", token="token-1")
    net = Net(Mode.EXERCISE, apps={SOCIAL: sim})
    for _ in range(2):
        result = rig.channel("mastodon", net).check()
        assert (result.ok, result.identity, result.text_limit) == (True, "council", 1234)
        sim.faults.add(Fault("status", "GET /api/v2/instance", status=404))
    sim.faults.clear()
    sim.faults.add(Fault("status", "GET /api/v2/instance", status=404))
    sim.faults.add(Fault("status", "GET /api/v1/instance", status=404))
    result = rig.channel("mastodon", net).check()
    assert (result.ok, result.text_limit) == (True, None)
    assert sim.statuses == []


@pytest.mark.parametrize(
    "body",
    ["{}", '{"configuration": null}', '{"configuration": {"statuses": []}}',
     '{"configuration": {"statuses": {"max_characters": "many"}}}'],
)  # fmt: skip
def test_instance_that_announces_nothing_useful(rig: Rig, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    rig.mastodon.faults.add(
        Fault("status", "GET /api/v2/instance", status=200, body=body, headers=headers)
    )
    result = rig.channel("mastodon").check()
    assert (result.ok, result.text_limit) == (True, None)


@pytest.mark.parametrize(
    "body", ['{"id": 5}', '{"id": null}', '{"url": "x"}', "[]", "null", '"text"', "{", "12"]
)
def test_success_without_a_number_is_no_success(rig: Rig, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    rig.mastodon.faults.add(Fault("status", POST, status=200, body=body, headers=headers))
    assert rig.channel("mastodon").send(rig.message("mastodon")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("body", ["[1]", "{}", "null", "[", "[[]]"])
def test_look_up_with_a_bad_answer_is_unknown(rig: Rig, body: str) -> None:
    channel = rig.channel("mastodon")
    channel.find(rig.message("mastodon"))
    rig.mastodon.faults.add(Fault("status", "GET", status=200, body=body))
    assert channel.find(rig.message("mastodon")).verdict is Verdict.UNKNOWN


def test_over_a_real_socket(rig: Rig) -> None:
    with serve(rig.mastodon) as url:
        channel = rig.channel("mastodon", Net(Mode.LIVE), server=url)
        message = rig.message("mastodon")
        rig.mastodon.faults.add(Fault("lost_answer", POST))
        assert channel.send(message).verdict is Verdict.UNKNOWN
        assert channel.find(message).verdict is Verdict.CONFIRMED
        sent = channel.send(message)
        assert sent.verdict is Verdict.ACCEPTED
        assert [each.text for each in rig.mastodon.statuses] == [message.text]
        assert rig.mastodon.statuses[0].created_at == NOW
        rig.mastodon.faults.add(Fault("html", POST))
        assert channel.send(replace(message, key="2")).verdict is Verdict.UNKNOWN
        assert channel.delete(Publication(sent.external_id)).verdict is Verdict.WITHDRAWN
        assert channel.find(message).verdict is Verdict.ABSENT
        assert len([line for line in rig.mastodon.requests if line == POST]) == 3
        channel.close()
    after = channel.send(message)
    assert after.verdict is Verdict.NOT_SENT
