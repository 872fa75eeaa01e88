"""The one form in which the log tells of deliveries and of plans."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from crisisdesk.model.delivery import Delivery, DeliveryState, Outcome
from crisisdesk.model.errors import Refused
from crisisdesk.model.moment import iso
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.rules.handing import handed_to
from crisisdesk.store.unit import Unit


def existing(unit: Unit, delivery_id: str) -> Delivery:
    """A delivery by its id. Raises Refused when there is none."""
    delivery = unit.alerts.delivery(delivery_id)
    if delivery is None:
        raise Refused(
            "There is no such delivery.", "Look again how it stands now.", "Nothing was changed."
        )
    return delivery


def refuse_unless(delivery: Delivery, *states: DeliveryState) -> None:
    """Raise Refused unless the delivery is in one of the states: somebody else was quicker."""
    if delivery.state not in states:
        raise Refused(
            f"This delivery is {delivery.state} already.",
            "Look again how it stands now.",
            "Nothing was changed.",
        )


def refuse_when_handed(delivery: Delivery) -> None:
    """Raise Refused while somebody has it in hand: it would come out twice."""
    if name := handed_to(delivery.evidence):
        raise Refused(
            f"{name} has this in hand to post it.",
            "Ask them, and note what they report first.",
            "Nothing was changed.",
        )


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


def move_delivery(
    unit: Unit,
    delivery: Delivery,
    state: DeliveryState,
    actor: str,
    channel_name: str,
    now_ms: int,
    outcome: Outcome | None = None,
    words: str = "",
) -> None:
    """A new state and its log entry, in the caller's transaction. Raises Refused if illegal."""
    unit.alerts.move(delivery.id, state, now_ms, outcome)
    note_delivery(
        unit,
        delivery,
        state.value,
        actor,
        channel_name,
        evidence=outcome.evidence if outcome else "",
        url=outcome.url if outcome else "",
        words=words,
    )


def note_plan(
    unit: Unit, plan: Plan, what: str, actor: str, words: str, *, weighty: bool = False
) -> None:
    """Log that something happened to a plan, as in "plan.held" or "promise.missed"."""
    about = "promise" if plan.kind is PlanKind.PROMISE else "plan"
    detail = {"kind": plan.kind.value, "alert": plan.alert_id, "due": iso(plan.due_at)}
    if plan.every_minutes:
        detail["every_minutes"] = str(plan.every_minutes)
    unit.log.append(
        f"{about}.{what}",
        actor=actor,
        subject=f"plan {plan.id}",
        detail=detail | {"words": words},
        weighty=weighty,
    )


def move_plan(
    unit: Unit,
    plan: Plan,
    state: PlanState,
    now: datetime,
    actor: str,
    words: str,
    what: str = "",
    due: datetime | None = None,
    *,
    weighty: bool = False,
) -> bool:
    """Move a plan and log it, `what` instead of the state's name; False if another was quicker."""
    if not unit.plans.move(plan, state, now, words, due):
        return False
    moved = replace(plan, due_at=due or plan.due_at)
    note_plan(unit, moved, what or state.value, actor, words, weighty=weighty)
    return True
