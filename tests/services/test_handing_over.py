"""Networks are blocked: people post by hand, the desk sends nothing besides, and all is logged."""

import pytest
from sqlalchemy import text

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.errors import BadInput, Refused, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.handing import handed_to
from crisisdesk.services.handing_over import QUIET
from crisisdesk.simnet.faults import Fault
from tests.town import SENDER, VIEWER, Town

S = DeliveryState
POST = "POST /api/v1/statuses"
PUT = "POST /xrpc/com.atproto.repo.putRecord"
HAND = ("masto", "bsky", "mail")


def block(town: Town) -> None:
    """Nothing gets out of the building any more."""
    for sim in (town.mastodon, town.bluesky, town.mail):
        sim.faults.add(Fault("refuse", times=-1))


def unblock(town: Town) -> None:
    for sim in (town.mastodon, town.bluesky, town.mail):
        sim.faults.clear()


def published(town: Town) -> int:
    """What stands on any network."""
    return len(town.mastodon.statuses) + len(town.bluesky.records) + len(town.mail.messages)


def blocked(town: Town, *accounts: str) -> Alert:
    """An alert that waits to be retried everywhere."""
    block(town)
    return town.send(*(accounts or HAND))


def hand(town: Town, alert: Alert, *accounts: str, **more: object) -> list[Delivery]:
    return town.handing_over.hand_over(
        alert.id, accounts or HAND, "Ann Lee", "by phone", SENDER, **more  # type: ignore[arg-type]
    )  # fmt: skip


def last(town: Town, action: str) -> dict[str, object]:
    return next(each for each in reversed(town.log()) if each["action"] == action)


def test_what_is_handed_over_is_never_sent_by_the_desk(town: Town) -> None:
    alert = blocked(town)
    assert set(town.states(alert).values()) == {S.RETRYING}
    hand(town, alert)
    assert set(town.states(alert).values()) == {S.HELD}
    unblock(town)
    assert town.run_planned() == 3
    assert (published(town), town.later.planned) == (0, [])
    told = town.deliveries(alert)["masto"].evidence
    clock = f"{town.clock.now().astimezone():%H:%M}"
    assert told == f"Handed to Ann Lee at {clock} to be posted by hand; ask them."


def test_not_after_a_restart_either_and_the_report_confirms_it(town: Town) -> None:
    alert = blocked(town)
    hand(town, alert)
    town.restart()
    unblock(town)
    town.following_up.recover()
    town.run_planned()
    assert (published(town), set(town.states(alert).values())) == (0, {S.HELD})
    post = town.deliveries(alert)["masto"]
    url = "https://social.example/@council/1"
    town.handing_over.posted(post.id, SENDER, "Ann read it to me", url)
    after = town.deliveries(alert)["masto"]
    assert (after.state, after.url) == (S.CONFIRMED, url)
    assert after.evidence == "Posted by hand by Ann Lee, says Sam: Ann read it to me"
    assert last(town, "delivery.confirmed")["detail"]["url"] == url  # type: ignore[index]
    assert published(town) == 0


def test_the_log_names_who_took_what_and_how(town: Town) -> None:
    alert = blocked(town)
    hand(town, alert, "masto", "mail")
    entry = last(town, "alert.handed_over")
    detail = entry["detail"]
    assert (entry["actor"], entry["subject"]) == ("Sam", f"alert {alert.id}")
    assert isinstance(detail, dict)
    assert (detail["to"], detail["how"], detail["content"]) == (
        "Ann Lee",
        "by phone",
        alert.content_hash,
    )
    assert sorted(detail["channels"]) == [
        ["mail", "Press list", "en"],
        ["masto", "Mastodon", "en"],
    ]
    assert town.states(alert) == {"masto": S.HELD, "mail": S.HELD, "bsky": S.RETRYING}


def test_without_its_log_entry_nothing_changes_hands(town: Town) -> None:
    alert = blocked(town)
    town.database.write(
        lambda unit: unit.connection.execute(
            text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON log_entry "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )
        )
    )
    with pytest.raises(StoreError, match="disk is full"):
        hand(town, alert)
    assert set(town.states(alert).values()) == {S.RETRYING}
    # Copying, printing and saving go on: they need no log.
    pack = town.handing_over.pack(alert.id)
    assert {each.text for each in pack.parts} == {each.text for each in alert.rendered}
    assert town.handing_over.write(alert.id, town.folder)
    town.database.write(lambda unit: unit.connection.execute(text("DROP TRIGGER full_disk")))


def test_an_alert_that_was_never_broadcast_is_claimed_once_and_held(town: Town) -> None:
    alert = town.compose()
    assert town.handing_over.pack(alert.id).parts[0].state is None
    assert town.handing_over.newest() == alert.id
    changed = hand(town, alert, "masto")
    assert town.states(alert) == dict.fromkeys(("masto", "bsky", "mail", "cap"), S.HELD)
    assert {each.account_id for each in changed if handed_to(each.evidence)} == {"masto"}
    with pytest.raises(Refused, match="broadcast already"):
        town.dispatch.broadcast(alert.id, SENDER)
    hand(town, alert, "bsky", "mail")
    assert {each.account_id for each in town.deliveries(alert).values() if handed_to(each.evidence)}
    assert published(town) == 0
    assert town.actions().count("alert.handed_over") == 2


def test_a_broadcast_alert_is_not_claimed_again(town: Town) -> None:
    alert = town.compose("masto")
    town.workers.dead = True
    town.dispatch.broadcast(alert.id, SENDER)
    with pytest.raises(Refused, match="being sent this moment"):
        hand(town, alert, "masto")


@pytest.mark.parametrize("how", ["expired", "other mode", "changed", "viewer"])
def test_what_may_not_go_out_is_not_handed_over(town: Town, how: str) -> None:
    alert = town.compose("masto")
    operator = VIEWER if how == "viewer" else SENDER
    if how == "expired":
        town.clock.time = alert.expires_at
    if how == "other mode":
        town.restart(Mode.LIVE)
    if how == "changed":
        spoil(town, alert)
    with pytest.raises(Refused):
        town.handing_over.hand_over(alert.id, ["masto"], "Ann", "in person", operator)
    assert town.dispatch.deliveries(alert.id) == []
    assert "alert.handed_over" not in town.actions()


def spoil(town: Town, alert: Alert) -> None:
    """Somebody changes the text past every guard of the database."""

    def change(unit: object) -> None:
        connection = unit.connection  # type: ignore[attr-defined]
        (sql,) = connection.scalars(
            text("SELECT sql FROM sqlite_master WHERE name = 'alert_frozen'")
        )
        connection.execute(text("DROP TRIGGER alert_frozen"))
        connection.execute(
            text("UPDATE alert SET body = replace(body, 'Weir', 'Mill') WHERE id = :id"),
            {"id": alert.id},
        )
        connection.exec_driver_sql(sql)

    town.database.write(change)


def test_the_database_refuses_an_unapproved_one(town: Town) -> None:
    alert = town.compose("masto")
    town.database.write(lambda unit: lone(unit, alert))
    with pytest.raises(Refused, match="not approved"):
        hand(town, alert, "masto")
    assert town.dispatch.deliveries(alert.id) == []


def lone(unit: object, alert: Alert) -> None:
    """Make it one that needs a second person."""
    connection = unit.connection  # type: ignore[attr-defined]
    (sql,) = connection.scalars(text("SELECT sql FROM sqlite_master WHERE name = 'alert_frozen'"))
    connection.execute(text("DROP TRIGGER alert_frozen"))
    connection.execute(text("UPDATE alert SET second_person = 1 WHERE id = :id"), {"id": alert.id})
    connection.exec_driver_sql(sql)


@pytest.mark.parametrize(
    ("accounts", "name", "how"),
    [
        ((), "Ann", "in person"),
        (("masto", "nowhere"), "Ann", "in person"),
        (("masto",), " \n ", "in person"),
        (("masto",), "A" * 81, "in person"),
        (("masto",), "Ann", "by pigeon"),
    ],
)
def test_who_what_and_how_must_be_said(
    town: Town, accounts: tuple[str, ...], name: str, how: str
) -> None:
    alert = blocked(town, "masto")
    with pytest.raises(BadInput):
        town.handing_over.hand_over(alert.id, accounts, name, how, SENDER)
    assert town.delivery(alert).state is S.RETRYING


def test_what_is_out_is_not_handed_over(town: Town) -> None:
    alert = town.send()
    for account in HAND:
        with pytest.raises(Refused, match="out already"):
            hand(town, alert, account)
    with pytest.raises(Refused, match="feed for machines"):
        hand(town, alert, "cap")
    assert "alert.handed_over" not in town.actions()


def test_all_or_nothing(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", times=-1))
    alert = town.send("masto", "bsky")
    with pytest.raises(Refused, match="Bluesky: it is out already"):
        hand(town, alert, "masto", "bsky")
    assert town.states(alert) == {"masto": S.RETRYING, "bsky": S.CONFIRMED}


def test_nobody_is_given_what_another_has(town: Town) -> None:
    alert = blocked(town)
    hand(town, alert, "masto")
    with pytest.raises(Refused, match="handed to Ann Lee already"):
        hand(town, alert, "masto", "bsky")
    post = town.deliveries(alert)["masto"]
    town.handing_over.not_posted(post.id, SENDER, "her phone is dead too")
    after = town.deliveries(alert)["masto"]
    assert (after.state, handed_to(after.evidence)) == (S.HELD, "")
    assert "Ann Lee did not post it, says Sam: her phone is dead too" in after.evidence
    assert town.handing_over.pack(alert.id).parts[0].may_be_handed
    hand(town, alert, "masto")
    assert handed_to(town.deliveries(alert)["masto"].evidence) == "Ann Lee"


def test_a_refusal_stays_one_until_somebody_posted_it(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=401, body="{}"))
    alert = town.send("masto")
    said = town.delivery(alert).evidence
    hand(town, alert, "masto")
    held = town.delivery(alert)
    assert held.state is S.FAILED
    assert held.evidence.endswith(f"Before that: {said}")
    assert town.composing.followers(alert.id) == ("masto",)  # perhaps the public has read it
    town.handing_over.posted(held.id, SENDER, "seen on my own phone")
    assert town.delivery(alert).state is S.CONFIRMED


def test_what_nobody_took_over_gets_no_correction(town: Town) -> None:
    alert = town.compose()
    hand(town, alert, "masto")
    assert town.composing.followers(alert.id) == ("masto",)


def test_an_unknown_one_needs_a_look_and_a_reason(town: Town) -> None:
    town.mastodon.faults.add(Fault("timeout", POST))
    alert = town.send("masto")
    with pytest.raises(Refused, match="Look first"):
        hand(town, alert, "masto")
    with pytest.raises(BadInput, match="reason"):
        hand(town, alert, "masto", although_unknown=True, reason=" ")
    hand(town, alert, "masto", although_unknown=True, reason="the page is empty")
    delivery = town.delivery(alert)
    assert (delivery.state, handed_to(delivery.evidence)) == (S.UNKNOWN, "Ann Lee")
    assert last(town, "alert.handed_over")["detail"]["although_unknown"] == "the page is empty"  # type: ignore[index]
    while town.run_planned():  # the planned looks go on and do not forget who has it
        assert handed_to(town.delivery(alert).evidence) == "Ann Lee"
    assert "newest 40 posts" in town.delivery(alert).evidence
    town.handing_over.posted(delivery.id, SENDER, "it is there")
    assert town.delivery(alert).state is S.CONFIRMED


def test_an_unknown_one_found_after_all_warns_who_has_it(town: Town) -> None:
    town.mastodon.faults.add(Fault("lost_answer", POST))
    alert = town.send("masto")
    hand(town, alert, "masto", although_unknown=True, reason="the page does not load")
    town.run_planned()
    delivery = town.delivery(alert)
    assert delivery.state is S.CONFIRMED
    (part,) = town.handing_over.pack(alert.id).parts
    assert part.warning == "It is out already: do not post it again. Tell Ann Lee."
    town.handing_over.posted(delivery.id, SENDER, "too late, she had posted it")
    assert "may stand there twice" in town.delivery(alert).evidence
    assert "delivery.posted_by_hand" in town.actions()


def test_what_the_desk_repeats_by_itself_is_not_handed_over_meanwhile(town: Town) -> None:
    """On Bluesky a repeat of ours is harmless, but not beside a post by hand."""
    town.bluesky.faults.add(Fault("timeout", PUT, times=-1))
    alert = town.send("bsky")
    reason = {"although_unknown": True, "reason": "the page is empty"}
    with pytest.raises(Refused, match="still trying"):
        hand(town, alert, "bsky", **reason)
    while town.run_planned():
        pass
    town.clock.go_on(seconds=QUIET.total_seconds())
    hand(town, alert, "bsky", **reason)
    town.bluesky.faults.clear()
    assert town.run_planned() == 0
    assert published(town) == 0


def test_reports_need_somebody_who_has_it_and_words(town: Town) -> None:
    alert = blocked(town, "masto")
    post = town.delivery(alert)
    for report in (town.handing_over.posted, town.handing_over.not_posted):
        with pytest.raises(Refused, match="Nobody has this"):
            report(post.id, SENDER, "done")
        with pytest.raises(Refused):
            report(post.id, VIEWER, "done")
        with pytest.raises(Refused, match="no such delivery"):
            report("nowhere", SENDER, "done")
    hand(town, alert, "masto")
    for words, url in (("", ""), ("seen", "javascript:alert(1)"), ("seen", "https://")):
        with pytest.raises(BadInput):
            town.handing_over.posted(post.id, SENDER, words, url)
    with pytest.raises(BadInput):
        town.handing_over.not_posted(post.id, SENDER, " ")
    assert town.delivery(alert).state is S.HELD


def test_what_was_posted_by_hand_is_not_called_deleted_when_it_is_not(town: Town) -> None:
    alert = blocked(town, "masto")
    hand(town, alert, "masto")
    unblock(town)
    town.handing_over.posted(town.delivery(alert).id, SENDER, "seen")
    for each in town.settling.retract(alert.id, SENDER, "wrong road"):
        each.result(10)
    delivery = town.delivery(alert)
    assert delivery.state is S.CONFIRMED
    assert "delete it by hand" in delivery.evidence


def test_a_correction_answers_what_stands_there(town: Town) -> None:
    first = town.send("masto")
    block(town)
    follow = town.send("masto", step=Step.CANCEL, follows=first.id)
    (part,) = town.handing_over.pack(follow.id).parts
    assert town.deliveries(first)["masto"].url in " ".join(part.steps)
