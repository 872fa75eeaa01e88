"""Measures of what we told the public: how soon, how fully, how truly and how often."""

from collections.abc import Iterable, Iterator

from crisisdesk.model.facts import Facts, Said
from crisisdesk.model.measure import Measure, Unit
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.measures.scale import MINUTE, falling, line, longest
from crisisdesk.rules.plain_words import WORDS_AT_MOST, minutes, of_all, words_over

FIRST_STATEMENT, FIRST_STATEMENT_LATEST = 15 * MINUTE, 60 * MINUTE
"""People expect words within 10 to 15 minutes of an incident; after an hour others have spoken."""

CORRECTION, CORRECTION_LATEST = 5 * MINUTE, 38 * MINUTE
"""38 minutes is what Hawaii took on 13 January 2018, 8:07 to 8:45, on the channel of the alert."""

PROMISE_LATEST = 30 * MINUTE
SILENCE, SILENCE_SHORTEST = 60 * MINUTE, 15 * MINUTE
"""No promise of a next update should be more than an hour away; in a short exercise less."""

WORDS_LATEST = 40
LONG_KINDS = frozenset({"email", "cap", "web"})
"""Channels on which people expect a longer text."""


def first_statement(facts: Facts, _run: Run | None) -> Measure | None:
    """From the start until a network said that our first words stand in public."""
    public = facts.public
    if not public and facts.end <= FIRST_STATEMENT:
        return None
    took = public[0].public_at if public else None
    words = f"Nothing reached the public in {minutes(facts.end)}; {minutes(FIRST_STATEMENT)} is"
    if took is not None:
        words = f"First statement after {minutes(took)}; {minutes(FIRST_STATEMENT)} is"
    return Measure(
        "first_statement",
        "First statement",
        took,
        Unit.SECONDS,
        False,
        0 if took is None else falling(took, FIRST_STATEMENT, FIRST_STATEMENT_LATEST),
        3,
        f"{words} allowed.",
        f"{line(FIRST_STATEMENT, FIRST_STATEMENT_LATEST)}; counted until a network confirmed or "
        "accepted it.",
        tuple(each.seq for each in public[:1]),
    )


def completeness(facts: Facts, _run: Run | None) -> Measure | None:
    """The share of source, hazard, place, time, action and next update in all that was sent."""
    noted = [(each, share) for each in facts.said if (share := each.complete) is not None]
    nothing = not facts.said and facts.end > FIRST_STATEMENT
    if not noted and not nothing:
        return None
    share = round(100 * sum(each for _, each in noted) / len(noted)) if noted else 0
    short = [each for each, complete in noted if complete < 1]
    words = f"{of_all(len(noted) - len(short), len(noted), 'message')} said everything on every"
    words += " channel."
    if short:
        words += f" Most often missing: {_most_missing(short)}."
    return Measure(
        "completeness",
        "Complete warnings",
        share,
        Unit.PERCENT,
        True,
        share,
        2,
        words if noted else "No message was sent, so none could be complete.",
        "The share of source, hazard, place, time, action and next update that every channel's "
        "text says (Mileti and Sorensen 1990; Sutton and Kuligowski 2019; the next update is "
        "ours).",
        tuple(each.seq for each in short),
    )


def _most_missing(said: Iterable[Said]) -> str:
    gone: dict[str, int] = {}
    for each in said:
        for _, _, found in each.elements:
            for element in each.asked:
                gone[element] = gone.get(element, 0) + (element not in found)
    return max(gone, key=lambda element: gone[element])


def corrections(facts: Facts, run: Run | None) -> Measure | None:
    """Whether corrections point at what they correct, and reach everybody who had that."""
    by_alert = {each.alert: each for each in facts.said}
    made = [each for each in facts.said if each.step == Step.CANCEL]
    linked = [each for each in made if _linked(each, by_alert.get(each.follows))]
    never = sum(done is None for _, done in run.corrections()) if run else 0
    if not made and not never:
        return None
    every = len(made) + never
    words = f"{of_all(len(linked), len(made), 'correction')} linked to the wrong message and sent"
    words += " on every channel that had it"
    if not made:
        words = "None was sent"
    words += f"; {of_all(never, every, 'mistake')} never corrected" if never else ""
    share = round(100 * len(linked) / every)
    return Measure(
        "corrections",
        "Corrections linked",
        share,
        Unit.PERCENT,
        True,
        share,
        2,
        f"{words}.",
        "The share of corrections that follow the message they correct and reach every channel "
        "that had it. A mistake never corrected counts as a correction that is not.",
        tuple(each.seq for each in made),
    )


def _linked(correction: Said, wrong: Said | None) -> bool:
    return wrong is not None and set(wrong.channels) <= set(correction.channels)


def correction_time(facts: Facts, run: Run | None) -> Measure | None:
    """How long a mistake of ours stood: since it was known in an exercise, else since it went out.

    A mistake known too shortly before the end is left out while nobody corrected it.
    """
    known = list(run.corrections()) if run else list(_corrected(facts))
    due = [(at, done) for at, done in known if done is not None or facts.end - at > CORRECTION]
    if not due:
        return None
    took = [done - at for at, done in due if done is not None]
    scores = [falling(each, CORRECTION, CORRECTION_LATEST) for each in took]
    words = f"Our own mistake put right after {minutes(max(took))}" if took else ""
    return Measure(
        "correction_time",
        "Time to correct",
        max(took, default=None),
        Unit.SECONDS,
        False,
        round(sum(scores) / len(due)),
        2,
        f"{words or 'Our own mistake was never put right'}; {minutes(CORRECTION)} is allowed.",
        f"For each mistake {line(CORRECTION, CORRECTION_LATEST)}, 0 when never corrected; then "
        "the mean. Hawaii took 38 minutes in 2018.",
    )


def _corrected(facts: Facts) -> Iterator[tuple[int, int | None]]:
    by_alert = {each.alert: each for each in facts.said}
    for each in facts.said:
        wrong = by_alert.get(each.follows)
        if each.step == Step.CANCEL and wrong:
            yield wrong.at, each.at


def promises(facts: Facts, _run: Run | None) -> Measure | None:
    """Whether people heard more by the time we had told them."""
    due = [each for each in facts.promises if each.due <= facts.end or each.kept is not None]
    if not due:
        return None
    late = [max(0, each.kept - each.due) for each in due if each.kept is not None]
    in_time, never = late.count(0), len(due) - len(late)
    after = len(late) - in_time
    words = f"{of_all(in_time, len(due), 'promised update')} in time"
    words += f", {after} late (at most by {minutes(max(late))})" if after else ""
    words += f", {never} never" if never else ""
    return Measure(
        "promises",
        "Promised updates",
        round(100 * in_time / len(due)),
        Unit.PERCENT,
        True,
        round(sum(falling(each, 0, PROMISE_LATEST) for each in late) / len(due)),
        2,
        f"{words}.",
        f"For each promise 100 in time, falling evenly to 0 at {minutes(PROMISE_LATEST)} late, 0 "
        "when never kept; then the mean.",
        tuple(each.seq for each in due if each.kept is None or each.kept > each.due),
    )


def silence_allowed(run: Run | None) -> int:
    """Seconds without a message that are all right: an hour, or a quarter of a short exercise."""
    if run is None:
        return SILENCE
    quarter = run.scenario.length // 4 // MINUTE * MINUTE
    return min(SILENCE, max(SILENCE_SHORTEST, quarter))


def silence(facts: Facts, run: Run | None) -> Measure | None:
    """The longest time in which the public heard nothing new from us."""
    allowed = silence_allowed(run)
    if facts.end <= allowed and not facts.public:
        return None
    gap = longest([each.public_at or 0 for each in facts.public], facts.end)[0]
    shorter = ", a quarter of the length of a shorter exercise, never less than 15 minutes"
    return Measure(
        "silence",
        "Longest silence",
        gap,
        Unit.SECONDS,
        False,
        falling(gap, allowed, 3 * allowed),
        2,
        f"The longest silence between two messages was {minutes(gap)}; {minutes(allowed)} is "
        "allowed.",
        f"{line(allowed, 3 * allowed)}, from start to end: an hour{shorter if run else ''}.",
    )


def brevity(facts: Facts, _run: Run | None) -> Measure | None:
    """How many words our posts have beyond what can be read out in half a minute."""
    texts = [
        (each.seq, words_over(text))
        for each in facts.said
        for account, _, text in each.texts
        if facts.kinds.get(account) not in LONG_KINDS
    ]
    if not texts:
        return None
    over = [each for _, each in texts if each]
    words = f"{of_all(len(over), len(texts), 'post')} longer than {WORDS_AT_MOST} words"
    words += f", by up to {max(over)}" if over else ""
    return Measure(
        "brevity",
        "Words over the limit",
        sum(over),
        Unit.WORDS,
        False,
        falling(round(sum(over) / len(texts)), 0, WORDS_LATEST),
        1,
        f"{words}.",
        f"100 without a word beyond {WORDS_AT_MOST} a post, falling evenly to 0 at {WORDS_LATEST} "
        "too many in the mean of all posts (our assumption: half a minute when read out). E-mail, "
        "CAP and web pages may be longer.",
        tuple(sorted({seq for seq, each in texts if each})),
    )
