"""What networks count of our posts stands in the log: in time, and never against the sending."""

from typing import Any

from crisisdesk.rules.log_facts import read_facts
from crisisdesk.services.gauging import Gauging
from crisisdesk.simnet.faults import Fault
from tests.town import Town


def gauging(town: Town) -> Gauging:
    return Gauging(town.database, town.looking, town.workers, town.clock.now)


def look(town: Town, *, at_once: bool = False) -> list[dict[str, Any]]:
    """Look once; returns what that look wrote."""
    before = len(town.log())
    gauging(town).look(at_once=at_once)
    town.settle()
    return [each for each in town.log()[before:] if each["action"] == "account.counted"]


def test_only_networks_that_count_are_asked(town: Town) -> None:
    assert {each.kind for each in gauging(town).accounts()} == {"mastodon", "bluesky"}


def test_nothing_sent_is_nothing_asked(town: Town) -> None:
    assert look(town) == []
    assert not town.looking._open


def test_the_log_names_delivery_and_alert_and_what_was_told(town: Town) -> None:
    alert = town.send()
    mine = town.deliveries(alert)
    (entry,) = [each for each in look(town) if each["detail"]["kind"] == "mastodon"]
    assert entry["actor"] == "desk"
    assert entry["detail"]["channel_name"] == "Mastodon"
    assert entry["detail"]["followers"] == 0
    (post,) = entry["detail"]["posts"]
    assert post["delivery"] == mine[entry["detail"]["channel"]].id
    assert post["alert"] == alert.id
    assert {"likes", "shares", "replies", "quotes"} <= set(post)


def test_once_an_hour_then_once_a_day_then_never(town: Town) -> None:
    town.send("bsky")
    looks = []
    for _ in range(24 * 12):
        looks.append(len(look(town)))
        town.clock.go_on(hours=1)
    assert sum(looks[:24]) == 24
    assert 6 <= sum(looks[25 : 24 * 8]) <= 7
    assert sum(looks[24 * 8 + 1 :]) == 0


def test_a_look_that_fails_writes_nothing_and_comes_again(town: Town) -> None:
    town.send("bsky")
    town.bluesky.faults.add(Fault("refuse", "GET /xrpc/app.bsky", times=-1))
    assert look(town) == []
    town.bluesky.faults.clear()
    assert len(look(town)) == 1


def test_a_post_that_is_gone_is_not_counted(town: Town) -> None:
    alert = town.send("masto")
    town.mastodon.statuses[-1].deleted = True
    assert look(town) == []
    assert town.deliveries(alert)


def test_counting_neither_lengthens_an_incident_nor_asks_for_an_answer(town: Town) -> None:
    """A week of counts must not look like a week of silence, or like gaps in the record."""
    town.send("masto")
    entries = [{**entry, "seq": number} for number, entry in enumerate(town.log(), 1)]
    town.clock.go_on(days=1)
    assert look(town)
    later = [{**entry, "seq": number} for number, entry in enumerate(town.log(), 1)]
    assert len(later) > len(entries)
    facts, after = read_facts(entries), read_facts(later)
    assert (facts.end, facts.events) == (after.end, after.events)


def test_after_a_restart_the_hour_goes_on(town: Town) -> None:
    town.send("masto")
    assert look(town)
    town.clock.go_on(minutes=20)
    town.restart()
    assert look(town) == []
    town.clock.go_on(minutes=40)
    assert look(town)


def test_at_once_asks_whatever_was_asked_before(town: Town) -> None:
    town.send("masto")
    assert look(town)
    town.clock.go_on(seconds=1)
    assert look(town, at_once=True)
