"""Who may send what, once only; what a person decides; and taking it back."""

import threading
from collections import Counter

import pytest
from sqlalchemy import text, update

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import Refused, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.simnet.faults import Fault
from crisisdesk.store.schema import alert as alert_table
from crisisdesk.store.unit import Unit
from tests.services.test_dispatch import POST, PUT, mailed, on_bluesky, on_mastodon
from tests.town import PEOPLE, SENDER, VIEWER, Town

S = DeliveryState


@pytest.mark.parametrize("role", [role for role in Role if not role.may_broadcast])
def test_only_senders_may(town: Town, role: Role) -> None:
    alert = town.compose("masto")
    somebody = Operator("op-9", "Val", role)
    with pytest.raises(Refused, match="may not"):
        town.dispatch.broadcast(alert.id, somebody)
    with pytest.raises(Refused, match="may not"):
        town.settling.retract(alert.id, somebody, "because")
    if role is not Role.DRAFTER:
        with pytest.raises(Refused, match="may not"):
            town.composing.compose(town.draft("masto"), somebody)
    assert on_mastodon(town) == []


def test_only_senders_may_decide_about_an_unknown_outcome(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    delivery = town.delivery(town.send("masto"))
    with pytest.raises(Refused, match="may not"):
        town.dispatch.send_again(delivery.id, VIEWER, "because")
    with pytest.raises(Refused, match="may not"):
        town.settling.settle(delivery.id, VIEWER, True, "I saw it")
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

    with pytest.raises(StoreError, match="frozen"):
        town.database.write(tamper)
    town.database.write(lambda unit: unit.connection.execute(text("DROP TRIGGER alert_frozen")))
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
    town.settling.settle(town.delivery(alert).id, SENDER, seen, "looked on my phone")
    delivery = town.delivery(alert)
    assert (delivery.state, "Sam: looked on my phone" in delivery.evidence) == (state, True)
    assert town.log()[-1]["actor"] == "Sam"


def test_what_is_still_being_sent_is_nobodys_to_settle(town: Town) -> None:
    town.workers.dead = True
    alert = town.compose("masto")
    town.dispatch.broadcast(alert.id, SENDER)
    with pytest.raises(Refused):
        town.settling.settle(town.delivery(alert).id, SENDER, False, "not there")
    assert town.delivery(alert).state is S.SENDING


def test_what_is_settled_stays_so(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=422, body="{}"))
    alert = town.send("masto")
    failed = town.delivery(alert)
    with pytest.raises(Refused):
        town.dispatch.send_again(failed.id, SENDER, "try")
    with pytest.raises(Refused):
        town.settling.settle(failed.id, SENDER, True, "it is there")
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
    for future in town.settling.retract(alert.id, SENDER, "wrong bridge"):
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
    town.settling.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    assert town.delivery(alert).state is S.CONFIRMED
    town.settling.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    assert town.delivery(alert).state is S.WITHDRAWN


def test_what_waits_to_be_tried_again_does_not_come_out_after_its_retraction(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    town.mail.refuse("bob@example.org", 451, "4.2.0 Greylisted")
    alert = town.send("masto", "mail")
    town.settling.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    town.mail._refused.clear()
    for _ in range(3):
        town.run_planned()
    assert (on_mastodon(town), mailed(town)) == ([], Counter([PEOPLE[0], PEOPLE[2]]))
    assert town.states(alert) == {"masto": S.FAILED, "mail": S.ACCEPTED}


def test_what_may_be_out_is_not_repeated_after_its_retraction(town: Town) -> None:
    town.bluesky.faults.add(Fault("status", PUT, status=503))
    town.bluesky.faults.add(Fault("refuse", "GET ", times=-1))
    alert = town.send("bsky")
    assert town.delivery(alert).state is S.UNKNOWN
    town.settling.retract(alert.id, SENDER, "The road is open")
    town.settle()
    while town.run_planned():
        pass
    assert town.delivery(alert).state is S.UNKNOWN
    assert town.bluesky.records == []


@pytest.mark.parametrize("account", ["masto", "bsky"])
@pytest.mark.parametrize("blind", [False, True])
def test_what_only_a_person_has_seen_is_found_before_it_is_withdrawn(
    town: Town, account: str, blind: bool
) -> None:
    sim, match = {"masto": (town.mastodon, POST), "bsky": (town.bluesky, PUT)}[account]
    sim.faults.add(Fault("lost_answer", match))
    alert = town.send(account)
    town.settling.settle(town.delivery(alert).id, SENDER, True, "on my phone")
    assert town.delivery(alert).external_id == ""
    if blind:
        sim.faults.add(Fault("status", "GET ", times=-1))
    town.settling.retract(alert.id, SENDER, "wrong bridge")
    town.settle()
    stands = len(on_mastodon(town)) + len(on_bluesky(town))
    if blind and account == "masto":  # whose posts have numbers that only the server knows
        assert (town.delivery(alert).state, stands) == (S.CONFIRMED, 1)
        assert "does not know its number" in town.delivery(alert).evidence
    else:
        assert (town.delivery(alert).state, stands) == (S.WITHDRAWN, 0)
