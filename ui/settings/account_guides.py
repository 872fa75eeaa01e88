"""What each kind of account is for and how to get what it asks for, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass

from crisisdesk.model.account import AccountKind

INDEPENDENT = 3
"""So many channels that do not depend on each other are a good minimum."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What a kind reaches, what one needs, and how to get it.

    `how` has a paragraph for each step; `refused` says what to do when the network says no.
    """

    icon: str
    what: str
    at_hand: str
    how: str
    refused: str

    @property
    def steps(self) -> list[str]:
        """The steps, each on one line."""
        return [" ".join(step.split()) for step in self.how.strip().split("\n\n")]


GUIDES = {
    "mastodon": Guide(
        icon="message",
        what="Residents, groups and journalists who follow you on a Mastodon server. "
        "The desk also hears posts that name you.",
        at_hand="a web browser in which you can sign in to your account. Five minutes.",
        how="""
            In a web browser, sign in to the account that the public follows.

            Open Preferences, then Development, then “New application”.

            Call it CrisisDesk, leave “read” and “write” ticked, and save.

            Open the new application and copy the line “Your access token”. It keeps working
            until somebody revokes it.
        """,
        refused="Copy the whole token again, and check that the server is the one where you "
        "sign in. If somebody revoked it, make a new application.",
    ),
    "bluesky": Guide(
        icon="message",
        what="People who follow you on Bluesky. The desk also hears posts that name you.",
        at_hand="your handle, and a web browser in which you can sign in. Five minutes.",
        how="""
            In a web browser, sign in to the account that the public follows.

            Open Settings, then “Privacy and security”, then “App passwords”.

            Add one and call it CrisisDesk.

            Copy it at once: it is shown only now. Never give the main password to any program.
        """,
        refused="Check the handle. If it is right, make a new app password.",
    ),
    "email": Guide(
        icon="by-hand",
        what="Newsrooms, councillors, schools, partners: whoever wants the message itself, "
        "also when social networks are down.",
        at_hand="your mail team, or the server, user name and password they gave you. "
        "And the addresses.",
        how="""
            Ask your mail team for a server that may send to outside addresses, and for its
            port: mostly 587 with starttls, or 465 with tls.

            Ask for a user name and a password for this desk alone. Where people sign in through
            a web page (Microsoft 365, Google), ask for an app password.

            Choose a From address that people know, and ask whether mail from it through that
            server passes as genuine (SPF, DKIM).

            Have the addresses ready. Each gets its own result; nobody sees the others.
        """,
        refused="Show your mail team the words above: they name what their server did not like.",
    ),
    "cap": Guide(
        icon="channels",
        what="Other warning systems, sirens, apps and websites that read warnings themselves.",
        at_hand="your web team: a folder that your web server publishes, and its address.",
        how="""
            Ask your web team for a folder that this computer can write and your web server
            publishes.

            Ask for its address as the public reaches it, beginning with https://.

            Ask them to serve its .xml files as application/cap+xml, kept by others for no
            longer than a minute.

            Afterwards give the address of feed.atom in that folder to whoever shall read it.
        """,
        refused="Check how the folder is spelt, and that you may write files in it.",
    ),
    "feed": Guide(
        icon="mentions",
        what="Listens only: warnings and news of rivers, weather, power, police, neighbours.",
        at_hand="the address of a feed (RSS, Atom or CAP). One minute.",
        how="""
            Look for “RSS”, “feed” or “CAP” on the website of whoever warns you.

            Open that address in a web browser: it shows lines of code or a bare list.

            Copy the address.
        """,
        refused="Open the address in a web browser. If it is a normal page, look for its feed.",
    ),
}


def guide_to(kind: AccountKind) -> Guide:
    """The guide to a kind; from its own description where nobody has written one."""
    words = "Publishes and listens." if kind.listens else "Publishes."
    own = Guide("channels", words, kind.advice, kind.advice, kind.advice)
    return GUIDES.get(kind.kind, own)


def still_advised(publishing_kinds: Iterable[str]) -> int:
    """How many more independent channels would be wise."""
    return max(0, INDEPENDENT - len(set(publishing_kinds)))
