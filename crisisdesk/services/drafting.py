"""Drafting: what an officer types is on disk at once, and comes back after a crash.

Whether a message was sent is never remembered here: it is asked of the database at the next start.
So no order of writes, and no crash between two of them, can offer a message a second time.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from crisisdesk.model.alert import Alert
from crisisdesk.model.chance import Chance
from crisisdesk.model.draft import Draft, Restored, Unfinished
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.media import Picture
from crisisdesk.model.moment import from_iso, to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.plan import OURS, PlanState
from crisisdesk.model.template import Template
from crisisdesk.rules.recording import ACTIONS
from crisisdesk.rules.templating import GIVEN
from crisisdesk.rules.unfinished import left_over, packed, plain, unpacked
from crisisdesk.store.chains import followed
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.chance import SYSTEM_CHANCE

NOTES = frozenset({*ACTIONS.values(), "handover.noted"})
NOTES_LOOKED_AT = 100
ABOUT_THEN = timedelta(seconds=10)
"""A note logged this long before its last keystroke was kept is the same note."""


class Drafting:
    """Keeps one set of unfinished things for each operator."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        latest: Callable[[], datetime],
        templates: Mapping[str, Template],
        chance: Chance = SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._now = now
        self._latest = latest
        self._templates = templates
        self._chance = chance
        self._pictured: dict[str, frozenset[str]] = {}

    def keep(self, what: Unfinished, operator: Operator) -> datetime:
        """Put what is being typed on disk; returns when. Raises StoreError when it cannot."""
        now, body = self._now(), packed(what)
        hashes, before = _hashes(what), self._pictured.get(operator.id, frozenset())

        def write(unit: Unit) -> None:
            for each in what.message.pictures if what.message else ():
                if each.image.sha256 not in before:
                    unit.media.add(each)
            unit.incidents.save_draft(operator.id, body, to_ms(now))
            for digest in before - hashes:
                unit.media.drop_unused(digest)

        self._database.write(write)
        self._pictured[operator.id] = hashes
        return now

    def restore(self, operator: Operator) -> Restored | None:
        """What this person had begun; None when nothing is left of it to finish."""
        with self._database.read() as unit:
            kept = unit.incidents.load_draft(operator.id)
            if kept is None:
                return None
            body, saved_at = kept
            try:
                what = unpacked(body)
            except BadInput as damage:
                return Restored(Unfinished(), saved_at, None, (str(damage),), left_over(body))
            found = self._looked_over(unit, what, saved_at, operator)
        self._pictured[operator.id] = _hashes(found.what if found.what.message else what)
        return found

    def _looked_over(
        self, unit: Unit, what: Unfinished, saved_at: datetime, operator: Operator
    ) -> Restored:
        if what.note and _is_logged(unit, what.note, saved_at, operator):
            what = replace(what, note="")
        if what.record and _is_logged(unit, what.record.words, saved_at, operator):
            what = replace(what, record=None)
        draft = what.message
        if draft is None or _is_taken(unit, draft.key):
            return Restored(replace(what, message=None), saved_at)
        remarks = list(_if_frozen(unit, draft))
        if remarks:
            draft = replace(draft, key=self._chance.id())
        draft, gone = _with_bytes(unit, draft)
        remarks += gone
        template = self._templates.get(draft.template_id)
        follows = unit.alerts.get(draft.references) if draft.references else None
        if template is None or (draft.references and follows is None):
            why = (
                "Its template is gone" if template is None else "The alert that it follows is gone"
            )
            lost = plain(draft, template)
            return Restored(
                replace(what, message=None), saved_at, None, (f"{why}: copy your words.",), lost
            )
        remarks += self._about(unit, follows) if follows else []
        unknown = frozenset(draft.values) - {each.name for each in template.fields}
        lost = plain(draft, template, unknown - GIVEN)
        if lost:
            remarks.append("Its template has changed: some of your words have no place any more.")
        return Restored(replace(what, message=draft), saved_at, follows, tuple(remarks), lost)

    def _about(self, unit: Unit, follows: Alert) -> list[str]:
        """What became meanwhile of the alert that is being updated or corrected."""
        found = []
        if unit.alerts.is_retracted(follows.id):
            found.append("The alert that it follows was retracted.")
        if followed(unit, follows):
            found.append("Something else was sent about that alert: read it first.")
        if follows.expires_at <= self._latest():
            found.append("The alert that it follows has expired.")
        return found


def _hashes(what: Unfinished) -> frozenset[str]:
    pictures = what.message.pictures if what.message else ()
    return frozenset(each.image.sha256 for each in pictures)


def _is_taken(unit: Unit, alert_id: str) -> bool:
    """Whether what was composed under this id has gone its way: sent, asked for or planned."""
    return bool(
        unit.plans.said_at(alert_id)
        or unit.approvals.request_for(alert_id)
        or unit.plans.find(OURS, tuple(PlanState), alert_id)
    )


def _if_frozen(unit: Unit, draft: Draft) -> list[str]:
    frozen = unit.alerts.get(draft.key) if draft.key else None
    return [f"It was about to go out ({frozen.marker}) and did not."] if frozen else []


def _with_bytes(unit: Unit, draft: Draft) -> tuple[Draft, list[str]]:
    """The draft with its pictures whole, and a sentence for those that are gone."""
    found: list[Picture] = []
    for each in draft.pictures:
        try:
            found.append(unit.media.get(each.image))
        except StoreError:
            continue
    gone = "A picture of it is gone: add it again."
    remarks = [gone] if len(found) < len(draft.pictures) else []
    return replace(draft, pictures=tuple(found)), remarks


def _is_logged(unit: Unit, note: str, saved_at: datetime, operator: Operator) -> bool:
    """Whether a note is in the log already: the desk ended between that and clearing the line."""
    entries = unit.log.read_newest(NOTES_LOOKED_AT)
    return any(_is_note(entry, note, saved_at - ABOUT_THEN, operator) for entry in entries)


def _is_note(entry: Mapping[str, Any], note: str, since: datetime, operator: Operator) -> bool:
    return (
        entry["action"] in NOTES
        and entry["actor"] == operator.name
        and entry["detail"].get("words") == note.strip()
        and from_iso(entry["at"]) >= since
    )
