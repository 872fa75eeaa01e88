"""The one form in which the log tells of deliveries and of plans."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from crisisdesk.model.delivery import Delivery
from crisisdesk.model.moment import iso
from crisisdesk.model.plan import Plan, PlanKind, PlanState
from crisisdesk.store.unit import Unit


def note_delivery(
    unit: Unit, delivery: Delivery, what: str, actor: str, channel_name: str, **more: str
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
        f"delivery.{what}", actor=actor, subject=f"delivery {delivery.id}", detail=detail
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
