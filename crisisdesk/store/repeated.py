"""Where the desk's tables repeat words that people typed, besides the record itself."""

from sqlalchemy import ColumnElement, Connection, func, update

from crisisdesk.store.schema import delivery, notice, own_post, plan

PLACES = (notice.c.words, plan.c.words, delivery.c.evidence, own_post.c.text)
"""What was approved or sent to the public is frozen, and stays."""

SHORTEST = 8
"""Fewer letters than that would stand in words that tell of something else."""


def blank(connection: Connection, words: str, stub: str) -> None:
    """Put a stub in the place of these words wherever they stand."""
    for place in PLACES:
        connection.execute(
            update(place.table)
            .where(_holds(connection, place, words))
            .values({place: func.replace(place, words, stub)})
        )


def _holds(connection: Connection, place: ColumnElement[str], words: str) -> ColumnElement[bool]:
    if len(words) < SHORTEST:
        return place == words
    found = func.instr if connection.dialect.name == "sqlite" else func.strpos
    return found(place, words) > 0
