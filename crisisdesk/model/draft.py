"""Drafts: what an officer has so far, before it is frozen into an alert."""

from dataclasses import dataclass

from crisisdesk.model.media import Picture
from crisisdesk.model.template import Step

SAMPLE_MARKER = "Ref 0000-0"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer has so far: a template's step, the values, the channels, what it follows.

    `expected_marker` is only for previews; the real reference is given when it is composed.
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
