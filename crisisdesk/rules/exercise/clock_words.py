"""A time of day as somebody in a hurry writes it: 2.15, quarter past 2, twenty minutes ago."""

from random import Random

DAY = 24 * 60
JUST_BEFORE = 25
"""People speak of what happened in the last so many minutes."""

_QUARTERS = {0: "{} o'clock", 15: "quarter past {}", 30: "half {}", 45: "quarter to {}"}


def clock_words(starts: tuple[int, int], at: int, chance: Random) -> str:
    """A moment shortly before `at`, story seconds; the story began at `starts` (hour, minute)."""
    minute = _minute(starts, at - 60 * chance.randrange(1, JUST_BEFORE))
    hour, past = divmod(minute, 60)
    if past in _QUARTERS:
        return _QUARTERS[past].format(_twelve(hour + (past == 45)))
    half = "am" if hour < 12 else "pm"
    forms = (
        f"{hour:02}:{past:02}",
        f"{_twelve(hour)}.{past:02}{half}",
        f"{_twelve(hour)}:{past:02}",
        f"about {_twelve(hour)}.{past:02}",
        f"{past} minutes past {_twelve(hour)}",
    )
    return chance.choice(forms)


def part_of_day(starts: tuple[int, int], at: int) -> str:
    """This morning, this afternoon, this evening or tonight."""
    hour = _minute(starts, at) // 60
    if is_night(starts, at):
        return "tonight"
    return "this morning" if hour < 12 else "this afternoon" if hour < 18 else "this evening"


def is_night(starts: tuple[int, int], at: int) -> bool:
    """Whether most people sleep: from 22:00 to 06:00."""
    return not 6 <= _minute(starts, at) // 60 < 22


def _minute(starts: tuple[int, int], at: int) -> int:
    return (starts[0] * 60 + starts[1] + at // 60) % DAY


def _twelve(hour: int) -> int:
    return hour % 12 or 12
