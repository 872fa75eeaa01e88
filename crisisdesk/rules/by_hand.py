"""Doing without the desk: how a person posts on each network, and reads a reference aloud."""

import re
from collections.abc import Callable, Mapping

from crisisdesk.rules.counting import LINK

MACHINES = frozenset({"cap"})
"""Feeds that only programs write and read: nobody can post there by hand."""

ONLY_ACTED = "EXERCISE: do none of this for real. Say to exercise control what you would do."

TITLES = {"mastodon": "Mastodon", "bluesky": "Bluesky", "email": "E-mail list", "cap": "CAP feed"}
LANGUAGES = {"en": "English", "cy": "Welsh"}
_LETTERS = (
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett",
    "Kilo", "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango",
    "Uniform", "Victor", "Whiskey", "X-ray", "Yankee", "Zulu",
)  # fmt: skip
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_WORDS = {each[0]: each for each in _LETTERS} | {str(n): each for n, each in enumerate(_DIGITS)}
_SIGNS = {
    ".": "dot", "/": "slash", "-": "dash", "_": "underscore", ":": "colon", "@": "at",
    "?": "question mark", "=": "equals", "&": "and sign", "#": "hash", "%": "per cent sign",
}  # fmt: skip


def title(kind: str) -> str:
    """The network by its name."""
    return TITLES.get(kind, kind)


def language(code: str) -> str:
    """The language by its English name; its code where we do not know it."""
    return LANGUAGES.get(code, code)


def spelled(marker: str) -> str:
    """A reference letter by letter: "Ref K7Q3-2" is "Kilo, Seven, Quebec, Three, dash, Two".

    Source of the words: the ICAO and ITU radiotelephony spelling alphabet; digits are said plainly.
    """
    letters = marker.removeprefix("Ref ").upper()
    return ", ".join(_WORDS.get(each) or _SIGNS.get(each, each) for each in letters if each != " ")


def spoken_links(text: str) -> list[str]:
    """Every web address of a text as it is read aloud: "council dot example slash roads"."""
    return [_spoken(found[0]) for found in LINK.finditer(text)]


def _spoken(link: str) -> str:
    plain = re.sub(r"^https?://", "", link, flags=re.IGNORECASE).rstrip("/")
    parts = re.split(r"([./\-_:?=&#%@])", plain)
    return " ".join(_SIGNS.get(part, part) for part in parts if part)


def _mastodon(name: str, settings: Mapping[str, str]) -> list[str]:
    server = settings.get("server", "").removeprefix("https://").rstrip("/")
    where = f"the Mastodon app, or {server} in a browser," if server else "the Mastodon app"
    return [
        f"On any phone or computer that is online, open {where} signed in as “{name}”.",
        "Start a new post, visible to everybody. Paste the text, or type it word for word.",
    ]


def _bluesky(name: str, settings: Mapping[str, str]) -> list[str]:
    handle = settings.get("handle", "").removeprefix("@")
    who = f"@{handle}" if handle else f"“{name}”"
    return [
        f"On any phone or computer that is online, open the Bluesky app, or bsky.app, as {who}.",
        "Start a new post. Paste the text, or type it word for word.",
    ]


def _email(name: str, settings: Mapping[str, str]) -> list[str]:
    sender = settings.get("sender", "")
    account = f"from {sender}" if sender else "from the account the readers know"
    return [
        f"On any phone or computer that is online, start a new e-mail {account}.",
        f"Put the addresses of “{name}” into Bcc, so that nobody sees the others.",
        "Copy the subject, then paste the text as plain text.",
    ]


def _cap(name: str, _settings: Mapping[str, str]) -> list[str]:
    return [
        f"“{name}” is a feed for machines: nobody can type it in. It stays with this desk.",
        "You can put the text on the front page of your website as well.",
    ]


def _other(name: str, _settings: Mapping[str, str]) -> list[str]:
    return [
        f"On any phone or computer that is online, open “{name}”, signed in as your organisation.",
        "Paste the text, or type it word for word.",
    ]


_HOW: dict[str, Callable[[str, Mapping[str, str]], list[str]]] = {
    "mastodon": _mastodon, "bluesky": _bluesky, "email": _email, "cap": _cap,
}  # fmt: skip


def how_to_post(
    kind: str,
    name: str,
    settings: Mapping[str, str],
    marker: str,
    earlier_url: str = "",
    pictures: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Plain steps for somebody who never saw this desk.

    `settings` are the account's, without secrets; `earlier_url` is the message this one follows;
    `pictures` say in words what the alert's pictures show, which are not in the pack.
    """
    steps = _HOW.get(kind, _other)(name, settings)
    if kind in MACHINES:
        return tuple(steps)
    if earlier_url:
        steps.insert(1, f"Find our earlier message and answer it, not a new thread: {earlier_url}")
    steps += [f"Add the picture, if you have it: {shows}" for shows in pictures]
    steps.append(f"Before you send: check the account, the place, the time and “{marker}”.")
    steps.append(
        "Send it once. Look at it as the public does, then tell the desk the time and where."
    )
    return tuple(steps)
