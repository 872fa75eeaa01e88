"""A small town with a rumour, a question, a call for help and a crowd, for tests of its public."""

from dataclasses import replace

from crisisdesk.model.exercise import (
    Crowd,
    Goal,
    Inject,
    Method,
    Need,
    Persona,
    Question,
    Rumour,
    Scenario,
)
from crisisdesk.rules.exercise.public import Public
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.rules.exercise.speaking import Post
from crisisdesk.system.phrase_files import load_book

HOUR = 3600
ESCALATES = ("Nobody has come, the water is on the stairs", "Please, she is frightened")
PERSONAS = (
    Persona("cllr_morris", Method.MASTODON, "Cllr Morris", 2_000, "councillor"),
    Persona("wendlive.test", Method.BLUESKY, "Wend Live", 9_000, "journalist"),
    Persona("starlet.test", Method.BLUESKY, "Starlet", 50_000, "celebrity"),
    Persona("angry_mick", Method.MASTODON, "Mick", 900, "troll"),
    Persona("jo_hill", Method.MASTODON, "Jo", 150, "resident"),
)
RUMOUR = Rumour(
    id="bridge",
    claim="Mill Bridge has been swept away",
    starts="rumour",
    answered_by="answer",
    harm="high",
    reach=150,
    doubles=300,
    phrasings=(
        "Mill Bridge is down",
        "The bridge by {place} has collapsed",
        "They've lost the bridge",
    ),
)


def town(
    per_hour: int = 600, hours: int = 2, phrasings: tuple[str, ...] = RUMOUR.phrasings
) -> Scenario:
    """A flood of that length with so many posts an hour at its height."""
    injects = (
        Inject("start", 0, Method.FEED, "Rivers Board", "The Wend is rising"),
        Inject("rumour", 300, Method.MASTODON, "bridgetalk", "Hearing that Mill Bridge is down"),
        Inject("ask", 300, Method.BLUESKY, "amira.test", "@riverside.test should we leave?"),
        Inject("call", 600, Method.MASTODON, "leah_m", "@riverside my mum is trapped upstairs"),
    )
    goals = (
        Goal("answer", "", "rumour", "broadcast", 900, "rumour-correction"),
        Goal("told", "", "ask", "broadcast", 900, "flood-severe"),
        Goal("reached", "", "call", "handle", 600, match="trapped"),
    )
    questions = Question(
        "leave", "should we leave", "ask", "told", 100, ("should we leave {street}?", "stay or go?")
    )
    return Scenario(
        id="town",
        name="Flood",
        summary="A river comes up",
        codeword="Teal",
        length=hours * HOUR,
        incident_name="Flood, Riverside",
        watch_terms=("RiversideFlood",),
        places=("Riverside", "Lower Town", "Mill Lane", "Weir Street", "Hill Road"),
        injects=injects,
        acts={},
        goals=goals,
        personas=PERSONAS,
        rumours=(replace(RUMOUR, phrasings=phrasings),),
        questions=(questions,),
        needs=(Need("mum", "call", "reached", 300, ESCALATES),),
        crowd=Crowd(per_hour // 5, per_hour, ("Water in {street} is over the {kerb|step}",)),
    )


def played(scenario: Scenario) -> dict[str, int]:
    """Every inject at its time."""
    return {each.id: each.at for each in scenario.injects}


def public(scenario: Scenario, seed: int = 1) -> Public:
    """Its public."""
    return Public(scenario, load_book(scenario), seed)


def broadcast(at: int, template: str, *channels: str, step: str = "alert") -> list[Deed]:
    """A message that these kinds of channel took 5 seconds later."""
    heard = [Deed(at + 5, "heard", kind, template) for kind in channels]
    return [Deed(at, "broadcast", step, template, "Mill Bridge is open"), *heard]


def run(
    scenario: Scenario,
    deeds: list[Deed] | None = None,
    done: dict[str, int] | None = None,
    seed: int = 1,
    every: int = 15,
) -> tuple[Public, list[Post]]:
    """The whole story, looked at so often."""
    town_public, posts = public(scenario, seed), list[Post]()
    for now in (*range(0, scenario.length, every), scenario.length):
        posts += town_public.step(now, deeds or [], played(scenario), done or {})
    return town_public, posts
