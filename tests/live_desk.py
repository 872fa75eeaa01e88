"""A live desk over simulated networks, for those who sit at its console: tests and benchmarks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from crisisdesk.config import DATABASE_NAME, Paths, Settings
from crisisdesk.desk.desk import Parts
from crisisdesk.desk.live import LiveDesk
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.simnet.world import BLUESKY_HOST, COUNCIL, FEED_HOST, MASTODON_HOST, TOKEN
from crisisdesk.store.places import prepare_folder
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.clock import Clock
from crisisdesk.system.keys import desk_key
from crisisdesk.system.schedule import Schedule
from crisisdesk.system.secrets import MemorySecrets
from crisisdesk.system.workers import Workers

NAME = "Jo Officer"
PASSPHRASE = "four plain words here"
ROAD = {
    "road_name": "Weir Bridge",
    "area_name": "Lower Town, Riverside",
    "reason": "deep flood water",
    "since_time": "03:40",
    "next_update_at": "05:00",
    "more_info_url": "https://council.example.org/roads",
}
"""All that the template "road-closure" asks for."""


class Places(NamedTuple):
    """Where the networks are reached."""

    mastodon: str = f"https://{MASTODON_HOST}"
    bluesky: str = f"https://{BLUESKY_HOST}"
    feed: str = f"https://{FEED_HOST}"
    mail_host: str = "mail.example"
    mail_port: int = 25


INSIDE = Places()
"""In this very process, by the `apps` of a `World`."""


def open_desk(
    paths: Paths,
    net: Net,
    secrets: MemorySecrets,
    later: Callable[..., object] | None = None,
    **settings: Any,
) -> LiveDesk:
    """The live desk, but for where its networks and its secrets are, and what `later` does."""
    prepare_folder(paths.home)
    schedule = Schedule()
    parts = Parts(
        mode=Mode.LIVE,
        paths=paths,
        settings=Settings(
            organisation="Riverside Council", sender="alerts@riverside.example", **settings
        ),
        database_url=f"sqlite:///{paths.home / DATABASE_NAME}",
        desk_id="desk-1",
        clock=Clock(),
        net=net,
        secrets=secrets,
        signer=desk_key(secrets),
        later=later or schedule.after,
        workers=Workers(),
        chance=SYSTEM_CHANCE,
        watch_terms=("weir",),
        settings_file=paths.settings,
    )
    return LiveDesk(parts, schedule)


def account_values(folder: Path, at: Places = INSIDE) -> dict[str, tuple[str, dict[str, str]]]:
    """The name and the fields of each kind of account."""
    handle = f"{COUNCIL}.test"
    return {
        "mastodon": ("Mastodon", {"server": at.mastodon, "token": TOKEN}),
        "bluesky": ("Bluesky", {"server": at.bluesky, "handle": handle, "password": TOKEN}),
        "email": (
            "Press list",
            {
                "host": at.mail_host,
                "port": str(at.mail_port),
                "security": "none",
                "sender": "alerts@riverside.example",
                "recipients": "ann@example.org, bob@example.org",
            },
        ),
        "cap": (
            "CAP feed",
            {"folder": str(folder / "cap"), "base_url": "https://riverside.example/alerts"},
        ),
        "feed": ("Warnings", {"url": f"{at.feed}/feed.atom"}),
    }
