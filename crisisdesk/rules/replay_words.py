"""A moment of a log in words: what was known, said and public then."""

from datetime import UTC, datetime, tzinfo

from crisisdesk.model.heard import HeardThen
from crisisdesk.model.moment import from_iso
from crisisdesk.model.replay import Message, Moment
from crisisdesk.rules.showing import one_line

NOTES = 6
NEEDS = 5
NOTHING = ["–"]
MINUTE_MS = 60_000
STATES = {
    "seen": "confirmed",
    "not_withdrawn": "could not be deleted",
    "handed_over": "handed to a person to post",
    "posted_by_hand": "posted by hand",
    "not_posted": "not posted by hand",
}
"""What a later look found, or a person did, beside the states; the others stand for themselves."""
STEPS = {"cancel": "correction", "all_clear": "all clear"}
"""The steps whose names in the log are not the words for them."""

LABELS = {
    "need": ("call for help", "calls for help"),
    "rumour": ("rumour", "rumours"),
    "question": ("question", "questions"),
    "eyewitness": ("eyewitness report", "eyewitness reports"),
    "media": ("media contact", "media contacts"),
}
"""One and many of each label of mentions."""


def moment_in_words(moment: Moment, heard: HeardThen, zone: tzinfo | None = None) -> str:
    """Everything in one text, the most important first. Times are local, in `zone` or else the
    computer's."""
    parts = [
        ("PUBLIC COULD SEE", _messages(moment, zone)),
        ("DECIDED AND NOTED", _notes(moment, zone)),
        ("PROMISED", _promises(moment, zone)),
        ("KNOWN FROM THE PUBLIC", _heard(heard, zone)),
        ("AT THE DESK", _desk(moment)),
    ]
    return "\n\n".join("\n".join([title, *(lines or NOTHING)]) for title, lines in parts) + "\n"


def heading(moment: Moment, zone: tzinfo | None = None) -> str:
    """Which moment it is."""
    local = datetime.fromtimestamp(moment.at_ms / 1000, UTC).astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M:%S} · after entry {moment.seq:,}"


def _messages(moment: Moment, zone: tzinfo | None) -> list[str]:
    lines = [line for each in moment.messages for line in _message(each, zone)]
    if (silence := moment.silence_ms or 0) >= MINUTE_MS:
        lines.append(f"Nothing new for {_minutes(silence)}.")
    return lines


def _message(message: Message, zone: tzinfo | None) -> list[str]:
    where = [f"{name} {STATES.get(state, state)}" for name, state in message.channels]
    step = STEPS.get(message.step, message.step)
    said, at = one_line(message.headline, 120), _clock(message.at_ms, zone)
    places = ", ".join(where) or "on no channel yet"
    return [f"{at} {step} {message.marker}: {said}", f"    {places}"]


def _notes(moment: Moment, zone: tzinfo | None) -> list[str]:
    lines = []
    for each in moment.notes[:NOTES]:
        right = f" (put right by entry {each.corrected_by})" if each.corrected_by else ""
        kind = each.kind.replace("_", " ")
        said = one_line(each.words, 200)
        lines.append(f"{_clock(each.at_ms, zone)} {each.actor}, {kind}: {said}{right}")
    return lines + _more(len(moment.notes) - NOTES, "earlier")


def _promises(moment: Moment, zone: tzinfo | None) -> list[str]:
    return [
        f"an update by {_due(each.due, zone)}: {'open' if each.state == 'made' else each.state}"
        for each in moment.promises
    ]


def _due(text: str, zone: tzinfo | None) -> str:
    try:
        return f"{from_iso(text).astimezone(zone):%H:%M}"
    except ValueError:
        return text


def _heard(heard: HeardThen, zone: tzinfo | None) -> list[str]:
    if not heard.total:
        return []
    counts = ", ".join(_count(name, number) for name, number in heard.counts.items() if number)
    lines = [f"{heard.total:,} mentions" + (f", of them {counts}" if counts else "")]
    for at_ms, who, words in heard.needs[:NEEDS]:
        lines.append(f"{_clock(at_ms, zone)} NEED {one_line(who, 40)}: {one_line(words, 160)}")
    return lines + _more(len(heard.needs) - NEEDS, "earlier needs")


def _count(label: str, number: int) -> str:
    one, many = LABELS.get(label, (label, label))
    return f"{number:,} {one if number == 1 else many}"


def _desk(moment: Moment) -> list[str]:
    lines = [moment.incident] if moment.incident else []
    if moment.on_duty:
        lines.append(f"Signed in: {', '.join(moment.on_duty)}")
    if moment.stopped_by:
        lines.append(f"EVERYTHING STOPPED by {moment.stopped_by}")
    if moment.waiting:
        lines.append(f"{len(moment.waiting)} waiting for a second person")
    return lines


def _more(number: int, what: str) -> list[str]:
    return [f"… and {number:,} {what}"] if number > 0 else []


def _clock(at_ms: int, zone: tzinfo | None) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%H:%M}"


def _minutes(length_ms: int) -> str:
    minutes = length_ms // MINUTE_MS
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
