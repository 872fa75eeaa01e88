"""Who was on duty, who approved, what was decided and why, what was promised, and hand-overs."""

from collections.abc import Iterator, Mapping
from typing import Any

from crisisdesk.model.incident_report import Gathered, Promised, Stint
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.briefing import signature_holds
from crisisdesk.rules.incident.page_words import (
    NOTHING,
    Clocks,
    entry,
    more,
    paragraph,
    quoted,
    said,
    section,
)
from crisisdesk.rules.log_facts import gives_reason
from crisisdesk.rules.printed_page import Cell, table
from crisisdesk.rules.recording import shown_record, told

_APPROVALS = {
    "approval.asked": "asked for",
    "approval.given": "given",
    "approval.glass_broken": "THE GLASS WAS BROKEN: no second person",
    "approval.returned": "sent back for changes",
    "approval.rejected": "rejected",
    "approval.withdrawn": "request withdrawn",
    "approval.wrong_code": "a wrong code",
}
MOST_APPROVALS = 300


def duty(gathered: Gathered, clocks: Clocks) -> Cell:
    """Who signed in and out, and who wrote into the log at all."""
    parts = [_stints(gathered, clocks), _workers(gathered, clocks)]
    return section("duty", "Who was on duty", *parts)


def _stints(gathered: Gathered, clocks: Clocks) -> Cell:
    rows = [_stint(each, clocks) for each in gathered.stints]
    if not rows:
        return paragraph("Nobody signed in or out in this part of the log.")
    heads = ("Name", "Signed in or took over", "Signed out or handed over")
    listed = table("Signed in at the desk", heads, rows)
    return listed + more(gathered.more["stints"], "times that somebody signed in")


def _stint(each: Stint, clocks: Clocks) -> tuple[Cell, ...]:
    came, left = (
        f"{clocks.exact(line.at)}{entry(line.seq)}" if line else "not in the log"
        for line in (each.came, each.left)
    )
    return said(each.name), came, left


def _workers(gathered: Gathered, clocks: Clocks) -> Cell:
    rows = [
        (
            said(name),
            f"{each.number:,}",
            f"{clocks.exact(each.first.at)}{entry(each.first.seq)}",
            f"{clocks.exact(each.last.at)}{entry(each.last.seq)}",
        )
        for name, each in gathered.workers.items()
    ]
    return (
        table("Whose names stand in the log", ("Name", "Entries", "First", "Last"), rows)
        if rows
        else ""
    )


def approvals(gathered: Gathered, clocks: Clocks) -> Cell:
    """Every step of every approval, in the order of the log."""
    found = [
        (line, each.marker or each.headline)
        for each in (*gathered.told.values(), *gathered.unsent)
        for line in each.approvals
    ]
    found.sort(key=lambda pair: pair[0].seq)
    rows = [
        (
            clocks.exact(line.at),
            said(about),
            _APPROVALS.get(line.what, said(line.what)),
            said(line.who),
            said(line.words) or NOTHING,
            entry(line.seq),
        )
        for line, about in found[:MOST_APPROVALS]
    ]
    heads = ("When", "Message", "Approval", "Who", "How, why", "Entry")
    listed = table("Approvals", heads, rows) if rows else paragraph("No approval was asked for.")
    left = more(len(found) - MOST_APPROVALS, "steps of approvals")
    return section("approvals", "Approvals", listed, left)


def record(gathered: Gathered, clocks: Clocks) -> Cell:
    """Decisions, information, actions and METHANE reports, each whole."""
    notes = [_note(each, gathered.corrected, clocks) for each in gathered.notes]
    notes = notes or [paragraph("Nobody wrote down a decision.")]
    left = more(gathered.more["notes"], "decisions and notes")
    return section("record", "Decisions and the record", *notes, left)


def _note(each: Mapping[str, Any], corrected: Mapping[int, int], clocks: Clocks) -> Cell:
    seq, detail, found = each["seq"], each["detail"], shown_record(each)
    kind = found.kind.words if found else "Note"
    marks = "".join(f" – {words}" for words in _marks(each, corrected, clocks))
    lines = [] if found is None else [(name, words) for name, words in told(found) if words][1:]
    rest = "".join(f"<dt>{said(name)}</dt><dd>{said(str(words))}</dd>" for name, words in lines)
    head = f"{clocks.exact(from_iso(each['at']))} {kind}, {said(str(each['actor']))}"
    return (
        f"<section><h3>{head}{marks}{entry(seq)}</h3>{quoted(str(detail.get('words', '')))}"
        f"{f'<dl>{rest}</dl>' if rest else ''}</section>"
    )


def _marks(each: Mapping[str, Any], corrected: Mapping[int, int], clocks: Clocks) -> Iterator[str]:
    detail = each["detail"]
    if each.get("occurred") not in (None, "", each["at"]):
        late = "LATE ENTRY, " if detail.get("late") else ""
        yield f"{late}happened at {clocks.exact(from_iso(str(each['occurred'])))}"
    if each["action"] == "decision.noted" and not gives_reason(
        str(detail.get("words", "")), detail
    ):
        yield "no reason is written down"
    if right := corrected.get(each["seq"]):
        yield f"PUT RIGHT by entry {right}"


def promises(gathered: Gathered, clocks: Clocks) -> Cell:
    """Every update that was promised, and when it came."""
    markers = {each.alert: each.marker for each in gathered.told.values()}
    rows = [_promise(each, gathered, markers, clocks) for each in gathered.promises.values()]
    heads = ("By when", "Promised by", "What became of it", "Entries")
    listed = table("Promised updates", heads, rows) if rows else ""
    return section("promises", "Promises", listed, more(gathered.more["promises"], "promises"))


def _promise(
    each: Promised, gathered: Gathered, markers: Mapping[str, str], clocks: Clocks
) -> tuple[Cell, ...]:
    said_of = [line for line in each.steps if line.what != "promise.made"]
    outcome = "<b>not kept up to the end of this report</b>"
    if is_to_come(each, gathered):
        outcome = "not due before the end of this report"
    elif said_of:
        last = said_of[-1]
        words = f"{last.what.removeprefix('promise.')} at {clocks.exact(last.at)}"
        words += f": {said(last.words)}" if last.words else ""
        outcome = words if kept_in_time(each) else f"<b>{words}</b>"
    numbers = entry(*(line.seq for line in each.steps))
    return clocks.short(each.due), said(markers.get(each.alert, NOTHING)), outcome, numbers


def is_to_come(each: Promised, gathered: Gathered) -> bool:
    """Whether it was promised for later than the last entry, and nothing became of it so far."""
    open_still = all(line.what == "promise.made" for line in each.steps)
    ended = gathered.last.at if gathered.last else None
    return bool(open_still and ended and each.due and each.due > ended)


def kept_in_time(each: Promised) -> bool:
    """Whether the first entry that says it was kept was made by the promised time."""
    kept = next((line for line in each.steps if line.what == "promise.kept"), None)
    return bool(kept and kept.at and each.due and kept.at <= each.due)


def handovers(gathered: Gathered, clocks: Clocks) -> Cell:
    """Each brief as it was offered, and who signed for it."""
    parts = [_handover(each, clocks) for each in gathered.handovers]
    left = more(gathered.more["handovers"], "entries about hand-overs")
    return section("handovers", "Hand-overs", *parts, left)


def _handover(each: Mapping[str, Any], clocks: Clocks) -> Cell:
    seq, detail, who = each["seq"], each["detail"], said(str(each["actor"]))
    at = clocks.exact(from_iso(each["at"]))
    if each["action"] != "handover.signed":
        words = quoted(str(detail.get("words", "")))
        return f"<h3>{at} Brief by {who}{entry(seq)}</h3>{words}"
    sound = "the signature holds" if signature_holds(detail) else "THE SIGNATURE DOES NOT HOLD"
    giver, brief = said(str(detail.get("from", ""))), entry(int(detail.get("entry", 0)))
    return paragraph(
        f"{at} {who} took over from {giver} and signed for the brief{brief}: {sound}{entry(seq)}."
    )
