"""What a simulated Mastodon server knows: accounts, statuses, who was mentioned, who may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from sys import intern

from crisisdesk.simnet import mastodon_text

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


class Records:
    """The server's memory. The app that owns it holds its lock around every call."""

    def __init__(self, host: str) -> None:
        self.statuses: list[Status] = []
        self._notifications: dict[str, list[Notification]] = {}
        self._tagged: dict[str, list[Status]] = {}
        self._own: dict[str, list[Status]] = {}
        self.media: list[Media] = []
        self._host = host
        self._accounts: dict[str, Account] = {}
        self._by_id: dict[str, Status] = {}
        self._replies: dict[str, list[Status]] = {}
        self._keys: dict[tuple[str, str], tuple[Status, datetime]] = {}
        self._status_ids = count(114_000_000_000_000_001)
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
            self._own[username] = [each for each in self.statuses if each.author == username]
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
        return self._by_id.get(status_id or "")

    def store(
        self, author: Account, text: str, created_at: datetime, in_reply_to_id: str | None = None
    ) -> Status:
        """Add a status and notify whoever it names or answers."""
        number = str(next(self._status_ids))
        status = Status(number, author.username, text, created_at, in_reply_to_id)
        self.statuses.append(status)
        self._by_id[status.id] = status
        if author.username in self._own:
            self._own[author.username].append(status)
        for tag in status.tags:
            self._tagged.setdefault(tag, []).append(status)
        if in_reply_to_id:
            self._replies.setdefault(in_reply_to_id, []).append(status)
        self._notify(status)
        return status

    def own(self, username: str) -> Sequence[Status]:
        """One account's posts, oldest first, deleted ones included.

        Only those of accounts that somebody can sign in to are kept apart.
        """
        if username in self._own:
            return self._own[username]
        return [each for each in self.statuses if each.author == username]

    def tagged(self, tags: set[str]) -> Sequence[Status]:
        """The posts with one of these tags, folded to one case, oldest first."""
        found = [self._tagged[tag] for tag in tags if tag in self._tagged]
        if len(found) == 1:
            return found[0]
        every = {status.id: status for statuses in found for status in statuses}
        return sorted(every.values(), key=lambda each: int(each.id))

    def notifications(self, username: str) -> Sequence[Notification]:
        """Who named or answered this account, oldest first."""
        return self._notifications.get(username, ())

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
                number = str(next(self._notification_ids))
                told = self._notifications.setdefault(recipient, [])
                told.append(Notification(number, recipient, status))

    def ancestors(self, status: Status) -> list[Status]:
        """What the status answers, the start of the thread first."""
        chain: list[Status] = []
        while parent := self.status((chain[-1] if chain else status).in_reply_to_id):
            chain.append(parent)
        return chain[::-1]

    def replies(self, status: Status) -> list[Status]:
        """The direct replies, oldest first, without deleted ones."""
        return [each for each in self._replies.get(status.id, []) if not each.deleted]

    def descendants(self, status: Status) -> list[Status]:
        """The direct and indirect replies, oldest first, deleted ones included."""
        found = list(self._replies.get(status.id, []))
        for each in found:  # the list grows while it is walked
            found.extend(self._replies.get(each.id, []))
        return sorted(found, key=lambda each: int(each.id))

    def remember_key(self, status: Status, now: datetime) -> None:
        """Keep the status's Idempotency-Key, if it has one, for an hour."""
        if key := status.idempotency_key:
            self._keys[status.author, key] = (status, now + KEY_LIFE)

    def keyed(self, author: Account, key: str | None, now: datetime) -> Status | None:
        """The author's status made under this key within the hour."""
        status, ends = self._keys.get((author.username, key or ""), (None, now))
        return status if now < ends else None
