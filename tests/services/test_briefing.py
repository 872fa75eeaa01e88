"""The hand-over brief: it says what is open, stands in the log, and is signed by who takes over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crisisdesk.model.delivery import DeliveryState, Found
from crisisdesk.model.errors import Refused
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Label, Mention
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.model.record import METHANE, Record, RecordKind
from crisisdesk.model.template import Step
from crisisdesk.rules.board import board
from crisisdesk.rules.briefing import MOST, Known, brief_of, digest, signature_holds, text_of
from crisisdesk.rules.recording import detail_of
from crisisdesk.services.briefing import Briefing
from crisisdesk.services.people import People
from crisisdesk.simnet.faults import Fault
from crisisdesk.store.database import Database
from tests.office import PHRASE as OFFICE_PHRASE
from tests.office import Office
from tests.rules.test_board import NAMES, NIGHT, alert, delivery
from tests.services.test_dispatch import POST
from tests.town import SENDER, HandClock, Town

NOW = datetime(2026, 2, 3, 5, 30, tzinfo=UTC)
PHRASE = "four quiet herons"
QUIET = Known(
    NOW, None, standing=(), needs=(), rumours=(), questions=0, media=(), plans=(), approvers=(),
    entries=(), stopped_by="", last_said=None,
)  # fmt: skip


def mention(text: str, minutes: int = 10) -> Mention:
    at = int((NOW - timedelta(minutes=minutes)).timestamp() * 1000)
    return Mention(1, "s", "e", "jo", "Jo", text, "", at, at, Label.NEED, 90, ())


def lines(known: Known, letter: str) -> str:
    return "\n".join(brief_of(known, "J. Officer", {}).lines[letter])


def test_what_is_open_stands_under_its_letter() -> None:
    note = {"action": "decision.noted", "actor": "Jo", "at": NOW.isoformat(), "seq": 41}
    known = replace(
        QUIET,
        incident=Incident("i", "K7Q3", "Night flood", NOW - timedelta(hours=3), "Jo"),
        needs=[mention("Trapped at 6 Mill Lane", 12)],
        rumours=[mention("The bridge is down")],
        media=[mention("Interview?")],
        questions=11,
        approvers=[(Operator("a", "A. Second", Role.APPROVER), 25)],
        entries=[note | {"detail": {"words": "Keep the rest centre open."}}],
        stopped_by="J. Officer",
        last_said=NOW - timedelta(minutes=12),
    )
    assert "Night flood, reference K7Q3" in lines(known, "information")
    assert "Keep the rest centre open. (entry 41)" in lines(known, "intent")
    assert "A. Second (25 codes left)" in lines(known, "administration")
    assert "STOPPED" in lines(known, "risk")
    assert "Unverified: The bridge is down" in lines(known, "risk")
    assert "12 min ago" in lines(known, "communications")
    assert "11 open questions" in lines(known, "communications")
    assert "Media: Interview?" in lines(known, "communications")
    assert "Trapped at 6 Mill Lane (Jo, 12 min ago)" in lines(known, "humanitarian")


def test_what_nobody_knows_is_not_handed_over_as_live() -> None:
    said = alert("a")
    places = [delivery(said, "bsky"), delivery(said, "mail", DeliveryState.UNKNOWN)]
    gone = delivery(said, "masto", found=Found.GONE)
    standing = board([(said, [*places, gone])], NIGHT + timedelta(minutes=14), NAMES, zone=UTC)
    assert lines(replace(QUIET, standing=standing), "method") == (
        "“Weir Bridge closed”, 14 min old, live on Bluesky; gone from Mastodon; "
        "NOT KNOWN whether on Press list"
    )


@pytest.mark.parametrize("words", ["", "From fire control"])
def test_a_methane_report_is_handed_over_to_its_last_letter(words: str) -> None:
    letters = dict.fromkeys(METHANE, "as long as such a thing is when it is told in full")
    record = Record(RecordKind.METHANE, words, methane=tuple(letters.items()))
    entry = {"action": "methane.noted", "actor": "Jo", "at": NOW.isoformat(), "seq": 32}
    told = lines(replace(QUIET, entries=[entry | {"detail": detail_of(record)}]), "information")
    assert words in told
    assert all(told.count(f"{name}: as long as") == 1 for name in METHANE.values())
    assert told.endswith("told in full (entry 32)")


def test_one_of_anything_is_said_as_one() -> None:
    approvers = [(Operator("a", "A. Second", Role.APPROVER), 1)]
    known = replace(QUIET, questions=1, approvers=approvers)
    assert "1 open question." in lines(known, "communications")
    assert "(1 code left)" in lines(known, "administration")


def test_a_quiet_desk_says_so_and_nobody_to_approve_is_said() -> None:
    assert lines(QUIET, "humanitarian") == "Nothing is noted."
    assert "break glass" in lines(QUIET, "administration")


def test_too_much_is_cut_and_counted() -> None:
    known = replace(QUIET, needs=[mention(f"Need {n}") for n in range(MOST + 3)])
    assert lines(known, "humanitarian").endswith("… and 3 more open needs.")


def test_what_the_officer_adds_stands_in_the_text() -> None:
    text = text_of(brief_of(QUIET, "J. Officer", {"intent": " Nobody in Lower Town by 06:00. "}))
    assert "INTENT\n- Nothing is noted.\n+ Nobody in Lower Town by 06:00.\n" in text
    assert text.index("INFORMATION") < text.index("HUMANITARIAN")


def told(town: Town) -> str:
    made = Briefing(town.database, lambda: town.reading_back.board().rows, town.clock.now)
    return text_of(made.brief(SENDER, {}))


def test_what_is_not_out_is_handed_over_with_its_channels(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=422))
    for account in town.accounts:
        town.database.write(lambda unit, account=account: unit.accounts.put(account))  # type: ignore[misc]
    town.send("masto", "bsky")
    assert "NOT OUT: “EXERCISE: Weir Bridge closed: Lower Town" in told(town)
    assert "” on Mastodon (failed)" in told(town)
    town.dispatch.posts_per_hour = 0
    alert = town.send("mail")
    assert "on Press list (held until somebody releases it)" in told(town)
    town.handing_over.hand_over(alert.id, ["mail"], "Mia", "by phone", SENDER)
    assert "on Press list (handed to Mia: ask them)" in told(town)
    town.settling.retract(alert.id, SENDER, "wrong")
    assert "Press list" not in told(town)
    town.clock.go_on(hours=48)
    assert "NOT OUT" not in told(town)


def test_what_something_followed_is_not_missed_any_more(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=422))
    alert = town.send("masto", "bsky")
    town.clock.go_on(minutes=1)
    town.send("masto", "bsky", step=Step.UPDATE, follows=alert.id)
    assert "NOT OUT" not in told(town)


def test_what_waits_for_a_second_person_is_handed_over(office: Office) -> None:
    alert, request = office.asked()
    assert "” waits for a second person" in told(office.town)
    office.town.approving.sign(request.id, office.ann.id, OFFICE_PHRASE)
    assert "” is approved and waits to be sent" in told(office.town)
    office.send(alert)
    assert "NOT OUT" not in told(office.town)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PlanState.WAITING, "Planned for"),
        (PlanState.HELD, "HELD, does not go out by itself, planned for"),
        (PlanState.MISSED, "MISSED, does not go out by itself, planned for"),
    ],
)
def test_what_was_planned_is_not_handed_over_as_going_out_by_itself(
    state: PlanState, words: str
) -> None:
    plan = Plan("p", PlanKind.SEND, "a", NOW, "Jo", NOW, NOW, state=state)
    assert lines(replace(QUIET, plans=[(plan, "Road closed")]), "method").startswith(words)


@pytest.fixture
def people(database: Database, clock: HandClock) -> People:
    return People(database, clock.now)


@pytest.fixture
def briefing(database: Database, clock: HandClock) -> Briefing:
    return Briefing(database, list, clock.now)


@pytest.fixture
def both(people: People) -> tuple[Operator, Operator]:
    giver = people.add_operator("J. Officer", Role.ADMINISTRATOR, PHRASE)
    return giver, people.add_operator("D. Day", Role.SENDER, "five loud magpies", giver)


def test_the_incoming_officer_signs_for_what_stands_in_the_log(
    briefing: Briefing, both: tuple[Operator, Operator], database: Database
) -> None:
    giver, taker = both
    brief = briefing.brief(giver, {"risk": "High tide at 07:10."})
    offered = briefing.offer(brief, giver)
    assert digest(offered.text) == offered.sha256
    assert briefing.sign(offered, giver, taker, "five loud magpies") == taker
    signed = briefing.brief(giver, {})
    assert signed.by == giver.name
    with database.read() as unit:
        offer, signature = [*unit.log.read()][-2:]
    assert "High tide at 07:10." in offer["detail"]["words"]
    detail = signature["detail"]
    assert (detail["entry"], detail["to"]) == (offered.seq, "D. Day")
    assert signature_holds(detail)
    for change in ({"brief": "0" * 64}, {"from": "Somebody"}, {"operator": "x"}, {"key": "00"}):
        assert not signature_holds(detail | change)


def test_a_wrong_passphrase_and_oneself_sign_nothing(
    briefing: Briefing, both: tuple[Operator, Operator], database: Database
) -> None:
    giver, taker = both
    offered = briefing.offer(briefing.brief(giver, {}), giver)
    with pytest.raises(Refused):
        briefing.sign(offered, giver, taker, "wrong words")
    with pytest.raises(Refused, match="themselves"):
        briefing.sign(offered, giver, giver, PHRASE)
    with pytest.raises(Refused, match="no key yet"):
        briefing.sign(offered, giver, Operator("x", "Nobody", Role.SENDER), PHRASE)
    with database.read() as unit:
        assert b"handover.signed" not in b"".join(row[3] for row in unit.log.rows())


def test_who_only_reads_does_not_hand_over(briefing: Briefing) -> None:
    viewer = Operator("v", "V. Viewer", Role.VIEWER)
    with pytest.raises(Refused, match="viewer"):
        briefing.offer(briefing.brief(viewer, {}), viewer)
