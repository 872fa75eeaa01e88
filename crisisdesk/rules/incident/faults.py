"""What went wrong, or was stopped, in words: of the desk, its accounts, its clock and its log."""

from collections.abc import Mapping
from typing import Any

from crisisdesk.model.incident_report import Line
from crisisdesk.rules.log_facts import Entry

FAULTS: Mapping[str, str] = {
    "desk.opened": "The desk was opened",
    "desk.closed": "The desk was closed",
    "desk.stopped": "All sending was stopped",
    "desk.went_on": "Sending was allowed again",
    "desk.not_backed_up": "The backup did not succeed",
    "account.foreign_post": "A post on our account that this desk did not send",
    "account.foreign_post_answered": "It was said whose that post was",
    "clock.stepped": "The computer's clock was moved",
    "clock.trusted": "The new time was accepted",
    "log.broken": "The desk found its log broken",
    "log.not_anchored": "A checkpoint could not be kept elsewhere",
    "setting.unusable": "A setting could not be used",
    "operator.refused": "A sign-in was refused",
    "approval.refused": "A passphrase for an approval was wrong",
    "approval.wrong_code": "A code for an approval was wrong",
    "approval.glass_broken": "Sent without a second person: the glass was broken",
    "plan.held": "A planned message was held",
    "mentions.removed": "Old mentions were removed",
    "gate.refused": "Something in the exercise tried to leave this computer",
    "exercise.broken": "Exercise control broke a network",
    "exercise.mended": "Exercise control mended a network",
    "exercise.paused": "The exercise was paused",
    "exercise.resumed": "The exercise went on",
    "exercise.skipped": "Exercise control left something out, or moved the time on",
    "exercise.no_duff": "NO DUFF: a real event stopped the exercise",
    "exercise.real_event": "What the real event was",
}

_SAYS = ("words", "reason", "why", "name", "channel_name", "text", "answer", "event", "to", "of")


def fault(entry: Entry, line: Line) -> Line:
    """The entry as a line of what went wrong."""
    detail: Mapping[str, Any] = entry["detail"]
    said = [str(detail[key]) for key in _SAYS if detail.get(key)]
    words = "; ".join(dict.fromkeys(said))
    return Line(line.seq, line.at, line.who, FAULTS[entry["action"]], words)
