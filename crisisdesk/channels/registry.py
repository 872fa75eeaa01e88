"""Which channels there are, and how one is made from an account."""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from crisisdesk.channels.base import Channel
from crisisdesk.channels.bluesky import Bluesky
from crisisdesk.channels.cap import Cap
from crisisdesk.channels.email import Email
from crisisdesk.channels.mastodon import Mastodon
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import Outcome, Verdict
from crisisdesk.model.errors import BadInput, NotSent
from crisisdesk.net import Net
from crisisdesk.net.session import TOTAL_SECONDS

CHANNELS: dict[str, type[Channel]] = {
    channel.about.kind: channel for channel in (Mastodon, Bluesky, Email, Cap)
}


def make_channel(
    account: Account, secrets: Mapping[str, str], net: Net, now: Callable[[], datetime]
) -> Channel:
    """The channel for an account. Raises BadInput for a kind that does not publish."""
    if account.kind not in CHANNELS:
        raise BadInput(
            f"{account.kind!r} is no channel we can publish to.",
            "Remove the account and add it anew.",
        )
    return CHANNELS[account.kind](account, secrets, net, now)


def _complete(account: Account, secrets: Mapping[str, str]) -> Mapping[str, str]:
    """The secrets, if all that the account needs are there. Raises NotSent."""
    about = CHANNELS[account.kind].about
    needed = [field for field in about.fields if field.secret and field.required]
    missing = [field.label for field in needed if not secrets.get(field.name)]
    if missing:
        raise NotSent(
            f"{' and '.join(missing)} not found: the keyring is locked, or holds none.",
            "Unlock the keyring, or enter it again under Channels and sources.",
        )
    return secrets


class ChannelSet:
    """The open channels, one for each account, made when first used and kept warm.

    A channel is used by one thread at a time: hold `lock(account_id)` around its methods.
    """

    def __init__(
        self,
        net: Net,
        secrets_of: Callable[[Account], Mapping[str, str]],
        now: Callable[[], datetime],
        patience: float = TOTAL_SECONDS,
    ) -> None:
        """`patience` is the seconds that one HTTP request of these channels may take."""
        self._net = net
        self._secrets_of = secrets_of
        self._now = now
        self._patience = patience
        self._guard = threading.Lock()
        self._accounts: dict[str, Account] = {}
        self._open: dict[str, tuple[Channel, threading.Lock]] = {}

    def use(self, accounts: Iterable[Account], saved: str = "") -> None:
        """These are the accounts from now on; channels of changed ones are closed.

        So is that of the `saved` one: its secret, which an account does not hold, may be new.
        """
        with self._guard:
            new = {each.id: each for each in accounts if each.enabled and each.kind in CHANNELS}
            for account_id in list(self._open):
                changed = new.get(account_id) != self._accounts.get(account_id)
                if changed or account_id == saved:
                    self._open.pop(account_id)[0].close()
            self._accounts = new

    def accounts(self) -> list[Account]:
        """The accounts that can be published to, in order of name."""
        with self._guard:
            return sorted(self._accounts.values(), key=lambda each: each.name.lower())

    def get(self, account_id: str) -> tuple[Channel, threading.Lock]:
        """The channel of an account and its lock.

        Raises BadInput when there is none, NotSent while the keyring does not give its secrets.
        """
        while True:
            with self._guard:
                if account_id in self._open:
                    return self._open[account_id]
                account = self._accounts.get(account_id)
            if account is None:
                raise BadInput(
                    "This channel is no longer set up.",
                    "Add the account again, or use another channel.",
                    "Nothing was sent there.",
                )
            # Outside the guard: a keyring may wait for somebody to unlock it, and the other
            # channels must not.
            secrets = _complete(account, self._secrets_of(account))
            channel = make_channel(account, secrets, self._net, self._now)
            channel.patience = self._patience
            with self._guard:
                if self._accounts.get(account_id) == account:
                    return self._open.setdefault(account_id, (channel, threading.Lock()))

    def act(
        self, account_id: str, do: Callable[[Channel], Outcome], *, sends: bool = True
    ) -> Outcome:
        """Use an account's channel, alone. Whatever goes wrong inside, an outcome comes back.

        Where this is no sending, it says nothing of whether something was sent before.
        """
        try:
            channel, lock = self.get(account_id)
        except (BadInput, NotSent) as error:
            verdict = Verdict.REFUSED if isinstance(error, BadInput) else Verdict.NOT_SENT
            return Outcome(verdict, str(error) if sends else f"{error.problem} {error.to_do}")
        except Exception as error:  # noqa: BLE001 - such as a keyring that fails: nothing has left
            return Outcome(Verdict.NOT_SENT, f"The channel could not be opened: {error}.")
        with lock:
            try:
                return do(channel)
            except Exception as error:  # noqa: BLE001 - a fault of ours must not lose the truth
                words = f"The program failed while talking to it ({type(error).__name__}: {error})."
                return Outcome(Verdict.UNKNOWN, words)

    def name_of(self, account_id: str) -> str:
        """The account's name on screen and in the log; its id once it was removed."""
        account = self._account(account_id)
        return account.name if account else account_id

    def settings_of(self, account_id: str) -> Mapping[str, str]:
        """The account's settings; empty once it was removed."""
        account = self._account(account_id)
        return account.settings if account else {}

    def repeatable(self, account_id: str) -> bool:
        """Whether sending the same message again to this account can never publish it twice."""
        account = self._account(account_id)
        return account is not None and CHANNELS[account.kind].repeatable

    def readable(self, account_id: str) -> bool:
        """Whether what was published on this account can be read back."""
        account = self._account(account_id)
        return account is not None and CHANNELS[account.kind].readable

    def blindly(self, account_id: str) -> bool:
        """Whether a message may be sent there again though nobody could look for it first."""
        account = self._account(account_id)
        kind = CHANNELS[account.kind] if account else None
        return kind is not None and (kind.repeatable or not kind.readable)

    def _account(self, account_id: str) -> Account | None:
        with self._guard:
            return self._accounts.get(account_id)

    def close(self) -> None:
        """Close every channel."""
        with self._guard:
            for channel, _ in self._open.values():
                channel.close()
            self._open.clear()
