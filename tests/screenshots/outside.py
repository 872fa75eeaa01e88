"""The outside of a live desk: real adapters, real sockets, and networks that only pretend."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.model.operator import Operator
from crisisdesk.services.administering import Administering
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.faults import Fault
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim
from tests.loopback import serve, serve_mail

TOKEN = "token-of-the-picture"
PRESS = "newsroom@wendradio.example, desk@riversidetimes.example"
SCHOOLS = "office@northfield.example, office@brookview.example, office@lowertown.example"


@dataclass(frozen=True, slots=True)
class Outside:
    """Where the simulated networks listen on this computer."""

    mastodon: str
    welsh: str
    bluesky: str
    press: tuple[str, int]
    schools: tuple[str, int]

    def mastodon_settings(self, token: str = TOKEN) -> dict[str, str]:
        """The settings of the council's Mastodon account."""
        return {"server": self.mastodon, "token": token, "hashtags": "riverside, wendmill"}

    def add_accounts(
        self, administering: Administering, by: Operator, folder: Path, welsh_name: str
    ) -> None:
        """Set up everything a council would: the second Mastodon account refuses to publish."""
        folder.mkdir(parents=True)
        bluesky = {"server": self.bluesky, "handle": "riverside.example", "password": TOKEN}
        cap = {"folder": str(folder), "base_url": "https://riverside.example/alerts"}
        welsh = {"server": self.welsh, "token": TOKEN}
        for kind, name, settings in (
            ("mastodon", "Mastodon", self.mastodon_settings()),
            ("mastodon", welsh_name, welsh),
            ("bluesky", "Bluesky", bluesky | {"search": "#riverside"}),
            ("email", "Press list", _mail(self.press, PRESS)),
            ("email", "Schools list", _mail(self.schools, SCHOOLS)),
            ("cap", "CAP feed", cap),
        ):
            administering.save_account(kind, name, settings, by)


@contextmanager
def running() -> Iterator[Outside]:
    """The networks: one account may not publish, and one mail server hangs up too early."""

    def now() -> datetime:
        return datetime.now(UTC)

    mastodon = MastodonSim("social.example", now)
    mastodon.add_account("riverside", TOKEN, "Riverside Council")
    welsh = MastodonSim("cymru.example", now)
    welsh.add_account("glanyrafon", TOKEN, "Cyngor Glan-yr-afon")
    words = '{"error": "This account is suspended"}'
    welsh.faults.add(Fault("status", "POST /api/v1/statuses", -1, 403, body=words))
    bluesky = BlueskySim("pds.example", now)
    bluesky.add_account("riverside.example", TOKEN, "Riverside Council")
    press, schools = MailSim(now), MailSim(now)
    schools.faults.add(Fault("lost_answer", "DATA", -1))
    with ExitStack() as stack:
        yield Outside(
            mastodon=stack.enter_context(serve(mastodon)),
            welsh=stack.enter_context(serve(welsh)),
            bluesky=stack.enter_context(serve(bluesky)),
            press=stack.enter_context(serve_mail(press)),
            schools=stack.enter_context(serve_mail(schools)),
        )


def _mail(place: tuple[str, int], people: str) -> dict[str, str]:
    host, port = place
    return {
        "host": host,
        "port": str(port),
        "security": "none",
        "sender": "alerts@riverside.example",
        "recipients": people,
    }
