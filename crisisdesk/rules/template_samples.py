"""A template as it would look in use: its own examples filled in, for every channel, counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crisisdesk.model.account import Account
from crisisdesk.model.draft import SAMPLE_MARKER
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import CapCodes, Step, Template
from crisisdesk.rules.composing import Preview, previews, render

SAMPLE_TIME = "14:05"


@dataclass(frozen=True, slots=True)
class StepSample:
    """One step with its codes in words, and what each channel would say in each language."""

    step: Step
    codes: str
    previews: tuple[Preview, ...]

    @property
    def too_long(self) -> int:
        """How many channels would refuse it as too long."""
        return sum(not each.count.fits for each in self.previews)


def samples(template: Template, kinds: Sequence[str], organisation: str) -> list[StepSample]:
    """Every step of a template on these kinds of channels, with the examples in the gaps."""
    accounts = [Account(kind, kind, kind) for kind in kinds]
    values = examples(template, organisation)
    return [
        StepSample(
            step,
            codes_in_words(template.codes[step]),
            tuple(previews(render(template, step, values, accounts, Mode.LIVE), {})),
        )
        for step in Step
    ]


def examples(template: Template, organisation: str) -> Mapping[str, str]:
    """A value for every gap: the example, else the default, else the label in brackets."""
    typed = {
        each.name: each.example or each.default or f"[{each.label}]" for each in template.fields
    }
    given = {
        "ref": SAMPLE_MARKER,
        "sent_time": SAMPLE_TIME,
        "sender_name": organisation or "[Your organisation]",
    }
    return typed | given


def codes_in_words(codes: CapCodes) -> str:
    """The CAP codes on one line."""
    said = (
        codes.event,
        ", ".join(codes.categories),
        ", ".join(codes.responses),
        f"{codes.urgency}, {codes.severity}, {codes.certainty}",
        f"holds {codes.expires_minutes} minutes",
    )
    return " · ".join(said)
