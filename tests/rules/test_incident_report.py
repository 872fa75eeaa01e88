"""The report of an incident: every statement from an entry, no more sure than the log, no word of
anybody read as markup, and bounds that say what they leave out."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crisisdesk.model.audit import VerifyReport
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.incident import gathering, telling
from crisisdesk.rules.incident.page import CONTENTS, incident_page
from crisisdesk.rules.incident.page_words import LONGEST, said
from crisisdesk.rules.incident.report import IncidentReport, read_report
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.rules.log_facts import Entry
from tests.rules.incident_logs import (
    ARABIC,
    BROKEN,
    EMOJI,
    HOSTILE,
    LONG_TEXT,
    LONG_WORD,
    SOUND,
    WELSH,
    a_live_incident,
    composed,
    sent,
    state,
)
from tests.rules.small_logs import OFFICER, SmallLog

ENTRIES = a_live_incident().end(60)
ALL = Wanted()


def report(entries: Sequence[Entry] = ENTRIES, wanted: Wanted = ALL) -> IncidentReport:
    return read_report(lambda: entries, wanted)


def page(
    entries: Sequence[Entry] = ENTRIES, wanted: Wanted = ALL, verified: VerifyReport = SOUND
) -> html.HtmlElement:
    return html.document_fromstring(incident_page(report(entries, wanted), verified, UTC))


def words(made: html.HtmlElement) -> str:
    return " ".join(made.text_content().split())


def row(made: html.HtmlElement, first: str) -> str:
    """The cells of the one row that begins with these words."""
    (found,) = [each for each in made.iter("tr") if each[0].text_content() == first]
    return " | ".join(" ".join(cell.text_content().split()) for cell in found)


def test_foreign_words_are_shown_and_never_read_as_html() -> None:
    made = page(verified=BROKEN)
    assert not list(made.iter("script"))
    assert all(each.get("src", "").startswith("data:image/svg") for each in made.iter("img"))
    assert not made.xpath("//@onerror")
    assert made.text_content().count(HOSTILE) >= 9


def test_it_loads_nothing_and_is_in_order_for_a_screen_reader() -> None:
    made = page()
    levels = [int(each.tag[1]) for each in made.iter("h1", "h2", "h3", "h4")]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert made.get("lang") == "en-GB"
    assert not made.xpath("//link | //iframe | //object")
    for table in made.iter("table"):
        assert table.find("caption") is not None
        assert table.xpath("./thead/tr/th[@scope='col']")
        assert all(line.xpath("./th[@scope='row']") for line in table.xpath("./tbody/tr"))
    assert set(made.xpath("//nav//a/@href")) == {f"#{name}" for name, _ in CONTENTS}
    assert set(made.xpath("//nav//a/@href")) <= {f"#{name}" for name in made.xpath("//@id")}


def test_every_text_stands_in_its_language_and_direction() -> None:
    made = page()
    boxes = {each.text_content(): each for each in made.xpath("//p[@class='said']")}
    assert boxes[WELSH].get("lang") == "cy"
    assert (boxes[ARABIC].get("lang"), boxes[ARABIC].get("dir")) == ("ar", "rtl")
    assert boxes[LONG_TEXT].get("dir") is None
    assert LONG_WORD in boxes
    assert "Bluesky, Welsh:" in words(made)
    assert "Email, language ar:" in words(made)
    assert EMOJI in boxes


def test_no_channel_is_shown_surer_than_the_log_is() -> None:
    made = page()
    first, second = made.xpath("//table[starts-with(caption, 'What is known of')]")
    cells = [[cell.text_content() for cell in line][:2] for line in first.xpath("./tbody/tr")]
    assert cells == [
        ["M1", "seen: read back from the network"],
        ["B1", f"seen by a person, says {OFFICER}"],
        ["E1", "failed"],
    ]
    cells = [[cell.text_content() for cell in line][:2] for line in second.xpath("./tbody/tr")]
    assert cells == [
        ["M1", "OUTCOME UNKNOWN"],
        ["Bluesky", "handed over, no answer in the log"],
        ["Email", "handed over, no answer in the log"],
    ]
    assert "2 seen" in row(made, "Of all sendings, each to one channel")
    assert "1 unknown" in row(made, "Of all sendings, each to one channel")
    assert row(made, "Messages sent").endswith(
        "2, of them 1 certainly in public on at least one channel"
    )


@pytest.mark.parametrize(
    ("due", "outcome", "short"),
    [
        (20, "not kept up to the end of this report", "2, of them 1 kept in time"),
        (45, "not due before the end of this report", "2, of them 1 kept in time, 1 not due yet"),
    ],
)
def test_a_promise_is_called_broken_only_once_it_was_due(
    due: int, outcome: str, short: str
) -> None:
    log = SmallLog(live=True)
    for at, alert, by in ((1, "1", 10), (5, "2", due)):
        composed(log, at, alert, {"m1": ("en", "Flood.")})
        sent(log, at, alert)
        state(log, at, alert, "m1", "accepted")
        log.promise(at, alert, due=by)
    kept = {"alert": "1", "due": "2026-02-03T02:10:00Z", "words": "Kept by Ref K7Q3-2"}
    log.add(5, "promise.kept", "desk", "plan promise-1", **kept)
    made = page(log.end(30))
    (table,) = made.xpath("//table[caption='Promised updates']")
    assert [line[2].text_content() for line in table.xpath("./tbody/tr")][1] == outcome
    cells = made.xpath("//table[caption='In figures']//tr[*[1]='Promised updates']/*[2]")
    assert [each.text_content() for each in cells] == [short]


def test_the_silence_that_is_allowed_is_the_one_that_its_formula_names() -> None:
    """Without a scenario nobody knows how long an exercise was to be."""
    log = SmallLog(live=True)
    composed(log, 1, "1", {"m1": ("en", "Flood.")})
    sent(log, 1, "1")
    state(log, 1, "1", "m1", "accepted")
    made = row(page(log.end(40)), "Longest silence")
    assert "1 h is allowed" in made
    assert "quarter" not in made


@pytest.mark.parametrize("what", ["gone", "altered"])
def test_what_is_gone_again_is_no_longer_told_as_standing(what: str) -> None:
    log = SmallLog(live=True)
    composed(log, 1, "1", {"m1": ("en", "Flood.")})
    sent(log, 1, "1")
    for each in ("accepted", "confirmed", what):
        state(log, 2, "1", "m1", each)
    (cell,) = page(log.end(3)).xpath("//table[starts-with(caption, 'What is known')]//b[1]")[:1]
    assert cell.text_content().startswith("seen: read back from the network; later ")


def test_what_a_network_counted_is_its_newest_word() -> None:
    log = SmallLog(live=True)
    composed(log, 1, "1", {"m1": ("en", "Flood.")})
    sent(log, 1, "1")
    for at, likes in ((60, 3), (120, 1200)):
        post = {"delivery": "d", "alert": "1", "likes": likes}
        told = {
            "channel": "m1",
            "channel_name": "Mastodon",
            "posts": [post, {"delivery": "x", "alert": "x"}],
        }
        log.add(at, "account.counted", "desk", "account m1", **told)
    said_all = words(page(log.end(180)))
    assert "Counted by the network at 04:00, Mastodon: likes 1,200" in said_all
    assert "likes 3" not in said_all


def test_each_statement_bears_the_number_of_an_entry_that_is_there() -> None:
    made = page()
    numbers = {
        int(each)
        for found in made.xpath("//*[@class='entry']")
        for each in re.findall(r"\d+", found.text_content())
    }
    assert numbers <= {entry["seq"] for entry in ENTRIES}
    told = {"broadcast.started", "decision.noted", "approval.given", "approval.glass_broken",
            "delivery.unknown", "promise.missed", "handover.signed", "mention.handled",
            "desk.stopped", "account.foreign_post", "operator.signed_in"}  # fmt: skip
    firsts = {each["action"]: each["seq"] for each in reversed(ENTRIES) if each["action"] in told}
    assert set(firsts) == told
    assert set(firsts.values()) <= numbers


def test_the_record_is_told_with_reasons_late_marks_and_corrections() -> None:
    said_all = words(page())
    assert "Decision not to act" in said_all
    assert "no reason is written down" in said_all
    assert "LATE ENTRY, happened at 02:01:00" in said_all
    assert "PUT RIGHT by entry 26" in said_all
    assert "What was wrong with itAnother bridge" in said_all
    assert "THE GLASS WAS BROKEN: no second person" in said_all
    assert "missed at 02:31:00: Nothing said" in said_all
    assert "THE SIGNATURE DOES NOT HOLD" in said_all
    assert "Written and not sent" in said_all
    assert "returned: Say where" in said_all
    assert row(page(), "Mention 7").count("Sam Second") == 2


def test_who_was_on_duty_goes_from_hand_to_hand() -> None:
    (stints,) = page().xpath("//table[caption='Signed in at the desk']")
    cells = [[cell.text_content() for cell in line] for line in stints.xpath("./tbody/tr")]
    assert cells[0][0] == OFFICER
    assert cells[0][2].startswith("02:33:00")
    assert cells[1] == ["Sam Second", "02:33:00 [29]", "not in the log"]


def test_a_broken_log_says_so_on_the_first_page_and_in_the_words_of_the_verifier() -> None:
    assert "THIS LOG DOES NOT VERIFY" in words(page(verified=BROKEN))
    assert "BROKEN: 1 finding, the first at entry 7." in words(page(verified=BROKEN))
    assert "DOES NOT VERIFY" not in words(page())
    assert "intact: 99 entries, signed up to entry 99." in words(page())
    assert SOUND.head.hex() in words(page())


def test_an_exercise_says_so_at_both_ends_and_on_every_sheet() -> None:
    raw = incident_page(report(SmallLog().end(60)), SOUND, UTC)
    made = html.document_fromstring(raw)
    assert made.xpath("string(//header)").startswith("EXERCISE EXERCISE EXERCISE")
    assert made.xpath("string(//footer)").strip() == "EXERCISE EXERCISE EXERCISE"
    assert '@top-center { content: "EXERCISE EXERCISE EXERCISE"' in raw
    assert made.xpath("string(//title)").startswith("EXERCISE: ")
    live = incident_page(report(), SOUND, UTC)
    assert "EXERCISE" not in live


def test_an_empty_log_makes_a_page() -> None:
    said_all = words(page([], verified=replace(SOUND, entries=0)))
    assert "No message was sent." in said_all
    assert "Nobody wrote down a decision." in said_all


# Which entries


def two_incidents() -> list[dict[str, Any]]:
    """Two incidents, one after the other, with a message and a decision each."""
    log = SmallLog(live=True)
    composed(log, 2, "1", {"m1": ("en", "First words.")})
    sent(log, 2, "1")
    log.add(3, "decision.noted", OFFICER, "incident i1", words="First decision")
    log.add(60, "incident.opened", OFFICER, "incident i2", name="Gas leak", ref="P2P2")
    log.add(61, "decision.noted", OFFICER, "incident i2", words="Second decision")
    log.add(62, "decision.noted", OFFICER, words="Decision of no incident")
    other = {"headline": "Gas", "step": "alert", "template": "t", "channels": ["m1"]}
    how = {"approved_by": "", "approved_how": "not needed"}
    log.add(63, "broadcast.started", OFFICER, "alert 9", marker="Ref P2P2-1", **other, **how)
    return log.end(90)


def test_one_incident_is_told_without_the_other() -> None:
    first = words(page(two_incidents(), Wanted("k7q3")))
    assert "First words." in first
    assert "First decision" in first
    assert "Second decision" not in first
    assert "Ref P2P2-1" not in first
    second = words(page(two_incidents(), Wanted("Ref P2P2")))
    assert "First decision" not in second
    assert "Second decision" in second
    assert "Decision of no incident" in second
    assert "Ref P2P2-1" in second
    both = words(page(two_incidents()))
    assert "2 incidents" in both
    assert "Measures are of one incident" in both


def test_an_incident_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(BadInput, match=r"no incident ZZZZ.*K7Q3, P2P2"):
        report(two_incidents(), Wanted("ZZZZ"))


def test_a_span_of_time_holds_what_was_logged_in_it_and_its_words_from_before() -> None:
    log = SmallLog(live=True)
    composed(log, 1, "1", {"m1": ("en", "Written before.")})
    log.add(2, "decision.noted", OFFICER, words="Before the span")
    sent(log, 10, "1")
    log.add(20, "decision.noted", OFFICER, words="After the span")
    span = Wanted(
        since=datetime(2026, 2, 3, 2, 5, tzinfo=UTC), until=datetime(2026, 2, 3, 2, 15, tzinfo=UTC)
    )
    told = words(page(log.end(30), span))
    assert "Written before." in told
    assert "Mastodon" in told
    assert "Before the span" not in told
    assert "After the span" not in told
    with pytest.raises(BadInput, match="ends before it begins"):
        report(ENTRIES, Wanted(since=span.until, until=span.since))
    later = datetime(2026, 2, 4, tzinfo=UTC)
    for nothing in (Wanted(since=later), Wanted(until=datetime(2026, 2, 2, tzinfo=UTC))):
        with pytest.raises(BadInput, match=r"No entry of the log is in that span"):
            report(log.end(30), nothing)


# Bounds and damage


def test_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    log = SmallLog(live=True)
    for number in range(1, 10):
        composed(log, number, str(number), {"m1": ("en", f"Text {number}.")})
        sent(log, number, str(number))
        log.add(number, "decision.noted", OFFICER, words=f"Decision number {number}.")
        state(log, number, str(number), "m1", "accepted")
    monkeypatch.setattr(telling, "MOST_TOLD", 4)
    monkeypatch.setattr(gathering, "MOST_NOTES", 3)
    made = page(log.end(60))
    said_all = words(made)
    assert "… and 5 more messages: see the log." in said_all
    assert "… and 6 more decisions and notes: see the log." in said_all
    assert row(made, "Messages sent").startswith("Messages sent | 9, of them 9 certainly")
    assert row(made, "Decisions written down").startswith("Decisions written down | 9,")


def test_a_text_without_end_is_cut_and_says_by_how_much() -> None:
    assert said("x" * LONGEST).replace("<wbr>", "") == "x" * LONGEST
    assert said("x " * LONGEST).endswith(f"<b> … and {LONGEST:,} more characters: see the log</b>")


@pytest.mark.parametrize(
    "broken",
    [
        {"action": "unreadable", "actor": "", "at": "", "detail": {"words": "\x00{"}},
        {"action": "broadcast.started"},
        {"action": "alert.composed", "detail": {"texts": [1, 2]}},
        {"action": "incident.opened", "detail": []},
        {"action": "promise.made", "detail": {"alert": [], "due": {}}},
        {"action": "handover.signed", "detail": {"entry": "x", "from": 7}},
        {"action": "decision.noted", "detail": {"corrects": [], "words": {}}},
        {"action": "mention.handled", "detail": {"from": 3}},
        {"action": "delivery.accepted", "detail": None},
    ],
)
def test_an_entry_that_nobody_can_read_is_a_fault_and_ends_nothing(broken: dict[str, Any]) -> None:
    entries = list(ENTRIES)
    sound = {
        "actor": "x",
        "at": ENTRIES[9]["at"],
        "mode": "live",
        "subject": "alert 1",
        "detail": {},
    }
    entries[9] = {**sound, **broken, "seq": 10}
    said_all = words(page(entries))
    assert "Do not post about the dam" in said_all
    if broken["action"] != "decision.noted":
        assert "Entries that cannot be read, and of which nothing is told here: 10." in said_all


ODD: list[Any] = [None, 5, [], {}, [[]], ["a"], [[1, None, {}]], "0", "nan", {"x": {"y": 1}}]
ODD += ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]


def somewhere(data: st.DataObject, value: Any) -> Any:
    """The same value with something else in one place, as deep as it comes."""
    inside = isinstance(value, dict | list) and value and data.draw(st.booleans())
    if not inside:
        return data.draw(st.sampled_from(ODD))
    places = sorted(value) if isinstance(value, dict) else list(range(len(value)))
    place = data.draw(st.sampled_from(places))
    made = dict(value) if isinstance(value, dict) else list(value)
    made[place] = somewhere(data, value[place])
    return made


@given(st.data())
def test_whatever_somebody_wrote_into_an_entry_there_is_a_report(data: st.DataObject) -> None:
    """Of a log that does not verify it matters most."""
    entries = list(ENTRIES)
    for number in data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=1, max_size=3)):
        changed = somewhere(data, {k: v for k, v in entries[number].items() if k != "seq"})
        entries[number] = {**(changed if isinstance(changed, dict) else {}), "seq": number + 1}
    assert "What the public was told" in words(page(entries, verified=BROKEN))


def test_words_that_were_taken_away_later_are_accounted_for() -> None:
    log = SmallLog(live=True)
    stub = "[redacted: see entry 7]"
    seq = log.add(5, "decision.noted", OFFICER, "incident i1", words=stub)
    log.add(60, "incident.opened", OFFICER, "incident i2", name="Gas leak", ref="P2P2")
    taken = {"entry": seq, "fields": ["words"], "basis": "too much", "reason": f"A name {HOSTILE}"}
    log.add(90, "entry.redacted", "Ada Admin", f"entry {seq}", **taken)
    entries = log.end(99)
    told = words(page(entries, Wanted("K7Q3")))
    assert stub in told
    assert "Ada Admin" in told
    assert "More than was needed was written down: UK GDPR Art. 5(1)(c)A name" in told
    assert "DOES NOT HOLD" in told
    other = page(entries, Wanted("P2P2"))
    assert "Words taken out of the record" not in words(other)


def test_a_clock_that_went_back_is_a_fault() -> None:
    log = SmallLog(live=True)
    log.add(30, "decision.noted", OFFICER, words="Late")
    log.add(20, "decision.noted", OFFICER, words="Early")
    assert "The time of an entry lies before the last one" in words(page(log.entries))


def test_a_message_tells_what_its_texts_do_not_say() -> None:
    log = SmallLog(live=True)
    log.say(1, "1", elements=("source", "hazard"))
    log.say(2, "2")
    said_all = words(page(log.end(60)))
    assert (
        "Missing: Mastodon: no place, no time, no action, no next update; Bluesky: no" in said_all
    )
    assert "Every text says source, hazard, place, time, action, next update." in said_all
