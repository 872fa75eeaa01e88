"""Reading a log for what it tells of an incident: every measure and report begins here.

Entries are dicts as they were logged, in order, each with its number under "seq".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from crisisdesk.model.facts import Asking, Decision, Doubt, Facts, Heard, Promise, Said
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.commitments import MACHINES
from crisisdesk.rules.gauging import COUNTED

Entry = Mapping[str, Any]

NOT_THE_DESK = ("exercise.", "observer.", "control.")
"""What the directing staff log beside the player's work begins like this."""

RUMOUR_CORRECTION = "rumour-correction"
"""The template whose messages answer rumours."""

_PUBLIC = ("delivery.accepted", "delivery.confirmed")
_SETTLED = (*_PUBLIC, "delivery.failed", "delivery.withdrawn")
_CLAIMED = ("broadcast.started", "alert.claimed_by_hand")
_ANSWERED = (
    *("approval.given", "approval.glass_broken"),
    *("approval.returned", "approval.rejected", "approval.withdrawn"),
)


def read_facts(entries: Iterable[Entry]) -> Facts:
    """Read a log, or a stretch of one, once from its beginning to its end."""
    listed = list(entries)
    reader = FactsReader(_beginning(listed))
    for entry in listed:
        reader.take(entry)
    return reader.facts


def _beginning(entries: list[Entry]) -> datetime:
    for action in ("exercise.started", "incident.opened"):
        for entry in entries:
            if entry["action"] == action:
                return from_iso(entry["occurred"])
    return from_iso(entries[0]["at"]) if entries else from_iso("1970-01-01T00:00:00Z")


_REASONS = ("because", "reason", "so that", "in order to", "due to", "to avoid", "since ")
_NEXT_SENTENCE = re.compile(r"[.!?:;]\s+\S")


def gives_reason(words: str, detail: Mapping[str, Any]) -> bool:
    """Whether a decision says why: in a field of its own, by a word that leads on to a reason, or
    by saying more after its first sentence. Lenient on purpose: only a bare decision has none."""
    plain = words.lower()
    leads_on = any(each in plain for each in _REASONS) or bool(_NEXT_SENTENCE.search(words))
    return bool(detail.get("rationale")) or leads_on


class FactsReader:
    """Reads entry by entry, in order; `facts` is what they told so far. A log of any length may be
    read, for no entry is kept. `began` is the moment that all times are counted from."""

    def __init__(self, began: datetime) -> None:
        self.facts = self._facts = Facts(began)
        self._composed: dict[str, Entry] = {}
        self._said: dict[str, Said] = {}
        self._promises: dict[str, Promise] = {}
        self._doubts: dict[str, Doubt] = {}
        self._asking: dict[str, Asking] = {}
        self._needs: dict[str, Heard] = {}
        self._claims: dict[str, Heard] = {}
        self._by_action: dict[str, Callable[[Entry, int], None]] = {
            "exercise.ended": self._ended,
            "account.added": self._account,
            "account.changed": self._account,
            "alert.composed": self._alert,
            "promise.made": self._promised,
            "promise.kept": self._kept,
            "delivery.unknown": self._unknown,
            "decision.noted": self._decided,
            "approval.asked": self._asked,
            "mention.judged": self._judged,
            "mention.handled": self._handled,
            **dict.fromkeys(_CLAIMED, self._broadcast),
            **dict.fromkeys(_ANSWERED, self._approved),
        }

    def take(self, entry: Entry) -> None:
        """One more entry. Raises KeyError, TypeError, ValueError or AttributeError for one that no
        version writes."""
        facts, action = self._facts, entry["action"]
        at = int((from_iso(entry["at"]) - facts.began).total_seconds())
        facts.entries += 1
        if action == COUNTED:
            return  # goes on for a week after the last word, and is no news to answer
        facts.exercise = facts.exercise or entry["mode"] == "exercise"
        if not facts.ended:
            facts.end = max(facts.end, at)
        if entry["actor"] in MACHINES:
            facts.events.append(at)
        elif not action.startswith(NOT_THE_DESK):
            facts.by_people.append(at)
        if action in _SETTLED:
            self._moved(entry, at)
        elif action in self._by_action:
            self._by_action[action](entry, at)

    def know(self, entry: Entry) -> None:
        """An entry outside the stretch: what it says of accounts and of words to be sent later.
        Raises as `take` does."""
        if entry["action"] in ("account.added", "account.changed"):
            self._account(entry, 0)
        elif entry["action"] == "alert.composed":
            self._alert(entry, 0)

    def _ended(self, _entry: Entry, at: int) -> None:
        self._facts.ended, self._facts.end = True, at

    def _account(self, entry: Entry, _at: int) -> None:
        account = subject_id(entry)
        self._facts.kinds[account] = str(entry["detail"]["kind"])
        self._facts.names[account] = str(entry["detail"]["name"])

    def _alert(self, entry: Entry, _at: int) -> None:
        self._composed[subject_id(entry)] = entry["detail"]

    def _broadcast(self, entry: Entry, at: int) -> None:
        alert, intent = subject_id(entry), entry["detail"]
        words = self._composed.get(alert, {})
        elements = words.get("elements", {})
        said = Said(
            alert=alert,
            seq=entry["seq"],
            at=at,
            step=str(intent["step"]),
            template=str(intent["template"]),
            headline=str(intent["headline"]),
            marker=str(intent["marker"]),
            follows=str(words.get("follows", "")),
            channels=_texts(intent["channels"]),
            texts=tuple((str(a), str(lang), str(text)) for a, lang, text in words.get("texts", ())),
            asked=_texts(elements.get("asked", ())),
            elements=tuple(
                (str(a), str(lang), _texts(found)) for a, lang, found in elements.get("said", ())
            ),
            approved_by=str(intent["approved_by"]),
            approved_how=str(intent["approved_how"]),
        )
        self._said[alert] = said
        self._facts.said.append(said)

    def _moved(self, entry: Entry, at: int) -> None:
        said = self._said.get(entry["detail"].get("alert", ""))
        if said and said.public_at is None and entry["action"] in _PUBLIC:
            said.public_at = at
            self._answer_claims(said, at)
        doubt = self._doubts.pop(subject_id(entry), None)
        if doubt:
            doubt.settled = at

    def _unknown(self, entry: Entry, at: int) -> None:
        doubt = Doubt(subject_id(entry), entry["detail"]["channel_name"], entry["seq"], at)
        if doubt.delivery not in self._doubts:
            self._doubts[doubt.delivery] = doubt
            self._facts.doubts.append(doubt)

    def _promised(self, entry: Entry, _at: int) -> None:
        due = int((from_iso(entry["detail"]["due"]) - self._facts.began).total_seconds())
        promise = Promise(entry["detail"]["alert"], entry["seq"], due)
        self._promises[subject_id(entry)] = promise
        self._facts.promises.append(promise)

    def _kept(self, entry: Entry, at: int) -> None:
        promise = self._promises.get(subject_id(entry))
        if promise and promise.kept is None:
            promise.kept = at

    def _decided(self, entry: Entry, at: int) -> None:
        words = str(entry["detail"].get("words", ""))
        reasoned = gives_reason(words, entry["detail"])
        decision = Decision(entry["seq"], at, entry["actor"], words, reasoned)
        self._facts.decisions.append(decision)

    def _asked(self, entry: Entry, at: int) -> None:
        asking = self._asking.setdefault(
            subject_id(entry), Asking(subject_id(entry), entry["seq"], at)
        )
        if asking not in self._facts.asking:
            self._facts.asking.append(asking)

    def _approved(self, entry: Entry, at: int) -> None:
        asking = self._asking.get(subject_id(entry))
        if asking and asking.answered is None:
            asking.answered = at

    def _judged(self, entry: Entry, at: int) -> None:
        mention, detail = subject_id(entry), entry["detail"]
        if detail["to"] == "need" and mention not in self._needs:
            self._needs[mention] = Heard(f"Mention {mention}", at, seq=entry["seq"])
            self._facts.needs.append(self._needs[mention])
        if detail["to"] == "rumour" and mention not in self._claims:
            self._claims[mention] = Heard(f"Mention {mention}", at, seq=entry["seq"])
            self._facts.claims.append(self._claims[mention])

    def _handled(self, entry: Entry, at: int) -> None:
        for heard in (self._needs, self._claims):
            found = heard.get(subject_id(entry))
            if found and found.answered is None:
                found.answered = at

    def _answer_claims(self, said: Said, at: int) -> None:
        """A rumour correction in public answers every claim that was known when it was sent."""
        if said.template != RUMOUR_CORRECTION:
            return
        for each in self._facts.claims:
            if each.answered is None and each.at <= said.at:
                each.answered = at


def _texts(found: Iterable[object]) -> tuple[str, ...]:
    """A log that somebody changed may hold anything there, and is read all the same."""
    return tuple(map(str, found))


def subject_id(entry: Entry) -> str:
    """The id in a subject like "alert d155ac96"."""
    return str(entry["subject"].partition(" ")[2])
