"""Watching our own accounts: a post there that this desk did not send raises an alarm.

It has channels of its own, apart from those that send: a look that hangs on a slow network must
never hold the lock that a broadcast waits for. The price is one more connection for each account.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from crisisdesk.channels.base import Channel
from crisisdesk.channels.registry import CHANNELS, ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import ALARMS, OwnPost, PostVerdict
from crisisdesk.model.errors import CrisisDeskError, Refused
from crisisdesk.model.events import ForeignPost, SourceState
from crisisdesk.model.moment import from_ms, iso, to_ms
from crisisdesk.model.operator import Operator, Role
from crisisdesk.net.xrpc import SignInRefused
from crisisdesk.rules.own_posts import Judged, is_news, is_one_under_way, judge, kept
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from crisisdesk.system.workers import Workers

Later = Callable[[float, Callable[[], None]], None]

EVERY_SECONDS = 20
REQUEST_SECONDS = 8.0
"""For one request of a look. With the pause between looks, the schedule's tenth more or less and a
second look, an alarm comes within 60 seconds (a hijacked account must be noticed in a minute)."""

SECOND_LOOK = 5.0
"""Seconds until the next look when something is being sent just now: its answer is on the way."""

PAUSE_WHEN_REFUSED = timedelta(minutes=15)
"""Bluesky allows 300 sign-ins a day: a wrong password must neither use them up nor lock us out."""

IDENTITY = ("server", "handle", "folder")
"""The settings that say which account it is; with others it is looked at for the first time."""

PART = "own posts"
LONGEST_LOGGED = 500


class Watching:
    """Compares what stands on each of our accounts with what this desk sent there."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        bus: Bus,
        workers: Workers,
        later: Later,
        now: Callable[[], datetime],
    ) -> None:
        """`channels` are used by nobody else; `later` plans a call, in seconds from now."""
        self._database = database
        self._channels = channels
        self._bus = bus
        self._workers = workers
        self._later = later
        self._now = now
        self._paused: dict[str, datetime] = {}
        self._told: dict[str, str] = {}
        self._doubtful: set[tuple[str, str]] = set()

    def accounts(self) -> list[Account]:
        """The accounts whose posts can be read."""
        mute = Channel.own_posts
        found = self._channels.accounts()
        return [each for each in found if CHANNELS[each.kind].own_posts is not mute]

    def accounts_changed(self) -> None:
        """Somebody may have corrected a password: try every account again."""
        self._paused.clear()

    def visit(self, account_id: str) -> list[ForeignPost]:
        """Look once and raise the alarms that are due. Never raises: trouble is reported.

        Does nothing while the last look at this account still waits for its answer.
        """
        paused = self._paused.get(account_id)
        if paused and self._now() < paused:
            return []
        try:
            found = self._look_alone(account_id)
        except SignInRefused as error:
            self._paused[account_id] = self._now() + PAUSE_WHEN_REFUSED
            self._tell(account_id, f"{error} If none of us changed it, the account may be lost.")
            return []
        except CrisisDeskError as error:
            self._tell(account_id, str(error))
            return []
        except Exception as error:  # noqa: BLE001 - nobody would notice that nobody watches
            self._tell(account_id, f"The program failed: {type(error).__name__}: {error}.")
            return []
        for each in found or ():
            self._bus.publish(each)
        if found is not None:
            self._tell(account_id, "")
        return found or []

    def answer(
        self, account_id: str, external_id: str, operator: Operator, ours: bool, words: str
    ) -> None:
        """A person says that one of us posted it by hand, or that none of us did.

        Raises Refused when somebody has answered already.
        """
        if operator.role in (Role.VIEWER, Role.AUDITOR):
            raise Refused(
                f"A {operator.role} may not decide this.",
                "Call a sender at once.",
                "The alarm stays open.",
            )
        verdict = PostVerdict.BY_HAND if ours else PostVerdict.NOT_OURS

        def keep(unit: Unit) -> None:
            _refuse_answered(unit.own_posts.verdict(account_id, external_id))
            post = unit.own_posts.answer(account_id, external_id, verdict, operator.name)
            detail = self._detail(account_id, post) | {"answer": verdict.value, "words": words}
            _note(unit, "account.foreign_post_answered", operator.name, account_id, detail)

        self._database.write(keep)

    def unanswered(self) -> list[ForeignPost]:
        """Every alarm that nobody has answered, oldest first, also from earlier runs."""
        with self._database.read() as unit:
            return [
                self._alarm(account_id, post, verdict)
                for account_id, post, verdict in unit.own_posts.unanswered()
            ]

    def _look_alone(self, account_id: str) -> list[ForeignPost] | None:
        """None when nobody looked: somebody still does, or this account cannot be read."""
        channel, lock = self._channels.get(account_id)
        if not lock.acquire(blocking=False):
            return None
        try:
            posts = channel.own_posts()
            return None if posts is None else self._compare(channel.account, map(kept, posts))
        finally:
            lock.release()

    def _compare(self, account: Account, found: Iterable[OwnPost]) -> list[ForeignPost]:
        """The network's answer came first: whatever we sent that can stand in it is in the database
        by now, because every delivery is written down before it leaves."""
        posts = list(found)
        with self._database.read() as unit:
            known = unit.own_posts.known(account.id, [each.external_id for each in posts])
            first = self._since(unit, account) is None
        if not first and not any(is_news(each, known) for each in posts):
            return []
        judged, doubtful = self._database.write(lambda unit: self._keep(unit, account, posts))
        self._look_again(account.id, doubtful)
        return [
            self._alarm(account.id, each.post, each.verdict)
            for each in judged
            if each.verdict in ALARMS
        ]

    def _keep(
        self, unit: Unit, account: Account, posts: Sequence[OwnPost]
    ) -> tuple[list[Judged], set[str]]:
        """Write down and log what is new; returns that, and the ids it is too early to judge."""
        since = self._since(unit, account)
        known = unit.own_posts.known(account.id, [each.external_id for each in posts])
        sent = unit.own_posts.sent(self._same_kind(account))
        judged = judge(posts, known, sent, since)
        doubtful = self._too_early(account.id, judged) if is_one_under_way(sent) else set()
        judged = [each for each in judged if each.post.external_id not in doubtful]
        if since is None:
            self._begin(unit, account, len(posts))
        for each in judged:
            unit.own_posts.put(account.id, each.post, each.verdict, to_ms(self._now()))
            if each.verdict in ALARMS:
                was = {"was": each.was[:LONGEST_LOGGED]} if each.was else {}
                detail = self._detail(account.id, each.post) | was
                _note(unit, "account.foreign_post", "desk", account.id, detail)
        return judged, doubtful

    def _too_early(self, account_id: str, judged: Sequence[Judged]) -> set[str]:
        """Some servers change our words, and only the answer still on its way names our post.
        A post is put off once."""
        foreign = {each.post.external_id for each in judged if each.verdict is PostVerdict.FOREIGN}
        return {each for each in foreign if (account_id, each) not in self._doubtful}

    def _look_again(self, account_id: str, doubtful: set[str]) -> None:
        self._doubtful = {each for each in self._doubtful if each[0] != account_id}
        self._doubtful |= {(account_id, each) for each in doubtful}
        if doubtful:
            self._later(SECOND_LOOK, lambda: self._hand_on(account_id))

    def _hand_on(self, account_id: str) -> None:
        self._workers.network(partial(self.visit, account_id))

    def _same_kind(self, account: Account) -> list[str]:
        """Two accounts of the desk may lead to the same account of a network."""
        everyone = self._channels.accounts()
        return [account.id, *(each.id for each in everyone if each.kind == account.kind)]

    def _since(self, unit: Unit, account: Account) -> datetime | None:
        """When this very account was first looked at."""
        since, _, identity = unit.accounts.cursor(_mark(account)).partition(" ")
        return from_ms(int(since)) if since and identity == _identity(account) else None

    def _begin(self, unit: Unit, account: Account, standing: int) -> None:
        now_ms = to_ms(self._now())
        unit.accounts.move_cursor(_mark(account), f"{now_ms} {_identity(account)}", now_ms)
        detail = {"channel": account.id, "channel_name": account.name, "known": standing}
        _note(unit, "account.watched", "desk", account.id, detail)

    def _alarm(self, account_id: str, post: OwnPost, verdict: PostVerdict) -> ForeignPost:
        name = self._channels.name_of(account_id)
        return ForeignPost(account_id, name, post, verdict is PostVerdict.CHANGED)

    def _detail(self, account_id: str, post: OwnPost) -> dict[str, Any]:
        return {
            "channel": account_id,
            "channel_name": self._channels.name_of(account_id),
            "post": post.external_id,
            "url": post.url,
            "text": post.text[:LONGEST_LOGGED],
            "posted_at": iso(post.posted_at),
        }

    def _tell(self, account_id: str, trouble: str) -> None:
        """Say how it goes, once for each time that it goes otherwise."""
        name = self._channels.name_of(account_id)
        words = f"{name}: nobody watches it now. {trouble}" if trouble else f"{name}: watched"
        if self._told.get(account_id) != words:
            self._told[account_id] = words
            self._bus.publish(SourceState(account_id, not trouble, words, PART))


def _mark(account: Account) -> str:
    return f"{account.id}/{PART}"


def _identity(account: Account) -> str:
    settings = account.settings
    return " ".join(settings.get(name, "").rstrip("/").lower() for name in IDENTITY)


def _note(unit: Unit, action: str, actor: str, account_id: str, detail: dict[str, Any]) -> None:
    unit.log.append(
        action, actor=actor, subject=f"account {account_id}", detail=detail, weighty=True
    )


def _refuse_answered(found: tuple[PostVerdict, str] | None) -> None:
    if found is None:
        raise Refused("There is no such post any more.", "Look at the alarms again.")
    if found[0] not in ALARMS:
        by = f" by {found[1]}" if found[1] else ""
        raise Refused(
            f"This was answered already{by}: {found[0]}.", "Look at the log for what was decided."
        )
