"""What the public can see now: each message once, and what is wrong with it in the right words."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.cap import Certainty, Severity, Urgency
from crisisdesk.model.delivery import (
    Delivery,
    DeliveryState,
    Found,
    RecipientResult,
    Verdict,
)
from crisisdesk.model.mode import Mode
from crisisdesk.model.standing import Kind, Standing
from crisisdesk.model.template import CapCodes, Step
from crisisdesk.rules.board import Said, board

S = DeliveryState
NIGHT = datetime(2026, 8, 20, 4, 0, tzinfo=UTC)
NAMES = {"masto": "Mastodon", "bsky": "Bluesky", "mail": "Press list", "cap": "CAP feed"}
CODES = CapCodes(
    "Road", (), (), Urgency.IMMEDIATE, Severity.MINOR, Certainty.OBSERVED, expires_minutes=360
)


def alert(
    name: str,
    step: Step = Step.ALERT,
    *,
    follows: str = "",
    minute: int = 0,
    lasts: int = 360,
    promise: str = "",
    incident: str = "flood",
    template: str = "road-closure",
) -> Alert:
    """An alert written so many minutes after four; `lasts` is in minutes."""
    at = NIGHT + timedelta(minutes=minute)
    return Alert(
        id=name,
        incident_id=incident,
        marker=f"Ref K7Q3-{name}",
        template_id=template,
        step=step,
        mode=Mode.LIVE,
        headline="Weir Bridge closed",
        codes=CODES,
        values={"next_update_at": promise} if promise else {},
        rendered=(Rendered("masto", "mastodon", "en", "text"),),
        content_hash="",
        created_at=at,
        created_by="Sam",
        expires_at=at + timedelta(minutes=lasts),
        references=follows,
    )


def delivery(
    of: Alert,
    account: str,
    state: S = S.CONFIRMED,
    *,
    found: Found = Found.AS_SENT,
    text: str = "Weir Bridge is closed.",
    recipients: tuple[RecipientResult, ...] = (),
    changed: int = 0,
    seen: bool = True,
) -> Delivery:
    """Its delivery on an account; `changed` is in minutes after it was written."""
    at = of.created_at + timedelta(minutes=changed)
    return Delivery(
        id=f"{of.id}-{account}",
        alert_id=of.id,
        account_id=account,
        language="en",
        state=state,
        key="key",
        text=text,
        subject="",
        external_id="1",
        url="",
        evidence="",
        created_at=of.created_at,
        changed_at=at,
        recipients=recipients,
        seen_at=at if seen else None,
        found=found,
    )


def on(of: Alert, **states: S) -> Said:
    """The alert with a delivery on each account named."""
    return of, [delivery(of, account, state) for account, state in states.items()]


def look(*said: Said, minute: int = 30) -> dict[str, Standing]:
    """The board so many minutes after four, by "alert-account"."""
    rows = board(said, NIGHT + timedelta(minutes=minute), NAMES, zone=UTC)
    return {row.delivery.id: row for row in rows}


def kinds(row: Standing) -> list[Kind]:
    return [each.kind for each in row.findings]


def words(row: Standing) -> str:
    return " ".join(each.words for each in row.findings)


# One message by itself


def test_a_sound_message_has_nothing_wrong() -> None:
    rows = look(on(alert("1"), masto=S.CONFIRMED, mail=S.ACCEPTED))
    assert [row.channel for row in rows.values()] == ["Mastodon", "Press list"]
    assert all(not row.findings and not row.quiet and not row.expired for row in rows.values())
    assert rows["1-masto"].age == timedelta(minutes=30)


@pytest.mark.parametrize("state", [S.FAILED, S.WITHDRAWN, S.HELD, S.PREPARED, S.RETRYING])
def test_what_cannot_be_out_is_not_shown(state: S) -> None:
    assert look(on(alert("1"), masto=state)) == {}


def test_an_unknown_may_stand() -> None:
    row = look(on(alert("1"), masto=S.UNKNOWN))["1-masto"]
    assert kinds(row) == [Kind.UNKNOWN]
    assert "Nobody knows" in words(row)


def test_a_list_still_being_tried_stands_for_those_who_have_it() -> None:
    one = alert("1")
    ann = RecipientResult("ann@example.org", Verdict.ACCEPTED, "ok")
    bob = RecipientResult("bob@example.org", Verdict.NOT_SENT, "later")
    partly = delivery(one, "mail", S.RETRYING, recipients=(ann, bob))
    nobody = delivery(one, "masto", S.RETRYING, recipients=(bob,))
    rows = look((one, [partly, nobody]))
    assert list(rows) == ["1-mail"]
    assert "part of the list" in words(rows["1-mail"])


@pytest.mark.parametrize(
    ("minute", "expected", "said"),
    [
        (29, [], ""),
        (30, [Kind.EXPIRING], "Expires in 30 min."),
        (59, [Kind.EXPIRING], "Expires in 1 min."),
        (60, [Kind.EXPIRED], "Expired at 05:00, still up."),
        (60 * 30, [Kind.EXPIRED], "Expired at 20 Aug, 05:00, still up."),
    ],
)
def test_expiry(minute: int, expected: list[Kind], said: str) -> None:
    row = look(on(alert("1", lasts=60), masto=S.CONFIRMED), minute=minute)["1-masto"]
    assert (kinds(row), words(row)) == (expected, said)
    assert row.expired == (minute >= 60)


def test_a_last_word_may_stand_for_ever() -> None:
    rows = look(
        on(alert("1", lasts=10), masto=S.CONFIRMED),
        on(alert("2", Step.ALL_CLEAR, follows="1", lasts=10), masto=S.CONFIRMED),
        minute=600,
    )
    assert all(row.quiet and row.expired for row in rows.values())


@pytest.mark.parametrize(
    ("promise", "minute", "overdue"),
    [
        ("05:00", 59, False),
        ("05:00", 60, True),
        ("5.00", 60, True),
        ("03:00", 600, False),  # tomorrow's
        ("03:00", 23 * 60, True),
        ("soon", 6000, False),
        ("25:00", 6000, False),
    ],
)
def test_a_promised_update_that_never_came(promise: str, minute: int, overdue: bool) -> None:
    one = alert("1", promise=promise, lasts=9000)
    here = delivery(one, "masto", text=f"Closed. Next update by {promise}.")
    assert (Kind.OVERDUE in kinds(look((one, [here]), minute=minute)["1-masto"])) is overdue


def test_a_promise_counts_only_where_it_was_made_and_not_once_kept() -> None:
    one = alert("1", promise="05:00")
    told = delivery(one, "masto", text="Next update by 05:00.")
    untold = delivery(one, "bsky", text="Closed.")
    late = 61
    rows = look((one, [told, untold]), minute=late)
    assert kinds(rows["1-masto"]) == [Kind.OVERDUE]
    assert "05:00 and is overdue" in words(rows["1-masto"])
    assert kinds(rows["1-bsky"]) == []
    update = on(alert("2", Step.UPDATE, follows="1", minute=50), masto=S.CONFIRMED)
    assert kinds(look((one, [told]), update, minute=late)["1-masto"]) == []


def test_a_promise_is_meant_in_local_time() -> None:
    one = alert("1", promise="06:30")
    here = delivery(one, "masto", text="Next update by 06:30.")
    east = timezone(timedelta(hours=2))
    for minute, expected in ((29, []), (30, [Kind.OVERDUE])):
        (row,) = board([(one, [here])], NIGHT + timedelta(minutes=minute), NAMES, zone=east)
        assert kinds(row) == expected


# A chain


def test_corrected_there_but_not_here() -> None:
    rows = look(
        on(alert("1"), masto=S.CONFIRMED, bsky=S.CONFIRMED, cap=S.CONFIRMED),
        on(alert("2", Step.CANCEL, follows="1", minute=10), bsky=S.CONFIRMED, cap=S.FAILED),
    )
    assert words(rows["1-masto"]) == "Corrected on Bluesky at 04:10, but not here."
    assert words(rows["1-cap"]) == "Corrected on Bluesky at 04:10, but not here: it failed."
    assert rows["1-bsky"].quiet
    answer = rows["1-bsky"].answered_by
    assert answer
    assert answer.id == "2"
    assert list(rows)[:2] == ["1-cap", "1-masto"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (S.HELD, "held back"),
        (S.UNKNOWN, "nobody knows"),
        (S.RETRYING, "tried again"),
        (S.WITHDRAWN, "taken back"),
    ],
)
def test_why_it_is_not_here(state: S, reason: str) -> None:
    rows = look(
        on(alert("1"), masto=S.CONFIRMED, bsky=S.CONFIRMED),
        on(alert("2", Step.UPDATE, follows="1"), bsky=S.ACCEPTED, masto=state),
    )
    assert kinds(rows["1-masto"]) == [Kind.CONTRADICTED]
    assert reason in words(rows["1-masto"])


def test_a_correction_on_its_way_is_no_contradiction_yet() -> None:
    rows = look(
        on(alert("1"), masto=S.CONFIRMED, bsky=S.CONFIRMED),
        on(alert("2", Step.CANCEL, follows="1"), bsky=S.CONFIRMED, masto=S.SENDING),
    )
    assert kinds(rows["1-masto"]) == []
    assert not rows["1-masto"].quiet


def test_a_correction_that_is_out_nowhere() -> None:
    rows = look(
        on(alert("1"), masto=S.CONFIRMED, bsky=S.CONFIRMED),
        on(alert("2", Step.CANCEL, follows="1", minute=5), bsky=S.FAILED, masto=S.UNKNOWN),
    )
    assert words(rows["1-bsky"]) == "Corrected at 04:05, but that is out nowhere: it failed."


def test_a_retracted_follow_up_is_none() -> None:
    rows = look(
        on(alert("1"), masto=S.CONFIRMED),
        on(alert("2", Step.UPDATE, follows="1"), masto=S.WITHDRAWN),
    )
    assert kinds(rows["1-masto"]) == []
    assert not rows["1-masto"].quiet


def test_a_vanished_correction_leaves_the_alert_uncorrected() -> None:
    two = alert("2", Step.CANCEL, follows="1")
    vanished = delivery(two, "masto", found=Found.GONE)
    rows = look(
        on(alert("1"), masto=S.CONFIRMED, bsky=S.CONFIRMED),
        (two, [vanished, delivery(two, "bsky")]),
    )
    assert kinds(rows["1-masto"]) == [Kind.CONTRADICTED]
    assert kinds(rows["2-masto"]) == [Kind.GONE]


def test_the_newest_word_counts_also_where_two_follow_the_same_alert() -> None:
    rows = look(
        on(alert("1"), masto=S.CONFIRMED),
        on(alert("2", Step.UPDATE, follows="1", minute=5), masto=S.CONFIRMED),
        on(alert("3", Step.CANCEL, follows="1", minute=9), masto=S.CONFIRMED),
    )
    assert [row.quiet for row in rows.values()] == [False, True, True]
    assert [row.alert.id for row in rows.values()] == ["3", "2", "1"]


def test_at_the_same_moment_what_follows_is_the_newer() -> None:
    rows = look(
        on(alert("z"), masto=S.CONFIRMED),
        on(alert("a", Step.UPDATE, follows="z"), masto=S.ACCEPTED),
    )
    assert (rows["z-masto"].quiet, rows["a-masto"].quiet) == (True, False)


def test_retracted_there_still_up_here() -> None:
    one = alert("1")
    deliveries = [
        delivery(one, "bsky", S.WITHDRAWN, changed=12),
        delivery(one, "masto", S.WITHDRAWN, changed=11),
        delivery(one, "mail", S.ACCEPTED),
        delivery(one, "cap", S.UNKNOWN),
    ]
    rows = look((one, deliveries))
    assert words(rows["1-mail"]) == "Retracted on Bluesky and Mastodon at 04:12, still up here."
    assert kinds(rows["1-cap"]) == [Kind.LEFT, Kind.UNKNOWN]
    assert "perhaps still up" in words(rows["1-cap"])
    corrected = on(alert("2", Step.CANCEL, follows="1"), mail=S.ACCEPTED)
    assert look((one, deliveries), corrected)["1-mail"].quiet


# What reading back found


def test_gone_and_altered() -> None:
    one = alert("1", lasts=10)
    rows = look(
        (
            one,
            [
                delivery(one, "masto", found=Found.GONE, changed=20),
                delivery(one, "bsky", S.ACCEPTED, found=Found.GONE, changed=20, seen=False),
                delivery(one, "cap", found=Found.ALTERED),
            ],
        )
    )
    assert words(rows["1-masto"]) == "Read back at 04:20: it was not there any more."
    assert words(rows["1-bsky"]) == "Read back at 04:20: it was not there."
    assert kinds(rows["1-cap"]) == [Kind.ALTERED, Kind.EXPIRED]


def test_tampering_is_told_of_an_answered_message_too() -> None:
    one = alert("1")
    rows = look(
        (one, [delivery(one, "masto", found=Found.ALTERED)]),
        on(alert("2", Step.UPDATE, follows="1"), masto=S.CONFIRMED),
    )
    assert kinds(rows["1-masto"]) == [Kind.ALTERED]
    assert not rows["1-masto"].quiet


# Neighbours


def test_two_live_messages_of_the_same_kind_may_contradict() -> None:
    one, two = alert("1"), alert("2", minute=5)
    rows = look(on(one, masto=S.CONFIRMED, bsky=S.CONFIRMED), on(two, masto=S.CONFIRMED))
    assert kinds(rows["1-masto"]) == kinds(rows["2-masto"]) == [Kind.RIVAL]
    assert "Ref K7Q3-2 of 04:05" in words(rows["1-masto"])
    assert kinds(rows["1-bsky"]) == []


@pytest.mark.parametrize(
    "other",
    [
        alert("2", incident="fire"),
        alert("2", template="holding"),
        alert("2", Step.UPDATE, follows="1"),
        alert("2", lasts=1),
    ],
    ids=["another incident", "another template", "the same chain", "run out"],
)
def test_what_is_no_rival(other: Alert) -> None:
    rows = look(on(alert("1"), masto=S.CONFIRMED), on(other, masto=S.CONFIRMED))
    assert all(Kind.RIVAL not in kinds(row) for row in rows.values())


def test_two_last_words_do_not_contradict() -> None:
    """Both roads are open again; but an open road and a closed one are for a person to read."""
    one, two = on(alert("1"), masto=S.CONFIRMED), on(alert("2"), masto=S.CONFIRMED)
    over = [
        on(alert(f"{each}0", Step.ALL_CLEAR, follows=each, minute=9), masto=S.CONFIRMED)
        for each in ("1", "2")
    ]
    assert kinds(look(one, two, *over)["10-masto"]) == []
    assert kinds(look(one, two, over[0])["10-masto"]) == [Kind.RIVAL]


def test_many_channels_are_counted_not_listed() -> None:
    names = {f"a{number}": f"Channel {number}" for number in range(6)}
    one, two = alert("1"), alert("2", Step.CANCEL, follows="1")
    said = [(one, [delivery(one, each) for each in names])]
    said.append((two, [delivery(two, each) for each in list(names)[1:]]))
    row = board(said, NIGHT, names, zone=UTC)[0]
    assert "on Channel 1 and 4 more at" in words(row)


def test_a_removed_channel_keeps_its_message() -> None:
    one = alert("1")
    (row,) = board([(one, [delivery(one, "old")])], NIGHT, NAMES, {"old"})
    assert (row.channel, row.readable) == ("", False)
