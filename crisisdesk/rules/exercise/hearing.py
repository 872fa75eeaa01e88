"""What of our words has reached the simulated public: which messages, when, and how many people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crisisdesk.model.exercise import Goal
from crisisdesk.rules.exercise.scoring import Deed

PEOPLE = {"mastodon": 6_000, "bluesky": 5_000, "email": 3_000, "cap": 4_000}
"""How many people see a message on each kind of channel: our assumption for a town of 60,000."""

OTHER_CHANNEL = 2_000
MARK = "EXERCISE: "
A_REPLY = 300
"""How many read along when one person gets an answer: our assumption."""


@dataclass(slots=True)
class Message:
    """A broadcast. `out_at` is when the first network took it, None while none has."""

    started: int
    step: str
    template: str
    headline: str
    out_at: int | None = None
    channels: list[str] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many people it reaches."""
        return sum(PEOPLE.get(kind, OTHER_CHANNEL) for kind in self.channels)


@dataclass(frozen=True, slots=True)
class Answer:
    """The deed of a goal as the public sees it: since when, and how many people it reaches."""

    at: int
    people: int


class Hearing:
    """Reads the deeds as they come. What nobody outside can see (a note, say) is no answer."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        self._goals = {goal.id: goal for goal in goals}
        self._read = 0
        self.messages: list[Message] = []
        self.broken_at: int | None = None
        """When the last promised update time passed without an update, None once there was one."""

    def take(self, deeds: Sequence[Deed], until: int) -> list[Message]:
        """Read on, as far as `until` seconds; returns the messages that have come out by that."""
        new: list[Message] = []
        while self._read < len(deeds) and deeds[self._read].at <= until:
            deed = deeds[self._read]
            self._read += 1
            if deed.do == "broadcast":
                headline = deed.about.removeprefix(MARK)  # people do not copy our mark
                self.messages.append(Message(deed.at, deed.text, deed.template, headline))
            elif deed.do == "heard":
                new += self._heard(deed)
            elif deed.do == "promise_missed":
                self.broken_at = deed.at
        return new

    def _heard(self, deed: Deed) -> list[Message]:
        """A network took the newest message of that template."""
        same = (each for each in reversed(self.messages) if each.template == deed.template)
        message = next(same, None)
        if message is None or deed.text in message.channels:
            return []
        message.channels.append(deed.text)
        if message.out_at is not None:
            return []
        message.out_at, self.broken_at = deed.at, None
        return [message]

    def out(self) -> list[Message]:
        """The messages that are out, in order."""
        return [each for each in self.messages if each.out_at is not None]

    def answer(self, goal_id: str, done: Mapping[str, int], now: int) -> Answer | None:
        """What the public has seen by `now` of the deed of this goal."""
        at = done.get(goal_id)
        if at is None or at > now:
            return None
        goal = self._goals[goal_id]
        if goal.do == "handle":
            return Answer(at, A_REPLY)
        return self._said(goal, at) if goal.do == "broadcast" else None

    def _said(self, goal: Goal, at: int) -> Answer | None:
        for each in self.messages:
            fits = each.started == at and goal.template in ("", each.template)
            if fits and each.out_at is not None:
                return Answer(each.out_at, each.people)
        return None
