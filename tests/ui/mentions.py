"""Mentions made up for the screen."""

from crisisdesk.model.mention import Item, Label, Mention

NOON = 1_790_000_000_000


def mention(
    number: int,
    text: str = "The weir is high",
    author: str = "somebody",
    labels: Label = Label.NONE,
    handled_by: str = "",
    reasons: tuple[str, ...] = (),
    url: str = "",
) -> Mention:
    """A stored mention with this id."""
    return Mention(
        id=number,
        source="mastodon",
        ext_id=str(number),
        author=author,
        author_name="",
        text=text,
        url=url,
        posted_at=NOON + number,
        received_at=NOON + number,
        labels=labels,
        urgency=0,
        reasons=reasons,
        handled_by=handled_by,
    )


def mentions(newest: int, oldest: int) -> list[Mention]:
    """Mentions with these ids, newest first."""
    return [mention(number) for number in range(newest, oldest - 1, -1)]


def item(number: int, text: str) -> Item:
    """Something a source yields."""
    return Item("mastodon", str(number), text, NOON + number, author=f"person{number % 50}")
