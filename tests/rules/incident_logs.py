"""A log with everything that the report of an incident has a place for, hostile words included."""

from typing import Any

from crisisdesk.model.audit import Fault, Finding, VerifyReport
from tests.rules.small_logs import CHANNELS, OFFICER, SmallLog

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
WELSH = "Llifogydd ym Mhontrhydfendigaid: ewch i fyny’r grisiau. Diweddariad nesaf erbyn 03:00."
ARABIC = "فيضان في شارع المطحنة: اصعد إلى الطابق العلوي الآن. Ref K7Q3-2"
EMOJI = "🚒 Flood 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁷󠁬󠁳󠁿 in Mill Lane 🌊🌊"
LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 6
LONG_TEXT = "Stay upstairs until the water has gone. " * 50
SECOND = "Sam Second"
SOUND = VerifyReport(99, b"\x01" * 32, 1, 99, (b"\x02" * 32,), ())
BROKEN = VerifyReport(
    99, b"\x01" * 32, 1, 0, (), (Finding(7, Fault.EDITED, f"the body is another {HOSTILE}"),)
)


def composed(
    log: SmallLog, at: float, alert: str, texts: dict[str, tuple[str, str]], **more: Any
) -> None:
    """A message written with a text of its own for each channel: (language, words)."""
    log.add(
        at,
        "alert.composed",
        OFFICER,
        f"alert {alert}",
        marker=f"Ref K7Q3-{alert}",
        headline=f"Flood {alert}",
        texts=[[account, *text] for account, text in texts.items()],
        **more,
    )


def sent(log: SmallLog, at: float, alert: str, step: str = "alert", **more: Any) -> int:
    """It goes out on all channels."""
    detail = {"approved_by": "", "approved_how": "not needed", **more}
    return log.add(
        at,
        "broadcast.started",
        OFFICER,
        f"alert {alert}",
        headline=f"Flood {alert}",
        marker=f"Ref K7Q3-{alert}",
        template="flood-severe",
        step=step,
        channels=list(CHANNELS),
        **detail,
    )


def state(
    log: SmallLog,
    at: float,
    alert: str,
    channel: str,
    what: str,
    actor: str = "desk",
    words: str = "",
) -> int:
    """A delivery of a message moves."""
    return log.add(
        *(at, f"delivery.{what}", actor, f"delivery {alert}-{channel}"),
        alert=alert,
        channel=channel,
        channel_name=channel.upper(),
        evidence=words or f"evidence of {what}",
    )


def a_live_incident() -> SmallLog:
    """Two officers, three messages, one broken glass, every way an outcome can be."""
    log = SmallLog(live=True)
    log.add(1, "operator.signed_in", OFFICER)
    every = {"m1": ("en", LONG_TEXT), "b1": ("cy", WELSH), "e1": ("ar", ARABIC)}
    composed(log, 2, "1", every, images=[["ab", f"A map {HOSTILE}"]])
    log.add(3, "approval.asked", OFFICER, "alert 1", headline="Flood 1", nonce="n")
    log.add(4, "approval.given", SECOND, "alert 1", by=SECOND, way="signed")
    sent(log, 5, "1", approved_by=SECOND, approved_how="signed")
    state(log, 5, "1", "m1", "accepted")
    log.promise(5, "1", due=30)
    state(log, 6, "1", "m1", "confirmed")
    state(log, 6, "1", "b1", "unknown", words="It did not answer.")
    state(log, 7, "1", "e1", "failed", words=f"Refused {HOSTILE}")
    state(log, 8, "1", "b1", "confirmed", OFFICER, "Seen: Duty officer: it stands there")
    composed(log, 8, "2", {"m1": ("en", EMOJI), "b1": ("en", LONG_WORD), "e1": ("en", HOSTILE)})
    broken = {"approved_by": OFFICER, "approved_how": "break-glass"}
    glass = {"by": OFFICER, "way": "break-glass", "reason": f"Nobody answers {HOSTILE}"}
    log.add(9, "approval.glass_broken", OFFICER, "alert 2", **glass)
    sent(log, 10, "2", "cancel", **broken)
    state(log, 10, "2", "m1", "unknown")
    composed(log, 11, "3", {"m1": ("en", "Never sent.")})
    log.add(12, "approval.returned", SECOND, "alert 3", reason="Say where")
    _record(log)
    _public(log)
    return log


def _record(log: SmallLog) -> None:
    why: dict[str, Any] = {"kind": "not_to_act", "rationale": f"It would spread. {HOSTILE}"}
    log.add(13, "decision.noted", OFFICER, "incident i1", words="Do not post about the dam", **why)
    log.add(14, "decision.noted", OFFICER, words="Close it")
    late = log.add(15, "information.noted", OFFICER, words="The bridge was closed", late=True)
    log.entries[late - 1]["occurred"] = "2026-02-03T02:01:00.000Z"
    log.add(16, "methane.noted", OFFICER, words="Type: flood", methane={"type": "flood"})
    right = {"corrects": late, "why_corrected": "Another bridge", "kind": "information"}
    log.add(17, "information.noted", OFFICER, words="Mill Bridge was closed", **right)
    missed: dict[str, Any] = {"alert": "1", "due": "2026-02-03T02:30:00Z", "words": "Nothing said"}
    log.add(31, "promise.missed", "desk", "plan promise-1", **missed)
    log.add(32, "handover.offered", OFFICER, words=f"INTENT\n- stay {HOSTILE}", brief="00")
    signed: dict[str, Any] = {"from": OFFICER, "to": SECOND, "entry": 30, "brief": "00"}
    log.add(33, "handover.signed", SECOND, "operator o2", **signed)


def _public(log: SmallLog) -> None:
    log.add(34, "mention.judged", SECOND, "mention 7", **{"from": "question"}, to="need", words="")
    done = {"from": "need", "to": "need, handled by Sam Second", "words": f"Rang 999 {HOSTILE}"}
    log.add(35, "mention.handled", SECOND, "mention 7", **done)
    for number in range(8, 11):
        answer = {"from": "question", "to": "question, handled by x", "words": "Answered."}
        log.add(36, "mention.handled", SECOND, f"mention {number}", **answer)
    log.add(
        37, "account.foreign_post", "desk", "account m1", text=f"Buy {HOSTILE}", channel_name="M1"
    )
    log.add(38, "desk.stopped", SECOND)
