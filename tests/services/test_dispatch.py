"""Saying it everywhere at once, and the truth about each channel, whatever goes wrong."""

import dataclasses
import email
import threading
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import update

from crisisdesk.channels.bluesky import Bluesky
from crisisdesk.model.delivery import DeliveryState, Verdict
from crisisdesk.model.errors import Refused
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.rules.retry import ATTEMPTS
from crisisdesk.simnet.faults import Fault
from crisisdesk.store.schema import alert as alert_table
from crisisdesk.store.unit import Unit
from tests.town import PEOPLE, SENDER, VIEWER, Town

S = DeliveryState
PUT = "POST /xrpc/com.atproto.repo.putRecord"
POST = "POST /api/v1/statuses"
CAP = {"cap": "urn:oasis:names:tc:emergency:cap:1.2"}


def on_mastodon(town: Town) -> list[str]:
    return [status.text for status in town.mastodon.statuses if not status.deleted]


def on_bluesky(town: Town) -> list[str]:
    return [record.value["text"] for record in town.bluesky.records if not record.deleted]


def mailed(town: Town) -> Counter[str]:
    return Counter(name for message in town.mail.messages for name in message.recipients)


def cap_files(town: Town) -> list[etree._Element]:
    files = sorted((town.folder / "cap").glob("*.cap.xml"), key=lambda file: file.stat().st_mtime)
    return [etree.fromstring(file.read_bytes()) for file in files]


def test_says_it_on_every_channel_once(town: Town) -> None:
    alert = town.send()
    texts = {each.account_id: each.text for each in alert.rendered}
    assert on_mastodon(town) == [texts["masto"]]
    assert on_bluesky(town) == [texts["bsky"]]
    assert mailed(town) == Counter(PEOPLE)
    assert len(cap_files(town)) == 1
    assert town.states(alert) == {
        "masto": S.CONFIRMED,
        "bsky": S.CONFIRMED,
        "mail": S.ACCEPTED,
        "cap": S.CONFIRMED,
    }
    assert all(alert.marker in text for text in texts.values())
    assert all(text.startswith("EXERCISE EXERCISE EXERCISE\n") for text in texts.values())


def test_logs_the_intent_before_the_first_byte(town: Town) -> None:
    town.workers.dead = True
    alert = town.compose()
    town.dispatch.broadcast(alert.id, SENDER)
    assert set(town.states(alert).values()) == {S.SENDING}
    assert town.log()[-1]["action"] == "broadcast.started"
    assert town.log()[-1]["detail"]["channels"] == ["bsky", "cap", "mail", "masto"]
    assert on_mastodon(town) == on_bluesky(town) == []


def test_keeps_where_each_message_stands(town: Town) -> None:
    here = town.deliveries(town.send())
    assert here["masto"].external_id == town.mastodon.statuses[0].id
    assert here["bsky"].external_id == town.bluesky.records[0].uri
    assert here["cap"].url == f"https://council.example.org/alerts/{here['cap'].key}.cap.xml"
    assert here["mail"].external_id in town.mail.messages[0].data.decode()


@pytest.mark.parametrize("account", ["masto", "bsky"])
def test_tries_again_what_certainly_did_not_leave(town: Town, account: str) -> None:
    sim, match = {"masto": (town.mastodon, POST), "bsky": (town.bluesky, PUT)}[account]
    sim.faults.add(Fault("refuse", match, times=2))
    alert = town.send(account)
    assert town.delivery(alert).state is S.RETRYING
    town.run_planned()
    assert town.delivery(alert).state is S.RETRYING
    town.run_planned()
    assert town.delivery(alert).state is S.CONFIRMED
    assert len(on_mastodon(town) + on_bluesky(town)) == 1


def test_waits_as_long_as_the_network_asks(town: Town) -> None:
    busy = Fault("status", POST, status=429, headers={"Retry-After": "17"}, body="{}")
    town.mastodon.faults.add(busy)
    alert = town.send("masto")
    assert (town.delivery(alert).state, town.later.pauses) == (S.RETRYING, [17.0])
    town.run_planned()
    assert town.delivery(alert).state is S.CONFIRMED


def test_gives_up_after_the_last_attempt(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST, times=-1))
    alert = town.send("masto")
    for _ in range(ATTEMPTS):
        town.run_planned()
    assert town.delivery(alert).state is S.FAILED
    assert town.mastodon.requests.count(POST) == ATTEMPTS
    assert town.later.planned == []


@pytest.mark.parametrize("step_back", [0, 1])
def test_nothing_leaves_after_the_alert_has_expired(town: Town, step_back: int) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    town.clock.time = alert.expires_at
    town.clock.go_on(seconds=-step_back)
    town.run_planned()
    expected = (S.CONFIRMED, 1) if step_back else (S.FAILED, 0)
    assert (town.delivery(alert).state, len(on_mastodon(town))) == expected


@pytest.mark.parametrize(
    ("fault", "state", "published"),
    [
        (Fault("lost_answer", POST), S.UNKNOWN, 1),
        (Fault("timeout", POST, processed=True), S.UNKNOWN, 1),
        (Fault("timeout", POST), S.UNKNOWN, 0),
        (Fault("status", POST, status=500), S.UNKNOWN, 0),
        (Fault("status", POST, status=503), S.UNKNOWN, 0),
        (Fault("html", POST), S.UNKNOWN, 0),
        (Fault("truncate", POST), S.UNKNOWN, 1),
        (Fault("empty", POST), S.UNKNOWN, 1),
        (Fault("status", POST, status=401, body="{}"), S.FAILED, 0),
        (Fault("status", POST, status=403, body="{}"), S.FAILED, 0),
        (Fault("status", POST, status=422, body="{}"), S.FAILED, 0),
    ],
)
def test_mastodon_is_never_sent_to_again_blindly(
    town: Town, fault: Fault, state: DeliveryState, published: int
) -> None:
    town.mastodon.faults.add(fault)
    alert = town.send("masto")
    assert town.delivery(alert).state is state
    for _ in range(6):
        town.run_planned()
    assert len(on_mastodon(town)) == published
    assert town.mastodon.requests.count(POST) == 1
    settled = S.CONFIRMED if published else state
    assert town.delivery(alert).state is settled


@pytest.mark.parametrize("kind", ["lost_answer", "truncate", "empty"])
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_lost_answer_never_makes_two_posts_on_bluesky(
    town: Town, kind: str, by_hand: bool
) -> None:
    town.bluesky.faults.add(Fault(kind, PUT, times=2))  # type: ignore[arg-type]
    town.bluesky.faults.add(Fault("status", "GET /xrpc/com.atproto.repo.getRecord", times=3))
    alert = town.send("bsky")
    assert town.delivery(alert).state is S.UNKNOWN
    if by_hand:
        town.dispatch.send_again(town.delivery(alert).id, SENDER, "Answer lost").result(30)
        town.settle()
    for _ in range(3):
        town.run_planned()
    assert town.bluesky.requests.count(PUT) >= 2
    assert len(on_bluesky(town)) == 1
    assert town.delivery(alert).state is S.CONFIRMED


def test_an_unknown_outcome_is_repeated_on_bluesky(town: Town) -> None:
    town.bluesky.faults.add(Fault("status", PUT, status=502))
    alert = town.send("bsky")
    assert (town.delivery(alert).state, on_bluesky(town)) == (S.UNKNOWN, [])
    town.run_planned()
    assert (town.delivery(alert).state, len(on_bluesky(town))) == (S.CONFIRMED, 1)


@pytest.mark.parametrize("later_answer", [Fault("refuse", PUT, -1), Fault("status", PUT, -1, 400)])
def test_a_post_that_may_stand_never_counts_as_failed(town: Town, later_answer: Fault) -> None:
    town.bluesky.faults.add(Fault("lost_answer", PUT))
    town.bluesky.faults.add(later_answer)
    town.bluesky.faults.add(Fault("refuse", "GET /xrpc/com.atproto.repo.getRecord", times=-1))
    alert = town.send("bsky")
    for _ in range(ATTEMPTS + 5):
        town.run_planned()
    assert town.delivery(alert).state is S.UNKNOWN
    assert town.bluesky.requests.count(PUT) == ATTEMPTS
    assert "may have been published" in str(town.log())
    assert town.composing.followers(alert.id) == ("bsky",)


def test_a_post_that_may_stand_is_not_repeated_after_expiry(town: Town) -> None:
    town.bluesky.faults.add(Fault("lost_answer", PUT))
    town.bluesky.faults.add(Fault("refuse", "GET /xrpc/com.atproto.repo.getRecord"))
    alert = town.send("bsky")
    town.clock.time = alert.expires_at
    town.run_planned()
    assert town.bluesky.requests.count(PUT) == 1
    assert town.delivery(alert).state is S.UNKNOWN


def test_sending_again_in_vain_leaves_the_outcome_unknown(town: Town) -> None:
    town.mastodon.faults.add(Fault("lost_answer", POST))
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    town.dispatch.send_again(town.delivery(alert).id, SENDER, "Not to be seen").result(30)
    assert town.delivery(alert).state is S.UNKNOWN
    town.run_planned()
    assert (town.delivery(alert).state, len(on_mastodon(town))) == (S.CONFIRMED, 1)


def test_failure_before_the_post_itself_is_tried_again(town: Town) -> None:
    town.bluesky.faults.add(Fault("lost_answer", "POST /xrpc/com.atproto.server.createSession"))
    alert = town.send("bsky")
    assert town.delivery(alert).state is S.RETRYING
    town.run_planned()
    assert (town.delivery(alert).state, len(on_bluesky(town))) == (S.CONFIRMED, 1)


def test_one_broken_channel_holds_up_no_other(town: Town) -> None:
    town.bluesky.faults.add(Fault("status", PUT, status=500, times=-1))
    town.mail.faults.add(Fault("refuse", "CONNECT", times=-1))
    alert = town.send()
    states = town.states(alert)
    assert (states["masto"], states["cap"]) == (S.CONFIRMED, S.CONFIRMED)
    assert (states["bsky"], states["mail"]) == (S.UNKNOWN, S.RETRYING)


def test_a_fault_of_our_own_is_an_unknown_outcome(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("in the channel")

    monkeypatch.setattr(Bluesky, "_send", fail)
    delivery = town.delivery(town.send("bsky"))
    assert delivery.state is S.UNKNOWN
    assert any("ZeroDivisionError" in str(entry["detail"]) for entry in town.log())


def test_a_message_that_cannot_be_made_fails_with_words(town: Town) -> None:
    draft = town.draft("cap")
    values = {**draft.values, "reason": "water\x01 on the road"}
    alert = town.composing.compose(dataclasses.replace(draft, values=values), SENDER)
    futures = town.dispatch.broadcast(alert.id, SENDER)
    assert [future.result(30) for future in futures] == [None]
    assert town.delivery(alert).state is S.FAILED
    assert "control character" in town.delivery(alert).evidence


def test_a_channel_taken_away_meanwhile_fails_with_words(town: Town) -> None:
    alert = town.compose("masto")
    town.channels.use([each for each in town.accounts if each.id != "masto"])
    town.dispatch.broadcast(alert.id, SENDER)
    town.settle()
    assert town.delivery(alert).state is S.FAILED
    assert "no longer set up" in town.delivery(alert).evidence


# Mail: each address has its own truth


def test_mail_put_off_goes_again_to_that_address_alone(town: Town) -> None:
    town.mail.refuse("bob@example.org", 451, "4.2.0 Greylisted")
    alert = town.send("mail")
    assert town.delivery(alert).state is S.RETRYING
    town.mail._refused.clear()
    town.run_planned()
    assert mailed(town) == Counter(PEOPLE)
    assert town.delivery(alert).state is S.ACCEPTED
    assert {
        each.address: each.verdict for each in town.delivery(alert).recipients
    } == dict.fromkeys(PEOPLE, Verdict.ACCEPTED)


def test_mail_refused_for_good_is_told_per_address(town: Town) -> None:
    town.mail.refuse("cat@example.org", 550, "5.1.1 No such user")
    delivery = town.delivery(town.send("mail"))
    assert delivery.state is S.ACCEPTED
    verdicts = [(each.address, each.verdict) for each in delivery.recipients]
    assert verdicts == [
        (PEOPLE[0], Verdict.ACCEPTED),
        (PEOPLE[1], Verdict.ACCEPTED),
        (PEOPLE[2], Verdict.REFUSED),
    ]
    assert "No such user" in delivery.recipients[2].answer


def test_an_address_put_off_to_the_end_does_not_undo_the_others(town: Town) -> None:
    town.mail.refuse("bob@example.org", 451, "4.2.0 Greylisted")
    alert = town.send("mail")
    for _ in range(ATTEMPTS + 1):
        town.run_planned()
    delivery = town.delivery(alert)
    assert mailed(town) == Counter([PEOPLE[0], PEOPLE[2]])
    assert delivery.state is S.ACCEPTED
    assert {each.address: each.verdict for each in delivery.recipients} == {
        PEOPLE[0]: Verdict.ACCEPTED,
        PEOPLE[1]: Verdict.NOT_SENT,
        PEOPLE[2]: Verdict.ACCEPTED,
    }
    assert "mail" in town.composing.followers(alert.id)


def test_expiry_does_not_undo_what_some_addresses_got(town: Town) -> None:
    town.mail.refuse("bob@example.org", 451, "4.2.0 Greylisted")
    alert = town.send("mail")
    town.clock.time = alert.expires_at
    town.run_planned()
    assert town.delivery(alert).state is S.ACCEPTED
    assert mailed(town) == Counter([PEOPLE[0], PEOPLE[2]])


def test_mail_with_a_lost_last_answer_is_unknown_and_stays_so(town: Town) -> None:
    town.mail.faults.add(Fault("lost_answer", "DATA"))
    alert = town.send("mail")
    for _ in range(6):
        town.run_planned()
    delivery = town.delivery(alert)
    assert delivery.state is S.UNKNOWN
    assert {each.verdict for each in delivery.recipients} == {Verdict.UNKNOWN}
    assert mailed(town) == Counter(PEOPLE)


def test_sending_again_asks_only_addresses_whose_fate_is_open(town: Town) -> None:
    many = _sixty_people(town)
    _lose_second_batch(town)
    alert = town.send("mail")
    verdicts = Counter(each.verdict for each in town.delivery(alert).recipients)
    assert verdicts == {Verdict.ACCEPTED: 50, Verdict.UNKNOWN: 10}
    town.dispatch.send_again(town.delivery(alert).id, SENDER, "Nobody there got it").result(30)
    assert mailed(town) == Counter(list(many[:50]) + list(many[50:]) * 2)
    assert town.delivery(alert).state is S.ACCEPTED


def _sixty_people(town: Town) -> tuple[str, ...]:
    """A list that goes out in two batches."""
    many = tuple(f"person{number}@example.org" for number in range(60))
    account = next(each for each in town.accounts if each.id == "mail")
    settings = {**account.settings, "recipients": ",".join(many)}
    town.channels.use([dataclasses.replace(account, settings=settings)])
    return many


def _lose_second_batch(town: Town) -> None:
    """The first message goes through; the answer to the second one is lost."""
    store = town.mail.store

    def counting(sender: str, recipients: tuple[str, ...], data: bytes) -> str:
        queue_id = store(sender, recipients, data)
        if len(town.mail.messages) == 1:
            town.mail.faults.add(Fault("lost_answer", "DATA"))
        return queue_id

    town.mail.store = counting  # type: ignore[method-assign]


# Who may send what, and only once


@pytest.mark.parametrize("role", [role for role in Role if not role.may_broadcast])
def test_only_senders_may(town: Town, role: Role) -> None:
    alert = town.compose("masto")
    somebody = Operator("op-9", "Val", role)
    with pytest.raises(Refused, match="may not"):
        town.dispatch.broadcast(alert.id, somebody)
    with pytest.raises(Refused, match="may not"):
        town.dispatch.retract(alert.id, somebody, "because")
    with pytest.raises(Refused, match="may not"):
        town.composing.compose(town.draft("masto"), somebody)
    assert on_mastodon(town) == []


def test_only_senders_may_decide_about_an_unknown_outcome(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    delivery = town.delivery(town.send("masto"))
    with pytest.raises(Refused, match="may not"):
        town.dispatch.send_again(delivery.id, VIEWER, "because")
    with pytest.raises(Refused, match="may not"):
        town.dispatch.settle(delivery.id, VIEWER, True, "I saw it")
    ((_, (after,)),) = town.dispatch.recent()
    assert after.state is S.UNKNOWN


def test_refuses_an_alert_of_the_other_mode(town: Town) -> None:
    alert = town.compose("masto")
    town.restart(Mode.LIVE)
    with pytest.raises(Refused, match="this desk is live"):
        town.dispatch.broadcast(alert.id, SENDER)
    assert town.dispatch.deliveries(alert.id) == []


def test_refuses_an_expired_alert(town: Town) -> None:
    alert = town.compose("masto")
    town.clock.time = alert.expires_at
    with pytest.raises(Refused, match="expired"):
        town.dispatch.broadcast(alert.id, SENDER)
    assert on_mastodon(town) == []


def test_refuses_to_send_again_after_expiry(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    town.clock.time = alert.expires_at
    with pytest.raises(Refused, match="expired"):
        town.dispatch.send_again(town.delivery(alert).id, SENDER, "still needed")
    assert (town.delivery(alert).state, on_mastodon(town)) == (S.UNKNOWN, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Weir Bridge", "Mill Bridge"),
        ('"account_id":"masto"', '"account_id":"bsky"'),
        ('"step":"alert"', '"step":"cancel"'),
        ("EXERCISE EXERCISE EXERCISE", "REAL"),
    ],
)
def test_refuses_a_text_changed_after_composing(town: Town, old: str, new: str) -> None:
    alert = town.compose("masto")

    def tamper(unit: Unit) -> None:
        row = unit.connection.execute(alert_table.select()).one()
        assert old in row.body
        unit.connection.execute(update(alert_table).values(body=row.body.replace(old, new)))

    town.database.write(tamper)
    with pytest.raises(Refused, match="not the one that was composed"):
        town.dispatch.broadcast(alert.id, SENDER)
    assert town.dispatch.deliveries(alert.id) == []


def test_refuses_an_alert_that_is_not_there(town: Town) -> None:
    with pytest.raises(Refused, match="no such alert"):
        town.dispatch.broadcast("nowhere", SENDER)
    assert "broadcast.started" not in town.actions()


def test_refuses_to_broadcast_twice(town: Town) -> None:
    alert = town.send("masto")
    with pytest.raises(Refused, match="already"):
        town.dispatch.broadcast(alert.id, SENDER)
    assert len(on_mastodon(town)) == 1
    assert town.actions().count("broadcast.started") == 1


def test_two_people_pressing_send_broadcast_once(town: Town) -> None:
    for _ in range(25):
        alert = town.compose("masto")
        together = threading.Barrier(2)
        refused: list[str] = []

        def press(alert_id: str = alert.id) -> None:
            together.wait(10)  # noqa: B023 - joined before the next turn
            try:
                town.dispatch.broadcast(alert_id, SENDER)
            except Refused as error:
                refused.append(str(error))  # noqa: B023

        threads = [threading.Thread(target=press) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert len(refused) == 1
        assert "already" in refused[0]
    town.settle()
    assert len(on_mastodon(town)) == 25
    assert town.actions().count("broadcast.started") == 25


# Looking with one's own eyes


@pytest.mark.parametrize(("seen", "state"), [(True, S.CONFIRMED), (False, S.FAILED)])
def test_a_person_settles_what_nobody_knows(town: Town, seen: bool, state: DeliveryState) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    town.dispatch.settle(town.delivery(alert).id, SENDER, seen, "looked on my phone")
    delivery = town.delivery(alert)
    assert (delivery.state, "Sam: looked on my phone" in delivery.evidence) == (state, True)
    assert town.log()[-1]["actor"] == "Sam"


def test_what_is_still_being_sent_is_nobodys_to_settle(town: Town) -> None:
    town.workers.dead = True
    alert = town.compose("masto")
    town.dispatch.broadcast(alert.id, SENDER)
    with pytest.raises(Refused):
        town.dispatch.settle(town.delivery(alert).id, SENDER, False, "not there")
    assert town.delivery(alert).state is S.SENDING


def test_what_is_settled_stays_so(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=422, body="{}"))
    alert = town.send("masto")
    failed = town.delivery(alert)
    with pytest.raises(Refused):
        town.dispatch.send_again(failed.id, SENDER, "try")
    with pytest.raises(Refused):
        town.dispatch.settle(failed.id, SENDER, True, "it is there")
    assert town.delivery(alert) == failed


def test_only_an_unknown_delivery_can_be_sent_again_by_hand(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    assert town.delivery(alert).state is S.RETRYING
    with pytest.raises(Refused):
        town.dispatch.send_again(town.delivery(alert).id, SENDER, "impatient")
    town.run_planned()
    assert len(on_mastodon(town)) == 1


# Taking it back


def test_retracts_where_that_can_be_done(town: Town) -> None:
    alert = town.send()
    for future in town.dispatch.retract(alert.id, SENDER, "wrong bridge"):
        future.result(30)
    town.settle()
    assert town.states(alert) == {
        "masto": S.WITHDRAWN,
        "bsky": S.WITHDRAWN,
        "mail": S.ACCEPTED,
        "cap": S.CONFIRMED,
    }
    assert on_mastodon(town) == on_bluesky(town) == []
    assert town.actions().count("delivery.not_withdrawn") == 2
    assert "Send the correction" in town.deliveries(alert)["mail"].evidence
    assert "wrong bridge" in str([entry["detail"] for entry in town.log()])


def test_a_retraction_that_fails_changes_no_state(town: Town) -> None:
    alert = town.send("masto")
    town.mastodon.faults.add(Fault("lost_answer", "DELETE "))
    town.dispatch.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    assert town.delivery(alert).state is S.CONFIRMED
    town.dispatch.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    assert town.delivery(alert).state is S.WITHDRAWN


def test_what_waits_to_be_tried_again_does_not_come_out_after_its_retraction(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    town.mail.refuse("bob@example.org", 451, "4.2.0 Greylisted")
    alert = town.send("masto", "mail")
    town.dispatch.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    town.mail._refused.clear()
    for _ in range(3):
        town.run_planned()
    assert (on_mastodon(town), mailed(town)) == ([], Counter([PEOPLE[0], PEOPLE[2]]))
    assert town.states(alert) == {"masto": S.FAILED, "mail": S.ACCEPTED}


# Following up


def test_a_follow_up_answers_the_alert_on_each_channel(town: Town) -> None:
    alert = town.send()
    again = town.send(*town.composing.followers(alert.id), step=Step.UPDATE, follows=alert.id)
    first, second = town.mastodon.statuses
    assert second.in_reply_to_id == first.id
    one, two = town.bluesky.records
    assert two.value["reply"]["parent"]["uri"] == two.value["reply"]["root"]["uri"] == one.uri
    earlier, later = (email.message_from_bytes(each.data) for each in town.mail.messages)
    assert later["In-Reply-To"] == earlier["Message-ID"]
    assert set(town.states(again).values()) <= {S.CONFIRMED, S.ACCEPTED}


def test_a_thread_on_bluesky_keeps_its_root(town: Town) -> None:
    alert = town.send("bsky")
    second = town.send("bsky", step=Step.UPDATE, follows=alert.id)
    town.send("bsky", step=Step.ALL_CLEAR, follows=second.id)
    root, middle, last = town.bluesky.records
    assert last.value["reply"]["parent"]["uri"] == middle.uri
    assert last.value["reply"]["root"]["uri"] == root.uri


def test_a_follow_up_reaches_exactly_the_channels_that_got_it(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=403, body="{}"))
    town.bluesky.faults.add(Fault("lost_answer", PUT))
    alert = town.send()
    assert set(town.composing.followers(alert.id)) == {"bsky", "mail", "cap"}


def test_a_follow_up_goes_where_the_alert_may_still_come_out(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    assert town.delivery(alert).state is S.RETRYING
    assert town.composing.followers(alert.id) == ("masto",)


def test_followers_of_a_chain_are_all_who_ever_heard(town: Town) -> None:
    alert = town.send("masto", "bsky")
    town.bluesky.faults.add(Fault("status", PUT, status=400, body="{}"))
    update = town.send("masto", "bsky", step=Step.UPDATE, follows=alert.id)
    assert town.states(update)["bsky"] is S.FAILED
    assert set(town.composing.followers(update.id)) == {"masto", "bsky"}


def test_answers_what_still_stands_when_the_last_message_failed(town: Town) -> None:
    alert = town.send("masto")
    town.mastodon.faults.add(Fault("status", POST, status=403, body="{}"))
    lost = town.send("masto", step=Step.UPDATE, follows=alert.id)
    town.send("masto", step=Step.CANCEL, follows=lost.id)
    first, correction = town.mastodon.statuses
    assert correction.in_reply_to_id == first.id


@pytest.mark.parametrize(
    ("step", "msg_type"),
    [(Step.UPDATE, "Update"), (Step.CANCEL, "Cancel"), (Step.ALL_CLEAR, "Update")],
)
def test_cap_names_what_it_follows(town: Town, step: Step, msg_type: str) -> None:
    alert = town.send("cap")
    town.clock.go_on(minutes=20)
    follow_up = town.send("cap", step=step, follows=alert.id)
    files = {each.findtext("cap:identifier", "", CAP): each for each in cap_files(town)}
    first = files[town.delivery(alert).key]
    second = files[town.delivery(follow_up).key]
    assert first.findtext("cap:msgType", "", CAP) == "Alert"
    assert first.find("cap:references", CAP) is None
    assert second.findtext("cap:msgType", "", CAP) == msg_type
    named = [first.findtext(f"cap:{name}", "", CAP) for name in ("sender", "identifier", "sent")]
    assert second.findtext("cap:references", "", CAP) == ",".join(named)
    assert second.findtext("cap:status", "", CAP) == "Exercise"


def test_a_chain_in_cap_names_every_earlier_message(town: Town) -> None:
    alert = town.send("cap")
    update_ = town.send("cap", step=Step.UPDATE, follows=alert.id)
    last = town.send("cap", step=Step.CANCEL, follows=update_.id)
    files = {each.findtext("cap:identifier", "", CAP): each for each in cap_files(town)}
    references = files[town.delivery(last).key].findtext("cap:references", "", CAP)
    names = {reference.split(",")[1] for reference in references.split()}
    assert names == {town.delivery(alert).key, town.delivery(update_).key}


def test_cap_is_refused_when_the_folder_cannot_be_written(town: Town, tmp_path: Path) -> None:
    (tmp_path / "cap").write_text("a file stands where the folder should be")
    alert = town.send("cap")
    assert town.delivery(alert).state is S.RETRYING
    (tmp_path / "cap").unlink()
    town.run_planned()
    assert town.delivery(alert).state is S.CONFIRMED
