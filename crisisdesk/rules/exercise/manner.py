"""How an officer works who plays an exercise by themselves: well, or badly.

The figures are ours. A good officer keeps the limits of the measures with something to spare; a
poor one breaks each of them in a way that happens: late, wordy, vague, and seldom looking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from crisisdesk.model.exercise import Act
from crisisdesk.model.template import Step

Span = tuple[int, int]
"""From and to, in seconds of story time."""

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Manner:
    """What differs between officers. Spans are drawn from anew each time.

    `away`: when they begin at all. `late`: by how much what the scenario lays down comes later;
    `apart`: the least time between two messages.
    `first_words`: when the first message goes out if nothing lays that down. `hears`: the share of
    calls for help that are acted on; `answer`: how long after they came.
    """

    away: Span
    look: Span
    late: Span
    apart: Span
    first_words: Span
    answer: Span
    hears: float
    careful: bool
    """Keeps promises, corrects, settles what is unknown, gives reasons and hands over."""


GOOD = Manner(
    away=(0, 0),
    look=(45, 75),
    late=(0, 0),
    apart=(0, 0),
    first_words=(6 * MINUTE, 10 * MINUTE),
    answer=(1 * MINUTE, 4 * MINUTE),
    hears=1.0,
    careful=True,
)
POOR = Manner(
    away=(25 * MINUTE, 31 * MINUTE),
    look=(22 * MINUTE, 30 * MINUTE),
    late=(2 * MINUTE, 8 * MINUTE),
    apart=(14 * MINUTE, 20 * MINUTE),
    first_words=(32 * MINUTE, 36 * MINUTE),
    answer=(25 * MINUTE, 50 * MINUTE),
    hears=0.3,
    careful=False,
)
MANNERS = {"good": GOOD, "poor": POOR}

CAREFUL = frozenset({"settle", "note", "hand_over"})
"""What only a careful officer does."""


def drawn(span: Span, chance: Random) -> int:
    """Some length within a span."""
    return chance.randint(*span)


def script(
    acts: Sequence[Act], manner: Manner, begins: int, chance: Random
) -> list[tuple[int, Act]]:
    """When an officer who begins then does what the scenario lays down, and which of it at all.

    The order stays: an incident is open before anything is said of it.
    """
    planned: list[tuple[int, Act]] = []
    last = spoke = 0
    for act in sorted(acts, key=lambda each: each.at):
        if not manner.careful and (act.do in CAREFUL or act.step == Step.CANCEL):
            continue
        last = max(last, max(act.at, begins) + drawn(manner.late, chance))
        if act.do == "broadcast":
            last = spoke = max(last, spoke + drawn(manner.apart, chance))
        planned.append((last, act))
    return planned
