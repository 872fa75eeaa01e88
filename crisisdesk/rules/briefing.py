"""The hand-over brief: from what the desk knows to lines, to one text, to what is signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from crisisdesk.model.alert import Alert
from crisisdesk.model.brief import LETTERS, Brief
from crisisdesk.model.delivery import Delivery, DeliveryState, Found
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention
from crisisdesk.model.operator import Operator
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.model.record import METHANE
from crisisdesk.model.standing import Standing
from crisisdesk.rules.handing import handed_to
from crisisdesk.rules.plain_words import counted
from crisisdesk.rules.showing import one_line
from crisisdesk.rules.signing import is_signed

DOMAIN = b"crisisdesk/handover/v1\n"
MOST = 8
"""Lines of one kind: more of them would not be read. How many were left out is said."""

LONGEST = 160
LONGEST_METHANE = 1_200
"""Hazards and casualties come late in it: cut like other lines, it would hand over without them."""

NotOut = tuple[Alert, Sequence[tuple[str, Delivery]]]
"""A message that was to be in public by now, with the channels where it is not, by name."""

HOW_NOT_OUT = {
    DeliveryState.PREPARED: "not sent",
    DeliveryState.HELD: "held until somebody releases it",
    DeliveryState.RETRYING: "being tried again",
    DeliveryState.FAILED: "failed",
}

WHETHER = LIVE, GONE, NOT_KNOWN = "live on", "gone from", "NOT KNOWN whether on"


@dataclass(frozen=True, slots=True)
class Known:
    """What is gathered for a brief. `needs`, `rumours` and `media` are the open ones, oldest first;
    `codes` is how many printed codes each approver has left; `waiting` the headlines of what waits
    for a second person, and whether that one has agreed."""

    now: datetime
    incident: Incident | None
    standing: Sequence[Standing]
    needs: Sequence[Mention]
    rumours: Sequence[Mention]
    questions: int
    media: Sequence[Mention]
    plans: Sequence[tuple[Plan, str]]
    approvers: Sequence[tuple[Operator, int]]
    entries: Sequence[Mapping[str, Any]]
    stopped_by: str
    last_said: datetime | None
    not_out: Sequence[NotOut] = ()
    waiting: Sequence[tuple[str, bool]] = ()


def brief_of(known: Known, by: str, added: Mapping[str, str]) -> Brief:
    """The brief as it stands now."""
    lines = {
        "information": _information(known),
        "intent": _noted(known, "decision.noted"),
        "method": _method(known),
        "administration": _administration(known),
        "risk": _risk(known),
        "communications": _communications(known),
        "humanitarian": _cut([_told(each, known.now) for each in known.needs], "open needs"),
    }
    name = known.incident.name if known.incident else ""
    filled = {key: tuple(found or ["Nothing is noted."]) for key, found in lines.items()}
    return Brief(known.now, by, name, filled, {k: v.strip() for k, v in added.items() if v.strip()})


def _information(known: Known) -> list[str]:
    lines = []
    if incident := known.incident:
        since = _clock(incident.opened_at)
        lines.append(f"{incident.name}, reference {incident.ref}, open since {since}.")
    lines += _noted(known, "methane.noted", 1, LONGEST_METHANE) + _noted(
        known, "information.noted", 3
    )
    return lines


def _noted(known: Known, action: str, most: int = 3, longest: int = LONGEST) -> list[str]:
    put_right = {each["detail"].get("corrects") for each in known.entries}
    found = [
        each for each in known.entries if each["action"] == action and each["seq"] not in put_right
    ]
    return [
        f"{_clock(datetime.fromisoformat(each['at']))} {each['actor']}: "
        f"{one_line(_words(each['detail']), longest)} (entry {each['seq']})"
        for each in found[-most:]
    ]


def _words(detail: Mapping[str, Any]) -> str:
    """Its words, and the letters of METHANE unless they are its words."""
    words, letters = str(detail.get("words", "")), dict(detail.get("methane", {}))
    told = [f"{METHANE.get(key, key)}: {said}" for key, said in letters.items()]
    return "; ".join([words, *(each for each in told if each not in words)])


def _method(known: Known) -> list[str]:
    channels: dict[str, dict[str, list[str]]] = {}
    for each in known.standing:
        if _last(each):
            places = channels.setdefault(_message(each), {})
            places.setdefault(_whether(each.delivery), []).append(each.channel)
    live = [", ".join([said, _where(places)]) for said, places in channels.items()]
    waiting = [
        f"{_PLANNED[plan.state]} for {_clock(plan.due_at)}: {one_line(words, LONGEST)}"
        for plan, words in known.plans
        if plan.kind in (PlanKind.SEND, PlanKind.REPEAT)
    ]
    return _cut(live, "live messages") + _cut(waiting, "planned messages")


_PLANNED = {
    PlanState.WAITING: "Planned",
    PlanState.HELD: "HELD, does not go out by itself, planned",
    PlanState.MISSED: "MISSED, does not go out by itself, planned",
}


def _whether(delivery: Delivery) -> str:
    """Whether the public sees it: the next officer must not rely on what nobody knows."""
    if delivery.state is DeliveryState.UNKNOWN:
        return NOT_KNOWN
    return GONE if delivery.found is Found.GONE else LIVE


def _where(places: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{how} {', '.join(places[how])}" for how in WHETHER if how in places)


def _last(standing: Standing) -> bool:
    return standing.answered_by is None and not standing.quiet


def _message(standing: Standing) -> str:
    minutes = int(standing.age.total_seconds() // 60)
    return f"“{one_line(standing.alert.headline, 90)}”, {minutes} min old"


def _administration(known: Known) -> list[str]:
    may = [f"{each.name} ({counted(codes, 'code')} left)" for each, codes in known.approvers]
    lines = [f"Can approve: {', '.join(may)}." if may else "Nobody else can approve: break glass."]
    if known.entries:
        lines.append(f"The log holds {known.entries[-1]['seq']:,} entries.")
    return lines


def _risk(known: Known) -> list[str]:
    lines = [f"EVERYTHING IS STOPPED, by {known.stopped_by}."] if known.stopped_by else []
    wrong = [f"{row.channel}: {one.words}" for row in known.standing for one in row.findings]
    missing = [*map(_missing, known.not_out), *map(_waiting, known.waiting)]
    rumours = [f"Unverified: {_told(each, known.now)}" for each in known.rumours]
    lines += _cut(missing, "messages that are not out")
    return lines + _cut(wrong, "findings on the board") + _cut(rumours, "open rumours")


def _missing(found: NotOut) -> str:
    alert, places = found
    where = "; ".join(f"{name} ({_how(each)})" for name, each in places)
    return f"NOT OUT: “{one_line(alert.headline, 90)}” on {where}"


def _how(delivery: Delivery) -> str:
    if name := handed_to(delivery.evidence):
        return f"handed to {name}: ask them"
    return HOW_NOT_OUT[delivery.state]


def _waiting(found: tuple[str, bool]) -> str:
    headline, approved = found
    state = "is approved and waits to be sent" if approved else "waits for a second person"
    return f"NOT OUT: “{one_line(headline, 90)}” {state}"


def _communications(known: Known) -> list[str]:
    lines = []
    if known.last_said:
        ago = int((known.now - known.last_said) / timedelta(minutes=1))
        lines.append(f"Last public message {ago} min ago, at {_clock(known.last_said)}.")
    for plan, words in known.plans:
        if plan.kind is PlanKind.PROMISE:
            late = "MISSED, " if plan.state is PlanState.MISSED else ""
            lines.append(f"{late}promised for {_clock(plan.due_at)}: {one_line(words, LONGEST)}")
    if known.questions:
        lines.append(f"{counted(known.questions, 'open question')}.")
    return lines + _cut([f"Media: {_told(each, known.now)}" for each in known.media], "media")


def _told(mention: Mention, now: datetime) -> str:
    minutes = max(0, int(now.timestamp() - mention.received_at / 1000)) // 60
    who = mention.author_name or mention.author or mention.source
    return f"{one_line(mention.text, LONGEST)} ({one_line(who, 40)}, {minutes} min ago)"


def _cut(lines: Sequence[str], what: str) -> list[str]:
    more = len(lines) - MOST
    return [*lines[:MOST], *([f"… and {more:,} more {what}."] if more > 0 else [])]


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"


def text_of(brief: Brief) -> str:
    """The whole brief as it is read, logged and signed."""
    made = brief.made_at.astimezone()
    parts = [f"Hand-over brief, {made:%d %B %Y %H:%M}, from {brief.by}"]
    for key, title in LETTERS.items():
        said = [f"- {each}" for each in brief.lines[key]]
        if key in brief.added:
            said.append(f"+ {brief.added[key]}")
        parts.append("\n".join([title.upper(), *said]))
    return "\n\n".join(parts) + "\n"


def digest(text: str) -> str:
    """Hex SHA-256 of a brief's text."""
    return sha256(DOMAIN + text.encode()).hexdigest()


def signed_bytes(hashed: str, giver: str, taker_id: str) -> bytes:
    """What the incoming officer's key signs: this brief, from whom, taken by whom."""
    return DOMAIN + f"brief: {hashed}\nfrom: {giver}\ntaken by: {taker_id}\n".encode()


def signature_holds(detail: Mapping[str, Any]) -> bool:
    """Whether a "handover.signed" entry was signed by the key it names over the brief it names."""
    try:
        signed = signed_bytes(detail["brief"], detail["from"], detail["operator"])
        return is_signed(signed, detail["key"], detail["signature"])
    except (KeyError, TypeError, ValueError):
        return False
