"""How an officer works who plays an exercise by themselves: well, or badly.

The figures are ours. A good officer keeps the limits of the measures with something to spare; a
poor one breaks each of them in a way that happens: late, wordy, vague, and seldom looking.
"""

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

    `late`: by how much what the scenario lays down comes later. `silent`: until when nothing is
    said in public. `first_words`: when the first message goes out if nothing lays that down.
    `hears`: the share of calls for help that are acted on, `answer` how long after they came.
    """

    look: Span
    late: Span
    silent: Span
    first_words: Span
    answer: Span
    hears: float
    careful: bool
    """Keeps promises, corrects, settles what is unknown, gives reasons and hands over."""


GOOD = Manner(
    look=(45, 75),
    late=(0, 0),
    silent=(0, 0),
    first_words=(6 * MINUTE, 10 * MINUTE),
    answer=(1 * MINUTE, 4 * MINUTE),
    hears=1.0,
    careful=True,
)
POOR = Manner(
    look=(12 * MINUTE, 20 * MINUTE),
    late=(3 * MINUTE, 9 * MINUTE),
    silent=(25 * MINUTE, 32 * MINUTE),
    first_words=(30 * MINUTE, 40 * MINUTE),
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


def script(acts: tuple[Act, ...], manner: Manner, chance: Random) -> list[tuple[int, Act]]:
    """When this officer does what the scenario lays down, and which of it at all."""
    silent = drawn(manner.silent, chance)
    planned = [(_when(act, silent, manner, chance), act) for act in acts if _does(act, manner)]
    return sorted(planned, key=lambda each: each[0])


def _does(act: Act, manner: Manner) -> bool:
    return manner.careful or not (act.do in CAREFUL or act.step == Step.CANCEL)


def _when(act: Act, silent: int, manner: Manner, chance: Random) -> int:
    at = act.at + drawn(manner.late, chance)
    return max(at, silent) if act.do == "broadcast" else at
