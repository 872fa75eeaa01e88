"""The part of a scenario file that describes the simulated public."""

from crisisdesk.model.exercise import POSTS, Crowd, Method, Need, Persona, Question, Rumour
from crisisdesk.rules.exercise.entry import Entry

KINDS = ("resident", "journalist", "councillor", "celebrity", "troll", "partner", "business")
HARM = ("low", "medium", "high")
MOST_PER_HOUR = 20_000


def persona(entry: Entry) -> Persona:
    """One person of the public. Raises Misfit."""
    entry.only("handle method name followers kind")
    return Persona(
        handle=entry.text("handle"),
        method=Method(entry.one_of(POSTS, "method")),
        name=entry.text("name"),
        followers=entry.count("followers", 0),
        kind=entry.one_of(KINDS, "kind", default=KINDS[0]),
    )


def rumour(entry: Entry) -> Rumour:
    """One rumour. Raises Misfit."""
    entry.only("id claim starts answered_by harm reach doubles_minutes phrasings")
    doubles = entry.seconds("doubles_minutes")
    if doubles == 0:
        raise entry.misfit("doubles_minutes", "doubles_minutes must be above 0")
    return Rumour(
        id=entry.text("id"),
        claim=entry.text("claim"),
        starts=entry.text("starts"),
        answered_by=entry.text("answered_by"),
        harm=entry.one_of(HARM, "harm"),
        reach=entry.count("reach", 100, least=1),
        doubles=doubles,
        phrasings=_phrasings(entry),
    )


def question(entry: Entry) -> Question:
    """One question that many ask. Raises Misfit."""
    entry.only("id asks starts answered_by per_hour phrasings")
    return Question(
        id=entry.text("id"),
        asks=entry.text("asks"),
        starts=entry.text("starts"),
        answered_by=entry.text("answered_by"),
        per_hour=entry.count("per_hour", 20, least=1, most=MOST_PER_HOUR),
        phrasings=_phrasings(entry),
    )


def need(entry: Entry) -> Need:
    """One call for help that gets louder. Raises Misfit."""
    entry.only("id inject answered_by patience_minutes escalates")
    patience = entry.seconds("patience_minutes", default=5)
    if patience == 0:
        raise entry.misfit("patience_minutes", "patience_minutes must be above 0")
    return Need(
        id=entry.text("id"),
        inject=entry.text("inject"),
        answered_by=entry.text("answered_by"),
        patience=patience,
        escalates=entry.texts("escalates"),
    )


def crowd(entry: Entry) -> Crowd:
    """Everybody else. Raises Misfit."""
    entry.only("calm_per_hour height_per_hour phrasings gaps")
    gaps = entry.inner("gaps")
    calm = entry.count("calm_per_hour", 0, most=MOST_PER_HOUR)
    return Crowd(
        calm_per_hour=calm,
        height_per_hour=entry.count("height_per_hour", calm, calm, MOST_PER_HOUR),
        phrasings=entry.texts("phrasings"),
        gaps={key: gaps.texts(key) for key in gaps.table},
    )


def _phrasings(entry: Entry) -> tuple[str, ...]:
    phrasings = entry.texts("phrasings")
    if not phrasings:
        raise entry.misfit("phrasings", "phrasings must hold at least one sentence")
    return phrasings
