"""Gathering what the public was told: each message from its words to what each network said."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from crisisdesk.model.incident_report import Gathered, Line, Sending, Told
from crisisdesk.model.moment import from_iso
from crisisdesk.rules.gauging import COUNTED, KINDS
from crisisdesk.rules.log_facts import Entry, subject_id

MOST_TOLD, MOST_UNSENT, MOST_STAGES = 300, 60, 20
"""Messages that are printed whole, those listed that were never sent, and states of one sending."""

_SENT = ("broadcast.started", "alert.claimed_by_hand")
_AFTER = ("alert.expired", "alert.retracting", "alert.handed_over", "plan.")
_WAITING_LIMIT = 1_000
"""Messages that were written and may still be sent; older ones are no longer waited for."""


class Telling:
    """Fills in what is told of messages. A message counts when it is sent in the stretch."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._written: dict[str, Told] = {}
        self._begun: set[str] = set()
        self._inside = False

    def know(self, entry: Entry) -> None:
        """What stands outside the stretch: names, and words that may be sent in it."""
        action = entry["action"]
        if action in ("account.added", "account.changed"):
            self._gathered.names[subject_id(entry)] = str(entry["detail"]["name"])
        elif action == "alert.composed":
            self._compose(entry, Line(entry["seq"], from_iso(entry["at"]), entry["actor"], action))
        elif action.startswith("approval.") and (told := self._written.get(subject_id(entry))):
            told.approvals.append(_approval(entry))

    def take(self, entry: Entry, line: Line) -> None:
        """An entry of the stretch. Raises one of UNREADABLE."""
        action = entry["action"]
        if action in ("account.added", "account.changed", "alert.composed"):
            self._inside = True
            self.know(entry)
            self._inside = False
        elif action in _SENT:
            self._send(entry, line)
        elif action.startswith("delivery."):
            self._stage(entry, line)
        elif action == COUNTED:
            self._count(entry, line)
        elif told := self._about(entry):
            self._note(told, entry, line)

    def finish(self) -> None:
        """Nothing more comes: what was written in the stretch and not sent is kept as that."""
        listed = [each for alert, each in self._written.items() if alert in self._begun]
        self._gathered.unsent = listed[-MOST_UNSENT:]
        self._gathered.more["unsent"] = len(listed) - len(self._gathered.unsent)

    def _about(self, entry: Entry) -> Told | None:
        alert = subject_id(entry)
        if entry["action"].startswith("plan."):
            alert = str(entry["detail"].get("alert", ""))
        return self._gathered.told.get(alert) or self._written.get(alert)

    def _note(self, told: Told, entry: Entry, line: Line) -> None:
        action = entry["action"]
        if action.startswith("approval."):
            told.approvals.append(_approval(entry))
        elif action.startswith(_AFTER) and len(told.after) < MOST_STAGES:
            who_by_hand = str(entry["detail"].get("to", ""))
            words = f"{who_by_hand} {line.words}".strip()
            told.after.append(Line(line.seq, line.at, line.who, action, words))

    def _compose(self, entry: Entry, line: Line) -> None:
        detail, alert = entry["detail"], subject_id(entry)
        expires, elements = detail.get("expires", ""), detail.get("elements", {})
        wanted = tuple(str(each) for each in elements.get("asked", ()))
        self._written[alert] = Told(
            alert,
            marker=str(detail.get("marker", "")),
            step=str(detail.get("step", "")),
            template=str(detail.get("template", "")),
            headline=str(detail.get("headline", "")),
            follows=str(detail.get("follows", "")),
            expires=from_iso(expires) if expires else None,
            composed=line,
            texts=tuple(
                (str(a), str(lang), str(text)) for a, lang, text in detail.get("texts", ())
            ),
            pictures=tuple(str(alt) for _, alt in detail.get("images", ())),
            asked=wanted,
            missing=tuple(_missing(wanted, elements.get("said", ()))),
        )
        if self._inside:
            self._begun.add(alert)
        if len(self._written) > _WAITING_LIMIT:
            self._written.pop(next(iter(self._written)))

    def _send(self, entry: Entry, line: Line) -> None:
        detail, alert, told_so_far = entry["detail"], subject_id(entry), self._gathered.told
        told = self._written.pop(alert, None) or Told(alert)
        if len(told_so_far) >= MOST_TOLD:
            self._gathered.more["told"] += 1
            return
        told.sent, told.headline = line, str(detail["headline"])
        told.marker, told.step = str(detail["marker"]), str(detail["step"])
        told.template = str(detail["template"])
        told.accounts = tuple(str(each) for each in detail["channels"])
        told.approved_by, told.approved_how = (
            str(detail["approved_by"]),
            str(detail["approved_how"]),
        )
        told_so_far[alert] = told

    def _stage(self, entry: Entry, line: Line) -> None:
        detail = entry["detail"]
        told = self._gathered.told.get(str(detail["alert"]))
        if told is None:
            return
        name = str(
            detail.get("channel_name") or self._gathered.names.get(str(detail["channel"]), "")
        )
        fresh = Sending(str(detail["channel"]), name)
        sending = told.sendings.setdefault(subject_id(entry), fresh)
        state = str(entry["action"]).removeprefix("delivery.")
        words = str(detail.get("evidence", "") or detail.get("words", ""))
        if len(sending.stages) >= MOST_STAGES:  # the first ones, and always the newest
            sending.stages.pop()
        sending.stages.append(Line(line.seq, line.at, line.who, state, words))

    def _count(self, entry: Entry, line: Line) -> None:
        """The newest numbers of each post."""
        channel = str(entry["detail"]["channel_name"])
        for post in entry["detail"]["posts"]:
            if told := self._gathered.told.get(str(post["alert"])):
                numbers = [f"{kind} {int(post[kind]):,}" for kind in KINDS if kind in post]
                words = f"{channel}: {', '.join(numbers)}"
                told.counts[str(post["delivery"])] = Line(line.seq, line.at, "", COUNTED, words)


def _missing(
    asked: tuple[str, ...], told: Iterable[Sequence[Any]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for account, _, found in told:
        if gone := tuple(each for each in asked if each not in found):
            yield str(account), gone


def _approval(entry: Entry) -> Line:
    detail = entry["detail"]
    words = [str(detail.get(key, "")) for key in ("way", "reason", "of")]
    who = str(detail.get("by") or entry["actor"])
    said = ", ".join(each for each in words if each)
    return Line(entry["seq"], from_iso(entry["at"]), who, str(entry["action"]), said)
