"""Telephoning: what the player of an exercise does with a call that comes to them alone."""

from crisisdesk.model.exercise import Inject
from crisisdesk.model.operator import Operator
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit


class Telephoning:
    """Calls, letters and visitors, answered and ended by the player; the note is a decision."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answered(self, call: Inject, operator: Operator) -> None:
        """The player has taken it."""
        self._database.write(
            lambda unit: unit.log.append("call.answered", actor=operator.name, detail=_told(call))
        )

    def ended(self, call: Inject, operator: Operator, note: str) -> None:
        """The player is through with it. `note` may be empty."""

        def end(unit: Unit) -> None:
            unit.log.append("call.ended", actor=operator.name, detail=_told(call))
            if said := note.strip():
                words = f"{call.sender} ({call.method.value}): {said}"
                unit.log.append("decision.noted", actor=operator.name, detail={"words": words})

        self._database.write(end)


def _told(call: Inject) -> dict[str, str]:
    return {"id": call.id, "via": call.method.value, "name": call.sender}
