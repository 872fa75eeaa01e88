"""Gauging: asking networks how often our posts were liked, shared and answered, for the record.

It asks on connections apart from those that send. What does not answer is asked again an hour
later: no count is worth an alarm.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from crisisdesk.channels.base import Channel
from crisisdesk.channels.registry import CHANNELS, ChannelSet
from crisisdesk.model.account import Account
from crisisdesk.model.engagement import Engagement
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.rules.gauging import COUNTED, HOUR, OLD, in_the_log, oldest_wanted
from crisisdesk.store.database import Database
from crisisdesk.store.unit import Unit
from crisisdesk.system.workers import Workers

log = logging.getLogger(__name__)

EVERY_SECONDS = int(HOUR.total_seconds())
PART = "counts"


class Gauging:
    """Writes down what networks count of our posts. `channels` are not those that send."""

    def __init__(
        self,
        database: Database,
        channels: ChannelSet,
        workers: Workers,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._channels = channels
        self._workers = workers
        self._now = now

    def accounts(self) -> list[Account]:
        """The accounts whose network counts anything."""
        mute = Channel.engagement
        found = self._channels.accounts()
        return [each for each in found if CHANNELS[each.kind].engagement is not mute]

    def look(self, *, at_once: bool = False) -> None:
        """Ask for what is due, each network on a thread of its own; `at_once` for all of it."""
        for account in self.accounts():
            self._workers.network(partial(self.count, account, at_once=at_once))

    def count(self, account: Account, *, at_once: bool = False) -> Engagement | None:
        """Ask one account's network and log what it says; None when nothing was asked or told.

        Never raises: an account in trouble is told of by whoever watches it.
        """
        try:
            return self._count(account, self._now(), at_once=at_once)
        except CrisisDeskError as error:
            log.info("%s was not counted: %s", account.id, error)
        except Exception as error:  # noqa: BLE001 - on a thread that nobody waits for
            log.warning("counting failed: %s", type(error).__name__)
        return None

    def _count(self, account: Account, now: datetime, *, at_once: bool) -> Engagement | None:
        with self._database.read() as unit:
            ours = self._wanted(unit, account.id, now, at_once=at_once)
        found = self._ask(account.id, list(ours)) if ours else None
        if found and found.posts:
            self._database.write(lambda unit: self._keep(unit, account, found, ours, now))
        return found

    def _wanted(
        self, unit: Unit, account_id: str, now: datetime, *, at_once: bool
    ) -> dict[str, tuple[str, str]]:
        age = OLD if at_once else oldest_wanted(now, *self._last(unit, account_id))
        if not age:
            return {}
        standing = unit.alerts.standing_since(account_id, to_ms(now - age))
        return {each.external_id: (each.id, each.alert_id) for each in standing}

    def _ask(self, account_id: str, external_ids: list[str]) -> Engagement | None:
        channel, lock = self._channels.get(account_id)
        with lock:
            return channel.engagement(external_ids)

    def _last(self, unit: Unit, account_id: str) -> tuple[datetime | None, datetime | None]:
        """When young posts, and all of them, were last counted."""
        hourly, _, daily = unit.accounts.cursor(f"{account_id}/{PART}").partition(" ")
        return (from_ms(int(hourly)), from_ms(int(daily))) if daily else (None, None)

    def _keep(
        self,
        unit: Unit,
        account: Account,
        found: Engagement,
        ours: dict[str, tuple[str, str]],
        now: datetime,
    ) -> None:
        hourly, daily = self._last(unit, account.id)
        whole = oldest_wanted(now, hourly, daily) > timedelta(days=1)
        last = now if whole or daily is None else daily
        unit.accounts.move_cursor(f"{account.id}/{PART}", f"{to_ms(now)} {to_ms(last)}", to_ms(now))
        detail = {"channel": account.id, "channel_name": account.name, "kind": account.kind}
        unit.log.append(
            COUNTED,
            actor="desk",
            subject=f"account {account.id}",
            detail=detail | in_the_log(found, ours),
        )
