"""The one form in which the log tells of deliveries."""

from typing import Any

from crisisdesk.model.delivery import Delivery
from crisisdesk.store.unit import Unit


def note_delivery(
    unit: Unit,
    delivery: Delivery,
    what: str,
    actor: str,
    channel_name: str,
    *,
    weighty: bool = False,
    **more: str,
) -> None:
    """Log that something happened to a delivery, as in "delivery.confirmed".

    The channel's name stands beside its id: the log must be readable when the account is gone.
    `more` is evidence, url or a person's words; what is empty is left out.
    """
    detail: dict[str, Any] = {
        "channel": delivery.account_id,
        "channel_name": channel_name,
        "alert": delivery.alert_id,
    }
    detail |= {name: value for name, value in more.items() if value}
    unit.log.append(
        f"delivery.{what}",
        actor=actor,
        subject=f"delivery {delivery.id}",
        detail=detail,
        weighty=weighty,
    )
