"""Templates: pre-approved words with typed fields, CAP codes and their siblings."""

from dataclasses import dataclass, field
from enum import StrEnum

from crisisdesk.model.cap import Category, Certainty, ResponseType, Severity, Urgency


class FieldType(StrEnum):
    """How a field is typed in and checked."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    TIME = "time"
    URL = "url"
    PHONE = "phone"
    CHOICE = "choice"


class Step(StrEnum):
    """Where a message stands in the life of an alert. The words follow CAP's msgType."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"
    ALL_CLEAR = "all_clear"

    @property
    def words(self) -> str:
        """As an officer reads it."""
        return {"alert": "Alert", "update": "Update", "cancel": "Correction"}.get(self, "All clear")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A gap in the text that the officer fills."""

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    required: bool = True
    hint: str = ""
    example: str = ""
    default: str = ""
    max_length: int = 200
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CapCodes:
    """The CAP 1.2 codes of a message; `expires_minutes` counts from sending."""

    event: str
    categories: tuple[Category, ...]
    responses: tuple[ResponseType, ...]
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    expires_minutes: int


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one step in one language.

    `variants` maps a channel kind to its text; "default" is used where a channel has none.
    Keys: default, mastodon, bluesky, email, cap_description, cap_instruction.
    """

    headline: str
    variants: dict[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """One pre-approved message with all its siblings. `wordings[step][language]`.

    `prepared[step]` gives a sibling's own fields standing words, so that it can be approved
    together with the alert; they may use the alert's fields as gaps.
    """

    id: str
    name: str
    summary: str
    version: int
    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    fields: tuple[TemplateField, ...]
    codes: dict[Step, CapCodes]
    wordings: dict[Step, dict[str, Wording]]
    prepared: dict[Step, dict[str, str]] = field(default_factory=dict)
