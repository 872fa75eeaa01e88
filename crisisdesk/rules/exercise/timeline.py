"""The timeline of a report: what is drawn of a log, and the picture with its words."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Any

from crisisdesk.model.facts import Facts
from crisisdesk.rules.exercise.timeline_plot import Plot
from crisisdesk.rules.plain_words import minutes


def day_clock(begins: int, second: int) -> str:
    """The time of day, as in 02:14, so many seconds after one that began at `begins`."""
    hour, minute = divmod((begins + second) // 60 % (24 * 60), 60)
    return f"{hour:02d}:{minute:02d}"


def phases(facts: Facts) -> Iterator[list[Any]]:
    """(from, to, words) of what the public could know of us, in seconds."""
    public = facts.public
    if not public:
        yield [0, facts.end, "No word from us"]
        return
    first = public[0].public_at or 0
    clear = [each.public_at or 0 for each in public if each.step == "all_clear"]
    last = max(clear, default=facts.end)
    if first:
        yield [0, first, "No word from us"]
    yield [first, last, "The public is told"]
    if last < facts.end:
        yield [last, facts.end, "After the all clear"]


def silences(facts: Facts, allowed: int) -> Iterator[list[int]]:
    """(from, to) of each stretch in which the public heard nothing new for too long."""
    marks = sorted({0, facts.end, *(each.public_at or 0 for each in facts.public)})
    yield from ([a, b] for a, b in pairwise(marks) if b - a > allowed)


def figure(timeline: Mapping[str, Any], elsewhere: str) -> str:
    """The picture of a timeline with everything of it in words; `elsewhere` is where the same is
    told. Without posts where none are known."""
    source = b64encode(Plot(timeline).svg().encode()).decode()
    told = escape(" ".join(_in_words(timeline)), quote=True)
    above = "Above: posts of the public. Below: what" if timeline["posts"] else "What"
    return (
        "<h2>How it ran</h2><figure>"
        f'<img class="plot" alt="{told}" src="data:image/svg+xml;base64,{source}">'
        f"<figcaption>{above} was claimed and asked, and what we did. The same stands in words in "
        f"{elsewhere}.</figcaption></figure>"
    )


def _in_words(timeline: Mapping[str, Any]) -> Iterator[str]:
    posts = timeline["posts"]
    yield f"Timeline of {minutes(timeline['length'])}."
    if posts:
        yield f"{sum(posts)} posts, at most {max(posts)} in one bar."
    yield f"{len(timeline['messages'])} messages, {len(timeline['decisions'])} decisions,"
    yield f"{len(timeline['promises'])} promises, {len(timeline['rumours'])} rumours,"
    yield f"{len(timeline['needs'])} calls for help."
    for begin, end in timeline["silences"]:
        since = day_clock(timeline["begins"], begin)
        yield f"Silent for {minutes(end - begin)} from {since}."
