"""What the public was told: every message with its words, and what is known of each channel."""

from collections import Counter
from collections.abc import Iterator, Mapping

from crisisdesk.model.incident_report import Gathered, Line, Sending, Told
from crisisdesk.rules.by_hand import LANGUAGES
from crisisdesk.rules.commitments import MACHINES
from crisisdesk.rules.incident.page_words import (
    NOTHING,
    STEPS,
    Clocks,
    entry,
    more,
    paragraph,
    quoted,
    said,
    section,
)
from crisisdesk.rules.printed_page import Cell, table

STATES: Mapping[str, str] = {
    "prepared": "prepared, not handed over",
    "sending": "handed over, no answer in the log",
    "retrying": "not taken, to be tried again",
    "accepted": "accepted by the network",
    "confirmed": "seen: read back from the network",
    "unknown": "OUTCOME UNKNOWN",
    "failed": "failed",
    "held": "held, not sent",
    "withdrawn": "deleted again",
    "seen": "seen again as it was sent",
    "gone": "not there any more",
    "altered": "there, but altered",
    "not_withdrawn": "could not be deleted",
    "handed_over": "given to a person to post by hand",
    "posted_by_hand": "posted by hand, says a person",
    "not_posted": "not posted by hand, says a person",
}
PUBLIC = frozenset({"accepted", "confirmed"})
MOVES = frozenset(list(STATES)[:9])
"""States of a delivery; the others are what was found beside one."""

_AFTER = {
    "alert.expired": "Expired",
    "alert.retracting": "Taken back wherever that can be done",
    "alert.handed_over": "Handed over to be posted by hand",
}


def messages(gathered: Gathered, clocks: Clocks) -> Cell:
    """Every message in order, then those that were written and not sent."""
    markers = {each.alert: each.marker for each in gathered.told.values()}
    parts = [_message(each, markers, gathered.names, clocks) for each in gathered.told.values()]
    parts = parts or [paragraph("No message was sent.")]
    parts.append(more(gathered.more["told"], "messages"))
    return section("told", "What the public was told", *parts, _unsent(gathered, clocks))


def _message(
    told: Told, markers: Mapping[str, str], names: Mapping[str, str], clocks: Clocks
) -> Cell:
    sent = told.sent
    at = clocks.short(sent.at) if sent else NOTHING
    title = f"{at} {STEPS.get(told.step, said(told.step))}, {said(told.marker)}"
    follows = markers.get(told.follows, "")
    to = f" (follows {said(follows)})" if follows else ""
    head = f'<p class="head"><b>{said(told.headline)}</b></p>'
    texts = "".join(_texts(told, names))
    return (
        f"<h3>{title}{to}{entry(sent.seq) if sent else ''}</h3>{head}{_who(told, clocks)}{texts}"
        f"{_channels(told, names, clocks)}{_afterwards(told, clocks)}"
    )


def _who(told: Told, clocks: Clocks) -> Cell:
    """Who wrote, approved and sent it, and until when it holds."""
    lines = []
    if wrote := told.composed:
        lines.append(f"Written by {said(wrote.who)}, {clocks.exact(wrote.at)}{entry(wrote.seq)}.")
    if sent := told.sent:
        hand = " by hand" if sent.what == "alert.claimed_by_hand" else ""
        lines.append(f"Sent{hand} by {said(sent.who)}, {clocks.exact(sent.at)}{entry(sent.seq)}.")
    how = f"{said(told.approved_how)}"
    by = f" by {said(told.approved_by)}" if told.approved_by else ""
    given = [each.seq for each in told.approvals if each.what in _GIVEN]
    lines.append(f"Approval: {how}{by}{entry(*given[-1:])}.")
    if told.expires:
        lines.append(f"Holds until {clocks.short(told.expires)}.")
    return f'<p class="small head">{" ".join(lines)}</p>'


_GIVEN = ("approval.given", "approval.glass_broken")


def _texts(told: Told, names: Mapping[str, str]) -> Iterator[Cell]:
    """Each text once, under the channels that it went to."""
    where: dict[tuple[str, str], list[str]] = {}
    for account, language, text in told.texts:
        where.setdefault((language, text), []).append(names.get(account, account))
    for (language, text), channels in where.items():
        name = LANGUAGES.get(language, f"language {language}")
        tongue = "" if language == "en" else f", {said(name)}"
        yield f'<p class="over">{said(", ".join(channels))}{tongue}:</p>{quoted(text, language)}'
    if told.asked:
        yield f'<p class="small">{_complete(told, names)}</p>'
    if not told.texts:
        yield paragraph("The words of this message are not in this part of the log.")
    for each in told.pictures:
        yield paragraph(f"With a picture: {said(each) or 'not described'}.")


def _complete(told: Told, names: Mapping[str, str]) -> Cell:
    """Whether the texts say what is asked for, as the program found when they were written."""
    if not told.missing:
        return f"Every text says {said(', '.join(told.asked))}."
    gone = "; ".join(
        f"{names.get(account, account)}: no {', no '.join(what)}" for account, what in told.missing
    )
    return f"<b>Missing</b>: {said(gone)}."


def _channels(told: Told, names: Mapping[str, str], clocks: Clocks) -> Cell:
    rows = [
        (said(each.channel), _last(each), _way(each.stages, clocks), said(each.stages[-1].words))
        for each in told.sendings.values()
    ]
    rows += [
        (said(names.get(account, account)), f"<b>{_silent(told)}</b>", NOTHING, NOTHING)
        for account in silent_accounts(told)
    ]
    heads = ("Channel", "As the log knows it", "Step by step", "Evidence for the last step")
    return table(f"What is known of {told.marker}", heads, rows) if rows else ""


def silent_accounts(told: Told) -> Iterator[str]:
    """The channels of which the log says nothing after the message was sent, once for each of
    their texts."""
    expected = Counter(account for account, _, _ in told.texts)
    heard = Counter(each.account for each in told.sendings.values())
    for account in told.accounts:
        yield from [account] * (max(1, expected[account]) - heard[account])


def _silent(told: Told) -> str:
    by_hand = told.sent is not None and told.sent.what == "alert.claimed_by_hand"
    return STATES["held" if by_hand else "sending"]


def final(sending: Sending) -> Line:
    """The last true state of a sending: what was found beside it later changes none."""
    moves = [each for each in sending.stages if each.what in MOVES]
    return (moves or sending.stages)[-1]


def state_of(line: Line) -> str:
    """A state in words. What a person saw is not what a network said."""
    if line.what == "confirmed" and line.who not in MACHINES:
        return f"seen by a person, says {line.who}"
    return STATES.get(line.what, line.what)


def _last(sending: Sending) -> Cell:
    state, newest = final(sending), sending.stages[-1]
    words = said(state_of(state))
    if newest is not state and newest.what not in MOVES:
        words += f"; later {said(state_of(newest))}"
    sound = state.what in PUBLIC and newest.what not in ("gone", "altered", "not_withdrawn")
    return words if sound else f"<b>{words}</b>"


def _way(stages: list[Line], clocks: Clocks) -> Cell:
    """Each step with its time and its entry; the same state twice in a row is one."""
    steps = []
    for number, each in enumerate(stages):
        if number and number + 1 < len(stages) and stages[number - 1].what == each.what:
            continue
        what = "seen" if each.what == "confirmed" else said(each.what.replace("_", " "))
        step = f"{clocks.exact(each.at)} {what}{entry(each.seq)}"
        steps.append(f'<span class="close">{step}</span>')
    return "<br>".join(steps)


def _afterwards(told: Told, clocks: Clocks) -> Cell:
    lines = [
        f"Counted by the network at {clocks.short(each.at)}, {said(each.words)}{entry(each.seq)}."
        for each in told.counts.values()
    ]
    lines += [
        f"{clocks.exact(each.at)} {_AFTER.get(each.what, said(each.what.replace('.', ' ')))}"
        f"{': ' + said(each.words) if each.words else ''}{entry(each.seq)}."
        for each in told.after
    ]
    return f'<p class="small">{"<br>".join(lines)}</p>' if lines else ""


def _unsent(gathered: Gathered, clocks: Clocks) -> Cell:
    rows = [
        (
            clocks.exact(each.composed.at),
            said(f"{each.marker}: {each.headline}"),
            said(each.composed.who),
            _why(each),
            entry(each.composed.seq),
        )
        for each in gathered.unsent
        if each.composed
    ]
    if not rows:
        return ""
    heads = ("Written", "Message", "By", "Last said of it", "Entry")
    listed = table("Written, and not sent up to the end of this report", heads, rows)
    return f"<h3>Written and not sent</h3>{listed}{more(gathered.more['unsent'], 'messages')}"


def _why(told: Told) -> Cell:
    last = max([*told.approvals, *told.after], key=lambda each: each.seq, default=None)
    if last is None:
        return "nothing"
    name = last.what.partition(".")[2].replace("_", " ")
    return f"{said(name)}{': ' + said(last.words) if last.words else ''}{entry(last.seq)}"
