"""The town's services, live: real sockets, with a proxy that can go wrong before each server."""

import ssl
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from lxml import etree

from crisisdesk.model.alert import Alert
from crisisdesk.model.audit import Signer
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.net import Net
from tests.faults.proxy import Proxy, proxy
from tests.loopback import serve, serve_mail
from tests.net.wire import Wire
from tests.servers.certificates import Certificates
from tests.town import HandClock, Town

T = TypeVar("T")

PUBLISH = {
    "masto": "POST /api/v1/statuses",
    "bsky": "POST /xrpc/com.atproto.repo.putRecord",
    "mail": ".",
}
"""How the request begins with which each account publishes."""


class LiveTown(Town):
    """The town's services, live: `make_net` is the real way out."""

    authorities = ""

    def open(self, mode: Mode = Mode.LIVE) -> None:
        """Start the desk."""
        super().open(mode)

    def restart(self, mode: Mode = Mode.LIVE) -> None:
        """As the town does, live again."""
        super().restart(mode)

    def make_net(self) -> Net:
        """Real connections, which trust the tests' own authorities too."""
        return Net(Mode.LIVE, extra_ca_file=self.authorities)

    def set(self, account: str, **settings: str) -> None:
        """Change settings of an account."""
        self.accounts = [
            replace(each, settings={**each.settings, **settings}) if each.id == account else each
            for each in self.accounts
        ]
        if hasattr(self, "channels"):
            self.channels.use(self.accounts)

    def drain(self) -> None:
        """Run whatever is planned until nothing more is: every look and every repeat."""
        for _ in range(40):
            if not self.run_planned():
                return
        raise AssertionError("something is planned for ever")

    def compose(self, *accounts: str, step: Step = Step.ALERT, follows: str = "") -> Alert:
        """A moment later than the last one: Bluesky's keys are made from the time."""
        self.clock.go_on(milliseconds=1)
        return super().compose(*accounts, step=step, follows=follows)

    def evidence(self, alert: Alert, account: str) -> str:
        """What the desk shows for an account."""
        return self.deliveries(alert)[account].evidence

    def state(self, alert: Alert, account: str) -> DeliveryState:
        """How far the alert came there."""
        return self.states(alert)[account]


class Harbour(LiveTown):
    """A live desk. `proxies` by account; `point` leads one elsewhere; `strangers` are other servers
    that must never hear from us."""

    def __init__(
        self,
        folder: Path,
        clock: HandClock,
        signer: Signer,
        certificates: Mapping[str, Certificates],
        authorities: Path,
    ) -> None:
        self._certificates = certificates
        self.authorities = str(authorities)
        self._stack = ExitStack()
        self.proxies: dict[str, Proxy] = {}
        self.strangers: list[Wire] = []
        self.cap = folder / "cap"
        super().__init__(folder, clock, signer)

    def open(self, mode: Mode = Mode.LIVE) -> None:
        """Start the desk, the first time with the servers."""
        if not self.proxies:
            self._start_servers()
        super().open(mode)

    def _start_servers(self) -> None:
        masto, bsky = (
            self._stack.enter_context(serve(app)) for app in (self.mastodon, self.bluesky)
        )
        mail = self._stack.enter_context(serve_mail(self.mail))
        self.targets = {"masto": _place(masto), "bsky": _place(bsky), "mail": mail}
        for name in self.targets:
            self.proxies[name] = self.proxy(name)
            self.lead(name)

    def proxy(self, account: str, certificate: str = "", host: str = "127.0.0.1") -> Proxy:
        """One more proxy before the server of an account, with TLS where a certificate is named."""
        context = _served(self._certificates[certificate]) if certificate else None
        made = proxy(self.targets[account], mail=account == "mail", context=context, host=host)
        return self._stack.enter_context(made)

    def stay(self, opened: AbstractContextManager[T]) -> T:
        """Keep something open to the end of the test."""
        return self._stack.enter_context(opened)

    def lead(self, account: str, through: Proxy | None = None) -> None:
        """Set an account to a proxy; to its usual one when none is given."""
        way = through or self.proxies[account]
        self.point(account, way.host, way.port, secure=way.url.startswith("https"))

    def point(self, account: str, host: str, port: int, *, secure: bool = False) -> None:
        """Set an account to another address."""
        scheme = "https" if secure else "http"
        there = {
            "masto": {"server": f"{scheme}://{host}:{port}"},
            "bsky": {"server": f"{scheme}://{host}:{port}"},
            "mail": {"host": host, "port": str(port), "security": "tls" if secure else "none"},
        }[account]
        self.set(account, **there)

    def stop(self) -> None:
        """Let the desk and every server go."""
        self.close()
        self._stack.close()

    # What the servers themselves have

    def public(self, account: str, text: str = "") -> int:
        """How many publications with this text stand there; for mail, the most for one address."""
        return {
            "masto": lambda: sum(
                not each.deleted and text in each.text for each in self.mastodon.statuses
            ),
            "bsky": lambda: sum(
                not each.deleted and text in str(each.value["text"])
                for each in self.bluesky.records
            ),
            "mail": lambda: max(self.letters(text).values(), default=0),
            "cap": lambda: sum(text in each for each in self.cap_texts()),
        }[account]()

    def letters(self, text: str = "") -> Counter[str]:
        """How many letters with this text each address has."""
        plain = text.encode()
        return Counter(
            name for each in self.mail.messages if plain in each.data for name in each.recipients
        )

    def cap_texts(self) -> list[str]:
        """All words of each CAP file in the folder."""
        files = sorted(self.cap.glob("*.cap.xml"))
        return ["\n".join(etree.fromstring(each.read_bytes()).itertext()) for each in files]

    def asked(self, account: str) -> int:
        """How often the network was asked to publish, faults included."""
        return sum(line.startswith(PUBLISH[account]) for line in self.proxies[account].seen)


def _served(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate_file, certificates.key_file)
    return context


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)
