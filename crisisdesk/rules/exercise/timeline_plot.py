"""The timeline of a run as one SVG: what the public did above, what we did below it.

Drawn by hand in shapes and greys, so that it reads in black and white and needs no library. The
same things stand as words in the report; nothing is told by the picture alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from crisisdesk.rules.plain_words import minutes

WIDTH, LEFT, RIGHT = 1000, 132, 16
BAR_TOP, BAR_HEIGHT = 40, 92
LANE_HEIGHT = 34
MOST_RUMOURS, MOST_NEEDS = 6, 8
"""More would make the picture too high; the tables have all."""
BARS = 120
"""At most so many bars of posts; each is then some whole minutes wide."""

INK, GREY, PALE, LINE = "#1a1a1a", "#6b6b6b", "#e4e4e4", "#9a9a9a"
LANES = ("Rumours", "Calls for help", "Messages", "Promises", "Decisions")
SHOWN_EMPTY = frozenset({"Messages", "Decisions"})
"""Lanes that say something by being empty; others are left out then."""
_NICE = (5, 10, 15, 30, 60, 120, 240)
_STEPS = {"alert": "Alert", "update": "Update", "cancel": "Correction", "all_clear": "All clear"}


def bar_seconds(length: int) -> int:
    """How many seconds of the story one bar stands for: whole minutes."""
    return 60 * max(1, -(-length // (60 * BARS)))


def posts_in_bars(moments: Sequence[int], length: int) -> list[int]:
    """How many posts came in each bar's time; what came later counts in the last one."""
    wide = bar_seconds(length)
    counts = [0] * max(1, -(-length // wide))
    for moment in moments:
        counts[min(max(0, moment // wide), len(counts) - 1)] += 1
    return counts


class Plot:
    """One picture of a report's `timeline`; `svg` is whole and self-contained. Where the log does
    not tell how much the public wrote, `posts` is empty and there is no lane for it."""

    def __init__(self, timeline: Mapping[str, Any]) -> None:
        self._told = timeline
        self._length: int = max(60, timeline["length"])
        kept = {lane: timeline[lane.lower()] for lane in LANES if lane != "Calls for help"}
        kept["Calls for help"] = timeline["needs"]
        self._lanes = [lane for lane in LANES if kept[lane] or lane in SHOWN_EMPTY]
        self._deep = dict.fromkeys(LANES, 1)
        self._deep["Rumours"] = min(len(kept["Rumours"]), MOST_RUMOURS)
        self._deep["Calls for help"] = min(-(-len(kept["Calls for help"]) // 2), MOST_NEEDS // 2)
        rows = sum(self._deep[lane] for lane in self._lanes)
        self._lanes_top = BAR_TOP + (BAR_HEIGHT if timeline["posts"] else 0)
        self._bottom = self._lanes_top + rows * LANE_HEIGHT

    @property
    def height(self) -> int:
        """In the same units as the width."""
        return self._bottom + 84

    def svg(self) -> str:
        """The picture."""
        parts = [*self._silences(), *self._grid(), *self._posts(), *self._phases()]
        draw = (self._rumours, self._needs, self._messages, self._promises, self._decisions)
        for lane, drawn in zip(LANES, draw, strict=True):
            parts += drawn() if lane in self._lanes else ()
        parts += self._legend()
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" '
            f'width="{WIDTH}" height="{self.height}" font-family="DejaVu Sans, Arial, sans-serif" '
            f'font-size="13" fill="{INK}">{_HATCH}'
            f'<rect width="{WIDTH}" height="{self.height}" fill="#ffffff"/>{"".join(parts)}</svg>'
        )

    def _x(self, second: float) -> float:
        inside = WIDTH - LEFT - RIGHT
        return round(LEFT + inside * min(max(0, second), self._length) / self._length, 1)

    def _y(self, lane: str) -> int:
        """The top of a lane."""
        above = self._lanes[: self._lanes.index(lane)]
        return self._lanes_top + sum(self._deep[each] for each in above) * LANE_HEIGHT

    def _grid(self) -> Iterator[str]:
        step = next((each for each in _NICE if self._length / 60 / each <= 10), 480) * 60
        for second in range(0, self._length + 1, step):
            x = self._x(second)
            yield _line(x, BAR_TOP, x, self._bottom, PALE)
            anchor = "middle" if x < WIDTH - 40 else "end"
            yield _text(x, self._bottom + 16, self._clock(second), anchor=anchor)
        for lane in self._lanes:
            y = self._y(lane)
            yield _line(0, y, WIDTH - RIGHT, y, LINE)
            yield _text(4, y + 20, lane, bold=True)
        yield _line(0, self._bottom, WIDTH - RIGHT, self._bottom, LINE)

    def _clock(self, second: int) -> str:
        begins = self._told["begins"]
        hour, minute = divmod((begins + second) // 60 % (24 * 60), 60)
        return f"{hour:02d}:{minute:02d}"

    def _posts(self) -> Iterator[str]:
        counts, wide = self._told["posts"], bar_seconds(self._length)
        if not counts:
            return
        most = max(counts)
        yield _text(4, BAR_TOP + 14, "Posts", bold=True)
        yield _text(4, BAR_TOP + 30, f"each bar {wide // 60} min", size=11)
        if not most:
            return
        yield _text(LEFT - 6, BAR_TOP + 24, str(most), anchor="end", size=11)
        yield _text(LEFT - 6, BAR_TOP + BAR_HEIGHT - 2, "0", anchor="end", size=11)
        for number, count in enumerate(counts):
            tall = round((BAR_HEIGHT - 18) * count / most, 1)
            x, after = self._x(number * wide), self._x((number + 1) * wide)
            top = BAR_TOP + BAR_HEIGHT - tall
            if tall:
                yield _rect(x, top, max(0.8, after - x - 0.8), tall, GREY)

    def _phases(self) -> Iterator[str]:
        for begin, end, words in self._told["phases"]:
            x, after = self._x(begin), self._x(end)
            yield _rect(x, 4, max(1.0, after - x), 20, "#ffffff", INK)
            if (after - x) > 7.4 * len(words):
                yield _text((x + after) / 2, 18, words, anchor="middle", size=12)

    def _silences(self) -> Iterator[str]:
        for begin, end in self._told["silences"]:
            x, after = self._x(begin), self._x(end)
            yield _rect(x, BAR_TOP, after - x, self._bottom - BAR_TOP, "url(#silence)")
            words = f"silent {minutes(end - begin)}"
            if after - x > 7 * len(words):
                yield _text((x + after) / 2, BAR_TOP + 12, words, anchor="middle", size=12)

    def _rumours(self) -> Iterator[str]:
        for row, each in enumerate(self._told["rumours"][:MOST_RUMOURS]):
            y = self._y("Rumours") + row * LANE_HEIGHT
            end = each["answered"] if each["answered"] is not None else self._length
            x, after, peak = self._x(each["began"]), self._x(end), self._x(each["peak"])
            yield _rect(x, y + 6, max(2.0, after - x), 9, "url(#hatch)", INK)
            if each["peak"] <= self._length:
                yield _path(f"M{peak} {y + 2}v17", INK, wide=2)
            if each["answered"] is not None:
                yield _path(f"M{after - 5} {y + 10}l4 5l8 -11", INK, wide=2)
            at = min(x, WIDTH - 260)
            yield _text(at, y + 29, _short(each["claim"], 44), size=12)

    def _needs(self) -> Iterator[str]:
        for row, each in enumerate(self._told["needs"][:MOST_NEEDS]):
            y = self._y("Calls for help") + row * LANE_HEIGHT // 2 + 3
            open_one = each["answered"] is None
            end = self._length if open_one else each["answered"]
            x, after = self._x(each["at"]), self._x(end)
            yield _rect(x, y, max(3.0, after - x), 12, "#ffffff" if open_one else INK, INK)
            if open_one:
                yield _text(min(x + 4, WIDTH - 70), y + 10, "no answer", size=11)

    def _messages(self) -> Iterator[str]:
        y = self._y("Messages") + 17
        at = {each["alert"]: self._x(each["at"]) for each in self._told["messages"]}
        for each in self._told["messages"]:
            if each["follows"] in at:
                low, high = at[each["follows"]], at[each["alert"]]
                yield _path(f"M{low} {y}C{low} {y + 19} {high} {y + 19} {high} {y}", LINE)
        for each in self._told["messages"]:
            yield _mark(each["step"], at[each["alert"]], y, public=each["public_at"] is not None)

    def _promises(self) -> Iterator[str]:
        y, taken = self._y("Promises") + 17, [0.0, 0.0]  # up to where each line has words
        for each in self._told["promises"]:
            if each["due"] > self._length:
                continue
            x, kept = self._x(each["due"]), each["kept"]
            fill = INK if kept is not None and kept <= each["due"] else "#ffffff"
            yield _path(f"M{x} {y - 7}l7 7l-7 7l-7 -7z", INK, fill)
            if kept is None or kept > each["due"]:
                late = "never" if kept is None else _late(kept - each["due"])
                line = next((number for number in (0, 1) if x + 9 > taken[number]), None)
                if line is not None:  # the table has every one
                    taken[line] = x + 15 + 6.4 * len(late)
                    yield _text(x + 9, y + 4 + 12 * line, late, size=11)

    def _decisions(self) -> Iterator[str]:
        y = self._y("Decisions") + 10
        for each in self._told["decisions"]:
            yield _rect(self._x(each["at"]) - 6, y, 12, 12, INK if each["reasoned"] else "#ffffff")
            yield _rect(self._x(each["at"]) - 6, y, 12, 12, "none", INK)

    def _legend(self) -> Iterator[str]:
        y, x = self._bottom + 46, float(LEFT)
        for step, words in _STEPS.items():
            yield _mark(step, x, y - 4, public=True)
            yield _text(x + 14, y, words)
            x += 44 + 8 * len(words)
        yield _path(f"M{x} {y - 11}l7 7l-7 7l-7 -7z", INK, INK)
        yield _text(x + 14, y, "promise, kept in time")
        y, x = y + 24, float(LEFT)
        yield _path(f"M{x} {y - 14}v17", INK, wide=2)
        yield _text(x + 10, y, "height of a rumour")
        yield _path(f"M{x + 152} {y - 4}l4 5l8 -11", INK, wide=2)
        yield _text(x + 172, y, "answered")
        yield _rect(x + 258, y - 12, 22, 14, "url(#silence)", LINE)
        yield _text(x + 288, y, "long silence")
        yield _text(x + 390, y, "Hollow: late, unanswered, not certainly out, or no reason")


_HATCH = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<path d="M0 6L6 0" stroke="{INK}" stroke-width="1.2"/></pattern>'
    '<pattern id="silence" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect width="8" height="8" fill="#f2f2f2"/>'
    '<path d="M0 0L8 8" stroke="#cfcfcf" stroke-width="1"/></pattern></defs>'
)


def _late(seconds: int) -> str:
    """As short as can be: there may be many side by side."""
    return f"+{seconds // 60} min" if seconds >= 60 else f"+{seconds} s"


def _mark(step: str, x: float, y: float, *, public: bool) -> str:
    """An alert is a triangle, an update a circle, a correction a cross, an all clear a ring."""
    fill = INK if public else "#ffffff"
    if step == "alert":
        return _path(f"M{x} {y - 8}l8 14h-16z", INK, fill)
    if step == "cancel":
        return _path(f"M{x - 6} {y - 6}l12 12m0 -12l-12 12", INK, wide=3)
    wide, fill = (3, "#ffffff") if step == "all_clear" else (1, fill)
    return f'<circle cx="{x}" cy="{y}" r="6" fill="{fill}" stroke="{INK}" stroke-width="{wide}"/>'


def _line(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    return f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{colour}" stroke-width="1" fill="none"/>'


def _rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "none") -> str:
    size = f'width="{round(width, 1)}" height="{round(height, 1)}"'
    return f'<rect x="{round(x, 1)}" y="{round(y, 1)}" {size} fill="{fill}" stroke="{stroke}"/>'


def _path(shape: str, stroke: str, fill: str = "none", *, wide: int = 1) -> str:
    return f'<path d="{shape}" stroke="{stroke}" stroke-width="{wide}" fill="{fill}"/>'


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, size: int = 13
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}"{weight}>{escape(words)}</text>'


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
