"""What the public had said by a moment, as a review shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeardThen:
    """`counts` maps a label's word to how many mentions had it; `needs` are the newest needs, each
    as (ms since 1970 UTC, who, words). None of it knows what a person made of it later."""

    total: int
    counts: dict[str, int]
    needs: tuple[tuple[int, str, str], ...]
