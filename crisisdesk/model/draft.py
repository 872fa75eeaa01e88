"""Drafts: what an officer has so far, before it is frozen into an alert."""

from dataclasses import dataclass
from datetime import datetime

from crisisdesk.model.alert import Alert
from crisisdesk.model.media import Picture
from crisisdesk.model.record import Record
from crisisdesk.model.template import Step

SAMPLE_MARKER = "Ref 0000-0"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer has so far: a template's step, the values, the channels, what it follows.

    `expected_marker` is only for previews; the real reference is given when it is composed. `key`
    becomes the id of the alert: so whatever was composed from a draft can be found again, and no
    draft is composed twice. "" takes a new one.
    """

    incident_id: str
    template_id: str
    step: Step
    values: dict[str, str]
    account_ids: tuple[str, ...]
    references: str = ""
    expected_marker: str = SAMPLE_MARKER
    pictures: tuple[Picture, ...] = ()
    repeats: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """All that one operator has begun and not finished; `note` is the decision being typed."""

    message: Draft | None = None
    note: str = ""
    incident_id: str = ""
    record: Record | None = None
    """The entry being written; its attachments are kept already."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What is left of it after a new start.

    `remarks` are sentences about what changed meanwhile; `lost` are words that fit into no form
    any more, to be copied by hand. `follows` is the alert that the message updates or corrects.
    """

    what: Unfinished
    saved_at: datetime
    follows: Alert | None = None
    remarks: tuple[str, ...] = ()
    lost: str = ""
