"""Channels set up against simulated networks, the same way for every kind."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from crisisdesk.channels.base import Channel
from crisisdesk.channels.registry import make_channel
from crisisdesk.model.account import Account
from crisisdesk.model.cap import (
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    Reference,
    Severity,
    Status,
    Urgency,
)
from crisisdesk.model.delivery import Message
from crisisdesk.model.media import Picture
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.rules.cap_write import build
from crisisdesk.rules.capping import to_resource
from crisisdesk.rules.references import delivery_key
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
BASE_URL = "https://council.example.org/alerts/"
SOCIAL, PDS = "social.example", "pds.example"
ANN, BOB, CAT = "ann@example.org", "bob@example.org", "cat@example.org"
SECRETS = {
    "mastodon": {"token": "token-1"},
    "bluesky": {"password": "app-pass"},
    "email": {"password": "right"},
    "cap": {},
}


def cap(
    key: str,
    kind: MsgType = MsgType.ALERT,
    sent: datetime = NOW,
    headline: str = "",
    pictures: tuple[Picture, ...] = (),
    expires: datetime | None = None,
) -> bytes:
    """A valid CAP message."""
    info = Info(
        (Category.INFRA,),
        "Road closure",
        Urgency.IMMEDIATE,
        Severity.MODERATE,
        Certainty.OBSERVED,
        expires=expires,
        headline=headline or f"{kind}: Weir Bridge",
        description="Weir Bridge is closed.",
        resources=tuple(to_resource(each, BASE_URL) for each in pictures),
    )
    sender = "desk@council.example.org"
    earlier = () if kind is MsgType.ALERT else (Reference(sender, "cd-0", NOW),)
    return build(
        CapAlert(key, sender, sent, Status.ACTUAL, kind, references=earlier, infos=(info,))
    )


@dataclass
class Rig:
    """One simulated network of each kind, and the channels that publish there."""

    folder: Path
    now: Callable[[], datetime] = lambda: NOW
    server: str = f"https://{SOCIAL}"
    pds: str = f"https://{PDS}"
    made: list[Channel] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mastodon = MastodonSim(SOCIAL, self.now)
        self.mastodon.add_account("council", token="token-1")
        self.bluesky = BlueskySim(PDS, self.now)
        self.bluesky.add_account("council.example", password="app-pass")
        self.mail = MailSim(self.now)
        self.mail.add_account("desk", "right")
        self.net = Net(
            Mode.EXERCISE,
            apps={SOCIAL: self.mastodon, PDS: self.bluesky},
            mail=self.mail.session,
        )

    def settings(self, kind: str) -> dict[str, str]:
        """What an account of this kind is set to."""
        return {
            "mastodon": {"server": self.server},
            "bluesky": {"server": self.pds, "handle": "council.example"},
            "email": {
                "host": "mail.example",
                "user": "desk",
                "sender": "Desk <desk@example.org>",
                "recipients": f"{ANN}, {BOB}, {CAT}",
            },
            "cap": {
                "folder": str(self.folder),
                "base_url": BASE_URL,
                "title": "Alerts",
            },
        }[kind]

    def channel(self, kind: str, net: Net | None = None, **changed: str) -> Channel:
        """A channel of its own; secrets may be changed by name too."""
        secrets = {name: changed.pop(name, value) for name, value in SECRETS[kind].items()}
        account = Account(kind, kind, kind.title(), {**self.settings(kind), **changed})
        self.made.append(make_channel(account, secrets, net or self.net, self.now))
        return self.made[-1]

    def message(
        self,
        kind: str,
        text: str = "Weir Bridge is closed. Ref K7Q3-1",
        pictures: tuple[Picture, ...] = (),
    ) -> Message:
        """What could be sent there."""
        key = delivery_key(kind, 1_787_216_400_000_000, 77)
        xml = cap(key, pictures=pictures)
        return Message(key, text, NOW, subject="Road closed", cap_xml=xml, pictures=pictures)

    def public(self, kind: str) -> list[str]:
        """What the public can see of it, one entry for each publication."""
        return {
            "mastodon": lambda: [each.text for each in self.mastodon.statuses if not each.deleted],
            "bluesky": lambda: [
                str(each.value["text"]) for each in self.bluesky.records if not each.deleted
            ],
            "email": lambda: [to for each in self.mail.messages for to in each.recipients],
            "cap": lambda: sorted(each.name for each in self.folder.glob("*.cap.xml")),
        }[kind]()
