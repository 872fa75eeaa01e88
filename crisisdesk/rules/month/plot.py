"""A month's days as one SVG: mentions above, messages below. In greys, without any library."""

from collections.abc import Iterator, Sequence

from crisisdesk.model.month import MonthFigures
from crisisdesk.rules.plain_words import counted

WIDTH, LEFT, RIGHT, TALL, GAP = 1000, 190, 10, 84, 30
LETTERS = 20
"""Drawn 700 wide, in a window or on A4, they are as large as small print."""
INK, GREY, LINE = "#1a1a1a", "#6b6b6b", "#9a9a9a"


def month_plot(found: MonthFigures) -> str:
    """The picture, whole and self-contained."""
    mentions = [came for _, came in found.per_day if came is not None]
    rows: list[tuple[str, Sequence[int], str]] = [
        ("Messages", [sent for sent, _ in found.per_day], INK)
    ]
    if mentions:
        rows.insert(0, ("Mentions", mentions, GREY))
    height = len(rows) * (TALL + GAP) + GAP
    parts = [*_days(len(found.per_day), height - GAP)]
    for number, (name, values, fill) in enumerate(rows):
        parts += _bars(name, values, fill, GAP + number * (TALL + GAP))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="{LETTERS}" '
        f'fill="{INK}"><rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f"{''.join(parts)}</svg>"
    )


def month_in_words(found: MonthFigures) -> str:
    """The same for whoever does not see it."""
    days = [f"{counted(sent, 'message')} on day {day}" for day, (sent, _) in _busy(found)]
    words = f"Days of {found.month.words}: {', '.join(days) or 'no message'}."
    came = [(each, day) for day, (_, each) in enumerate(found.per_day, 1) if each]
    if came:
        most, day = max(came)
        words += f" Most mentions on day {day}: {most:,}."
    return words


def _busy(found: MonthFigures) -> list[tuple[int, tuple[int, int | None]]]:
    return [(day, each) for day, each in enumerate(found.per_day, 1) if each[0]]


def _wide(days: int) -> float:
    return (WIDTH - LEFT - RIGHT) / days


def _days(days: int, bottom: int) -> Iterator[str]:
    for day in range(days):
        if day == 0 or (day + 1) % 5 == 0:
            yield _text(LEFT + (day + 0.5) * _wide(days), bottom + LETTERS, str(day + 1), "middle")


def _bars(name: str, values: Sequence[int], fill: str, top: int) -> Iterator[str]:
    most, bottom, wide = max(values, default=0), top + TALL, _wide(len(values))
    yield _text(4, top + LETTERS, name)
    yield _text(LEFT - 8, top + LETTERS, f"{most:,}", "end")
    yield f'<path d="M{LEFT} {bottom}H{WIDTH - RIGHT}" stroke="{LINE}" stroke-width="1"/>'
    for day, value in enumerate(values):
        if value:
            tall = max(2.0, round((TALL - 4) * value / most, 1))
            x = round(LEFT + day * wide + 2, 1)
            size = f'width="{round(wide - 4, 1)}" height="{tall}"'
            yield f'<rect x="{x}" y="{round(bottom - tall, 1)}" {size} fill="{fill}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{round(x, 1)}" y="{y}" text-anchor="{anchor}">{words}</text>'
