"""Alerts: one message to the public, frozen at the moment it was composed."""

from dataclasses import dataclass, field
from datetime import datetime

from crisisdesk.model.media import Image
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import CapCodes, Step


@dataclass(frozen=True, slots=True)
class Rendered:
    """The exact text for one account, in one language.

    Only CAP parts text and instruction; its `particulars` are codes, area, link and sender.
    """

    account_id: str
    kind: str
    language: str
    text: str
    subject: str = ""
    instruction: str = ""
    particulars: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """A composed message. `content_hash` covers every rendered text and the channel list.

    `references` is the id of the alert that this one updates, cancels or clears. `words` are the
    same texts with the reference and the time of sending left open; `prepared` holds its siblings
    in that form. `second_person` tells that somebody else has to approve it first. `repeats` is the
    id of the alert that this one says again, word for word.
    """

    id: str
    incident_id: str
    marker: str
    template_id: str
    step: Step
    mode: Mode
    headline: str
    codes: CapCodes
    values: dict[str, str]
    rendered: tuple[Rendered, ...]
    content_hash: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    references: str = ""
    author_id: str = ""
    second_person: bool = False
    words: tuple[Rendered, ...] = ()
    prepared: dict[Step, tuple[Rendered, ...]] = field(default_factory=dict)
    images: tuple[Image, ...] = ()
    repeats: str = ""
