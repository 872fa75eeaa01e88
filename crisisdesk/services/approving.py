"""Approving: a second person agrees to exact bytes. By their own key, by telephone, or, when
nobody can be reached, by breaking the glass where everybody sees it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Approval, CodeList, Notice, Request, RequestState, Way
from crisisdesk.model.audit import Signer
from crisisdesk.model.chance import Chance
from crisisdesk.model.errors import BadInput, NothingSent, Refused, StillWaiting
from crisisdesk.model.events import ApprovalChanged
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator, Role
from crisisdesk.rules import approving as rules
from crisisdesk.rules.references import REFERENCE_ALPHABET
from crisisdesk.store.claims import approval_of, refuse_departed
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.keys import person_key
from crisisdesk.system.passphrases import WAITS, code_matches, hash_code

CODE_LENGTH = 6
WRONG_CODES = 5
"""Wrong codes for one request before it must be decided in another way."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One entry of the approval queue, with the code that belongs to exactly these bytes."""

    request: Request
    alert: Alert
    code: str

    @property
    def approved(self) -> bool:
        """Whether it may be broadcast."""
        return self.request.state is RequestState.APPROVED


class Approving:
    """The approval queue. Every step is in the log, and refused by the database too."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        now: Callable[[], datetime],
        *,
        break_glass_allowed: bool = True,
        chance: Chance = SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._bus = bus
        self._now = now
        self._chance = chance
        self.break_glass_allowed = break_glass_allowed
        self._failed: dict[str, tuple[int, datetime]] = {}

    def ask(self, alert_id: str, operator: Operator) -> Request:
        """Put a composed alert into the queue. Raises Refused when there is nothing to ask."""
        if not operator.role.may_compose:
            raise NothingSent(f"A {operator.role} may not ask for approval.", "Ask a sender.")

        def put(unit: Unit) -> Request:
            alert = unit.alerts.get(alert_id)
            if alert is None or unit.approvals.request_for(alert_id):
                raise Refused("This was asked already, or is gone.", "Look at what waits.")
            nonce = self._chance.token()
            hashed = rules.statement_hash(alert, nonce)
            made = Request(self._chance.id(), alert_id, hashed, nonce, operator.name, self._now())
            unit.approvals.ask(made)
            self._log(unit, "approval.asked", made, operator.name, headline=alert.headline)
            return made

        return self._told(self._database.write(put))

    def queue(self) -> list[Waiting]:
        """What waits for a second person, or is approved and not yet sent; oldest first."""
        with self._database.read() as unit:
            found = unit.approvals.queue(to_ms(self._now()))
        return [
            Waiting(request, alert, rules.check_code(request.statement_hash))
            for request, alert in found
        ]

    def covered(self, alert: Alert) -> bool:
        """Whether an alert may go out by what was approved so far, its own or ahead of it."""
        if not alert.second_person:
            return True
        with self._database.read() as unit:
            return approval_of(unit, alert) is not None

    def authenticate(self, approver_id: str, passphrase: str) -> Operator:
        """The approver whose passphrase this is. Raises Refused when it is not."""
        return self._unlocked(approver_id, passphrase)[0]

    def _unlocked(self, approver_id: str, passphrase: str) -> tuple[Operator, Signer]:
        with self._database.read() as unit:
            approver = _person(unit, approver_id)
            sealed = unit.operators.sealed_key(approver_id)
        if not sealed:
            raise StillWaiting(f"{approver.name} has no key yet.", "Have them sign in once.")
        self._refuse_haste(approver_id)
        try:
            signer = person_key(sealed, passphrase)
        except Refused:
            self._note_wrong(approver)
            raise
        self._failed.pop(approver_id, None)
        return approver, signer

    def _refuse_haste(self, approver_id: str) -> None:
        """After wrong passphrases each further try waits longer; nobody is ever locked out."""
        number, last = self._failed.get(approver_id, (0, self._now()))
        waited = (self._now() - last).total_seconds()
        pause = WAITS[min(number, len(WAITS) - 1)] - waited
        if number and 0 < pause <= WAITS[-1]:
            to_do = f"Wait {math.ceil(pause)} seconds, then type it again."
            raise StillWaiting("The last passphrase was wrong.", to_do)

    def _note_wrong(self, approver: Operator) -> None:
        number = self._failed.get(approver.id, (0, self._now()))[0]
        self._failed[approver.id] = (number + 1, self._now())
        self._database.write(
            lambda unit: unit.log.append(
                "approval.refused",
                actor="desk",
                subject=f"operator {approver.id}",
                detail={"name": approver.name, "why": "a wrong passphrase"},
            )
        )

    def sign(self, request_id: str, approver_id: str, passphrase: str) -> None:
        """A second person signs with their own key. Raises Refused when they may not, or cannot."""
        approver, signer = self._unlocked(approver_id, passphrase)
        key = signer.public_key.hex()

        def give(unit: Unit) -> Request:
            request, alert = self._open(unit, request_id, approver)
            signed = rules.signed_bytes(request.statement_hash, approver.id)
            signature = signer.sign(signed).hex()
            made = self._made(request, alert, approver, Way.SIGNED, public_key=key)
            return self._give(unit, request, replace(made, signature=signature), approver.name)

        self._told(self._database.write(give))

    def line(self, request_id: str, approver_id: str) -> str:
        """Which line of an approver's printed list answers this request; "" when none is left."""
        with self._database.read() as unit:
            request = _waiting(unit, request_id)
            unused = frozenset(unit.approvals.codes(approver_id))
        return rules.line_for(rules.check_code(request.statement_hash), unused)

    def read_back(self, request_id: str, approver_id: str, typed: str, operator: Operator) -> None:
        """Somebody on the telephone agreed, and read the code of that line from their list.

        `operator` is who typed it in. Each code counts once; after five wrong ones another way is
        needed. Raises Refused.
        """
        if not operator.role.may_compose:
            raise StillWaiting(f"A {operator.role} may not do this.", "Ask a sender to sign in.")
        letter = self.line(request_id, approver_id)
        if not letter:
            raise StillWaiting("No line of their list fits.", "Choose another person or way.")
        with self._database.read() as unit:
            hashed = unit.approvals.codes(approver_id).get(letter, "")
            wrong = unit.approvals.wrong_codes(request_id)
        right = code_matches(hashed, rules.plain_code(typed))
        if wrong >= WRONG_CODES or not right:
            self._refuse_code(request_id, approver_id, operator)

        def give(unit: Unit) -> Request:
            approver = _person(unit, approver_id)
            request, alert = self._open(unit, request_id, approver)
            if not unit.approvals.use_code(approver_id, letter, to_ms(self._now())):
                raise Refused("This code was used already.", "Ask for the code of the next line.")
            reason = f"line {letter}, typed by {operator.name}"
            made = self._made(request, alert, approver, Way.READ_BACK, reason=reason)
            return self._give(unit, request, made, operator.name)

        self._told(self._database.write(give))

    def _refuse_code(self, request_id: str, approver_id: str, operator: Operator) -> None:
        def note(unit: Unit) -> int:
            request = _waiting(unit, request_id)
            person = _person(unit, approver_id).name
            self._log(unit, "approval.wrong_code", request, operator.name, of=person)
            return unit.approvals.count_wrong_code(request_id)

        wrong = self._database.write(note)
        if wrong >= WRONG_CODES:
            raise StillWaiting("Too many wrong codes for it.", "Choose another person or way.")
        raise Refused("The code is not the one of that line.", "Have it read out again, slowly.")

    def break_glass(self, request_id: str, operator: Operator, reason: str) -> None:
        """Nobody can be reached and it cannot wait: one person takes it upon themselves.

        Every approver is told, and has to say that they saw it. Raises Refused where the
        organisation does not allow it.
        """
        if not self.break_glass_allowed:
            raise StillWaiting("This organisation does not allow it.", "Telephone an approver.")
        if not operator.role.may_broadcast:
            raise StillWaiting(f"A {operator.role} may not break the glass.", "Ask a sender.")
        if len(reason.split()) < 3:
            raise BadInput("The reason is too short.", "Say why it cannot wait and whom you tried.")

        def give(unit: Unit) -> Request:
            refuse_departed(unit, operator)
            request, alert = self._open(unit, request_id, None)
            made = self._made(request, alert, operator, Way.BREAK_GLASS, reason=reason.strip())
            words = (
                f"{operator.name} broke the glass for “{alert.headline}”: no second person. "
                f"{reason.strip()}"
            )
            for each in unit.operators.all():
                if each.role.may_approve and each.id != operator.id:
                    notice = Notice(self._chance.id(), "break-glass", words, self._now())
                    unit.approvals.tell(notice, each.id)
            return self._give(unit, request, made, operator.name)

        self._told(self._database.write(give))

    def refuse(
        self, request_id: str, approver: Operator, reason: str, *, rejected: bool = False
    ) -> None:
        """Send a message back to be changed, or reject it for good. Either needs a reason."""
        if not approver.role.may_approve:
            raise StillWaiting(f"A {approver.role} may not decide this.", "Ask an approver.")
        if not reason.strip():
            raise BadInput("The reason is empty.", "Say what has to change.")
        state = RequestState.REJECTED if rejected else RequestState.RETURNED

        def change(unit: Unit) -> Request:
            request = _waiting(unit, request_id)
            now_ms = to_ms(self._now())
            unit.approvals.decide(request_id, state, approver.name, now_ms, reason.strip())
            self._log(unit, f"approval.{state}", request, approver.name, reason=reason.strip())
            alert = unit.alerts.get(request.alert_id)
            if alert and unit.operators.get(alert.author_id):
                words = f"{approver.name} {state} “{alert.headline}”: {reason.strip()}"
                notice = Notice(self._chance.id(), f"{state} {alert.id}", words, self._now())
                unit.approvals.tell(notice, alert.author_id)
            return request

        self._told(self._database.write(change))

    def withdraw(self, request_id: str, operator: Operator, reason: str) -> None:
        """Take a request back, approved or not: the words are changed or no longer needed."""
        if not operator.role.may_compose:
            raise StillWaiting(f"A {operator.role} may not do this.", "Ask a sender to sign in.")

        def change(unit: Unit) -> Request:
            request = unit.approvals.request(request_id)
            now_ms = to_ms(self._now())
            if request is None or not unit.approvals.withdraw(
                request_id, operator.name, now_ms, reason
            ):
                raise Refused("This was decided meanwhile.", "Look again at what waits.")
            self._log(unit, "approval.withdrawn", request, operator.name, reason=reason)
            return request

        self._told(self._database.write(change))

    def approvers(self, author_id: str = "") -> list[tuple[Operator, int]]:
        """Who may be the second person, each with how many printed codes they have left."""
        with self._database.read() as unit:
            return [
                (each, len(unit.approvals.codes(each.id)))
                for each in unit.operators.all()
                if each.role.may_approve and each.id != author_id
            ]

    def new_codes(self, approver_id: str, passphrase: str) -> CodeList:
        """A new list to print for an approver, who gives their passphrase. The old one is void."""
        approver = self.authenticate(approver_id, passphrase)
        codes = {letter: self._new_code() for letter in REFERENCE_ALPHABET}
        hashes = {letter: hash_code(code) for letter, code in codes.items()}

        def put(unit: Unit) -> None:
            unit.approvals.put_codes(approver_id, hashes, to_ms(self._now()))
            unit.log.append("codes.printed", actor=approver.name, subject=f"operator {approver_id}")

        self._database.write(put)
        return CodeList(approver.name, self._now(), codes)

    def _new_code(self) -> str:
        return "".join(self._chance.choice(REFERENCE_ALPHABET) for _ in range(CODE_LENGTH))

    def notices(self, operator: Operator) -> list[Notice]:
        """What this person must have seen."""
        with self._database.read() as unit:
            return unit.approvals.notices(operator.id)

    def seen(self, notice_id: str, operator: Operator) -> None:
        """This person has seen it; that is logged."""

        def change(unit: Unit) -> None:
            if unit.approvals.seen(notice_id, operator.id, to_ms(self._now())):
                unit.log.append("notice.seen", actor=operator.name, subject=f"notice {notice_id}")

        self._database.write(change)

    def _open(
        self, unit: Unit, request_id: str, approver: Operator | None
    ) -> tuple[Request, Alert]:
        """A request that can be decided now, by this approver."""
        request = _waiting(unit, request_id)
        alert = unit.alerts.get(request.alert_id)
        if alert is None or alert.expires_at <= self._now():
            raise NothingSent("This message has expired.", "Write it anew with today's times.")
        if rules.statement_hash(alert, request.nonce) != request.statement_hash:
            raise NothingSent("These are not the words that were asked about.", "Ask again.")
        if approver and (approver.id == alert.author_id or not approver.role.may_approve):
            raise StillWaiting(f"{approver.name} may not approve this.", "Ask another approver.")
        return request, alert

    def _made(
        self,
        request: Request,
        alert: Alert,
        person: Operator,
        way: Way,
        public_key: str = "",
        reason: str = "",
    ) -> Approval:
        return Approval(
            id=self._chance.id(),
            request_id=request.id,
            alert_id=alert.id,
            way=way,
            operator_id=person.id,
            operator_name=person.name,
            content_hash=alert.content_hash,
            statement_hash=request.statement_hash,
            nonce=request.nonce,
            approved_at=self._now(),
            expires_at=alert.expires_at,
            public_key=public_key,
            reason=reason,
        )

    def _give(self, unit: Unit, request: Request, made: Approval, actor: str) -> Request:
        unit.approvals.add(made)
        now_ms = to_ms(self._now())
        unit.approvals.decide(
            request.id, RequestState.APPROVED, made.operator_name, now_ms, made.way.value
        )
        self._log(
            unit,
            "approval.glass_broken" if made.way is Way.BREAK_GLASS else "approval.given",
            request,
            actor,
            by=made.operator_name,
            way=made.way.value,
            key=made.public_key,
            signature=made.signature,
            reason=made.reason,
        )
        return request

    def _log(self, unit: Unit, action: str, request: Request, actor: str, **more: str) -> None:
        detail = {"statement": request.statement_hash, "nonce": request.nonce, **more}
        unit.log.append(
            action,
            actor=actor,
            subject=f"alert {request.alert_id}",
            detail={name: value for name, value in detail.items() if value},
            weighty=True,
        )

    def _told(self, request: Request) -> Request:
        self._bus.publish(ApprovalChanged(request.alert_id))
        return request


def _person(unit: Unit, operator_id: str) -> Operator:
    person = unit.operators.get(operator_id)
    if person is None or person.role is not Role.APPROVER:
        raise StillWaiting("This person may not approve.", "Choose an approver.")
    return person


def _waiting(unit: Unit, request_id: str) -> Request:
    request = unit.approvals.request(request_id)
    if request is None or request.state is not RequestState.WAITING:
        raise Refused("This was decided meanwhile.", "Look again at what waits.")
    return request
