"""The whole simulated outside of an exercise: its networks, and the public that speaks on them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from crisisdesk.model.cap import (
    Area,
    CapAlert,
    Category,
    Certainty,
    Info,
    MsgType,
    Severity,
    Status,
    Urgency,
)
from crisisdesk.model.exercise import Method
from crisisdesk.model.mode import EXERCISE_DOMAIN
from crisisdesk.rules.cap_write import build
from crisisdesk.rules.exercise.reading import NETWORKS
from crisisdesk.rules.exercise.speaking import Post
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.faults import Fault, Faults
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim

MASTODON_HOST = f"mastodon.{EXERCISE_DOMAIN}"
BLUESKY_HOST = f"bluesky.{EXERCISE_DOMAIN}"
FEED_HOST = f"warnings.{EXERCISE_DOMAIN}"
MAIL_HOST = f"mail.{EXERCISE_DOMAIN}"
COUNCIL = "riverside"
TOKEN = "exercise-token"  # noqa: S105 - opens nothing but the simulation
FOLLOWERS = (4_180, 6_320)
"""The council's, on Mastodon and on Bluesky."""
WARNING_LASTS = timedelta(hours=6)


class World:
    """Simulated Mastodon, Bluesky, feed and mail, all by one clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.mastodon = MastodonSim(MASTODON_HOST, now)
        self.mastodon.add_account(COUNCIL, TOKEN, "Riverside Council").followers = FOLLOWERS[0]
        self.bluesky = BlueskySim(BLUESKY_HOST, now)
        own = self.bluesky.add_account(f"{COUNCIL}.test", TOKEN, "Riverside Council")
        own.followers = FOLLOWERS[1]
        self.feed = FeedSim(FEED_HOST, "Warnings and partners", now)
        self.mail = MailSim(now)
        self.apps = {MASTODON_HOST: self.mastodon, BLUESKY_HOST: self.bluesky, FEED_HOST: self.feed}

    def say(self, via: str, author: str, text: str, item_id: str, data: Mapping[str, str]) -> None:
        """Somebody says something on one of the networks."""
        if via == "mastodon":
            self.mastodon.post(author, text)
        elif via == "bluesky":
            self.bluesky.post(author, text)
        else:
            title = data.get("title", text[:80])
            warning = self._warning(author, text, item_id, data) if "severity" in data else None
            self.feed.publish(item_id, title, text, cap_xml=warning)

    def hear(self, post: Post, moment: datetime) -> None:
        """Somebody of the public says something; they said it at `moment`.

        What answers us stands under our newest message there, and names us where there is none.
        """
        if post.method is Method.MASTODON:
            self.mastodon.know(post.handle, post.name, post.followers)
            newest = self.mastodon.newest_of(COUNCIL) if post.answers else None
            self.mastodon.post(post.handle, post.text, newest, moment)
        else:
            self.bluesky.know(post.handle, post.name)
            newest = self.bluesky.newest_of(f"{COUNCIL}.test") if post.answers else None
            named = f"@{COUNCIL}.test {post.text}" if post.answers and not newest else post.text
            self.bluesky.post(post.handle, named, newest, moment)

    def is_ours(self, via: str, author: str) -> bool:
        """Whether that author is the council itself: somebody got hold of its account."""
        return author.lower() == {"mastodon": COUNCIL, "bluesky": f"{COUNCIL}.test"}.get(via)

    def add_fault(self, network: str, fault: Fault) -> None:
        """Plan a fault on mastodon, bluesky or mail."""
        self._faults(network).add(fault)

    def mend(self, network: str) -> None:
        """End every fault still planned on mastodon, bluesky or mail."""
        self._faults(network).clear()

    def waiting_faults(self) -> dict[str, list[tuple[Fault, int]]]:
        """The faults still planned on each network, and for how many requests; -1 is for ever."""
        return {each: self._faults(each).waiting for each in NETWORKS}

    def _faults(self, network: str) -> Faults:
        faults = {
            "mastodon": self.mastodon.faults,
            "bluesky": self.bluesky.faults,
            "mail": self.mail.faults,
        }
        return faults[network]

    def _warning(self, author: str, text: str, item_id: str, data: Mapping[str, str]) -> bytes:
        now = self._now()
        info = Info(
            categories=(Category.MET,),
            event=data["title"],
            urgency=Urgency.EXPECTED,
            severity=Severity(data["severity"]),
            certainty=Certainty.LIKELY,
            expires=now + WARNING_LASTS,
            sender_name=author,
            headline=f"EXERCISE: {data['title']}",
            description=text,
            areas=(Area("Riverside"),),
        )
        return build(
            CapAlert(
                identifier=item_id,
                sender=f"warnings@{FEED_HOST}",
                sent=now,
                status=Status.EXERCISE,
                msg_type=MsgType.ALERT,
                note="Exercise",
                infos=(info,),
            )
        )
