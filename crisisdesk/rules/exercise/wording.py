"""What an officer who plays by themselves writes into a template's gaps."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from crisisdesk.model.exercise import Scenario
from crisisdesk.model.template import FieldType, Step, Template, TemplateField
from crisisdesk.rules.promises import NEXT_UPDATE
from crisisdesk.rules.templating import missing, used_fields

NEXT_WORDS = timedelta(minutes=30)
PAGE = "https://riverside.example/news"
VAGUE = "the area"
ASIDE = (
    "and if you can do so and it is ok for you do it now or as soon as you can and if not do so "
    "as soon as it is ok"
)
MOST_ASIDES = len(ASIDE.split())
_PLACE = re.compile(r"area|place|road|street|site|address|location|centre|route")


def filled(
    template: Template, step: Step, values: Mapping[str, str], scenario: Scenario, now: datetime
) -> dict[str, str]:
    """The values with something plain in every gap that is required and still empty."""
    found = dict(values)
    for field in missing(template, step, found):
        found[field.name] = _plain(field, scenario, now)[: field.max_length]
    return found


def _plain(field: TemplateField, scenario: Scenario, now: datetime) -> str:
    clock = f"{now.astimezone():%H:%M}"
    what, _, where = scenario.incident_name.partition(",")
    known = {
        "incident_type": what.strip().lower(),
        "area_name": where.strip() or next(iter(scenario.places), "Riverside"),
        "agencies_on_scene": "Emergency services",
        "what_changed": f"crews are at work and nothing else has changed by {clock}",
        NEXT_UPDATE: f"{(now + NEXT_WORDS).astimezone():%H:%M}",
    }
    by_type = {
        FieldType.TIME: clock,
        FieldType.URL: PAGE,
        FieldType.CHOICE: "".join(field.choices[:1]),
    }
    return known.get(field.name) or by_type.get(field.type) or field.default or field.example


def brief(claim: str, longest: int) -> str:
    """A claim as it stands after “the claim that”: whole words, no capital, no full stop."""
    words = claim[:1].lower() + claim[1:].strip().rstrip(".")
    return words if len(words) <= longest else words[: longest + 1].rsplit(" ", 1)[0].rstrip(",;:")


def vague(template: Template, step: Step, values: Mapping[str, str], asides: int) -> dict[str, str]:
    """The same with no place that has a name, and with so many words more that say nothing."""
    used, found = used_fields(template, step), dict(values)
    for field in template.fields:
        if field.name not in used or field.type not in (FieldType.TEXT, FieldType.LONG_TEXT):
            continue
        if _PLACE.search(field.name):
            found[field.name] = VAGUE
        before = found.get(field.name, "")
        found[field.name] = _wordy(before, min(asides, MOST_ASIDES), field.max_length)
        asides -= len(found[field.name].split()) - len(before.split())
    return found


def _wordy(words: str, asides: int, longest: int) -> str:
    """As many words of the aside as are wanted and have room."""
    for aside in ASIDE.split()[:asides]:
        longer = f"{words} {aside}".strip()
        if len(longer) > longest:
            break
        words = longer
    return words
