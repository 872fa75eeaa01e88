"""What stands in the log of a loggist's entry, and what an entry must hold to be one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from crisisdesk.model.errors import BadInput
from crisisdesk.model.moment import from_iso, iso
from crisisdesk.model.record import METHANE, Attachment, JdmStage, Record, RecordKind
from crisisdesk.rules.redacting import basis_words, name_of
from crisisdesk.rules.word_check import REDACTED

ACTIONS = {
    RecordKind.DECISION: "decision.noted",
    RecordKind.NOT_TO_ACT: "decision.noted",
    RecordKind.INFORMATION: "information.noted",
    RecordKind.ACTION: "action.noted",
    RecordKind.METHANE: "methane.noted",
}
"""The log's words for each kind. Both decisions share one: `not_to_act` tells them apart."""

LATE = timedelta(minutes=5)
"""What is written down later than this after it happened carries the mark of a late entry. JESIP
asks for entries at the time; the five minutes are ours."""

AHEAD = timedelta(minutes=1)
"""Clocks on the wall differ by that much."""

LONGEST = 5_000
"""Characters of one field."""

FIELDS = ("decided_by", "known", "options", "rationale", "why_corrected")


def checked(record: Record, now: datetime) -> Record:
    """The same, trimmed. Raises BadInput with what is missing or cannot be."""
    _check_lengths(record)
    if not record.words.strip() and not any(words.strip() for _, words in record.methane):
        raise BadInput("The entry is empty.", "Write what was decided or what happened, and why.")
    if record.kind is RecordKind.NOT_TO_ACT and not record.rationale.strip():
        raise BadInput(
            "A decision not to act needs its reason.",
            "Write why: it is what an inquiry asks for first.",
        )
    if record.corrects and not record.why_corrected.strip():
        raise BadInput("A correction needs its reason.", "Write what was wrong with the entry.")
    if record.occurred_at and record.occurred_at > now + AHEAD:
        raise BadInput("It cannot have happened later than now.", "Correct the time.")
    return record


def _check_lengths(record: Record) -> None:
    texts = [record.words, *(getattr(record, name) for name in FIELDS)]
    texts += [words for _, words in record.methane]
    if any(len(each) > LONGEST for each in texts):
        words = f"One field of the entry is longer than {LONGEST:,} characters."
        raise BadInput(words, "Attach a long paper as a file.")


def is_late(record: Record, now: datetime) -> bool:
    """Whether it was written down well after it happened."""
    return record.occurred_at is not None and now - record.occurred_at > LATE


def detail_of(record: Record, now: datetime | None = None) -> dict[str, Any]:
    """What the log keeps of it besides who and when. Empty fields are left out; without the moment
    it is written, so is the mark of a late entry."""
    detail: dict[str, Any] = {"kind": record.kind.value, "words": _headline(record)}
    detail |= {name: value for name in FIELDS if (value := getattr(record, name).strip())}
    if record.stage:
        detail["stage"] = record.stage.value
    if methane := {key: words.strip() for key, words in record.methane if words.strip()}:
        detail["methane"] = methane
    if record.attachments:
        detail["attachments"] = [
            {"name": each.name, "sha256": each.sha256, "size": each.size}
            for each in record.attachments
        ]
    if record.corrects:
        detail["corrects"] = record.corrects
    if now and is_late(record, now):
        detail["late"] = True
    return detail


def _headline(record: Record) -> str:
    """A METHANE report may have no words of its own: then its letters are the words."""
    if words := record.words.strip():
        return words
    told = [f"{METHANE[key]}: {said.strip()}" for key, said in record.methane if said.strip()]
    return "; ".join(told)


def record_of(entry: Mapping[str, Any]) -> Record | None:
    """The loggist's entry that a log entry is, one from an older version too; None for others."""
    detail = entry.get("detail") or {}
    kinds = {action: kind for kind, action in reversed(ACTIONS.items())}
    kind = kinds.get(str(entry.get("action")))
    if kind is None:
        return None
    happened = str(entry.get("occurred", ""))
    return Record(
        kind=RecordKind(detail.get("kind", kind)),
        words=str(detail.get("words", "")),
        decided_by=str(detail.get("decided_by", "")),
        occurred_at=from_iso(happened) if happened and happened != entry.get("at") else None,
        known=str(detail.get("known", "")),
        options=str(detail.get("options", "")),
        rationale=str(detail.get("rationale", "")),
        stage=JdmStage(detail["stage"]) if "stage" in detail else None,
        methane=tuple(dict(detail.get("methane", {})).items()),
        attachments=tuple(Attachment(**each) for each in detail.get("attachments", ())),
        corrects=int(detail.get("corrects", 0)),
        why_corrected=str(detail.get("why_corrected", "")),
    )


def shown_record(entry: Mapping[str, Any]) -> Record | None:
    """The same of an entry that anybody may have written: None for one that no version writes."""
    try:
        return record_of(entry)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def corrects(entry: Mapping[str, Any]) -> int:
    """The number of the entry that this one puts right; 0 for none."""
    record = shown_record(entry)
    return record.corrects if record else 0


def lines_of(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A log entry as labelled lines, everything that a reader of the record needs."""
    found = entry.get("detail")
    detail = found if isinstance(found, Mapping) else {"detail": found} if found else {}
    lines = [("Recorded", _moment(entry.get("at"))), ("By", str(entry.get("actor", "")))]
    if entry.get("occurred") and entry["occurred"] != entry.get("at"):
        late = " (late entry)" if detail.get("late") else ""
        lines.append(("Happened", f"{_moment(entry['occurred'])}{late}"))
    if entry.get("action") == REDACTED:
        return lines + _redaction(detail)
    record = shown_record(entry)
    if record is None:
        return lines + [(key.replace("_", " "), _plain(value)) for key, value in detail.items()]
    return lines + [(label, words) for label, words in told(record) if words]


def _moment(text: object) -> str:
    """A moment by the reader's own clock; what is none stays as it is."""
    try:
        local = from_iso(str(text)).astimezone()
    except ValueError:
        return str(text)
    return f"{local.day} {local:%B %Y, %H:%M:%S}"


def told(record: Record) -> list[tuple[str, str]]:
    """Everything in it as labelled words, its own words first; "" for what was left empty."""
    return [
        (record.kind.words, record.words),
        (record.kind.person, record.decided_by),
        ("Known then", record.known),
        ("Options", record.options),
        ("Why", record.rationale),
        ("Joint decision model", record.stage.words if record.stage else ""),
        *((METHANE.get(key, key), words) for key, words in record.methane),
        *(("Attached", f"{each.name} ({each.size:,} bytes)") for each in record.attachments),
        ("Corrects entry", str(record.corrects or "")),
        ("What was wrong with it", record.why_corrected),
    ]


def _redaction(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    left = detail.get("left")
    kept = left.items() if isinstance(left, Mapping) else ()
    return [
        ("Words taken out of entry", str(detail.get("entry", ""))),
        ("Which", _named(detail.get("fields"))),
        ("Legal basis", basis_words(str(detail.get("basis", "")))),
        ("Why", str(detail.get("reason", ""))),
        *((f"Left of it: {name_of(path)}", str(words)) for path, words in kept),
    ]


def _named(fields: object) -> str:
    return ", ".join(name_of(str(each)) for each in fields) if isinstance(fields, list) else ""


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return str(value)


def occurred(record: Record) -> str:
    """When it happened, as the log keeps it; "" for now."""
    return iso(record.occurred_at) if record.occurred_at else ""
