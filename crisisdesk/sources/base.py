"""What every source does: fetch the next page after a cursor, and say where the page after is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from crisisdesk.model.account import Account
from crisisdesk.model.errors import NetworkError
from crisisdesk.model.mention import Item
from crisisdesk.net import Net, Session


@dataclass(frozen=True, slots=True)
class Batch:
    """One page. `cursor` is stored in the transaction that stores the items; with `more` the
    next page is wanted at once."""

    items: tuple[Item, ...]
    cursor: str
    more: bool = False


class SourceGone(NetworkError):
    """The source says that it will never come back."""


class Source(ABC):
    """One stream of items. `id` names its cursor; `fetch` raises NetworkError in plain words."""

    def __init__(self, account: Account, secrets: Mapping[str, str], net: Net, stream: str) -> None:
        self.account = account
        self.settings = account.settings
        self.secrets = secrets
        self.net = net
        self.id = f"{account.id}/{stream}"
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """This source's own HTTP session."""
        if self._session is None:
            self._session = self.net.session()
        return self._session

    @abstractmethod
    def fetch(self, cursor: str) -> Batch:
        """The page after `cursor`; "" means from now on, with the newest page for a start."""

    def close(self) -> None:
        """Let the connections go."""
        if self._session:
            self._session.close()


def named(identity: object) -> str:
    """What a post is known by. Raises ValueError when that is nothing."""
    if not identity:
        raise ValueError("it has no identity")
    return str(identity)


def web_address(url: object) -> str:
    """The address itself when it is a web page's, else "": posts may say `javascript:`."""
    try:
        parts = urlsplit(str(url or ""))
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.hostname else ""


def listed(setting: str) -> list[str]:
    """The entries of a comma-parted setting."""
    return [part.strip() for part in setting.split(",") if part.strip()]
