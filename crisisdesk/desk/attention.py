"""What an officer who plays by themselves hears in the lanes, and does about it."""

from datetime import datetime
from random import Random

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.desk.officer import Officer
from crisisdesk.model.mention import Mention
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.rules.exercise.manner import Manner, drawn

NEED, QUESTION, RUMOUR = "need", "question", "rumour"
MOST = 5_000
AT_ONCE = 500
IGNORED = 10
"""Of so many questions that were answered, who is not careful notes one."""


class Attention:
    """Goes through what is new in each lane since the last look."""

    def __init__(
        self, desk: ExerciseDesk, officer: Officer, manner: Manner, chance: Random
    ) -> None:
        self._desk = desk
        self._officer = officer
        self._manner = manner
        self._chance = chance
        self._seen = {NEED: 0, QUESTION: 0, RUMOUR: 0}
        self._heard: list[tuple[int, Mention]] = []
        self._asked: list[Mention] = []

    def hear_needs(self) -> None:
        """Calls for help are passed on and noted, some minutes after they came."""
        for each in self._new_in(NEED):
            if self._chance.random() < self._manner.hears:
                wait = 1000 * drawn(self._manner.answer, self._chance)
                self._heard.append((each.received_at + wait, each))
        now = self._desk.clock.now()
        due = [each for at, each in self._heard if at <= to_ms(now)]
        self._heard = [(at, each) for at, each in self._heard if at > to_ms(now)]
        words = f"Passed to the control room at {_clock(now)}. Answered: ring 999, crews know."
        self._handle(due, words if self._manner.careful else "Seen.")

    def answer_questions(self) -> None:
        """Questions that came before our last message are answered by it."""
        self._asked += self._new_in(QUESTION)
        said_ms = self._desk.dispatch.last_broadcast_ms()
        answered = [each for each in self._asked if each.received_at < said_ms]
        self._asked = [each for each in self._asked if each.received_at >= said_ms]
        if not self._manner.careful:
            answered = answered[: len(answered) // IGNORED]
        self._handle(answered, f"Answered with our message of {_clock(from_ms(said_ms))}.")

    def claims(self) -> list[Mention]:
        """What is being claimed, which is asked about and not repeated."""
        found = self._new_in(RUMOUR)
        self._handle(found, "Asked the services on the spot; not repeated.")
        return found

    def _new_in(self, lane: str) -> list[Mention]:
        found = self._desk.reviewing.newer(lane, self._seen[lane], MOST)
        self._seen[lane] = max([self._seen[lane], *(each.id for each in found)])
        return [each for each in reversed(found) if not each.handled_by]

    def _handle(self, mentions: list[Mention], words: str) -> None:
        """As they are now: a script may have dealt with some meanwhile."""
        for first in range(0, len(mentions), AT_ONCE):
            ids = [each.id for each in mentions[first : first + AT_ONCE]]
            self._officer.handle(self._desk.reviewing.mentions(ids), words)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone():%H:%M}"
