"""Whose a post on our own account is: known before, ours, changed, or somebody else's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk.model.delivery import DeliveryState, OwnPost, PostVerdict, SentText
from crisisdesk.rules.normal import squeezed, storable

LONGEST_KEPT = 20_000
"""Characters of a post that are kept and compared."""

SKEW = timedelta(minutes=5)
"""How far a network's clock may be from ours. A text that appears longer after its delivery came to
rest is a repeat: an old alert sent out again by somebody is as dangerous as a false one."""

_UNDER_WAY = frozenset({DeliveryState.SENDING, DeliveryState.RETRYING, DeliveryState.UNKNOWN})
_NEVER_LEFT = frozenset({DeliveryState.PREPARED, DeliveryState.HELD})


@dataclass(frozen=True, slots=True)
class Judged:
    """A post with whose it is; `was` is its earlier text where that was changed."""

    post: OwnPost
    verdict: PostVerdict
    was: str = ""


def kept(post: OwnPost) -> OwnPost:
    """The post in the form in which it is stored and compared."""
    text = storable(post.text)[:LONGEST_KEPT]
    return OwnPost(storable(post.external_id), text, storable(post.url), post.posted_at)


def is_news(post: OwnPost, known: Mapping[str, str]) -> bool:
    """Whether a post stands nowhere in `known` (text by external id), or with other words."""
    text = known.get(post.external_id)
    return text is None or squeezed(text) != squeezed(post.text)


def judge(
    posts: Sequence[OwnPost],
    known: Mapping[str, str],
    deliveries: Sequence[SentText],
    since: datetime | None,
) -> list[Judged]:
    """Judge what is new in one page of an account's posts, newest first.

    `known` holds the texts of posts met before, `since` is when the account was first looked at;
    None makes this the first look, which takes what stands there as known.
    """
    last = max((n for n, post in enumerate(posts) if post.external_id in known), default=len(posts))
    judged = []
    for place, post in enumerate(posts):
        if not is_news(post, known):
            continue
        if post.external_id in known:
            judged.append(Judged(post, PostVerdict.CHANGED, known[post.external_id]))
            continue
        # A deletion lets an old post move up into the page from below. Both signs are needed: the
        # place is the network's, but a time of posting may be invented by whoever posts.
        old = since is None or (place > last and post.posted_at < since)
        ours = any(_is_of(post, each) for each in deliveries)
        rest = PostVerdict.KNOWN if old else PostVerdict.FOREIGN
        judged.append(Judged(post, PostVerdict.OURS if ours else rest))
    return judged


def is_one_under_way(deliveries: Iterable[SentText]) -> bool:
    """Whether something is being sent now, whose answer will tell its post's name."""
    return any(each.state is DeliveryState.SENDING for each in deliveries)


def _is_of(post: OwnPost, sent: SentText) -> bool:
    """By the name the network gave it, by the key we chose, or by its words."""
    key = post.external_id.rsplit("/", 1)[-1].partition(".")[0]
    if sent.external_id == post.external_id or sent.key == key:
        return True
    return _may_appear(sent, post.posted_at) and squeezed(sent.text) == squeezed(post.text)


def _may_appear(sent: SentText, posted_at: datetime) -> bool:
    """Whether a post without a name we know can be this delivery's: its answer was lost, it was
    sent twice, or it appeared although nobody saw it."""
    if sent.state in _UNDER_WAY:
        return True
    in_time = sent.created_at - SKEW <= posted_at <= sent.changed_at + SKEW
    return in_time and sent.state not in _NEVER_LEFT
