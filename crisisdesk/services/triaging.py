"""Triaging: what a person says of mentions, one or many at once, and how it is taken back."""

from collections.abc import Sequence

from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.events import MentionsJudged
from crisisdesk.model.mention import Rejudged, Verdict
from crisisdesk.model.operator import Operator
from crisisdesk.rules.verdicts import judged
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus

MOST_AT_ONCE = 1000
"""So that one key press never holds up the database for longer than a blink."""

_ACTIONS = {Verdict.HANDLED: "mention.handled"}


class Triaging:
    """Verdicts over one open desk. Every mention that changes has its own log entry."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    def judge(
        self, mention_ids: Sequence[int], verdict: Verdict, operator: Operator, words: str = ""
    ) -> tuple[Rejudged, ...]:
        """Give a verdict on mentions; returns what it changed, which `take_back` undoes.

        Raises Refused for a role that only reads, BadInput for more than 1,000 at once.
        """
        _check(operator, len(mention_ids))

        def change(unit: Unit) -> list[Rejudged]:
            found = unit.mentions.judgements(mention_ids)
            changes = [
                Rejudged(mention_id, before, after)
                for mention_id, before in found.items()
                if (after := judged(before, verdict, operator.name)) != before
            ]
            _store(unit, changes, _ACTIONS.get(verdict, "mention.judged"), operator, words)
            return changes

        return self._tell(self._database.write(change))

    def take_back(self, changes: Sequence[Rejudged], operator: Operator) -> tuple[Rejudged, ...]:
        """Restore what held before, except where somebody has changed it since.

        Returns what was restored, with its own before and after.
        """
        _check(operator, len(changes))

        def restore(unit: Unit) -> list[Rejudged]:
            now = unit.mentions.judgements([each.mention_id for each in changes])
            back = [
                Rejudged(each.mention_id, each.after, each.before)
                for each in changes
                if now.get(each.mention_id) == each.after
            ]
            _store(unit, back, "mention.restored", operator)
            return back

        return self._tell(self._database.write(restore))

    def _tell(self, changes: list[Rejudged]) -> tuple[Rejudged, ...]:
        if changes:
            self._bus.publish(MentionsJudged(tuple(each.mention_id for each in changes)))
        return tuple(changes)


def _check(operator: Operator, number: int) -> None:
    if not operator.role.may_record:
        problem = f"Your role, {operator.role}, only reads: it may not judge mentions."
        raise Refused(problem, "Ask a colleague who may write.")
    if number > MOST_AT_ONCE:
        problem = f"{number:,} mentions are too many for one verdict."
        raise BadInput(problem, f"Choose {MOST_AT_ONCE:,} or fewer.")


def _store(
    unit: Unit, changes: list[Rejudged], action: str, operator: Operator, words: str = ""
) -> None:
    if not changes:
        return
    unit.mentions.rejudge(changes)
    for each in changes:
        unit.log.append(
            action,
            actor=operator.name,
            subject=f"mention {each.mention_id}",
            detail={"from": each.before.words, "to": each.after.words, "words": words},
        )
