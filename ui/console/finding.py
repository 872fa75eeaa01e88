"""What the palette offers beside the actions: templates to start and incidents to work on."""

from functools import partial
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtWidgets import QWidget

from crisisdesk.model.incident import Incident
from crisisdesk.rules.showing import one_line
from ui import actions
from ui.dialogs.once import open_once
from ui.dialogs.palette import Palette, action_choices
from ui.models.choices_model import Choice

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage

LONGEST_NAME = 120


def open_palette(window: QWidget, page: "ConsolePage | None") -> Palette:
    """Open the palette over what is on screen. `page` is the console while it is shown.

    Incidents are read elsewhere and join the list when they come: there may be thousands.
    """
    choices = action_choices(actions.on_screen(window))
    palette = Palette(window, choices + template_choices(page) if page else choices)
    open_once(palette)
    if page:
        page.tasks.read(lambda: incident_choices(page), partial(_join, palette))
    return palette


def template_choices(page: "ConsolePage") -> list[Choice]:
    """Every template; choosing one starts a message."""
    return [
        Choice(
            each.name,
            "template",
            partial(page.message.start, each.id),
            "template",
            about=" ".join((each.summary, *each.keywords)),
        )
        for each in page.desk.composing.templates.values()
    ]


def incident_choices(page: "ConsolePage") -> list[Choice]:
    """Every open incident; choosing one makes it the current one. Waits for the disk."""
    return [_incident(page, each) for each in page.desk.reviewing.open_incidents()]


def _incident(page: "ConsolePage", incident: Incident) -> Choice:
    words = f"{one_line(incident.name, LONGEST_NAME)} · Ref {incident.ref}"
    return Choice(words, "incident", partial(page.choose_incident, incident), "incident")


def _join(palette: Palette, choices: list[Choice]) -> None:
    if shiboken6.isValid(palette) and palette.isVisible():
        palette.add(choices)
