"""An alert as a CAP 1.2 message: the frozen words, with the codes of its template."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha1

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.cap import (
    Area,
    CapAlert,
    Info,
    MsgType,
    Reference,
    Resource,
    ResponseType,
    Status,
)
from crisisdesk.model.media import Picture
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.pictures import file_name

MSG_TYPES = {
    Step.ALERT: MsgType.ALERT,
    Step.UPDATE: MsgType.UPDATE,
    Step.CANCEL: MsgType.CANCEL,
    Step.ALL_CLEAR: MsgType.UPDATE,
}
"""An all clear is an Update with responseType AllClear; Cancel means "this was wrong"."""


def to_cap(
    alert: Alert,
    account_id: str,
    identifier: str,
    sender: str,
    sent: datetime,
    references: Sequence[Reference],
    resources: Sequence[Resource] = (),
) -> CapAlert:
    """An alert's CAP message on one account. `references` are the earlier ones it acts on,
    `resources` its pictures."""
    parts = [each for each in alert.rendered if each.account_id == account_id]
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
        infos=tuple(replace(_info(alert, part), resources=tuple(resources)) for part in parts),
    )


def to_resource(picture: Picture, base_url: str) -> Resource:
    """The picture as a file beside the CAP message, in the folder published at `base_url`.

    The digest is SHA-1 because CAP 1.2, 3.2.3, asks for it; it guards against damage, not deceit.
    """
    image = picture.image
    digest = sha1(picture.content, usedforsecurity=False).hexdigest()
    uri = f"{base_url.rstrip('/')}/{file_name(image)}"
    return Resource(image.alt, image.mime, image.length, uri, digest)


def _info(alert: Alert, part: Rendered) -> Info:
    codes = alert.codes
    return Info(
        categories=codes.categories,
        event=codes.event,
        urgency=codes.urgency,
        severity=codes.severity,
        certainty=codes.certainty,
        language="en-GB" if part.language == "en" else part.language,
        response_types=tuple(codes.responses) or (ResponseType.NONE,),
        expires=alert.expires_at,
        sender_name=alert.values.get("sender_name", ""),
        headline=part.subject,
        description=part.text,
        instruction=part.instruction,
        web=alert.values.get("more_info_url", ""),
        areas=(Area(alert.values.get("area_name") or "As described"),),
    )
