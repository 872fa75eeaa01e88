"""Numbers and lengths as a tired person reads them, and how long a text is to read out."""

import re

from crisisdesk.rules.composing import EXERCISE_PREFIX

WORDS_AT_MOST = 80
"""What is read out in half a minute, at 160 words a minute. Our assumption, not a standard."""

_NOT_WORDS = re.compile(r"https?://\S+|#\w+|Ref \w+-\d+")


def minutes(seconds: int) -> str:
    """As in "45 s", "11 min", "2 min 30 s" or "1 h 05 min"."""
    hours, rest = divmod(seconds, 3600)
    if hours:
        return f"{hours} h {rest // 60:02d} min" if rest >= 60 else f"{hours} h"
    whole, left = divmod(seconds, 60)
    if not whole:
        return f"{left} s"
    return f"{whole} min {left} s" if left else f"{whole} min"


def of_all(number: int, every: int, what: str) -> str:
    """As in "3 of 5 calls", "0 of 1 call" or "None of 5 calls"."""
    first = "None" if number == 0 and every > 1 else str(number)
    return f"{first} of {counted(every, what)}"


def counted(number: int, what: str) -> str:
    """As in "1 message" or "2,107 messages"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def needing_a_second(number: int) -> str:
    """As in "1 needs a second person" or "2 need a second person"."""
    return f"{number:,} {'needs' if number == 1 else 'need'} a second person"


def words_over(text: str) -> int:
    """How many words a post has beyond the limit; marks, links and tags are none."""
    plain = _NOT_WORDS.sub(" ", text.replace(EXERCISE_PREFIX, " "))
    return max(0, len(plain.split()) - WORDS_AT_MOST)
