"""Briefing: the hand-over brief in one action, and the incoming officer's signature under it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from crisisdesk.model.approval import RequestState
from crisisdesk.model.brief import Brief, Offered
from crisisdesk.model.errors import Refused
from crisisdesk.model.mention import Mention
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator
from crisisdesk.model.plan import UNDONE, PlanKind
from crisisdesk.model.standing import Standing
from crisisdesk.rules.briefing import (
    HOW_NOT_OUT,
    Known,
    NotOut,
    brief_of,
    digest,
    signed_bytes,
    text_of,
)
from crisisdesk.store.chains import followed
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.keys import person_key

LOOKED_AT = 2_000
"""How many of the newest mentions of a lane, and entries of the log, are looked through."""


MESSAGES = 50
"""How many of the newest messages are looked at for channels where they are not."""


class Briefing:
    """Gathers and logs; `board` is what the public can see now, the worst first."""

    def __init__(
        self,
        database: Database,
        board: Callable[[], list[Standing]],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._board = board
        self._now = now

    def brief(self, by: Operator, added: Mapping[str, str], incident_id: str = "") -> Brief:
        """The brief as it stands now, with what the officer added to its letters."""
        standing = self._board()
        with self._database.read() as unit:
            return brief_of(self._known(unit, standing, by, incident_id), by.name, added)

    def _known(self, unit: Unit, standing: list[Standing], by: Operator, incident_id: str) -> Known:
        said_ms, now = unit.alerts.last_broadcast_ms(), self._now()
        plans = unit.plans.find(tuple(PlanKind), UNDONE)
        planned = {each.alert_id for each in plans}
        return Known(
            now=now,
            incident=unit.incidents.get(incident_id) if incident_id else None,
            standing=standing,
            needs=_open(unit, "need"),
            rumours=_open(unit, "rumour"),
            questions=unit.mentions.counts()["question"][1],
            media=_open(unit, "media"),
            plans=[(each, _headline(unit, each.alert_id)) for each in plans],
            approvers=[
                (each, len(unit.approvals.codes(each.id)))
                for each in unit.operators.all()
                if each.role.may_approve and each.id != by.id
            ],
            entries=unit.log.read_newest(LOOKED_AT)[::-1],
            stopped_by=unit.alerts.stopped_by(),
            last_said=datetime.fromtimestamp(said_ms / 1000, UTC) if said_ms else None,
            not_out=list(_not_out(unit, now)),
            waiting=[
                (alert.headline, request.state is RequestState.APPROVED)
                for request, alert in unit.approvals.queue(to_ms(now))
                if alert.id not in planned
            ],
        )

    def offer(self, brief: Brief, by: Operator, incident_id: str = "") -> Offered:
        """Log the brief: from now on it is what the incoming officer is asked to sign."""
        if not by.role.may_record:
            raise Refused(
                f"A {by.role} does not hand the desk over.", "Ask the officer on duty to do it."
            )
        text = text_of(brief)
        hashed = digest(text)
        detail = {"words": text, "brief": hashed, "from": by.name}
        subject = f"incident {incident_id}" if incident_id else ""

        def write(unit: Unit) -> int:
            return unit.log.append(
                "handover.offered", actor=by.name, subject=subject, detail=detail, weighty=True
            )

        return Offered(self._database.write(write), text, hashed)

    def sign(self, offered: Offered, giver: Operator, taker: Operator, passphrase: str) -> Operator:
        """The incoming officer signs for the brief; returns them as they are now.

        Raises Refused when the passphrase is wrong, or somebody would hand over to themselves.
        """
        if taker.id == giver.id:
            raise Refused("Nobody hands over to themselves.", "Choose the officer who takes over.")
        with self._database.read() as unit:
            person = unit.operators.get(taker.id)
            sealed = unit.operators.sealed_key(taker.id)
        if person is None or not sealed:
            raise Refused(
                f"{taker.name} has no key yet.",
                "Have them sign in once at this desk; then they can sign for the hand-over.",
            )
        signature = person_key(sealed, passphrase).sign(
            signed_bytes(offered.sha256, giver.name, person.id)
        )
        detail = {
            "brief": offered.sha256,
            "entry": offered.seq,
            "from": giver.name,
            "to": person.name,
            "operator": person.id,
            "key": person.public_key,
            "signature": signature.hex(),
        }
        self._database.write(
            lambda unit: unit.log.append(
                "handover.signed",
                actor=person.name,
                subject=f"operator {person.id}",
                detail=detail,
                weighty=True,
            )
        )
        return person


def _open(unit: Unit, lane: str) -> list[Mention]:
    """The open ones of a lane, those that have waited longest first."""
    newest = unit.mentions.page(lane, limit=LOOKED_AT)
    return [each for each in reversed(newest) if not each.handled_by and not each.repeats]


def _not_out(unit: Unit, now: datetime) -> Iterator[NotOut]:
    """What was to be in public by now and is not, unless it is over or something followed it."""
    names = {each.id: each.name for each in unit.accounts.all()}
    for alert, deliveries in unit.alerts.said(MESSAGES):
        places = [
            (names.get(each.account_id, "a removed channel"), each)
            for each in deliveries
            if each.state in HOW_NOT_OUT
        ]
        over = alert.expires_at <= now or unit.alerts.is_retracted(alert.id)
        if places and not over and not followed(unit, alert):
            yield alert, places


def _headline(unit: Unit, alert_id: str) -> str:
    alert = unit.alerts.get(alert_id)
    return alert.headline if alert else ""
