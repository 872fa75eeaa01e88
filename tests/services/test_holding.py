"""What is kept back and why, and that only a person lets it go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import StopChanged
from crisisdesk.model.operator import Operator, Role
from crisisdesk.rules.timing import LATEST, asks_again
from crisisdesk.simnet.faults import Fault
from tests.services.test_dispatch import POST, on_mastodon
from tests.town import SENDER, VIEWER, HandClock, Town

S = DeliveryState
DRAFTER = Operator("op-3", "Dee", Role.DRAFTER)


def retrying(town: Town) -> str:
    """An alert whose only delivery waits to be tried again; the delivery's id."""
    town.mastodon.faults.add(Fault("refuse", POST))
    delivery = town.delivery(town.send("masto"))
    assert delivery.state is S.RETRYING
    return delivery.id


def state(town: Town, delivery_id: str) -> DeliveryState:
    with town.database.read() as unit:
        found = unit.alerts.delivery(delivery_id)
    assert found is not None
    return found.state


def test_stop_all_holds_what_waits_and_refuses_what_comes(town: Town) -> None:
    waiting = retrying(town)
    alert = town.compose("bsky")
    assert town.settling.stop_all(SENDER) == 1
    assert state(town, waiting) is S.HELD
    with pytest.raises(Refused, match="Everything is stopped, by Sam"):
        town.dispatch.broadcast(alert.id, SENDER)
    with pytest.raises(Refused, match="stopped"):
        town.dispatch.release(waiting, SENDER, "now")
    town.run_planned()
    assert (state(town, waiting), on_mastodon(town)) == (S.HELD, [])


def test_even_who_may_only_write_can_stop_everything(town: Town) -> None:
    town.settling.stop_all(DRAFTER)
    assert town.settling.stopped_by().startswith("Dee at ")
    with pytest.raises(Refused, match="may not"):
        town.settling.go_on(DRAFTER, "it was nothing")
    with pytest.raises(Refused, match="may not stop"):
        town.settling.stop_all(VIEWER)


def test_going_on_releases_nothing_by_itself(town: Town) -> None:
    waiting = retrying(town)
    seen: list[StopChanged] = []
    town.bus.subscribe(StopChanged, seen.append)
    town.settling.stop_all(SENDER)
    with pytest.raises(BadInput, match="reason is empty"):
        town.settling.go_on(SENDER, " ")
    town.settling.go_on(SENDER, "a false alarm")
    town.run_planned()
    assert state(town, waiting) is S.HELD
    town.dispatch.release(waiting, SENDER, "still right").result()
    town.settle()
    assert (state(town, waiting), len(on_mastodon(town))) == (S.CONFIRMED, 1)
    assert [each.stopped for each in seen] == [True, False]
    assert {"desk.stopped", "desk.went_on"} <= set(town.actions())


def test_a_stop_outlives_a_restart(town: Town) -> None:
    town.settling.stop_all(SENDER)
    town.restart()
    with pytest.raises(Refused, match="stopped"):
        town.dispatch.broadcast(town.compose("masto").id, SENDER)


def test_a_stop_ends_repeats_of_what_may_be_out(town: Town) -> None:
    town.bluesky.faults.add(Fault("timeout", "POST /xrpc/com.atproto.repo.putRecord"))
    delivery = town.delivery(town.send("bsky"))
    assert delivery.state is S.UNKNOWN
    town.settling.stop_all(SENDER)
    before = len(town.bluesky.records)
    town.run_planned()
    assert state(town, delivery.id) is S.UNKNOWN
    assert len(town.bluesky.records) == before == 0


def test_what_is_held_can_be_dropped(town: Town) -> None:
    waiting = retrying(town)
    with pytest.raises(Refused, match="retrying already"):
        town.settling.drop(waiting, SENDER, "too late")
    town.settling.stop_all(SENDER)
    with pytest.raises(Refused, match="may not"):
        town.settling.drop(waiting, VIEWER, "too late")
    town.settling.drop(waiting, SENDER, "too late")
    assert state(town, waiting) is S.FAILED


def test_a_channel_that_said_too_much_waits_for_a_person(town: Town) -> None:
    town.dispatch.posts_per_hour = 2
    first = [town.send("masto") for _ in range(2)]
    third = town.send("masto", "bsky")
    states = town.states(third)
    assert states == {"masto": S.HELD, "bsky": S.CONFIRMED}
    held = town.deliveries(third)["masto"]
    assert "published 2 times within an hour" in held.evidence
    town.clock.go_on(minutes=61)
    assert town.states(town.send("masto")) == {"masto": S.CONFIRMED}
    with pytest.raises(Refused, match="may not"):
        town.dispatch.release(held.id, VIEWER, "it is right")
    town.dispatch.release(held.id, SENDER, "it is right").result()
    town.settle()
    assert town.states(third)["masto"] is S.CONFIRMED
    assert len(on_mastodon(town)) == 4, first


def test_what_never_left_does_not_count_against_the_ceiling(town: Town) -> None:
    town.dispatch.posts_per_hour = 1
    town.mastodon.faults.add(Fault("status", POST, status=422))
    assert town.states(town.send("masto")) == {"masto": S.FAILED}
    assert town.states(town.send("masto")) == {"masto": S.CONFIRMED}


def test_a_computer_that_slept_asks_before_it_sends(town: Town) -> None:
    waiting = retrying(town)
    town.clock.go_on(minutes=6)
    town.run_planned()
    assert (state(town, waiting), on_mastodon(town)) == (S.HELD, [])
    delivery = next(iter(town.dispatch.recent()))[1][0]
    assert "slept" in delivery.evidence


@given(st.integers(-86_400, 86_400))
def test_late_is_more_than_five_minutes(seconds: int) -> None:
    clock = HandClock()
    due = clock.now()
    clock.go_on(seconds=seconds)
    assert asks_again(due, clock.now()) == (abs(seconds) > LATEST.total_seconds())


def test_a_clock_set_back_revives_no_expired_alert(town: Town) -> None:
    alert = town.compose("masto")
    latest = alert.expires_at
    town.dispatch._latest = lambda: latest
    with pytest.raises(Refused, match="expired"):
        town.dispatch.broadcast(alert.id, SENDER)


def test_nothing_held_goes_out_after_its_expiry(town: Town) -> None:
    waiting = retrying(town)
    town.settling.stop_all(SENDER)
    town.settling.go_on(SENDER, "all is well")
    town.clock.go_on(days=3)
    with pytest.raises(Refused, match="expired"):
        town.dispatch.release(waiting, SENDER, "now")


def test_a_retraction_outlives_a_restart(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    unknown = town.delivery(alert)
    town.settling.retract(alert.id, SENDER, "wrong road")
    town.restart()
    with pytest.raises(Refused, match="retracted"):
        town.dispatch.send_again(unknown.id, SENDER, "still needed")
    assert on_mastodon(town) == []


def test_retracting_drops_what_is_held(town: Town) -> None:
    waiting = retrying(town)
    town.settling.stop_all(SENDER)
    with town.database.read() as unit:
        found = unit.alerts.delivery(waiting)
    assert found is not None
    town.settling.retract(found.alert_id, SENDER, "no longer true")
    assert state(town, waiting) is S.FAILED
