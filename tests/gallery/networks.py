"""The outside of a desk in the pictures: real adapters over networks inside the process."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.net import Net
from crisisdesk.net.inside import WsgiApp
from crisisdesk.net.mail import BoundedSMTP
from crisisdesk.services.administering import Administering
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim

TOKEN = "token-of-the-picture"
MASTODON, WELSH, BLUESKY = "social.example", "cymru.example", "pds.example"
PRESS_HOST, SCHOOLS_HOST = "mail.riverside.example", "mail.schools.example"
PRESS = "newsroom@wendradio.example, desk@riversidetimes.example"
SCHOOLS = "office@northfield.example, office@brookview.example, office@lowertown.example"
DEADLINE = 60.0


class Networks:
    """What a council posts to: the Welsh account may not publish, the schools' server hangs up."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.mastodon = MastodonSim(MASTODON, now)
        self.mastodon.add_account("riverside", TOKEN, "Riverside Council")
        self.welsh = MastodonSim(WELSH, now)
        self.welsh.add_account("glanyrafon", TOKEN, "Cyngor Glan-yr-afon")
        words = '{"error": "This account is suspended"}'
        self.welsh.faults.add(Fault("status", "POST /api/v1/statuses", -1, 403, body=words))
        self.bluesky = BlueskySim(BLUESKY, now)
        self.bluesky.add_account("riverside.example", TOKEN, "Riverside Council")
        self.press, self.schools = MailSim(now), MailSim(now)
        self.schools.faults.add(Fault("lost_answer", "DATA", -1))
        self.slow = Slow(self.bluesky)
        self.net = _Net(self)

    def cut(self) -> None:
        """Nothing can be reached any more."""
        for each in (self.mastodon, self.welsh, self.bluesky, self.press, self.schools):
            each.faults.clear()
            each.faults.add(Fault("refuse", "", -1))

    def add_accounts(
        self, administering: Administering, by: Operator, folder: Path, welsh_name: str
    ) -> None:
        """Set up everything a council would."""
        bluesky = {"server": f"https://{BLUESKY}", "handle": "riverside.example", "password": TOKEN}
        cap = {"folder": str(folder), "base_url": "https://riverside.example/alerts"}
        for kind, name, settings in (
            ("mastodon", "Mastodon", mastodon_settings()),
            ("mastodon", welsh_name, {"server": f"https://{WELSH}", "token": TOKEN}),
            ("bluesky", "Bluesky", bluesky | {"search": "#riverside"}),
            ("email", "Press list", _mail(PRESS_HOST, PRESS)),
            ("email", "Schools list", _mail(SCHOOLS_HOST, SCHOOLS)),
            ("cap", "CAP feed", cap),
        ):
            administering.save_account(kind, name, settings, by)


class Slow:
    """A network whose answers can be held back. `waiting` tells that somebody waits for one."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self._answers = threading.Event()
        self._answers.set()
        self.held = threading.Event()
        self.waiting = False

    def hold(self) -> None:
        """Answer nobody."""
        self._answers.clear()
        self.held.set()

    def answer(self) -> None:
        """Answer whoever waits. Once that is over, clear `held`."""
        self._answers.set()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.waiting = not self._answers.is_set()
        assert self._answers.wait(DEADLINE), "nobody let the network answer"
        self.waiting = False
        return self._app(environ, start)


class _Net(Net):
    """Inside the process; mail goes by the name of its server."""

    def __init__(self, networks: Networks) -> None:
        apps = {MASTODON: networks.mastodon, WELSH: networks.welsh, BLUESKY: networks.slow}
        super().__init__(Mode.EXERCISE, apps=apps)
        self._servers = {PRESS_HOST: networks.press, SCHOOLS_HOST: networks.schools}

    def _connected(self, host: str, port: int, security: str) -> BoundedSMTP:
        self._mail = self._servers[host].session
        return super()._connected(host, port, security)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Secrets as most people have them: in a keyring. This one forgets at the end."""

    values: dict[str, str]
    lasting: bool = True
    readable: bool = True
    where: str = "the keyring of this computer"

    def get(self, name: str) -> str:
        """The secret, if there is one."""
        return self.values.get(name, "")

    def set(self, name: str, value: str) -> bool:
        """Keep it until the process ends."""
        self.values[name] = value
        return True

    def forget(self, name: str) -> None:
        """Forget it."""
        self.values.pop(name, None)


def mastodon_settings(token: str = TOKEN) -> dict[str, str]:
    """The settings of the council's Mastodon account."""
    return {"server": f"https://{MASTODON}", "token": token, "hashtags": "riverside, wendmill"}


def _mail(host: str, people: str) -> dict[str, str]:
    return {
        "host": host,
        "port": "25",
        "security": "none",
        "sender": "alerts@riverside.example",
        "recipients": people,
    }
