"""When things are due: planned messages, promised updates, night, silence, and late clocks.

A `zone` of None means this computer's own. Moments are aware datetimes.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from crisisdesk.model.alert import Alert
from crisisdesk.model.cap import Severity
from crisisdesk.model.plan import PlanKind
from crisisdesk.rules.templating import GIVEN

PROMISE_FIELD = "next_update_at"
"""The field of a template that promises when people will hear more."""

LATEST = timedelta(minutes=5)
"""Later than this nothing is sent by itself: the world may have changed meanwhile."""

REMINDER = timedelta(minutes=5)
SILENCE = timedelta(minutes=10)
"""People expect words within 10 to 15 minutes of an incident."""

SHORTEST_MINUTES, LONGEST_MINUTES = 5, 24 * 60
"""Between two repetitions of a message."""

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)

_CLOCK_TIME = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])[:.]([0-5]\d)(?!\d)(?:\s*([ap])\.?m\b)?", re.IGNORECASE
)


class Decision(StrEnum):
    """What to do with something planned."""

    WAIT = "wait"
    RUN = "run"
    MISSED = "missed"


def decide(kind: PlanKind, due: datetime, now: datetime, worst_now: datetime) -> Decision:
    """What is to happen to a plan at a moment.

    Our own messages run on time or at most 5 minutes late; later they are missed, and a person is
    asked. A promise is missed once its moment is reached. An alert expires by the later of both
    clocks, however late: `worst_now` is the latest moment it can be by any of them.
    """
    late = (max(now, worst_now) if kind is PlanKind.EXPIRY else now) - due
    if late < timedelta():
        return Decision.WAIT
    if kind is PlanKind.EXPIRY:
        return Decision.RUN
    return Decision.MISSED if kind is PlanKind.PROMISE or late > LATEST else Decision.RUN


def asks_again(planned_for: datetime, now: datetime) -> bool:
    """Whether something is too far from its moment to go by itself: by sleep or by a wrong clock.

    A moment that lies that far ahead says that the clock was set back.
    """
    return abs(now - planned_for) > LATEST


def next_clock_time(text: str, after: datetime, zone: tzinfo | None = None) -> datetime | None:
    """The moment that the first clock time in a text means: the next one after `after`, in UTC.

    "about 5:00" and "5.30 pm" are understood; None where there is no clock time. A time that the
    clock shows twice in one night is the next of both; one that it skips is taken as RFC 5545
    (3.3.5) has it, by the offset before the gap.
    """
    wanted = _clock_time(text)
    if wanted is None:
        return None
    return next(moment for moment in _moments(wanted, after, zone) if moment > after)


def _clock_time(text: str) -> time | None:
    found = _CLOCK_TIME.search(text)
    if not found:
        return None
    hour, half = int(found[1]), (found[3] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(found[2]))


def _moments(wanted: time, after: datetime, zone: tzinfo | None) -> Iterator[datetime]:
    """Each moment around `after` at which the clock shows this time, earliest first."""
    today = after.astimezone(zone).date()
    for days in range(3):
        shown = datetime.combine(today + timedelta(days=days), wanted)
        moments = [_in_utc(shown.replace(fold=fold), zone) for fold in (0, 1)]
        real = {each for each in moments if _as_shown(each, zone) == shown}
        yield from sorted(real) or moments[:1]


def _in_utc(shown: datetime, zone: tzinfo | None) -> datetime:
    return (shown.replace(tzinfo=zone) if zone else shown).astimezone(UTC)


def _as_shown(moment: datetime, zone: tzinfo | None) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def promised(alert: Alert) -> str:
    """The next update that an alert's texts really promise, as they say it; "" for none.

    A correction carries the values of its alert, but not their promise.
    """
    words = alert.values.get(PROMISE_FIELD, "").strip()
    return words if words and any(words in each.text for each in alert.rendered) else ""


def same_words(one: Alert, other: Alert) -> bool:
    """Whether one alert only repeats the other, apart from its reference and the time it gives."""

    def said(values: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in values.items() if name not in GIVEN}

    alike = (one.template_id, one.step) == (other.template_id, other.step)
    return alike and said(one.values) == said(other.values)


def holds_until(alert: Alert, said_at: datetime, zone: tzinfo | None = None) -> datetime:
    """When the words of an alert said at a moment are over: expired, or their promise is due."""
    promise = next_clock_time(promised(alert), said_at, zone)
    return min(alert.expires_at, promise) if promise else alert.expires_at


def is_night(local_now: datetime) -> bool:
    """Whether most people are asleep: from 22:00 to 07:00."""
    return local_now.time() >= NIGHT_BEGINS or local_now.time() < NIGHT_ENDS


def night_warning(local_now: datetime, severity: Severity) -> str:
    """What to consider before waking people up; "" by day.

    What may cost lives does not wait, nor does what nobody has graded yet.
    """
    if not is_night(local_now):
        return ""
    if severity in (Severity.MODERATE, Severity.MINOR):
        return f"It is {local_now:%H:%M}: this wakes people up. Can it wait until 07:00?"
    return f"It is {local_now:%H:%M}: many people are asleep, and phones may be silent."


def holding_due(opened_at: datetime, last_public_at: datetime | None, now: datetime) -> bool:
    """Whether an open incident has been left for 10 minutes without a word to the public."""
    return now - max(opened_at, last_public_at or opened_at) >= SILENCE
