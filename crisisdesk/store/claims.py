"""Taking an alert for sending: the checks that come before the first byte, and the intent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.approval import Approval
from crisisdesk.model.chance import Chance
from crisisdesk.model.delivery import Delivery, DeliveryState
from crisisdesk.model.errors import NothingSent, Refused, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.rules.approving import covering
from crisisdesk.rules.composing import content_hash
from crisisdesk.rules.references import delivery_key
from crisisdesk.store import schema
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit

M = TypeVar("M")
NEWEST = 50
"""How many alerts are looked through for the newest one in force."""


def fit_alert(unit: Unit, alert_id: str, mode: Mode, latest: datetime) -> Alert:
    """The alert, if it may go out now by mode, expiry and frozen bytes. Raises Refused.

    `latest` is the latest moment it can possibly be: a clock set back revives nothing.
    """
    alert = unit.alerts.get(alert_id)
    if alert is None:
        raise NothingSent("There is no such alert.", "Write it anew.")
    if alert.mode is not mode:
        raise NothingSent(
            f"This alert is for {alert.mode}, this desk is {mode}.",
            "Stop, and find out how it came here.",
        )
    if alert.expires_at <= latest:
        raise NothingSent("This alert has expired.", "Write a new one.")
    if unit.alerts.is_retracted(alert_id) or unit.alerts.is_retracted(alert.repeats):
        raise NothingSent("This alert was retracted.", "Write a new one.")
    if content_hash(alert) != alert.content_hash:
        raise NothingSent(
            "The text is not the one that was composed.",
            "Write it anew, and have the log verified.",
        )
    return alert


def refuse_when_stopped(unit: Unit) -> None:
    """Raise Refused while somebody has stopped all sending."""
    if by := unit.alerts.stopped_by():
        raise NothingSent(f"Everything is stopped, by {by}.", "Let the desk go on first.")


def agreement(unit: Unit, alert: Alert) -> Approval | None:
    """The approval an alert goes out by; None when it needs none. Raises Refused without one."""
    if not alert.second_person:
        return None
    found = approval_of(unit, alert)
    if found is None:
        raise NothingSent(
            "Nobody has approved these words yet.", "Ask a second person, or break the glass."
        )
    return found


def approval_of(unit: Unit, alert: Alert) -> Approval | None:
    """By which approval an alert may go out; None while by none."""
    chain = unit.alerts.chain(alert.references)
    return covering(alert, unit.approvals.of_incident(alert.incident_id), chain)


def refuse_departed(unit: Unit, operator: Operator) -> None:
    """Raise Refused when somebody has left, or may no longer send, since they signed in."""
    now = unit.operators.as_now(operator.id)
    if now is not None and not now.role.may_broadcast:
        raise NothingSent(f"{operator.name} may not send any more.", "Have somebody else sign in.")


def kept(
    database: Database,
    about: str,
    token: str,
    take: Callable[[Unit], M],
    again: Callable[[Unit], M],
) -> M:
    """What `take` made of `about`; read `again` if only the database's answer was lost, as nobody
    else would send it. Raises what was raised when nothing was kept, so that nobody believes a
    warning is going out that is not."""

    def marked(unit: Unit) -> M:
        made = take(unit)
        if made is not None:  # else another was quicker
            unit.alerts.mark(about, token)
        return made

    try:
        return database.write(marked)
    except StoreError:
        with database.read() as unit:
            if unit.alerts.is_marked(about, token):
                return again(unit)
        raise


def never_sent(unit: Unit, about: str, token: str) -> list[Delivery]:
    """What was taken with this token and is not sent by anybody, as nobody heard that it was kept.

    To be asked by who took it, once `kept` has raised. Empty where nothing was kept.
    """
    if not unit.alerts.is_marked(about, token):
        return []
    one = unit.alerts.delivery(about)
    taken = [one] if one else unit.alerts.deliveries(about)
    return [each for each in taken if each.state is DeliveryState.SENDING]


def claim(
    unit: Unit,
    alert: Alert,
    now: datetime,
    actor: str,
    state_of: Callable[[Rendered], tuple[DeliveryState, str]],
    chance: Chance,
    action: str = "broadcast.started",
    **detail: str,
) -> None:
    """Take an alert, once for ever, and write down the intent for each of its channels.

    `state_of` gives each delivery its first state and the evidence for it. Durable before the
    first byte: a crash from here on makes what was being sent unknown.
    """
    approval = agreement(unit, alert)
    if not unit.alerts.claim(alert.id, to_ms(now)):
        raise Refused(
            "This alert was broadcast already.",
            "Look on the right how it went.",
            "Nothing was sent twice.",
        )
    for part in alert.rendered:
        key = delivery_key(part.kind, int(now.timestamp() * 1_000_000), chance.bits(48))
        state, evidence = state_of(part)
        unit.alerts.prepare(chance.id(), alert.id, part, key, to_ms(now), state, evidence=evidence)
    unit.log.append(
        action,
        actor=actor,
        subject=f"alert {alert.id}",
        detail=_intent(alert, approval) | detail,
        weighty=True,
    )


def _intent(alert: Alert, approval: Approval | None) -> dict[str, Any]:
    return {
        "headline": alert.headline,
        "marker": alert.marker,
        "template": alert.template_id,
        "step": alert.step.value,
        "content": alert.content_hash,
        "channels": sorted({each.account_id for each in alert.rendered}),
        "approved_by": approval.operator_name if approval else "",
        "approved_how": approval.way.value if approval else "not needed",
    }


def newest_in_force(unit: Unit, latest: datetime) -> str:
    """The id of the newest alert that is out or may go out now; "" when there is none.

    Not one that still waits for its second person: a pack of it could be posted unapproved.
    """
    alert = schema.alert
    query = (
        select(alert.c.id, alert.c.broadcast_at)
        .where(alert.c.expires_at > to_ms(latest))
        .order_by(alert.c.created_at.desc())
        .limit(NEWEST)
    )
    for row in unit.connection.execute(query).all():
        found = unit.alerts.get(row.id)
        if found is None or unit.alerts.is_retracted(row.id):
            continue
        if row.broadcast_at is not None or not found.second_person or approval_of(unit, found):
            return str(row.id)
    return ""
