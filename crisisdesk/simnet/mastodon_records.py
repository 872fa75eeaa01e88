"""What a simulated Mastodon server knows: accounts, statuses, who was mentioned, who may see."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from sys import intern

from crisisdesk.simnet import mastodon_text
from crisisdesk.simnet.shelf import Listing, Row, Shelf

FIRST_STATUS = 114_000_000_000_000_001
KEY_LIFE = timedelta(hours=1)
"""How long an Idempotency-Key is remembered, per account (Mastodon API, POST statuses)."""


@dataclass(slots=True)
class Account:
    """An account; `username` holds "name@domain" for one that lives on another server."""

    id: str
    username: str
    token: str | None = None
    display_name: str = ""
    bot: bool = False
    followers: int = 0


@dataclass(slots=True)
class Media:
    """An uploaded picture. `looks_left` is how often it is still found unfinished; `status_id` the
    post that shows it; `gone` one whose post was deleted with its media."""

    id: str
    owner: str
    content: bytes
    mime: str
    description: str | None = None
    looks_left: int = 0
    status_id: str | None = None
    gone: bool = False


@dataclass(slots=True)
class Status:
    """A post. `author` is the account's user name; a deleted post is kept, marked."""

    id: str
    author: str
    text: str
    created_at: datetime
    in_reply_to_id: str | None = None
    idempotency_key: str | None = None
    deleted: bool = False
    language: str | None = None
    visibility: str = "public"
    spoiler_text: str = ""
    media: list[Media] = field(default_factory=list)
    tags: tuple[str, ...] = field(init=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        # A crowd writes the same few over and over: one string of each is enough.
        self.tags = tuple(intern(tag) for tag in mastodon_text.tags(self.text))
        named = mastodon_text.mentions(self.text)
        self.names = tuple(intern(name.casefold()) for name, _ in named)

    def visible_to(self, viewer: Account | None) -> bool:
        """Whether the viewer (None: not signed in) may see it."""
        if self.deleted or self.visibility in ("public", "unlisted"):
            return not self.deleted
        return viewer is not None and (
            viewer.username == self.author or viewer.username.casefold() in self.names
        )


@dataclass(frozen=True, slots=True)
class Notification:
    """A mention: `recipient` was named in `status`, or it answers one of theirs."""

    id: str
    recipient: str
    status: Status


class _Told:
    """Whom one account was named or answered by: ids of mentions, and of their statuses."""

    def __init__(self) -> None:
        self.ids = array("Q")
        self.statuses = array("Q")


class Records:
    """The server's memory. The app that owns it holds its lock around every call."""

    def __init__(self, host: str) -> None:
        self.statuses: Shelf[Status] = Shelf(self._row, _status)
        self._notifications: dict[str, _Told] = {}
        self._tagged: dict[str, array[int]] = {}
        self._own: dict[str, array[int]] = {}
        self.media: list[Media] = []
        self._host = host
        self._accounts: dict[str, Account] = {}
        self._replies: dict[str, array[int]] = {}
        self._keys: dict[tuple[str, str], tuple[Status, datetime]] = {}
        self._notification_ids = count(68_739_216)
        self._media_ids = count(113_000_000_000_000_001)

    def add_account(
        self, username: str, token: str | None, display_name: str, bot: bool
    ) -> Account:
        """Add an account or, where the name is taken, give it these details."""
        known = self._accounts.get(username.casefold())
        number = known.id if known else str(len(self._accounts) + 1)
        account = Account(number, username, token, display_name, bot)
        if token:
            self._own[username] = self._ids_by(username)
        self._accounts[username.casefold()] = account
        return account

    def account(self, name: str) -> Account | None:
        """The account called "name" or "name@domain", in any case."""
        return self._accounts.get(name.casefold().removesuffix(f"@{self._host}"))

    def account_numbered(self, account_id: str) -> Account | None:
        """The account with this id."""
        return next((each for each in self._accounts.values() if each.id == account_id), None)

    def account_with(self, token: str) -> Account | None:
        """The account this access token belongs to."""
        accounts = self._accounts.values()
        return next((each for each in accounts if each.token and each.token == token), None)

    def author(self, status: Status) -> Account:
        """The account that wrote a status."""
        return self._accounts[status.author.casefold()]

    def status(self, status_id: str | None) -> Status | None:
        """The status with this id, a deleted one too."""
        if not status_id or not status_id.isdecimal():
            return None
        number = int(status_id) - FIRST_STATUS
        found = self.statuses[number] if 0 <= number < len(self.statuses) else None
        return found if found and found.id == status_id else None

    def store(
        self, author: Account, text: str, created_at: datetime, in_reply_to_id: str | None = None
    ) -> Status:
        """Add a status and notify whoever it names or answers."""
        number = FIRST_STATUS + len(self.statuses)
        status = Status(str(number), author.username, text, created_at, in_reply_to_id)
        self.statuses.append(status)
        if author.username in self._own:
            self._own[author.username].append(number)
        for tag in status.tags:
            self._tagged.setdefault(tag, array("Q")).append(number)
        if in_reply_to_id:
            self._replies.setdefault(in_reply_to_id, array("Q")).append(number)
        self._notify(status)
        return status

    def delete(self, status: Status) -> None:
        """Mark a status deleted."""
        status.deleted = True
        self.statuses.hold(int(status.id) - FIRST_STATUS, status)

    def own(self, username: str) -> Listing[Status]:
        """One account's posts, oldest first, deleted ones included.

        Only those of accounts that somebody can sign in to are kept apart.
        """
        own = self._own.get(username)
        return self._listed(self._ids_by(username) if own is None else own)

    def tagged(self, tags: set[str]) -> Listing[Status]:
        """The posts with one of these tags, folded to one case, oldest first."""
        found = [self._tagged[tag] for tag in tags if tag in self._tagged]
        if len(found) == 1:
            return self._listed(found[0])
        return self._listed(sorted({each for ids in found for each in ids}))

    def notifications(self, username: str) -> Listing[Notification]:
        """Who named or answered this account, oldest first."""
        told = self._notifications.get(username) or _Told()

        def make(place: int) -> Notification:
            status = self._numbered(told.statuses[place])
            return Notification(str(told.ids[place]), username, status)

        return Listing(told.ids, make)

    def _listed(self, ids: Sequence[int]) -> Listing[Status]:
        return Listing(ids, lambda place: self._numbered(ids[place]))

    def _numbered(self, number: int) -> Status:
        return self.statuses[number - FIRST_STATUS]

    def _ids_by(self, username: str) -> array[int]:
        by = (number for number, each in enumerate(self.statuses) if each.author == username)
        return array("Q", (FIRST_STATUS + number for number in by))

    def _row(self, status: Status) -> Row | None:
        """All that a post of the public ever has; its author cannot sign in to change it."""
        if status.author in self._own or status.deleted:
            return None
        return status.author, status.text, status.created_at, status.in_reply_to_id

    def keep(self, owner: Account, content: bytes, mime: str, description: str | None) -> Media:
        """Add an uploaded picture that no post shows yet."""
        media = Media(str(next(self._media_ids)), owner.username, content, mime, description)
        self.media.append(media)
        return media

    def loose_media(self, media_id: str, owner: Account) -> Media | None:
        """The owner's picture with this id, while no post shows it."""
        own = (each for each in self.media if each.owner == owner.username)
        return next((each for each in own if each.id == media_id and not each.status_id), None)

    def _notify(self, status: Status) -> None:
        named = [
            f"{name}@{domain}" if domain else name
            for name, domain in mastodon_text.mentions(status.text)
        ]
        if parent := self.status(status.in_reply_to_id):
            named.append(parent.author)
        found = [account.username for name in named if (account := self.account(name))]
        for recipient in dict.fromkeys(found):
            if recipient != status.author:
                told = self._notifications.setdefault(recipient, _Told())
                told.ids.append(next(self._notification_ids))
                told.statuses.append(int(status.id))

    def ancestors(self, status: Status) -> list[Status]:
        """What the status answers, the start of the thread first."""
        chain: list[Status] = []
        while parent := self.status((chain[-1] if chain else status).in_reply_to_id):
            chain.append(parent)
        return chain[::-1]

    def replies(self, status: Status) -> int:
        """How many direct replies it has, without deleted ones."""
        ids = self._replies.get(status.id, ())
        whole = (self.statuses.whole(each - FIRST_STATUS) for each in ids)
        return len(ids) - sum(each is not None and each.deleted for each in whole)

    def descendants(self, status: Status) -> list[Status]:
        """The direct and indirect replies, oldest first, deleted ones included."""
        found = list(self._replies.get(status.id, ()))
        for each in found:  # the list grows while it is walked
            found.extend(self._replies.get(str(each), ()))
        return [self._numbered(each) for each in sorted(found)]

    def remember_key(self, status: Status, now: datetime) -> None:
        """Keep the status's Idempotency-Key, if it has one, for an hour."""
        if key := status.idempotency_key:
            self._keys[status.author, key] = (status, now + KEY_LIFE)

    def keyed(self, author: Account, key: str | None, now: datetime) -> Status | None:
        """The author's status made under this key within the hour."""
        status, ends = self._keys.get((author.username, key or ""), (None, now))
        return status if now < ends else None


def _status(number: int, row: Row) -> Status:
    author, text, created_at, in_reply_to_id = row
    return Status(str(FIRST_STATUS + number), author, text, created_at, in_reply_to_id)
