"""Live or exercise: stamped on every row, decided once for each process."""

from enum import StrEnum


class Mode(StrEnum):
    """Whether what this process does can reach the public."""

    LIVE = "live"
    EXERCISE = "exercise"


EXERCISE_DOMAIN = "exercise.invalid"
"""All simulated networks of an exercise lie here; RFC 2606 keeps `.invalid` off every network."""
