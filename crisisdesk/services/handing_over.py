"""Handing over: when networks are blocked, people post by hand, and the desk keeps out of the way.

Reading, copying and writing files need no log, so they go on when the log cannot be written. The
hand-over itself is a change of state: it is logged, or it does not happen.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.chance import Chance
from crisisdesk.model.delivery import (
    PUBLISHED,
    Delivery,
    DeliveryState,
    Outcome,
    Verdict,
    may_move,
)
from crisisdesk.model.errors import BadInput, Refused, StoreError
from crisisdesk.model.events import DeliveryChanged
from crisisdesk.model.mode import Mode
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.rules.handing import (
    LONGEST_NAME,
    WAYS,
    HandOver,
    before,
    handed,
    handed_to,
    refuse_unless_free,
)
from crisisdesk.rules.pack_papers import files, folder_name
from crisisdesk.rules.packing import Known, Pack, pack_of
from crisisdesk.store import claims, pack_folder
from crisisdesk.store.database import Database
from crisisdesk.store.journal import note_delivery
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.chance import SYSTEM_CHANCE

QUIET = timedelta(minutes=2)
"""Longer than the longest pause between two repeats that the desk makes by itself."""

_S = DeliveryState
_LEFT_BEHIND = "Not handed over and not sent: held at the desk."
_OLD_NEWS = "The database cannot be read: look at each channel yourself before anybody posts."


class HandingOver:
    """The dispatch pack, the log of who took it, and what they report back."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        mode: Mode,
        now: Callable[[], datetime],
        latest: Callable[[], datetime] | None = None,
        chance: Chance = SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._channels = channels
        self._bus = bus
        self._mode = mode
        self._now = now
        self._latest = latest or now
        self._chance = chance

    def newest(self) -> str:
        """The id of the newest alert in force, broadcast or not; "" when there is none."""
        with self._database.read() as unit:
            return claims.newest_in_force(unit, self._latest())

    def newest_pack(self) -> Pack:
        """The pack of the newest alert in force. Raises Refused when there is none."""
        alert_id = self.newest()
        if not alert_id:
            raise Refused("No alert is in force that could be posted.", "Write one first.")
        return self.pack(alert_id)

    def pack(self, alert_id: str) -> Pack:
        """All that people need to post an alert by hand, as it stands now.

        Raises Refused when there is no such alert.
        """
        with self._database.read() as unit:
            alert = unit.alerts.get(alert_id)
            if alert is None:
                raise Refused("There is no such alert.", "Choose one of those on the right.")
            known = Known(
                deliveries=unit.alerts.deliveries(alert_id),
                accounts=self._channels.accounts(),
                limits=unit.accounts.limits(),
                earlier=_earlier(unit, alert),
            )
        return pack_of(alert, known, self._local())

    def remembered(self, alert: Alert, deliveries: Sequence[Delivery]) -> Pack:
        """The same from what is in memory, for when the database cannot be read."""
        known = Known(deliveries, self._channels.accounts(), warnings=(_OLD_NEWS,))
        return pack_of(alert, known, self._local())

    def write(self, alert_id: str, folder: Path) -> list[Path]:
        """Write the pack's files into a new folder inside `folder`. Raises BadInput."""
        return self.write_pack(self.pack(alert_id), folder)

    def write_pack(self, pack: Pack, folder: Path) -> list[Path]:
        """The same for a pack that is at hand; touches neither database nor log."""
        return pack_folder.write_folder(folder, folder_name(pack), files(pack))

    def write_file(self, file: Path, content: bytes) -> Path:
        """Write one paper, such as the sheet as PDF. Raises BadInput."""
        pack_folder.write_file(file, content)
        return file

    def hand_over(
        self,
        alert_id: str,
        account_ids: Sequence[str],
        to_name: str,
        how: str,
        operator: Operator,
        *,
        although_unknown: bool = False,
        reason: str = "",
    ) -> list[Delivery]:
        """Log that somebody posts these channels by hand; the desk sends them no more.

        All or nothing. An alert that was not broadcast is claimed, and all its channels are held.
        Raises Refused where it is out, on its way, expired or unapproved, and BadInput.
        """
        _refuse_role(operator, "hand messages over")
        if although_unknown and not reason.strip():
            raise BadInput("The reason is empty.", "Say why it is posted although it may be out.")
        name = " ".join(to_name.split())
        if not name or len(name) > LONGEST_NAME or how not in WAYS:
            raise BadInput(
                "Nobody is named, or no way.",
                "Say who takes it, and how.",
                "Nothing was handed over: the desk still sends it.",
            )
        why = reason.strip() if although_unknown else ""
        task = HandOver(tuple(dict.fromkeys(account_ids)), name, how, why)
        try:
            changed = self._database.write(lambda u: self._hand(u, alert_id, task, operator))
        except StoreError as error:
            raise _explained(error) from error
        self._tell(changed)
        return changed

    def posted(self, delivery_id: str, operator: Operator, words: str, url: str = "") -> None:
        """The person who took it reports that it is out. `url` is where it stands, if known."""
        _refuse_role(operator, "report this")
        words, url = words.strip(), url.strip()
        if not words and not url:
            raise BadInput("Nothing is said.", "Say who saw it and where, or give its address.")
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise BadInput(f"{url!r} is no web address.", "Write it from https:// on.")

        def change(unit: Unit) -> Delivery:
            delivery = _taken(unit, delivery_id)
            evidence = f"Posted by hand by {handed_to(delivery.evidence)}, says {operator.name}"
            evidence += f": {words}" if words else f": {url}"
            if may_move(delivery.state, _S.CONFIRMED):
                outcome = Outcome(Verdict.CONFIRMED, evidence, url=url)
                unit.alerts.move(delivery.id, _S.CONFIRMED, self._ms(), outcome)
                self._note(unit, delivery, _S.CONFIRMED.value, operator, evidence, url)
            else:  # found out there meanwhile: now it stands twice, and both are told
                evidence += f". It may stand there twice: {before(delivery.evidence)}"
                unit.alerts.add_evidence(delivery.id, evidence, self._ms())
                self._note(unit, delivery, "posted_by_hand", operator, evidence, url)
            return _now(unit, delivery)

        self._tell([self._database.write(change)])

    def not_posted(self, delivery_id: str, operator: Operator, words: str) -> None:
        """The person who took it could not post it. The desk may send it, or another person."""
        _refuse_role(operator, "report this")
        if not words.strip():
            raise BadInput("Nothing is said.", "Say why it was not posted.")

        def change(unit: Unit) -> Delivery:
            delivery = _taken(unit, delivery_id)
            name, earlier = handed_to(delivery.evidence), before(delivery.evidence)
            evidence = f"{name} did not post it, says {operator.name}: {words.strip()}. {earlier}"
            unit.alerts.add_evidence(delivery.id, evidence.strip(), self._ms())
            self._note(unit, delivery, "not_posted", operator, evidence.strip())
            return _now(unit, delivery)

        self._tell([self._database.write(change)])

    def _hand(
        self, unit: Unit, alert_id: str, task: HandOver, operator: Operator
    ) -> list[Delivery]:
        now = self._now()
        claims.refuse_departed(unit, operator)
        alert = claims.fit_alert(unit, alert_id, self._mode, self._latest())
        deliveries = unit.alerts.deliveries(alert_id)
        claimed = not deliveries
        if claimed:
            held = partial(_held, _LEFT_BEHIND)
            what = "alert.claimed_by_hand"
            claims.claim(unit, alert, now, operator.name, held, self._chance, what)
            deliveries = unit.alerts.deliveries(alert_id)
        chosen = [each for each in deliveries if each.account_id in task.account_ids]
        if not chosen or {each.account_id for each in chosen} != set(task.account_ids):
            raise BadInput(
                "This alert does not go to these channels.",
                "Choose among the channels it was written for.",
            )
        for each in chosen:
            name = self._channels.name_of(each.account_id)
            kind = next(p.kind for p in alert.rendered if p.account_id == each.account_id)
            refuse_unless_free(each, kind, name, task.reason, self._still_trying(each))
        self._log_hand_over(unit, alert, chosen, task, operator, claimed=claimed)
        for each in deliveries:
            if each in chosen:
                self._take(unit, each, task, operator)
            elif claimed:
                self._note(unit, each, _S.HELD.value, operator, _LEFT_BEHIND)
        return [_now(unit, each) for each in (deliveries if claimed else chosen)]

    def _still_trying(self, delivery: Delivery) -> bool:
        """Whether the desk may yet send something of unknown outcome again by itself."""
        recent = self._now() - delivery.changed_at < QUIET
        return recent and self._channels.repeatable(delivery.account_id)

    def _log_hand_over(
        self,
        unit: Unit,
        alert: Alert,
        chosen: list[Delivery],
        task: HandOver,
        operator: Operator,
        *,
        claimed: bool,
    ) -> None:
        detail: dict[str, object] = {
            "to": task.to_name,
            "how": task.how,
            "headline": alert.headline,
            "marker": alert.marker,
            "content": alert.content_hash,
            "before_broadcast": claimed,
            "channels": [
                [each.account_id, self._channels.name_of(each.account_id), each.language]
                for each in chosen
            ],
        }
        if task.reason:
            detail["although_unknown"] = task.reason
        unit.log.append(
            "alert.handed_over",
            actor=operator.name,
            subject=f"alert {alert.id}",
            detail=detail,
            weighty=True,
        )

    def _take(self, unit: Unit, delivery: Delivery, task: HandOver, operator: Operator) -> None:
        """Hold what the desk would send; a refusal or a doubt stays what it is."""
        stays = not may_move(delivery.state, _S.HELD)
        earlier = delivery.evidence if stays and delivery.state is not _S.HELD else ""
        evidence = handed(task.to_name, f"{self._local():%H:%M}", earlier)
        if stays:
            unit.alerts.add_evidence(delivery.id, evidence, self._ms())
        else:
            outcome = Outcome(Verdict.NOT_SENT, evidence)
            unit.alerts.move(delivery.id, _S.HELD, self._ms(), outcome)
        held = not stays or delivery.state is _S.HELD
        self._note(unit, delivery, _S.HELD.value if held else "handed_over", operator, evidence)

    def _note(
        self,
        unit: Unit,
        delivery: Delivery,
        what: str,
        operator: Operator,
        evidence: str,
        url: str = "",
    ) -> None:
        name = self._channels.name_of(delivery.account_id)
        note_delivery(unit, delivery, what, operator.name, name, evidence=evidence, url=url)

    def _tell(self, deliveries: list[Delivery]) -> None:
        """An unknown that stays unknown must not start its looks anew."""
        for each in deliveries:
            if each.state is not _S.UNKNOWN:
                self._bus.publish(
                    DeliveryChanged(each.id, each.alert_id, each.account_id, each.state)
                )

    def _local(self) -> datetime:
        return self._now().astimezone()

    def _ms(self) -> int:
        return to_ms(self._now())


def _refuse_role(operator: Operator, verb: str) -> None:
    if not operator.role.may_broadcast:
        raise Refused(
            f"A {operator.role} may not {verb}.", "Ask a sender to sign in.", "Nothing was changed."
        )


def _taken(unit: Unit, delivery_id: str) -> Delivery:
    """A delivery that somebody has in hand."""
    delivery = unit.alerts.delivery(delivery_id)
    if delivery is None:
        raise Refused("There is no such delivery.", "Close this window and open it again.")
    if not handed_to(delivery.evidence):
        raise Refused("Nobody has this channel in hand.", "Look again who takes which channel.")
    return delivery


def _held(why: str, _part: Rendered) -> tuple[DeliveryState, str]:
    return _S.HELD, why


def _now(unit: Unit, delivery: Delivery) -> Delivery:
    found = unit.alerts.delivery(delivery.id)
    return found or delivery


def _earlier(unit: Unit, alert: Alert) -> dict[tuple[str, str], str]:
    """Where the newest message before this one stands, for each channel and language."""
    found: dict[tuple[str, str], str] = {}
    for alert_id in unit.alerts.chain(alert.references):
        for each in unit.alerts.deliveries(alert_id):
            if each.state in PUBLISHED and each.url:
                found.setdefault((each.account_id, each.language), each.url)
    return found


def _explained(error: StoreError) -> StoreError | Refused:
    """The database's own guard speaks in short words."""
    if "not approved" in error.problem:
        return Refused(
            "This alert is not approved, or has expired.",
            "Ask a second person to approve it.",
            "It must not be posted.",
        )
    return error
