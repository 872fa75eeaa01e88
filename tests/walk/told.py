"""The walk as a table, for docs/walk/index.md."""

from collections.abc import Iterable

from tests.walk.walker import KEY, MENTAL, Step, picture

MOST_NAMED = 4

HEAD = f"""# A new user's walk

From nothing to a verified log, by keyboard alone: the ten-minute drill, then the live desk with its
first operator, first account, first alert, its correction, a decision and the review. A test walks
it at every change ([tests/walk](../../tests/walk)); the walker presses only what is named on the
screen at that moment, and fails where nothing is. `make walk` walks it again and draws each step
beside this page.

*Keys* are commands, arrows and Tab; *letters* are what is typed into fields. Seconds follow the
keystroke-level model of Card, Moran and Newell (1983): {KEY} s for a key (K, an average typist) and
{MENTAL} s of hesitation for making up one's mind (M), before each command and each field. Pointing
(P) and homing (H) do not occur: the hands stay on the keys. Waiting and reading are not counted.
"""

BEFORE = """
## What the first walk showed, and what was mended

| What | Keys before | Keys now |
|---|---|---|
| Say that the e-mail arrived: nine Tabs from **F4** to *I see it* | 11 | 3 |
| Correct our own mistake, in the drill: eight Tabs from **F4** to *Correct* | 12 | 4 |
| Correct the alert, at the live desk | 10 | 4 |
| End the drill: no key led there, only 31 Tabs; now the coach names Ctrl+K | 32 | 2 |
| All of the drill | 81 | 36 |
| A first account: a guide of its own, which checks and keeps with one button | 16 | 9 |
| All of the live desk | 50 | 37 |

With nothing to send, **F4** now leads to what can be done about what was said last: first what
waits for a person, else *Update*, *Correct* and *All clear*.
"""


def table(part: str, title: str, steps: Iterable[Step]) -> str:
    """One part of the walk in Markdown, with its sums; each step leads to its picture."""
    steps = list(steps)
    lines = [
        f"\n## {title}\n",
        "| Step | Named on the screen | Keys | Letters | Hesitation | All |",
        "|---|---|---|---|---|---|",
        *(_line(part, number, each) for number, each in enumerate(steps, 1)),
        _line(part, 0, _sum(steps)),
    ]
    return "\n".join(lines) + "\n"


def _line(part: str, number: int, step: Step) -> str:
    named = ", ".join(step.named[:MOST_NAMED]) + (" …" if len(step.named) > MOST_NAMED else "")
    drawn = f"{part}-{picture(number, step.goal)}.png"
    goal = f"{number}. [{step.goal}]({drawn})" if number else f"**{step.goal}**"
    times = f"{step.hesitation:.1f} s | {step.seconds:.1f} s"
    return f"| {goal} | {named} | {step.presses} | {step.letters} | {times} |"


def _sum(steps: list[Step]) -> Step:
    return Step(
        "Together",
        [],
        sum(each.presses for each in steps),
        sum(each.letters for each in steps),
        sum(each.decisions for each in steps),
    )
