"""What a warning has to say, and whether a text says it.

After Mileti and Sorensen (1990) and Sutton and Kuligowski (2019), a complete warning names its
source, the hazard, the place, the time and what to do. Our own sixth is when people hear more.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.cap import ResponseType
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.promises import NEXT_UPDATE, promised


class Element(StrEnum):
    """One thing a warning says."""

    SOURCE = "source"
    HAZARD = "hazard"
    PLACE = "place"
    TIME = "time"
    ACTION = "action"
    NEXT_UPDATE = "next update"


ALWAYS = (Element.SOURCE, Element.HAZARD, Element.PLACE, Element.TIME)

_PLACE_FIELD = re.compile(r"area|place|road|street|site|address|location|centre|route")
_ACTION_FIELD = re.compile(r"action|advice|what_to_do|order")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:.][0-5]\d(?!\d)")
_NAMED = re.compile(r"(?<!\w)(?!(?:The|This|That|Our|Your|All|In|Near)\b)[A-Z]\w")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_IDLE = frozenset({"about", "been", "clear", "correction", "from", "have", "message", "update"})


def told(template: Template, alert: Alert) -> dict[str, Any]:
    """As the log keeps it: what the words had to say, and what each channel's text does say."""
    step, values = alert.step, alert.values
    return {
        "asked": [each.value for each in asked(template, step)],
        "said": [
            [part.account_id, part.language, [e.value for e in said(template, step, values, part)]]
            for part in alert.rendered
        ],
    }


def asked(template: Template, step: Step) -> tuple[Element, ...]:
    """What a message of this step has to say. What ends a warning asks for nothing more."""
    if step not in (Step.ALERT, Step.UPDATE):
        return ALWAYS
    acts = any(_ACTION_FIELD.search(field.name) for field in template.fields)
    idle = template.codes[step].responses == (ResponseType.NONE,) and not acts
    wanted = [*ALWAYS, *(() if idle else (Element.ACTION,))]
    promises = any(field.name == NEXT_UPDATE for field in template.fields)
    return (*wanted, Element.NEXT_UPDATE) if promises else tuple(wanted)


def said(
    template: Template, step: Step, values: Mapping[str, str], part: Rendered
) -> tuple[Element, ...]:
    """Which elements one channel's words really hold, each recognised by what was filled in.

    A place counts when it has a name: "the area" is none. A time is a clock time other than that
    of the next update.
    """
    text = f"{part.subject}\n{part.text}\n{part.instruction}"
    found = {
        Element.SOURCE: _holds(text, values.get("sender_name", "")),
        Element.HAZARD: any(word in text.lower() for word in _hazard_words(template, step, values)),
        Element.PLACE: any(_NAMED.search(place) and place in text for place in _places(values)),
        Element.TIME: _tells_time(text, values),
        Element.ACTION: _tells_action(text, template, values),
        Element.NEXT_UPDATE: bool(_CLOCK.search(promised(values))) and promised(values) in text,
    }
    return tuple(element for element, there in found.items() if there)


def _holds(text: str, value: str) -> bool:
    return bool(value.strip()) and value.strip() in text


def _places(values: Mapping[str, str]) -> Iterator[str]:
    return (
        value.strip()
        for name, value in values.items()
        if value.strip() and _PLACE_FIELD.search(name)
    )


def _hazard_words(template: Template, step: Step, values: Mapping[str, str]) -> set[str]:
    """The event, the template's keywords and its headline, without what the officer filled in."""
    headline = template.wordings[step][template.languages[0]].headline
    fixed = re.sub(r"\{\w+\}", " ", headline)
    listed = (template.codes[step].event, fixed, *template.keywords)
    words = {word.lower() for each in listed for word in _LONG_WORD.findall(each)}
    told = {values.get(name, "").strip().lower() for name in ("hazard", "incident_type", "reason")}
    return (words - _IDLE) | (told - {""})


def _tells_time(text: str, values: Mapping[str, str]) -> bool:
    later = promised(values)
    rest = text.replace(later, " ") if later else text
    same = later and later in (values.get("sent_time"), values.get("since_time"))
    return bool(_CLOCK.search(text if same else rest))


def _tells_action(text: str, template: Template, values: Mapping[str, str]) -> bool:
    """The officer's own order; where the template has no gap for one, its standing words."""
    names = [field.name for field in template.fields if _ACTION_FIELD.search(field.name)]
    orders = [values[name].strip() for name in names if values.get(name, "").strip()]
    return not names or any(len(order.split()) > 1 and order in text for order in orders)
