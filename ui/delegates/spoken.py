"""A mention as a screen reader says it: everything its row shows, what matters most first."""

from crisisdesk.model.mention import Mention
from crisisdesk.rules.showing import one_line
from ui.widgets.clocks import MINUTE, age

_STOPS = ".!?…"


def spoken(mention: Mention, now_ms: int) -> str:
    """As in "need. Ann says: …. why: trapped. from mastodon. 4 min ago"."""
    who = one_line(mention.author_name or mention.author or mention.source, 60)
    parts = [", ".join(mention.labels.words) or "no label"]
    parts += [f"handled by {mention.handled_by}"] if mention.handled_by else []
    parts += [f"{who} says: {one_line(mention.text)}"]
    parts += ["said before"] if mention.repeats else []
    parts += [f"why: {one_line(' · '.join(mention.reasons))}"] if mention.reasons else []
    parts += [f"from {mention.source.split(':')[0]}"]
    seconds = (now_ms - mention.posted_at) / 1000
    parts += [age(seconds) if seconds < MINUTE else f"{age(seconds)} ago"]
    return " ".join(each if each[-1] in _STOPS else f"{each}." for each in parts)
