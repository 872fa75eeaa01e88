"""The frozen message of a delivery, made from what is stored: the same bytes every time."""

from collections.abc import Callable

from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import Reference
from crisisdesk.model.delivery import (
    NEVER_OUT,
    PUBLISHED,
    Delivery,
    Message,
    Publication,
)
from crisisdesk.model.errors import CrisisDeskError, NothingSent
from crisisdesk.model.media import Picture
from crisisdesk.rules.cap_write import build
from crisisdesk.rules.capping import to_cap, to_resource
from crisisdesk.rules.composing import CAP_KIND
from crisisdesk.store.unit import Unit


class Messages:
    """`sender_of` tells how CAP messages of an account name us, `address_of` where its folder is
    published."""

    def __init__(self, sender_of: Callable[[str], str], address_of: Callable[[str], str]) -> None:
        self._sender_of = sender_of
        self._address_of = address_of

    def of(self, unit: Unit, delivery: Delivery) -> Message:
        """The message of a delivery. Raises Refused when its alert is gone, StoreError when a
        picture of it is gone or damaged."""
        alert = unit.alerts.get(delivery.alert_id)
        if alert is None:
            raise NothingSent(
                "The alert of this delivery is gone.",
                "Have the log verified, and keep the database as it is.",
            )
        earlier = _earlier(unit, alert, delivery)
        kind = next(each.kind for each in alert.rendered if each.account_id == delivery.account_id)
        pictures = tuple(unit.media.get(image) for image in alert.images)
        return Message(
            key=delivery.key,
            text=delivery.text,
            created_at=delivery.created_at,
            language=delivery.language,
            subject=delivery.subject,
            marker=alert.marker,
            cap_xml=self._cap(alert, delivery, earlier, pictures) if kind == CAP_KIND else b"",
            reply_to=_publication(earlier),
            pictures=pictures,
        )

    def made(self, unit: Unit, delivery: Delivery) -> Message | str:
        """The message, or in words why it cannot be made: a delivery must not stay "sending".

        A failing database is not caught, so that nothing of the transaction is kept then.
        """
        try:
            return self.of(unit, delivery)
        except (CrisisDeskError, LookupError, TypeError, ValueError) as error:
            return f"The message could not be made: {error}"

    def _cap(
        self,
        alert: Alert,
        delivery: Delivery,
        earlier: list[Delivery],
        pictures: tuple[Picture, ...],
    ) -> bytes:
        sender = self._sender_of(delivery.account_id)
        references = [
            Reference(sender, each.key, each.created_at)
            for each in earlier
            if each.state not in NEVER_OUT
        ]
        base_url = self._address_of(delivery.account_id)
        resources = [to_resource(each, base_url) for each in pictures]
        sent, account = delivery.created_at, delivery.account_id
        return build(to_cap(alert, account, delivery.key, sender, sent, references, resources))


def _earlier(unit: Unit, alert: Alert, delivery: Delivery) -> list[Delivery]:
    """What this alert follows on the same channel and in the same language, newest first."""
    return [
        each
        for alert_id in unit.alerts.chain(alert.references)
        for each in unit.alerts.deliveries(alert_id)
        if (each.account_id, each.language) == (delivery.account_id, delivery.language)
    ]


def _publication(earlier: list[Delivery]) -> Publication | None:
    """The newest earlier message that still stands there, to answer to."""
    for delivery in earlier:
        if delivery.state in PUBLISHED and delivery.external_id:
            return Publication(delivery.external_id, delivery.url, delivery.key)
    return None
