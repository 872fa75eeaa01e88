"""Our own accounts are watched: ours is never an alarm, anybody else's is one, and only one."""

from typing import Any

import pytest

from crisisdesk.model.account import Account
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.events import ForeignPost, SourceState
from crisisdesk.model.template import Step
from crisisdesk.rules.own_posts import SKEW
from crisisdesk.services.watching import SECOND_LOOK
from crisisdesk.simnet.faults import Fault
from tests.channels.rig import cap
from tests.town import SENDER, Town

S = DeliveryState
READABLE = ("masto", "bsky", "cap")
ONLINE = ("masto", "bsky")
PUBLISH = {"masto": "POST /api/v1/statuses", "bsky": "POST /xrpc/com.atproto.repo.putRecord"}
FALSE = "The dam has burst. Run for your lives"


def hijack(town: Town, account: str, text: str = FALSE) -> None:
    """Somebody else posts on our account."""
    if account == "masto":
        town.mastodon.post("council", text)
    elif account == "bsky":
        town.bluesky.post("council.example", text)
    else:
        folder = town.folder / "cap"
        folder.mkdir(exist_ok=True)
        (folder / "burst.cap.xml").write_bytes(cap("burst", headline=text))


def look(town: Town, *accounts: str) -> list[ForeignPost]:
    """One look at each account; the alarms it raised."""
    return [each for name in accounts or READABLE for each in town.watching.visit(name)]


def alarms(town: Town) -> list[str]:
    """What the log says was foreign, in order."""
    return [e["detail"]["text"] for e in town.log() if e["action"] == "account.foreign_post"]


def fault(town: Town, account: str, kind: Any, match: str = "", times: int = 1) -> None:
    sim = {"masto": town.mastodon, "bsky": town.bluesky}[account]
    sim.faults.add(Fault(kind, match or PUBLISH[account], times))


def states(town: Town) -> list[SourceState]:
    return [each for each in town.events if isinstance(each, SourceState)]


# Foreign posts


@pytest.mark.parametrize("account", READABLE)
def test_a_foreign_post_is_an_alarm_exactly_once(town: Town, account: str) -> None:
    assert look(town) == []
    hijack(town, account)
    (alarm,) = look(town)
    assert (alarm.account_id, alarm.changed) == (account, False)
    assert FALSE in alarm.post.text
    assert alarm in town.events
    assert look(town) == []
    town.restart()
    assert look(town) == []
    assert len(alarms(town)) == 1
    (waiting,) = town.watching.unanswered()
    assert (waiting.account_id, waiting.post.text) == (account, alarm.post.text)


def test_the_log_says_what_and_where(town: Town) -> None:
    look(town)
    hijack(town, "masto", FALSE + "!" * 600)
    look(town)
    entry = next(each for each in town.log() if each["action"] == "account.foreign_post")
    detail = entry["detail"]
    assert (entry["actor"], entry["subject"]) == ("desk", "account masto")
    assert (detail["channel"], detail["channel_name"]) == ("masto", "Mastodon")
    assert len(detail["text"]) == 500
    assert detail["url"].startswith("https://social.example/@council/")
    assert detail["posted_at"].startswith("2026-08-20T09:00")
    with town.database.read() as unit:
        assert unit.log.checkpoints()


@pytest.mark.parametrize("account", READABLE)
def test_what_came_while_the_desk_was_closed_is_an_alarm(town: Town, account: str) -> None:
    look(town)
    town.send(account)
    town.restart()
    hijack(town, account)
    town.clock.go_on(hours=9)
    assert len(look(town)) == 1


def test_what_stood_there_before_the_first_look_is_known_and_counted(town: Town) -> None:
    for number in range(3):
        hijack(town, "masto", f"Bins are collected on day {number}")
    assert look(town) == []
    (entry,) = [each for each in town.log() if each["detail"].get("channel") == "masto"]
    assert (entry["action"], entry["detail"]["known"]) == ("account.watched", 3)
    hijack(town, "masto")
    assert len(look(town)) == 1


def test_an_old_post_that_moves_up_into_the_page_is_no_news(town: Town) -> None:
    for number in range(45):
        town.mastodon.post("council", f"post {number}")
    town.clock.go_on(minutes=1)
    look(town)
    for status in town.mastodon.statuses[-3:]:
        status.deleted = True
    assert look(town) == []
    hijack(town, "masto")
    assert len(look(town)) == 1


def test_a_flood_that_fills_the_page_is_told_post_by_post(town: Town) -> None:
    hijack(town, "masto", "known")
    look(town)
    for number in range(50):
        hijack(town, "masto", f"spam {number}")
    assert len(look(town)) == 40


def test_a_post_that_claims_to_be_old_is_still_foreign(town: Town) -> None:
    hijack(town, "bsky", "known")
    look(town)
    early = town.clock.now().replace(year=2020)
    town.bluesky.post("council.example", FALSE, created_at=early)
    assert len(look(town)) == 1


@pytest.mark.parametrize("account", READABLE)
def test_words_changed_under_our_name_are_an_alarm(town: Town, account: str) -> None:
    look(town)
    town.send(account)
    assert look(town) == []
    if account == "masto":
        town.mastodon.statuses[0].text = FALSE
    elif account == "bsky":
        town.bluesky.records[0].value["text"] = FALSE
    else:
        (file,) = (town.folder / "cap").glob("*.cap.xml")
        file.write_bytes(cap(file.name.partition(".")[0], headline=FALSE))
    (alarm,) = look(town)
    assert alarm.changed
    assert FALSE in alarm.post.text
    assert look(town) == []
    entry = next(each for each in town.log() if each["action"] == "account.foreign_post")
    assert "Weir Bridge" in entry["detail"]["was"]


def test_an_old_alert_sent_out_again_by_somebody_is_an_alarm(town: Town) -> None:
    look(town)
    alert = town.send("masto")
    look(town)
    town.clock.go_on(seconds=SKEW.total_seconds() + 1)
    hijack(town, "masto", town.delivery(alert).text)
    assert len(look(town)) == 1


@pytest.mark.parametrize("text", ["", "\0 and \ud800", "<b>Run</b>", "x" * 5000])
def test_any_text_can_be_kept(town: Town, text: str) -> None:
    look(town)
    town.mastodon.post("council", "placeholder").text = text.replace("\ud800", "")
    assert len(look(town)) == 1
    assert look(town) == []


def test_another_account_behind_the_same_settings_page_is_looked_at_anew(town: Town) -> None:
    look(town)
    town.mastodon.add_account("other", token="token-2")
    hijack(town, "masto", "an old post of the new account")
    changed = Account("masto", "mastodon", "Mastodon", {"server": "https://SOCIAL.example/"})
    town.looking.use([changed])
    assert len(look(town, "masto")) == 1  # the same server, only written otherwise
    town.bluesky.add_account("new.example", password="app-pass")
    town.bluesky.post("new.example", "an old post of the new account")
    settings = {"server": "https://pds.example", "handle": "new.example"}
    town.looking.use([Account("bsky", "bluesky", "Bluesky", settings)])
    assert look(town, "bsky") == []


# Our own posts


@pytest.mark.parametrize("account", READABLE)
def test_a_life_of_our_own_posts_is_quiet(town: Town, account: str) -> None:
    look(town)
    first = town.send(account)
    assert look(town) == []
    town.clock.go_on(minutes=20)
    town.send(account, step=Step.UPDATE, follows=first.id)
    assert look(town) == []
    town.clock.go_on(minutes=20)
    town.send(account, step=Step.CANCEL, follows=first.id)
    assert look(town) == []
    town.settling.retract(first.id, SENDER, "wrong road")
    town.settle()
    assert look(town) == []
    assert alarms(town) == []


FAULTS = ("refuse", "lost_answer", "timeout", "html", "truncate", "empty", "status")


@pytest.mark.parametrize("account", ONLINE)
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("restart", [False, True])
def test_no_fault_makes_ours_foreign(
    town: Town, account: str, kind: str, times: int, restart: bool
) -> None:
    look(town)
    fault(town, account, kind, times=times)
    town.send(account)
    assert look(town) == []
    if restart:
        town.restart()
        town.following_up.recover()
    while town.run_planned():
        assert look(town) == []
        town.clock.go_on(seconds=30)
    assert look(town) == []
    hijack(town, account)
    assert len(look(town)) == 1
    assert alarms(town) == [FALSE]


@pytest.mark.parametrize("account", READABLE)
def test_a_look_between_publication_and_its_record_is_quiet(town: Town, account: str) -> None:
    look(town)
    town.workers.dead = True
    alert = town.compose(account)
    town.dispatch.broadcast(alert.id, SENDER)
    channel, lock = town.channels.get(account)
    with lock:  # a broadcast that hangs stops no look
        channel.send(town.dispatch.message_of(town.delivery(alert)))
        assert town.delivery(alert).state is S.SENDING
        assert look(town) == []
    town.restart()
    assert look(town) == []
    town.following_up.recover()
    assert look(town) == []
    assert town.later.pauses[:1] != [SECOND_LOOK]
    assert alarms(town) == []


def test_sent_again_it_stands_there_twice_and_both_are_ours(town: Town) -> None:
    look(town)
    town.mastodon.honours_idempotency = False
    fault(town, "masto", "lost_answer")
    alert = town.send("masto")
    unseen = {"headers": {"Content-Type": "application/json"}, "body": "[]", "status": 200}
    match = "GET /api/v1/accounts/1/statuses"
    town.mastodon.faults.add(Fault("status", match, **unseen))  # a server that lags behind
    town.dispatch.send_again(town.delivery(alert).id, SENDER, "not seen")
    town.settle()
    assert len(town.mastodon.statuses) == 2
    assert look(town, "masto") == []
    assert alarms(town) == []


def test_seen_late_although_a_person_said_it_was_not_there(town: Town) -> None:
    look(town)
    fault(town, "masto", "lost_answer")
    alert = town.send("masto")
    town.settling.settle(town.delivery(alert).id, SENDER, False, "empty page")
    assert town.delivery(alert).state is S.FAILED
    assert look(town) == []


def garble(town: Town) -> None:
    """A server that publishes other words than it was given, as some dress texts up."""
    accept = town.mastodon._accept

    def changed(*given: Any) -> Any:
        status = accept(*given)
        status.text = f"« {status.text} »"
        return status

    town.mastodon._accept = changed  # type: ignore[method-assign]


def test_on_a_server_that_changes_our_words_the_answer_on_its_way_is_waited_for(
    town: Town,
) -> None:
    look(town)
    garble(town)
    town.workers.dead = True
    alert = town.compose("masto")
    town.dispatch.broadcast(alert.id, SENDER)
    channel, _ = town.channels.get("masto")
    outcome = channel.send(town.dispatch.message_of(town.delivery(alert)))
    assert look(town) == []
    assert SECOND_LOOK in town.later.pauses
    town.database.write(
        lambda unit: unit.alerts.move(town.delivery(alert).id, S.ACCEPTED, 0, outcome)
    )
    assert look(town) == []
    assert alarms(town) == []
    _log_state(town, alert.id)


def _log_state(town: Town, alert_id: str) -> None:
    """What the service would have logged, so that log and tables agree at the end."""
    from crisisdesk.store.journal import note_delivery

    (delivery,) = town.dispatch.deliveries(alert_id)
    town.database.write(lambda unit: note_delivery(unit, delivery, "accepted", "desk", "Mastodon"))


def test_a_foreign_post_during_a_broadcast_is_put_off_only_once(town: Town) -> None:
    look(town)
    town.workers.dead = True
    alert = town.compose("masto")
    town.dispatch.broadcast(alert.id, SENDER)
    hijack(town, "masto")
    assert look(town, "masto") == []
    town.workers.dead = False
    assert town.later.pauses == [SECOND_LOOK]
    town.run_planned()
    assert alarms(town) == [FALSE]
    assert look(town) == []
