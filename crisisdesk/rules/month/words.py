"""The figures of a month in words, each with how it was counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crisisdesk.model.month import Answered, MonthFigures
from crisisdesk.model.reach import ChannelReach
from crisisdesk.rules.gauging import counts_in_words
from crisisdesk.rules.plain_words import counted, minutes

NOT_KNOWN = "not known"
NOTHING = "none"
NO_RECORD = "no record"
"""Of a month without any entry: nobody knows what would have been counted."""
SAID, HEARD, WENT, PRACTICE = "What we said", "What we heard", "What went wrong", "Practice"
STEPS = (
    ("alert", "alert"),
    ("update", "update"),
    ("cancel", "correction"),
    ("all_clear", "all clear"),
)
NO_READERS = "For mail and CAP nobody tells how many people read it, so it is not known."
REACH = (
    "Followers are those of the account when its network last told: at most so many people could "
    "be reached directly. How many read a message is not known."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of the report: how it reads for a month, and how it was counted."""

    section: str
    name: str
    read: Callable[[MonthFigures], str]
    how: str

    def of(self, found: MonthFigures) -> str:
        """How it reads for a month. Exercises are known without the log."""
        return self.read(found) if found.entries or self.section == PRACTICE else NO_RECORD


def _messages(found: MonthFigures) -> str:
    total = sum(found.messages.values())
    parts = [
        counted(found.messages[step], name) for step, name in STEPS if found.messages.get(step)
    ]
    return f"{total:,}: {', '.join(parts)}" if parts else NOTHING


def _mentions(found: MonthFigures) -> str:
    if found.mentions is None:
        return NOT_KNOWN
    return f"at least {found.mentions:,}" if found.mentions_removed else f"{found.mentions:,}"


def _asked(answered: Answered, what: str, done: str) -> str:
    if not answered.number:
        return NOTHING
    words = f"{counted(answered.number, what)}, {answered.answered:,} {done}"
    return words if answered.middle is None else f"{words}, middle {minutes(answered.middle)}"


def _heard(judged: Answered, what: str, done: str, by_program: int) -> str:
    if not by_program:
        return _asked(judged, what, done)
    words = f"{counted(by_program, what)} dealt with as the program had sorted them"
    return f"{_asked(judged, what, done)}; {words}" if judged.number else words


def _promises(found: MonthFigures) -> str:
    if not found.promised:
        return NOTHING
    never = found.promised - found.kept_in_time - found.kept_late
    words = f"{counted(found.promised, 'update')}, {found.kept_in_time:,} in time"
    words += f", {found.kept_late:,} late" if found.kept_late else ""
    return words + (f", {never:,} not kept" if never else "")


def _complete(found: MonthFigures) -> str:
    if found.complete is not None:
        return f"{found.complete} %"
    return NOT_KNOWN if found.messages else NOTHING


def _first(found: MonthFigures) -> str:
    return _asked(found.first_statement, "incident", "with a statement")


def _drills(found: MonthFigures) -> str:
    if found.drills is None:
        return NOT_KNOWN
    named = [
        f"{each.name} ({each.player or 'no name given'}, score {each.score})"
        for each in found.drills
    ]
    return "; ".join(named) or NOTHING


def _practice(found: MonthFigures) -> str:
    if found.drills is None:
        return NOT_KNOWN
    return "; ".join(found.practice) or "nobody has played and given a name"


def _number(read: Callable[[MonthFigures], int]) -> Callable[[MonthFigures], str]:
    return lambda found: f"{read(found):,}" if read(found) else NOTHING


ROWS = (
    Row(
        *(SAID, "Incidents opened", lambda found: "; ".join(found.incidents) or NOTHING),
        "Incidents that were opened in the month.",
    ),
    Row(
        *(SAID, "Messages sent", _messages),
        "Messages whose sending was begun, each once for all its channels; what became of them is "
        "told below.",
    ),
    Row(
        *(SAID, "First statement", _first),
        "For each incident opened in the month: from its opening until a network confirmed or "
        "accepted the first message. Incidents too short to measure are left out.",
    ),
    Row(
        *(SAID, "Complete warnings", _complete),
        "The share of source, hazard, place, time, action and next update that the texts say.",
    ),
    Row(
        *(SAID, "Promised updates", _promises),
        "Updates that were promised for a time within the month, and whether one came by then.",
    ),
    Row(
        *(
            SAID,
            "Waits for a second person",
            lambda found: _asked(found.approvals, "message", "answered"),
        ),
        "Messages that a second person was asked to approve, from the asking to the answer.",
    ),
    Row(
        *(HEARD, "Mentions heard", _mentions),
        "Posts and mails about us that were stored in the month, repeats included. “At least” "
        "where old ones were removed since. A log without its database holds none.",
    ),
    Row(
        *(
            HEARD,
            "Calls for help",
            lambda found: _heard(found.needs, "call", "acknowledged", found.needs_sorted),
        ),
        "Mentions that a person judged a need, from that to when it was dealt with. Beside them "
        "those that the program had sorted: when they came the log does not say, nor how many "
        "nobody touched.",
    ),
    Row(
        *(
            HEARD,
            "Rumours",
            lambda found: _heard(found.claims, "claim", "answered", found.claims_sorted),
        ),
        "Mentions that a person judged a rumour, from that to when it was dealt with, or a rumour "
        "correction was in public. Beside them those that the program had sorted.",
    ),
    Row(
        *(WENT, "Unknown outcomes", lambda found: _asked(found.doubts, "outcome", "settled")),
        "Messages of which nobody knew for a time whether a channel had them.",
    ),
    Row(
        *(WENT, "Posts that are not ours", _number(lambda found: found.foreign_posts)),
        "Posts on our own accounts that this desk did not send.",
    ),
    Row(
        *(WENT, "Glass broken", _number(lambda found: found.glass_broken)),
        "Messages that went out without a second person.",
    ),
    Row(
        *(WENT, "All sending stopped", _number(lambda found: found.stops)),
        "How often somebody stopped all sending.",
    ),
    Row(
        *(PRACTICE, "Exercises held", _drills),
        "Exercises on this computer that a person played and that were measured.",
    ),
    Row(
        *(PRACTICE, "Who has practised", _practice),
        "By the end of the month. Only who gave a name is known.",
    ),
)


def notes(found: MonthFigures, newest: str) -> Iterator[str]:
    """What must be known before any figure is read. `newest` is when the log ends, in words."""
    if not found.entries:
        words = "nothing was done, or not with this log"
        yield f"The log has no entry of {found.month.words}: {words}."
    elif not found.covered:
        yield (
            f"The log does not cover all of {found.month.words}; its newest entry is from {newest}."
            " What came before it began, or is still to come, is not counted."
        )


def channel_cells(each: ChannelReach) -> tuple[str, ...]:
    """(messages, what became of them, reactions, followers) of a channel."""
    return f"{each.messages:,}", _became(each), _reactions(each), _followers(each.followers)


def _became(each: ChannelReach) -> str:
    parts = (
        (each.confirmed, "confirmed"),
        (each.accepted, "accepted, not read back"),
        (each.withdrawn, "withdrawn"),
        (each.failed, "failed"),
        (each.unknown, "of unknown outcome"),
    )
    named = [f"{number:,} {words}" for number, words in parts if number]
    rest = each.messages - sum(number for number, _ in parts)
    named += [f"{rest:,} not finished"] if rest else []
    named += [f"{each.gone:,} later found gone or altered"] if each.gone else []
    return ", ".join(named)


def _reactions(each: ChannelReach) -> str:
    if not each.counted:
        return NOT_KNOWN
    of = "" if each.counted == each.messages else f" (of {counted(each.counted, 'post')})"
    return f"{counts_in_words(each.counts)}{of}"


def _followers(number: int | None) -> str:
    return NOT_KNOWN if number is None else f"{number:,}"


def lines(now: MonthFigures, before: MonthFigures, newest: str) -> Iterator[str]:
    """All of it as plain text, for a command."""
    yield f"{now.month.words}, beside {before.month.words}"
    yield from notes(now, newest)
    section = ""
    for row in ROWS:
        if row.section != section:
            section = row.section
            yield f"\n{section}"
        yield f"  {row.name}: {row.of(now)} (before: {row.of(before)})"
    yield "\nChannels"
    for each in now.channels:
        messages, became, reactions, followers = channel_cells(each)
        yield f"  {each.channel}: {messages} – {became}; {reactions}; followers {followers}"
    if not now.channels:
        yield "  Nothing was sent."
    yield f"\n{REACH} {NO_READERS}"
