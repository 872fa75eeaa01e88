"""What a child does until it is killed, and how the next one puts everything in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import Refused
from crisisdesk.model.template import Step
from tests.rigs.desk import RigDesk, opened, unpacked
from tests.rigs.points import Points, label
from tests.rigs.zygote import Link
from tests.town import SENDER

STORY = (Step.ALERT, Step.CANCEL)


def tell(
    link: Link, home: str, accounts: list[dict[str, Any]], at: str = "", rounds: int = 1
) -> None:
    """Alert, then correction, for so many rounds; dies at the point called `at`."""
    points = Points(at)
    label(points)
    with opened(Path(home), unpacked(accounts)) as desk:
        link.tell(opened=True)
        desk.following_up.recover()
        for _ in range(rounds):
            follows = ""
            for step in STORY:
                points.step = step.value
                follows = _say(link, desk, step, follows)
        points.step = ""
    link.tell(points=list(points.reached))


def _say(link: Link, desk: RigDesk, step: Step, follows: str) -> str:
    alert = desk.compose(step, follows)
    link.tell(composed=alert.id)
    desk.approve(alert)
    link.tell(approved=alert.id)
    desk.dispatch.broadcast(alert.id, SENDER)
    link.tell(claimed=alert.id)
    desk.workers.wait_until_quiet()
    return alert.id


def settle(link: Link, home: str, accounts: list[dict[str, Any]], careless: bool = False) -> None:
    """Start after a crash, look for what is unknown, and let a person finish what is open.

    Tells `recovered`, `looked` and `settled`, and waits to be heard after each. A `careless` desk
    sends once more what it was sending: it shows that the rig would notice.
    """
    with opened(Path(home), unpacked(accounts)) as desk:
        before = desk.states(DeliveryState.SENDING)
        draft = desk.draft_at_start()
        if careless:
            _send_once_more(desk)
        found = desk.following_up.recover()
        link.tell(
            recovered={
                "were_sending": len(before),
                "found": found,
                "states": desk.states(),
                "draft": draft,
            }
        )
        link.hear()
        desk.run_planned()
        link.tell(looked={"states": desk.states(), "again": _broadcast_again(desk)})
        link.hear()
        _send_unknown_again(desk)
        _broadcast_what_is_left(desk)
        desk.run_planned()
        link.tell(settled={"states": desk.states()})
        link.hear()


def _send_once_more(desk: RigDesk) -> None:
    with desk.database.read() as unit:
        sending = unit.alerts.in_state(DeliveryState.SENDING)
    for delivery in sending:
        channel, _ = desk.channels.get(delivery.account_id)
        channel.send(desk.dispatch.message_of(delivery))


def _broadcast_again(desk: RigDesk) -> dict[str, str]:
    """What the desk says to those who press Send once more on what was claimed already."""
    said = {}
    with desk.database.read() as unit:
        claimed = [each.id for each in unit.alerts.recent(1000)]
    for alert_id in claimed:
        try:
            desk.dispatch.broadcast(alert_id, SENDER)
        except Refused as refused:
            said[alert_id] = str(refused)
        else:
            said[alert_id] = ""
    return said


def _send_unknown_again(desk: RigDesk) -> None:
    """A person presses "send again" where a key makes that harmless; a mail nobody repeats."""
    with desk.database.read() as unit:
        unknown = unit.alerts.in_state(DeliveryState.UNKNOWN)
    for delivery in unknown:
        if delivery.account_id != "mail":
            desk.dispatch.send_again(delivery.id, SENDER, "the rig says so").result()


def _broadcast_what_is_left(desk: RigDesk) -> None:
    """What was composed and never claimed is still there and can go out."""
    with desk.database.read() as unit:
        claimed = {each.id for each in unit.alerts.recent(1000)}
        left = [
            row.id
            for row in unit.connection.exec_driver_sql("SELECT id FROM alert")
            if row.id not in claimed
        ]
    for alert_id in left:
        alert = desk.composing.alert(alert_id)
        assert alert is not None
        desk.approve(alert)
        desk.dispatch.broadcast(alert_id, SENDER)
