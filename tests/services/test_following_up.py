"""Reading back: what the public can really see, and starting well after a crash."""

from contextlib import suppress

import pytest

from crisisdesk.model.delivery import DeliveryState, Verdict
from crisisdesk.model.errors import Refused
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.rules.retry import LOOK_AGAIN
from crisisdesk.services.following_up import STILL_FRESH
from crisisdesk.simnet.faults import Fault
from crisisdesk.store.claims import claim
from crisisdesk.store.journal import note_delivery
from crisisdesk.store.unit import Unit
from crisisdesk.system.chance import SYSTEM_CHANCE
from tests.town import PEOPLE, SENDER, Town

S = DeliveryState
POST = "POST /api/v1/statuses"
PUT = "POST /xrpc/com.atproto.repo.putRecord"


def posts(town: Town) -> int:
    return sum(not status.deleted for status in town.mastodon.statuses)


def test_what_was_accepted_is_read_back_at_once(town: Town) -> None:
    delivery = town.delivery(town.send("masto"))
    assert delivery.state is S.CONFIRMED
    assert delivery.evidence.startswith("Read back")
    assert town.later.pauses == []


def test_a_lost_answer_is_found_and_confirmed(town: Town) -> None:
    town.mastodon.faults.add(Fault("lost_answer", POST))
    alert = town.send("masto")
    assert town.delivery(alert).state is S.UNKNOWN
    town.run_planned()
    delivery = town.delivery(alert)
    assert (delivery.state, delivery.external_id) == (S.CONFIRMED, town.mastodon.statuses[0].id)


def test_looks_at_growing_distances_and_then_leaves_it_to_people(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    while town.run_planned():
        assert town.delivery(alert).state is S.UNKNOWN
    assert tuple(town.later.pauses) == LOOK_AGAIN
    assert "newest 40 posts" in town.delivery(alert).evidence
    assert posts(town) == 0


def test_a_failing_look_changes_nothing(town: Town) -> None:
    town.mastodon.faults.add(Fault("lost_answer", POST))
    town.mastodon.faults.add(Fault("status", "GET ", status=500, times=2))
    alert = town.send("masto")
    town.run_planned()
    town.run_planned()
    assert town.delivery(alert).state is S.UNKNOWN
    town.run_planned()
    assert town.delivery(alert).state is S.CONFIRMED


def test_a_post_somebody_deleted_stays_accepted(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", "GET ", status=404, times=-1, body="{}"))
    alert = town.send("masto")
    while town.run_planned():
        pass
    assert town.delivery(alert).state is S.ACCEPTED
    assert len(town.later.pauses) == len(LOOK_AGAIN) - 1


def test_mail_stays_accepted_because_it_cannot_be_read_back(town: Town) -> None:
    delivery = town.delivery(town.send("mail"))
    outcome = town.following_up.look(delivery.id)
    assert outcome.verdict is Verdict.UNKNOWN
    assert "cannot be read back" in outcome.evidence
    assert town.dispatch.deliveries(delivery.alert_id) == [delivery]


def test_another_text_under_our_key_confirms_nothing(town: Town) -> None:
    town.bluesky.faults.add(Fault("refuse", "GET /xrpc/com.atproto.repo.getRecord"))
    alert = town.send("bsky")
    town.bluesky.records[0].value["text"] = "something else"
    town.run_planned()
    assert town.delivery(alert).state is S.ACCEPTED


def test_nothing_settled_is_looked_at(town: Town) -> None:
    delivery = town.delivery(town.send("masto"))
    asked = len(town.mastodon.requests)
    assert town.following_up.look(delivery.id).verdict is Verdict.UNKNOWN
    assert town.following_up.look("nowhere").verdict is Verdict.UNKNOWN
    assert len(town.mastodon.requests) == asked


def test_every_move_is_announced(town: Town) -> None:
    delivery = town.delivery(town.send("masto"))
    told = [event for event in town.events if isinstance(event, DeliveryChanged)]
    assert [event.state for event in told] == [S.SENDING, S.ACCEPTED, S.CONFIRMED]
    assert {(event.delivery_id, event.account_id) for event in told} == {(delivery.id, "masto")}


# After a crash


def test_a_crash_before_the_first_byte_sends_nothing_by_itself(town: Town) -> None:
    town.workers.dead = True
    alert = town.compose("masto")
    town.dispatch.broadcast(alert.id, SENDER)
    town.restart()
    assert town.following_up.recover() == 1
    assert town.delivery(alert).state is S.UNKNOWN
    assert "stopped while sending" in town.delivery(alert).evidence
    while town.run_planned():
        pass
    assert (town.delivery(alert).state, posts(town)) == (S.UNKNOWN, 0)


@pytest.mark.parametrize("account", ["masto", "bsky", "cap"])
def test_a_crash_after_the_last_byte_is_read_back(town: Town, account: str) -> None:
    town.workers.dead = True
    alert = town.compose(account)
    town.dispatch.broadcast(alert.id, SENDER)
    channel, lock = town.channels.get(account)
    with lock:
        outcome = channel.send(town.dispatch.message_of(town.delivery(alert)))
    assert outcome.verdict is Verdict.ACCEPTED
    town.restart()
    assert town.following_up.recover() == 1
    assert town.delivery(alert).state is S.UNKNOWN
    town.run_planned()
    assert town.delivery(alert).state is S.CONFIRMED
    assert posts(town) + len(town.bluesky.records) <= 1


def test_a_second_crash_changes_nothing_more(town: Town) -> None:
    town.mastodon.faults.add(Fault("lost_answer", POST))
    alert = town.send("masto")
    town.restart()
    town.restart()
    assert town.following_up.recover() == 0
    assert town.later.pauses == [LOOK_AGAIN[-1]]
    town.run_planned()
    assert (town.delivery(alert).state, posts(town)) == (S.CONFIRMED, 1)


def test_a_crash_before_the_read_back_is_made_good(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", "GET "))
    alert = town.send("masto")
    assert town.delivery(alert).state is S.ACCEPTED
    town.restart()
    assert town.following_up.recover() == 0
    town.run_planned()
    assert town.delivery(alert).state is S.CONFIRMED


def test_what_was_accepted_long_ago_is_let_be(town: Town) -> None:
    alert = town.send("mail")
    town.restart()
    town.clock.go_on(days=1, seconds=1)
    town.following_up.recover()
    assert (town.delivery(alert).state, town.later.pauses) == (S.ACCEPTED, [])


def test_a_fresh_retry_goes_on_after_a_restart(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    town.restart()
    town.clock.go_on(minutes=1)
    assert town.following_up.recover() == 0
    town.run_planned()
    assert (town.delivery(alert).state, posts(town)) == (S.CONFIRMED, 1)


def test_an_old_retry_is_given_up_after_a_restart(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    town.restart()
    town.clock.go_on(seconds=STILL_FRESH.total_seconds() + 1)
    town.following_up.recover()
    town.run_planned()
    assert (town.delivery(alert).state, posts(town)) == (S.FAILED, 0)
    assert "nothing was sent" in town.delivery(alert).evidence


def test_giving_up_does_not_undo_what_part_of_a_list_got(town: Town) -> None:
    town.mail.refuse(PEOPLE[1], 451, "4.2.0 Greylisted")
    alert = town.send("mail")
    town.restart()
    town.clock.go_on(hours=1)
    town.following_up.recover()
    assert town.delivery(alert).state is S.ACCEPTED
    assert len(town.mail.messages) == 1


def test_every_entry_names_its_run(town: Town) -> None:
    town.workers.dead = True
    alert = town.compose("masto")
    town.dispatch.broadcast(alert.id, SENDER)
    town.restart()
    town.following_up.recover()
    boots = {entry["action"]: entry["boot"] for entry in town.log()}
    assert (boots["broadcast.started"], boots["delivery.unknown"]) == ("boot-1", "boot-2")


def test_what_another_desk_is_sending_now_is_left_alone(town: Town) -> None:
    alert = town.compose("masto", "bsky")
    sending, retrying = (S.SENDING, ""), (S.RETRYING, "")
    order = iter((sending, retrying))

    def elsewhere(unit: Unit) -> None:
        unit.alerts._desk = "desk-2"
        claim(unit, alert, town.clock.now(), "Sam", lambda _: next(order), SYSTEM_CHANCE)
        for each in unit.alerts.deliveries(alert.id):
            note_delivery(unit, each, each.state.value, "desk", each.account_id)

    town.database.write(elsewhere)
    before = town.states(alert)
    town.clock.go_on(minutes=6)
    assert town.following_up.recover() == 0
    assert town.states(alert) == before
    town.clock.go_on(minutes=10)
    assert town.following_up.recover() == 1
    assert sorted(town.states(alert).values()) == [S.FAILED, S.UNKNOWN]


@pytest.mark.parametrize("why", ["removed", "locked"])
def test_a_look_that_cannot_be_made_says_nothing_of_what_was_sent(
    town: Town, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Somebody would send it again who reads that nothing was sent."""
    town.mastodon.faults.add(Fault("lost_answer", POST))
    town.mastodon.faults.add(Fault("timeout", "GET ", times=-1))
    alert = town.send("masto")
    assert town.states(alert) == {"masto": S.UNKNOWN}
    if why == "removed":
        town.channels.use([each for each in town.accounts if each.id != "masto"])
    else:
        monkeypatch.setattr(town.channels, "_secrets_of", lambda _: {})
        town.channels.use([])
        town.channels.use(town.accounts)
    town.run_planned()
    delivery = town.delivery(alert)
    assert delivery.state is S.UNKNOWN
    with suppress(Refused):
        town.dispatch.send_again(delivery.id, SENDER, "It must be out").result(30)
    told = [str(each["detail"]) for each in town.log() if each["action"].startswith("delivery.")]
    assert any("no longer set up" in each or "keyring is locked" in each for each in told)
    assert not any("othing was sent" in each for each in [*told, town.delivery(alert).evidence])
