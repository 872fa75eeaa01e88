"""What an officer has begun, as it is kept: to JSON and back, and as plain words."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from crisisdesk.model.draft import Draft, Unfinished
from crisisdesk.model.errors import BadInput
from crisisdesk.model.media import Image, Picture
from crisisdesk.model.record import Record
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.recording import ACTIONS, detail_of, occurred, record_of


def packed(what: Unfinished) -> dict[str, Any]:
    """As JSON values. Of a picture only the hash and its words: the bytes are kept elsewhere."""
    return {
        "message": _packed_draft(what.message) if what.message else None,
        "note": _storable(what.note),
        "incident_id": what.incident_id,
        "record": _packed_record(what.record) if what.record else None,
    }


def _packed_record(record: Record) -> dict[str, Any]:
    """In the words of the log, so that one way leads back from both."""
    return {
        "action": ACTIONS[record.kind],
        "occurred": occurred(record),
        "detail": _all_storable({**detail_of(record), "words": record.words}),
    }


def _all_storable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _all_storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_all_storable(each) for each in value]
    return _storable(value) if isinstance(value, str) else value


def _packed_draft(draft: Draft) -> dict[str, Any]:
    return {
        "key": draft.key,
        "incident_id": draft.incident_id,
        "template_id": draft.template_id,
        "step": draft.step.value,
        "values": {name: _storable(value) for name, value in draft.values.items()},
        "account_ids": list(draft.account_ids),
        "references": draft.references,
        "images": [
            asdict(each.image) | {"alt": _storable(each.image.alt)} for each in draft.pictures
        ],
    }


def _storable(text: str) -> str:
    """Half a letter, as a broken keyboard method may leave it, must not stop the rest."""
    return text.encode(errors="replace").decode()


def unpacked(body: Mapping[str, Any]) -> Unfinished:
    """The same again, the pictures still without their bytes. Raises BadInput when it is damaged.

    Earlier versions kept the message alone.
    """
    alone = "template_id" in body
    try:
        kept = body if alone else body["message"]
        message = _draft(kept) if kept else None
        return Unfinished(
            message,
            str(body.get("note", "")),
            str(body.get("incident_id", "")),
            record_of(body["record"]) if body.get("record") else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(
            "What you were writing is damaged and cannot be shown in the form.",
            "Copy what is left of it.",
        ) from error


def _draft(kept: Mapping[str, Any]) -> Draft:
    return Draft(
        incident_id=str(kept["incident_id"]),
        template_id=str(kept["template_id"]),
        step=Step(kept["step"]),
        values={str(name): str(value) for name, value in kept["values"].items()},
        account_ids=tuple(str(each) for each in kept["account_ids"]),
        references=str(kept["references"]),
        pictures=tuple(Picture(Image(**each), b"") for each in kept.get("images", ())),
        key=str(kept.get("key", "")),
    )


def plain(draft: Draft, template: Template | None, only: frozenset[str] | None = None) -> str:
    """What was typed, a field a line, for words that no form can show any more.

    `only` names the fields that are wanted; None means all.
    """
    labels = {field.name: field.label for field in template.fields} if template else {}
    lines = [
        f"{labels.get(name, name.replace('_', ' '))}: {value}"
        for name, value in draft.values.items()
        if value.strip() and (only is None or name in only)
    ]
    pictures = [f"Picture: {each.image.alt}" for each in draft.pictures if only is None]
    return "\n".join(lines + pictures)


def left_over(body: Mapping[str, Any]) -> str:
    """Every text that stands in something damaged, a line each."""
    found: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, str) and value.strip():
            found.append(value)
        elif isinstance(value, Mapping):
            for each in value.values():
                gather(each)
        elif isinstance(value, list | tuple):
            for each in value:
                gather(each)

    gather(body)
    return "\n".join(found)
