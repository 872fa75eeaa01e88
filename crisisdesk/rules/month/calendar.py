"""Months on the desk's own calendar: they begin at local midnight, whatever the clocks do."""

import re
from datetime import date, datetime, timedelta, tzinfo

from crisisdesk.model.errors import BadInput
from crisisdesk.model.month import Month

FIRST_YEAR, LAST_YEAR = 1971, 8999
_FORM = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def read_month(words: str) -> Month:
    """A month from words like "2026-11". Raises BadInput."""
    found = _FORM.fullmatch(words.strip())
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise BadInput(f"{words!r} is no month.", "Write the year and the month, as in 2026-11.")
    return Month(int(found[1]), int(found[2]))


def midnight(day: date, zone: tzinfo | None) -> datetime:
    """The first moment of a day in a zone, in the computer's own for None."""
    begins = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the next line gives the zone
    return begins.replace(tzinfo=zone) if zone else begins.astimezone()


def bounds(month: Month, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
    """The first moment of a month, and that of the next one."""
    later = month.after
    first, following = date(month.year, month.number, 1), date(later.year, later.number, 1)
    return midnight(first, zone), midnight(following, zone)


def month_of(moment: datetime, zone: tzinfo | None = None) -> Month:
    """The month that a moment falls into."""
    local = moment.astimezone(zone)
    return Month(local.year, local.month)


def days_of(month: Month) -> list[date]:
    """Its days in order."""
    first = date(month.year, month.number, 1)
    following = date(month.after.year, month.after.number, 1)
    return [first + timedelta(days=each) for each in range((following - first).days)]


def months_between(first: datetime, last: datetime, zone: tzinfo | None = None) -> list[Month]:
    """Every month from one moment to another, the newest first."""
    found, month = [], month_of(first, zone)
    while month <= month_of(last, zone):
        found.append(month)
        month = month.after
    return found[::-1]
