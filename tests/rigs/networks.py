"""Networks that outlive the desk: simulated ones behind real sockets, and an exact count."""

from __future__ import annotations

import http.client
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Self

from crisisdesk.channels.cap import FEED_NAME
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim
from tests.loopback import serve, serve_mail
from tests.town import PEOPLE

PUBLISHING = {
    "masto": "/api/v1/statuses",
    "bsky": "/xrpc/com.atproto.repo.putRecord",
}


Published = Mapping[str, Counter[str]]
"""By account, how often the public got one alert: "all" together, for mail by address, for CAP
also how often it is "listed" in the feed."""


def _now() -> datetime:
    return datetime.now(UTC)


class _Mail(MailSim):
    """Tells when it has taken a message and not yet said so."""

    def __init__(self, reached: Callable[[str], None]) -> None:
        super().__init__(_now)
        self._reached = reached
        self.mailed: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """By text, how often each address got it."""

    def store(self, sender: str, recipients: tuple[str, ...], data: bytes) -> str:
        """Keep a message."""
        self._reached("mail: text on the wire")
        queue_id = super().store(sender, recipients, data)
        self.mailed[_body(data)].update(recipients)
        self._reached("mail: taken, not answered")
        return queue_id


class Networks:
    """One network of each kind. `at` is called with a point's name whenever one is reached."""

    def __init__(self) -> None:
        self.at: Callable[[str], None] = lambda _: None
        self.renew()
        self._stack = ExitStack()
        enter = self._stack.enter_context
        self.urls = {
            "masto": enter(serve(self._pointed("masto", lambda: self.mastodon))),
            "bsky": enter(serve(self._pointed("bsky", lambda: self.bluesky))),
        }
        self.mail_at = enter(_serve_current_mail(self))

    def renew(self) -> None:
        """Forget everything: the same addresses, empty networks."""
        self.mastodon = MastodonSim("social.example", _now)
        self.mastodon.add_account("council", token="token-1")
        self.bluesky = BlueskySim("pds.example", _now)
        self.bluesky.add_account("council.example", password="app-pass")
        self.mail = _Mail(self._reached)

    def accounts(self, folder: Path) -> list[Account]:
        """masto, bsky, mail and cap, as a desk is set up for them."""
        host, port = self.mail_at
        handle = "council.example"
        mail = {
            "host": host,
            "port": str(port),
            "security": "none",
            "recipients": ", ".join(PEOPLE),
        }
        return [
            Account("masto", "mastodon", "Mastodon", {"server": self.urls["masto"]}),
            Account("bsky", "bluesky", "Bluesky", {"server": self.urls["bsky"], "handle": handle}),
            Account(
                "mail", "email", "Press list", {**mail, "sender": "alerts@council.example.org"}
            ),
            Account(
                "cap",
                "cap",
                "CAP feed",
                {
                    "folder": str(folder / "cap"),
                    "base_url": "https://council.example.org/alerts",
                    "title": "Riverside alerts",
                },
            ),
        ]

    def quiet(self) -> None:
        """Wait until everything that a dead desk had on the wire has been dealt with.

        What waits to be accepted is ahead of our own call; its thread has begun when we are served.
        """
        for url in self.urls.values():
            caller = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
            caller.request("GET", "/quiet")
            caller.getresponse().read()
            caller.close()
        with socket.create_connection(self.mail_at, timeout=30) as caller_of_mail:
            caller_of_mail.recv(100)
        for thread in threading.enumerate():
            if "process_request_thread" in thread.name:
                thread.join(30)

    def published(self, alerts: Iterable[Alert], home: Path) -> dict[str, Published]:
        """How often the public got each of these alerts, by its id; what was deleted counts too."""
        said = {
            "masto": Counter(each.text for each in self.mastodon.statuses),
            "bsky": Counter(str(each.value.get("text")) for each in self.bluesky.records),
        }
        files = _cap_files(home / "cap")
        return {each.id: self._of(each, said, files) for each in alerts}

    def _of(
        self, alert: Alert, said: dict[str, Counter[str]], files: dict[str, tuple[str, bool]]
    ) -> Published:
        texts = {each.account_id: each.text for each in alert.rendered}
        ending = f"{alert.marker}</description>"
        found = [listed for content, listed in files.values() if ending in content]
        return {
            "masto": Counter(all=said["masto"][texts.get("masto", "")]),
            "bsky": Counter(all=said["bsky"][texts.get("bsky", "")]),
            "mail": +self.mail.mailed[texts.get("mail", "").strip()],
            "cap": Counter(all=len(found), listed=sum(found)),
        }

    def _reached(self, point: str) -> None:
        self.at(point)

    def _pointed(self, name: str, current: Callable[[], Any]) -> Any:
        def app(environ: Any, start_response: Any) -> Any:
            publishes = (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == (
                "POST",
                PUBLISHING[name],
            )
            if publishes:
                self.at(f"{name}: asked")
            answer = current()(environ, start_response)
            if publishes:
                self.at(f"{name}: done, not answered")
            return answer

        return app

    def close(self) -> None:
        """Stop serving."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _serve_current_mail(networks: Networks) -> Iterator[tuple[str, int]]:
    """`serve_mail` asks its server for a session each time: that of the network as it is then."""

    class Current:
        def session(self) -> Any:
            return networks.mail.session()

    with serve_mail(Current()) as place:
        yield place


def _body(data: bytes) -> str:
    found: Any = message_from_bytes(data, policy=policy.SMTP)
    return str(found.get_content()).replace("\r\n", "\n").strip()


def _cap_files(folder: Path) -> dict[str, tuple[str, bool]]:
    """Every CAP file's content, and whether the feed beside it names it."""
    feed = folder / FEED_NAME
    names = feed.read_text(encoding="utf-8") if feed.exists() else ""
    return {
        file.name: (file.read_text(encoding="utf-8"), file.name in names)
        for file in folder.glob("*.cap.xml")
    }
