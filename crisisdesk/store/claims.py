"""Taking an alert over, once and for all: whether it is fit to go out, and its deliveries."""

import secrets
import uuid
from datetime import datetime

from sqlalchemy import exists, or_, select

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.errors import Refused
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import to_ms
from crisisdesk.rules.composing import content_hash
from crisisdesk.rules.references import delivery_key
from crisisdesk.store.schema import alert as alert_table
from crisisdesk.store.schema import approval
from crisisdesk.store.unit import Unit


def fit(unit: Unit, alert_id: str, mode: Mode, now: datetime) -> Alert:
    """The alert, if it may go out now. Raises Refused saying why it may not."""
    alert = unit.alerts.get(alert_id)
    if alert is None:
        raise Refused("There is no such alert.", "Compose it again.")
    if alert.mode is not mode:
        raise Refused(f"This alert is for {alert.mode}, this desk is {mode}.", "Stop.")
    if alert.expires_at <= now:
        raise Refused("This alert has expired.", "Compose a new one.")
    if content_hash(alert.rendered, alert.mode, alert.step, alert.marker) != alert.content_hash:
        raise Refused("The text is not the one that was composed.", "Compose it again.")
    return alert


def claim(unit: Unit, alert: Alert, now: datetime, state: DeliveryState) -> list[Delivery]:
    """Take a fit alert and write down a delivery for each of its texts, all in `state`.

    Raises Refused when somebody took it before. The database refuses an unapproved one.
    """
    if not unit.alerts.claim(alert.id, to_ms(now)):
        raise Refused("This alert was broadcast already.", "Nothing was sent twice.")
    for part in alert.rendered:
        key = delivery_key(part.kind, int(now.timestamp() * 1_000_000), secrets.randbits(48))
        unit.alerts.prepare(str(uuid.uuid4()), alert.id, part, key, to_ms(now), state)
    return unit.alerts.deliveries(alert.id)


def newest_in_force(unit: Unit, now: datetime) -> str:
    """The id of the newest alert that is out or may go out now; "" when there is none.

    Not one that still waits for its second person: a pack of it could be posted unapproved.
    """
    approved = exists().where(approval.c.alert_id == alert_table.c.id)
    query = (
        select(alert_table.c.id)
        .where(
            alert_table.c.expires_at > to_ms(now),
            or_(
                alert_table.c.broadcast_at.is_not(None),
                alert_table.c.second_person == 0,
                approved,
            ),
        )
        .order_by(alert_table.c.created_at.desc())
        .limit(1)
    )
    return unit.connection.scalar(query) or ""
