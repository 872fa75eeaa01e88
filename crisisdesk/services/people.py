"""People: who may sit at the desk, what each may do, and the key each approves with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from crisisdesk.model.chance import Chance
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.moment import to_ms
from crisisdesk.model.operator import Operator, Role
from crisisdesk.rules.commitments import MACHINES
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.keys import new_person_key
from crisisdesk.system.passphrases import SHORTEST, WAITS, hash_passphrase, passphrase_matches


class People:
    """Adding, signing in, changing and leaving. Every step is in the log."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        chance: Chance = SYSTEM_CHANCE,
    ) -> None:
        self._database = database
        self._now = now
        self._chance = chance
        self._failures: dict[str, int] = {}

    def operators(self) -> list[Operator]:
        """Everybody who may sign in."""
        with self._database.read() as unit:
            return unit.operators.all()

    def add_operator(
        self, name: str, role: Role, passphrase: str, by: Operator | None = None
    ) -> Operator:
        """Add a person. The first one on a new desk needs nobody's leave, but must be one who may
        configure. Raises BadInput or Refused.
        """
        name = " ".join(name.split())
        if not name:
            raise BadInput("The name is empty.", "Type the name that the log shall show.")
        if name.casefold() in {each.casefold() for each in MACHINES}:
            raise BadInput(
                f"“{name}” is what the log calls the program.", "Choose the person's own name."
            )
        _refuse_short(passphrase)
        public_key, sealed_key = new_person_key(passphrase, self._chance)
        new = Operator(self._chance.id(), name, role, public_key)
        hashed = hash_passphrase(passphrase)

        def add(unit: Unit) -> None:
            first = unit.operators.count() == 0
            if first and not role.may_configure:
                raise BadInput(
                    "The first person must be an administrator.", "Make them one; add others later."
                )
            if not first:
                _refuse_role(by)
            if unit.operators.find(name):
                raise BadInput(f"There is already somebody called {name}.", "Choose another name.")
            unit.operators.add(new, hashed, to_ms(self._now()), sealed_key)
            self._log(unit, "operator.added", new, by.name if by else name)

        self._database.write(add)
        return new

    def sign_in(self, name: str, passphrase: str) -> Operator:
        """The operator with this name and passphrase. Raises Refused, and logs that, otherwise."""
        with self._database.read() as unit:
            found = unit.operators.find(name)
        if found is None or not passphrase_matches(found[1], passphrase):
            self._failures[_plain(name)] = self._failures.get(_plain(name), 0) + 1
            self._note("operator.refused", name)
            raise Refused(
                "Name and passphrase do not fit.",
                "Type the passphrase again; look whether Caps Lock is on.",
            )
        self._failures.pop(_plain(name), None)
        operator = found[0] if found[0].public_key else self._give_key(found[0], passphrase)
        self._note("operator.signed_in", operator.name)
        return operator

    def wait_before_next_try(self, name: str) -> float:
        """Seconds somebody has to wait after wrong passphrases: 1, 2, 4 … up to 30."""
        return WAITS[min(self._failures.get(_plain(name), 0), len(WAITS) - 1)]

    def signed_out(self, operator: Operator, why: str) -> None:
        """Log that a person left or the desk locked itself."""
        self._note("operator.signed_out", operator.name, {"why": why})

    def set_role(self, operator_id: str, role: Role, by: Operator) -> None:
        """Let somebody do other things from now on. There is always an administrator left."""
        _refuse_role(by)

        def change(unit: Unit) -> None:
            person = _existing(unit, operator_id)
            if not role.may_configure:
                _refuse_last_administrator(unit, person)
            unit.operators.set_role(operator_id, role)
            self._log(unit, "operator.role_changed", replace(person, role=role), by.name)

        self._database.write(change)

    def set_passphrase(self, operator_id: str, passphrase: str, by: Operator) -> None:
        """A new passphrase, by oneself or an administrator; it comes with a new approval key.

        The old key was sealed with the old passphrase. What was approved with it stays approved.
        """
        if by.id != operator_id:
            _refuse_role(by)
        _refuse_short(passphrase)
        public_key, sealed_key = new_person_key(passphrase, self._chance)
        hashed = hash_passphrase(passphrase)

        def change(unit: Unit) -> None:
            person = replace(_existing(unit, operator_id), public_key=public_key)
            unit.operators.set_passphrase(operator_id, hashed, public_key, sealed_key)
            self._log(unit, "operator.passphrase_changed", person, by.name)

        self._database.write(change)

    def remove(self, operator_id: str, by: Operator) -> None:
        """Somebody leaves: they cannot sign in or approve any more; their past stays."""
        _refuse_role(by)

        def change(unit: Unit) -> None:
            person = _existing(unit, operator_id)
            _refuse_last_administrator(unit, person)
            unit.operators.leave(operator_id, to_ms(self._now()), person.name)
            self._log(unit, "operator.left", person, by.name)

        self._database.write(change)

    def _give_key(self, operator: Operator, passphrase: str) -> Operator:
        """A person from before there were approval keys gets one."""
        public_key, sealed_key = new_person_key(passphrase, self._chance)
        with_key = replace(operator, public_key=public_key)

        def change(unit: Unit) -> None:
            unit.operators.set_key(operator.id, public_key, sealed_key)
            self._log(unit, "operator.key_made", with_key, operator.name)

        self._database.write(change)
        return with_key

    def _log(self, unit: Unit, action: str, person: Operator, actor: str) -> None:
        unit.log.append(
            action,
            actor=actor,
            subject=f"operator {person.id}",
            detail={"name": person.name, "role": person.role.value, "key": person.public_key},
        )

    def _note(self, action: str, name: str, detail: dict[str, str] | None = None) -> None:
        self._database.write(
            lambda unit: unit.log.append(action, actor=name, detail=dict(detail or {}))
        )


def _existing(unit: Unit, operator_id: str) -> Operator:
    person = unit.operators.get(operator_id)
    if person is None:
        raise Refused("There is no such person any more.", "Leave this page and open it again.")
    return person


def _refuse_role(by: Operator | None) -> None:
    if by is None or not by.role.may_configure:
        raise Refused(
            "Only an administrator changes people.",
            "Ask an administrator to sign in.",
            "Nothing was changed.",
        )


def _refuse_short(passphrase: str) -> None:
    if len(passphrase) < SHORTEST:
        raise BadInput(f"The passphrase is shorter than {SHORTEST} characters.", "Use a few words.")


def _refuse_last_administrator(unit: Unit, person: Operator) -> None:
    others = [
        each for each in unit.operators.all() if each.role.may_configure and each.id != person.id
    ]
    if not others:
        raise Refused(
            f"{person.name} is the only administrator.",
            "Make somebody else an administrator first.",
            "Nothing was changed.",
        )


def _plain(name: str) -> str:
    """A name as it is compared: typing it otherwise does not start the count of tries anew."""
    return name.strip().lower()
