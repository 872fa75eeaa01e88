"""What invented people in an invented town say, for the pictures."""

from datetime import datetime

from crisisdesk.model.mention import Item
from crisisdesk.model.moment import to_ms

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
"""The longest place name in the field: it must fit everywhere, or be cut with grace."""

RUMOUR = "Apparently the mill is full of asbestos and the tap water is poisoned, share this!!"

POSTS = (
    ("mastodon", "gwen_lowertown", "Gwen Lowertown", 41, "Is that smoke over Mill Lane?"),
    ("bluesky", "tomasz.example", "Tomasz", 38,
     "Flames at the old mill on Mill Lane, Riverside. Two fire engines just went past."),
    ("mastodon", "weirside_cafe", "Weirside Café", 33,
     "We have had to close, smoke everywhere on Weir Street 😷 stay safe everyone"),
    ("bluesky", "amal.example", "أمل", 27,
     "هل يجب أن نغادر المنزل؟ Do we have to leave Mill Lane? Nobody has told us anything"),
    ("mastodon", "sharer", "Sharer of things", 21,
     RUMOUR),
    ("mastodon", "sharer_two", "Another sharer", 19,
     RUMOUR),
    ("bluesky", "wendradio.example", "Wend Valley Radio", 14,
     "Reporter here: can the council confirm the fire at Wend Mill? newsroom@wendradio.example"),
    ("mastodon", "hannah_r", "Hannah R.", 8,
     "Is Northfield School open as a rest centre? My mother cannot breathe well in this."),
    ("mastodon", "prof_who", "Dewi 🏴󠁧󠁢󠁷󠁬󠁳󠁿", 4,
     f"Ydych chi'n clywed? Mwg mawr hyd at {LONG}, pawb yn iawn? 🔥🚒"),
    ("bluesky", "flat12.example", "Mrs Osei", 2,
     "Please help, we are trapped in flat 12 Weir Street, smoke on the stairs, wheelchair user"),
)  # fmt: skip


def posts(now: datetime) -> list[Item]:
    """The posts of the evening, oldest first; each tells how many minutes before `now` it came."""
    return [
        Item(
            source=f"{network}:home",
            ext_id=f"{author}-{ago}",
            text=text,
            posted_at=to_ms(now) - ago * 60_000,
            author=author,
            author_name=name,
            url=f"https://{network}.example/@{author}/{ago}",
        )
        for network, author, name, ago, text in POSTS
    ]


def flood_of_posts(now: datetime, number: int) -> list[Item]:
    """Far more than anybody can read, each with words of its own."""
    moment = to_ms(now)
    return [
        Item(
            source="mastodon:tag",
            ext_id=str(each),
            text=f"{POSTS[each % len(POSTS)][4]} ({each})",
            posted_at=moment - (number - each) * 100,
            author=f"neighbour_{each % 977}",
            author_name=f"Neighbour {each % 977}",
        )
        for each in range(number)
    ]
