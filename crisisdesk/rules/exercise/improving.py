"""Improvement actions after an exercise: what is to be done, by whom, by when."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from crisisdesk.model.errors import BadInput

LONGEST = 500
MODE = "exercise"


@dataclass(frozen=True, slots=True)
class Improvement:
    """One action. `due` is a date, ISO 8601."""

    action: str
    owner: str
    due: str
    done: bool = False

    def overdue(self, today: date) -> bool:
        """Whether its day is over and it is not done."""
        return not self.done and date.fromisoformat(self.due) < today


def improvement(action: str, owner: str, due: str) -> Improvement:
    """A new one. Raises BadInput naming what is missing."""
    words = {"action": " ".join(action.split()), "owner": " ".join(owner.split())}
    for name, said in words.items():
        if not said:
            raise BadInput(f"The {name} is missing.", "Say what is to be done, and who does it.")
        if len(said) > LONGEST:
            raise BadInput(f"The {name} is too long.", f"Keep to {LONGEST} characters.")
    try:
        day = date.fromisoformat(due.strip())
    except ValueError:
        raise BadInput(f"{due!r} is no date.", "Write it as in 2026-03-31.") from None
    return Improvement(words["action"], words["owner"], day.isoformat())


def settled(listed: Iterable[Improvement], action: str, *, done: bool) -> tuple[Improvement, ...]:
    """The same with one of them done, or open again. Raises BadInput when it is not among them."""
    kept, wanted = tuple(listed), " ".join(action.split())
    if wanted not in {each.action for each in kept}:
        known = "; ".join(f"“{each.action}”" for each in kept) or "none was agreed"
        raise BadInput(f"There is no action “{wanted}” here.", f"Name it as it stands: {known}.")
    return tuple(replace(each, done=done) if each.action == wanted else each for each in kept)


def packed(listed: Iterable[Improvement]) -> dict[str, Any]:
    """As improvements.json keeps them."""
    return {"mode": MODE, "improvements": [asdict(each) for each in listed]}


def unpacked(kept: Any) -> tuple[Improvement, ...]:
    """The same again. Raises BadInput when somebody spoilt it."""
    try:
        listed = [_one(each) for each in kept["improvements"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput(
            "The list of improvement actions cannot be read.",
            "Put a backup of improvements.json in its place, or remove it and begin again.",
        ) from error
    return tuple(listed)


def _one(each: Mapping[str, Any]) -> Improvement:
    made = improvement(str(each["action"]), str(each["owner"]), str(each["due"]))
    return replace(made, done=each["done"] is True)
