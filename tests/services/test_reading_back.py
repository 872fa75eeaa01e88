"""Reading back what is already confirmed: deleted or changed behind our back, or out of reach."""

from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.model.delivery import Delivery, DeliveryState, Found, Publication, Verdict
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.moment import to_ms
from crisisdesk.model.standing import Kind
from crisisdesk.model.template import Step
from crisisdesk.services.reading_back import Board, by_channel
from crisisdesk.simnet.faults import Fault
from tests.town import SENDER, Town

S = DeliveryState
START = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
READ = "GET "


def sent(town: Town, *accounts: str) -> Delivery:
    """One alert, confirmed, and 25 minutes gone."""
    delivery = town.delivery(town.send(*(accounts or ("masto",))))
    town.clock.go_on(minutes=25)
    return delivery


def again(town: Town, delivery: Delivery) -> Delivery:
    """The delivery as it is stored now."""
    with town.database.read() as unit:
        found = unit.alerts.delivery(delivery.id)
    assert found is not None
    return found


def looks(town: Town) -> list[tuple[str, str]]:
    """What was logged of reading back, and by whom."""
    known = {"delivery.seen", "delivery.gone", "delivery.altered"}
    return [(each["action"], each["actor"]) for each in town.log() if each["action"] in known]


def kinds(board: Board) -> dict[str, list[Kind]]:
    return {row.delivery.account_id: [each.kind for each in row.findings] for row in board.rows}


def test_confirming_is_the_first_sight(town: Town) -> None:
    assert sent(town).seen_at == START
    assert looks(town) == []


def test_a_person_reads_it_back(town: Town) -> None:
    delivery = sent(town)
    outcome = town.reading_back.read(delivery.id, SENDER)
    assert outcome.verdict is Verdict.CONFIRMED
    after = again(town, delivery)
    assert (after.seen_at, after.state) == (START + timedelta(minutes=25), S.CONFIRMED)
    assert after.evidence == delivery.evidence
    assert looks(town) == [("delivery.seen", "Sam")]


def test_the_desk_itself_logs_only_what_is_new(town: Town) -> None:
    delivery = sent(town)
    for _ in range(3):
        town.reading_back.read(delivery.id)
    assert looks(town) == []
    assert again(town, delivery).seen_at == START + timedelta(minutes=25)


@pytest.mark.parametrize("account", ["masto", "bsky", "cap"])
def test_deleted_behind_our_back(town: Town, account: str) -> None:
    delivery = sent(town, account)
    _delete(town, account)
    assert town.reading_back.read(delivery.id).verdict is Verdict.ABSENT
    after = again(town, delivery)
    assert (after.state, after.found, after.seen_at) == (S.CONFIRMED, Found.GONE, START)
    at = f"{town.clock.now().astimezone():%H:%M}"
    assert after.evidence.startswith(f"At {at} it was not there any more: ")
    assert looks(town) == [("delivery.gone", "desk")]
    assert kinds(town.reading_back.board()) == {account: [Kind.GONE]}


def _delete(town: Town, account: str) -> None:
    if account == "masto":
        town.mastodon.statuses[0].deleted = True
    elif account == "bsky":
        channel, _ = town.channels.get(account)
        assert channel.delete(Publication(town.bluesky.records[0].uri)).verdict is Verdict.WITHDRAWN
    else:
        next((town.folder / "cap").glob("*.cap.xml")).unlink()


def test_an_absence_is_sealed_in_the_log(town: Town) -> None:
    delivery = sent(town)
    _delete(town, "masto")
    town.reading_back.read(delivery.id)
    with town.database.read() as unit:
        newest = unit.log.newest_checkpoint()
    assert newest is not None
    assert newest.seq == len(town.log())


def test_still_gone_keeps_the_time_it_was_noticed(town: Town) -> None:
    delivery = sent(town)
    _delete(town, "masto")
    town.reading_back.read(delivery.id)
    first = again(town, delivery)
    town.clock.go_on(hours=1)
    town.reading_back.read(delivery.id)
    assert again(town, delivery) == first
    town.reading_back.read(delivery.id, SENDER)
    assert again(town, delivery) == first
    assert looks(town) == [("delivery.gone", "desk"), ("delivery.gone", "Sam")]


def test_a_post_that_comes_back_is_seen_again(town: Town) -> None:
    delivery = sent(town)
    _delete(town, "masto")
    town.reading_back.read(delivery.id)
    town.mastodon.statuses[0].deleted = False
    town.clock.go_on(minutes=5)
    town.reading_back.read(delivery.id)
    after = again(town, delivery)
    assert (after.found, after.seen_at) == (Found.AS_SENT, START + timedelta(minutes=30))
    assert after.evidence.startswith("Read back")
    assert looks(town) == [("delivery.gone", "desk"), ("delivery.seen", "desk")]


@pytest.mark.parametrize("account", ["masto", "bsky", "cap"])
def test_other_words_in_its_place(town: Town, account: str) -> None:
    delivery = sent(town, account)
    if account == "masto":
        town.mastodon.statuses[0].text = "All is well."
    elif account == "bsky":
        town.bluesky.records[0].value["text"] = "All is well."
    else:
        file = next((town.folder / "cap").glob("*.cap.xml"))
        file.write_bytes(file.read_bytes().replace(b"closed", b"open"))
    assert town.reading_back.read(delivery.id).verdict is Verdict.ALTERED
    after = again(town, delivery)
    assert (after.state, after.found, after.seen_at) == (S.CONFIRMED, Found.ALTERED, START)
    assert looks(town) == [("delivery.altered", "desk")]
    assert kinds(town.reading_back.board()) == {account: [Kind.ALTERED]}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("refuse", READ, times=-1),
        Fault("timeout", READ, times=-1),
        Fault("status", READ, status=500, times=-1),
        Fault("html", READ, times=-1),
        Fault("status", READ, status=404, times=-1, headers={"Content-Type": "text/html"}),
    ],
    ids=["refused", "silent", "failing", "captive portal", "a proxy's page"],
)
def test_an_unreachable_network_changes_nothing(town: Town, fault: Fault) -> None:
    delivery = sent(town)
    town.mastodon.faults.add(fault)
    outcome = town.reading_back.read(delivery.id, SENDER)
    assert outcome.verdict is Verdict.UNKNOWN
    assert f"Last seen at {START.astimezone():%H:%M}" in outcome.evidence
    assert again(town, delivery) == delivery
    assert looks(town) == []


def test_an_account_that_was_removed_is_told(town: Town) -> None:
    delivery = sent(town)
    town.channels.use([each for each in town.accounts if each.id != "masto"])
    outcome = town.reading_back.read(delivery.id, SENDER)
    assert (outcome.verdict, "no longer set up" in outcome.evidence) == (Verdict.UNKNOWN, True)
    (row,) = town.reading_back.board().rows
    assert (row.channel, row.readable) == ("", False)


def test_a_fault_of_ours_is_told_and_proves_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = sent(town)

    def broken(_: Delivery) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr(town.reading_back, "_find", broken)
    outcome = town.reading_back.read(delivery.id)
    assert (outcome.verdict, "KeyError" in outcome.evidence) == (Verdict.UNKNOWN, True)
    assert again(town, delivery) == delivery


def test_mail_cannot_be_read_back(town: Town) -> None:
    delivery = sent(town, "mail")
    outcome = town.reading_back.read(delivery.id, SENDER)
    assert "cannot be read back" in outcome.evidence
    assert "Never seen" in outcome.evidence
    assert again(town, delivery) == delivery
    (row,) = town.reading_back.board().rows
    assert (row.readable, row.findings) == (False, ())


def test_a_person_who_saw_a_mail_is_believed(town: Town) -> None:
    delivery = sent(town, "mail")
    town.settling.settle(delivery.id, SENDER, seen=True, words="asked Ann")
    after = again(town, delivery)
    assert (after.state, after.seen_at) == (S.CONFIRMED, START + timedelta(minutes=25))
    assert "asked Ann" in after.evidence


def test_absence_among_the_newest_posts_is_no_absence(town: Town) -> None:
    """Settled by a person, a post has no number of ours: then only the newest 40 are searched."""
    town.mastodon.faults.add(Fault("lost_answer", "POST /api/v1/statuses"))
    alert = town.send("masto")
    town.later.planned.clear()
    delivery = town.delivery(alert)
    town.settling.settle(delivery.id, SENDER, seen=True, words="it is on the page")
    for number in range(40):
        town.mastodon.post("council", f"later {number}")
    before = town.delivery(alert)
    assert town.reading_back.read(delivery.id, SENDER).verdict is Verdict.ABSENT
    assert again(town, delivery) == before
    assert looks(town) == []


def test_what_was_only_accepted_is_confirmed_by_reading_back(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", READ))
    alert = town.send("masto")
    town.later.planned.clear()
    delivery = town.delivery(alert)
    assert (delivery.state, delivery.seen_at) == (S.ACCEPTED, None)
    town.clock.go_on(minutes=3)
    town.reading_back.read(delivery.id)
    after = again(town, delivery)
    assert (after.state, after.seen_at) == (S.CONFIRMED, START + timedelta(minutes=3))


def test_accepted_but_not_there(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", READ))
    alert = town.send("masto")
    _delete(town, "masto")
    town.reading_back.read(town.delivery(alert).id)
    after = town.delivery(alert)
    assert (after.state, after.found) == (S.ACCEPTED, Found.GONE)
    assert "any more" not in after.evidence
    town.mastodon.statuses[0].deleted = False
    town.reading_back.read(after.id)
    assert (town.delivery(alert).state, town.delivery(alert).found) == (S.CONFIRMED, Found.AS_SENT)
    town.later.planned.clear()


def test_an_unknown_is_looked_for(town: Town) -> None:
    town.mastodon.faults.add(Fault("lost_answer", "POST /api/v1/statuses"))
    alert = town.send("masto")
    town.later.planned.clear()
    assert kinds(town.reading_back.board()) == {"masto": [Kind.UNKNOWN]}
    town.reading_back.read(town.delivery(alert).id, SENDER)
    assert town.delivery(alert).state is S.CONFIRMED


def test_what_never_went_out_is_not_looked_for(town: Town) -> None:
    town.mastodon.faults.add(
        Fault("status", "POST /api/v1/statuses", status=422, body='{"error": "no"}')
    )
    delivery = town.delivery(town.send("masto"))
    assert delivery.state is S.FAILED
    asked = len(town.mastodon.requests)
    assert "nothing to read back" in town.reading_back.read(delivery.id).evidence
    assert "nothing to read back" in town.reading_back.read("nowhere").evidence
    assert len(town.mastodon.requests) == asked


def test_a_withdrawal_during_the_look_is_no_alarm(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = sent(town)
    find = town.following_up.find

    def withdraw_first(asked: Delivery) -> object:
        for each in town.settling.retract(asked.alert_id, SENDER, "wrong road"):
            each.result()
        return find(asked)

    monkeypatch.setattr(town.reading_back, "_find", withdraw_first)
    assert town.reading_back.read(delivery.id).verdict is Verdict.ABSENT
    after = again(town, delivery)
    assert (after.state, after.found) == (S.WITHDRAWN, Found.AS_SENT)
    assert looks(town) == []
    assert town.reading_back.board().rows == []


def test_the_screen_is_told_when_something_is_new(town: Town) -> None:
    delivery = sent(town)
    told = len(town.events)
    town.reading_back.read(delivery.id, SENDER)
    assert len(town.events) == told
    _delete(town, "masto")
    town.reading_back.read(delivery.id)
    assert town.events[told:] == [
        DeliveryChanged(delivery.id, delivery.alert_id, "masto", S.CONFIRMED)
    ]


# Many at once


def test_everything_live_is_read_and_nothing_else(town: Town) -> None:
    old = town.send("masto", "bsky", "mail")
    town.clock.go_on(hours=6)
    new = town.send("masto", "cap")
    town.clock.go_on(minutes=1)
    now = town.clock.now()
    town.reading_back.read_live()
    town.settle()
    assert {name: each.seen_at for name, each in town.deliveries(new).items()} == {
        "masto": now,
        "cap": now,
    }
    assert {each.seen_at for each in town.deliveries(old).values()} == {START, None}
    assert looks(town) == []


def test_a_network_that_does_not_answer_is_asked_once(town: Town) -> None:
    alerts = [town.send("masto") for _ in range(4)]
    ids = [town.delivery(each).id for each in alerts]
    town.mastodon.faults.add(Fault("refuse", READ, times=-1))
    asked = len(town.mastodon.faults.history)
    outcomes = town.reading_back.read_in_turn(ids, SENDER)
    assert [each.verdict for each in outcomes] == [Verdict.UNKNOWN]
    assert len(town.mastodon.faults.history) == asked + 1


def test_an_absence_does_not_end_the_round(town: Town) -> None:
    alerts = [town.send("masto") for _ in range(3)]
    _delete(town, "masto")
    ids = by_channel(town.reading_back.board().rows)["masto"]
    outcomes = town.reading_back.read_in_turn(ids, SENDER)
    assert sorted(each.verdict for each in outcomes) == ["absent", "confirmed", "confirmed"]
    assert {town.delivery(each).found for each in alerts} == {Found.AS_SENT, Found.GONE}


# The board over a real database


def test_a_correction_that_fails_on_one_channel(town: Town) -> None:
    alert = town.send("masto", "bsky", "mail")
    assert [row.rank for row in town.reading_back.board().rows] == [4, 4, 4]
    fault = Fault("status", "POST /api/v1/statuses", status=422, body='{"error": "no"}')
    town.mastodon.faults.add(fault)
    town.clock.go_on(minutes=10)
    town.send("masto", "bsky", "mail", step=Step.CANCEL, follows=alert.id)
    rows = town.reading_back.board().rows
    (wrong,) = (row for row in rows if row.rank == 0)
    assert (wrong.alert.id, wrong.channel) == (alert.id, "Mastodon")
    (finding,) = wrong.findings
    at = f"{town.clock.now().astimezone():%H:%M}"
    words = f"Corrected on Bluesky and Press list at {at}, but not here: it failed."
    assert finding.words == words
    assert sorted(row.quiet for row in rows) == [False, False, False, True, True]


def test_composed_but_never_sent_is_not_in_public(town: Town) -> None:
    town.compose("masto")
    assert town.reading_back.board() == Board([], complete=True)


def test_very_old_alerts_are_left_out_and_that_is_said(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crisisdesk.services.reading_back.MOST_ALERTS", 2)
    for minute in range(3):
        town.clock.go_on(minutes=minute)
        town.send("cap")
    board = town.reading_back.board()
    assert (len(board.rows), board.complete) == (2, False)
    assert min(to_ms(row.alert.created_at) for row in board.rows) > to_ms(START)
