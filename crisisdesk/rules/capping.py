"""An alert as a CAP 1.2 message: the same words, with the codes of its template."""

from collections.abc import Sequence
from datetime import datetime

from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import Area, CapAlert, Info, MsgType, Reference, ResponseType, Status
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.templating import fill

MSG_TYPES = {
    Step.ALERT: MsgType.ALERT,
    Step.UPDATE: MsgType.UPDATE,
    Step.CANCEL: MsgType.CANCEL,
    Step.ALL_CLEAR: MsgType.UPDATE,
}
"""An all clear is an Update with responseType AllClear; Cancel means "this was wrong"."""


def to_cap(
    alert: Alert,
    template: Template,
    identifier: str,
    sender: str,
    sent: datetime,
    references: Sequence[Reference],
) -> CapAlert:
    """The CAP message for one alert. `references` are the earlier messages it acts on."""
    exercise = alert.mode is Mode.EXERCISE
    return CapAlert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status=Status.EXERCISE if exercise else Status.ACTUAL,
        msg_type=MSG_TYPES[alert.step],
        note="Exercise: only for those taking part" if exercise else "",
        references=tuple(references),
        incidents=(alert.marker.replace("Ref ", "").split("-")[0],),
        infos=tuple(_info(alert, template, language) for language in template.languages),
    )


def _info(alert: Alert, template: Template, language: str) -> Info:
    wording = template.wordings[alert.step][language]
    prefix = EXERCISE_PREFIX if alert.mode is Mode.EXERCISE else ""
    description = fill(
        wording.variants.get("cap_description", wording.variants["default"]), alert.values
    )
    headline = fill(wording.headline, alert.values)
    codes = alert.codes
    return Info(
        categories=codes.categories,
        event=codes.event,
        urgency=codes.urgency,
        severity=codes.severity,
        certainty=codes.certainty,
        language="en-GB" if language == "en" else language,
        response_types=tuple(codes.responses) or (ResponseType.NONE,),
        expires=alert.expires_at,
        sender_name=alert.values.get("sender_name", ""),
        headline=f"EXERCISE: {headline}" if prefix else headline,
        description="\n".join(part for part in (prefix, description, alert.marker) if part),
        instruction=fill(wording.variants.get("cap_instruction", ""), alert.values),
        web=alert.values.get("more_info_url", ""),
        areas=(Area(alert.values.get("area_name") or "As described"),),
    )
