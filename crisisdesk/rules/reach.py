"""Reading a log for how far each message came, and what networks counted of it."""

from collections.abc import Iterable
from datetime import datetime

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.moment import from_iso
from crisisdesk.model.reach import ChannelReach, Sending
from crisisdesk.rules.gauging import COUNTED, KINDS, summed
from crisisdesk.rules.log_facts import Entry, subject_id

_STATES = frozenset(each.value for each in DeliveryState)
_LOST = ("gone", "altered")


class ReachReader:
    """Reads entry by entry, in order; `sendings` is what they told so far, in order."""

    def __init__(self) -> None:
        self.sendings: dict[str, Sending] = {}
        self.kinds: dict[str, str] = {}
        self._followers: dict[str, list[tuple[datetime, int]]] = {}

    def take(self, entry: Entry) -> None:
        """One more entry. Raises KeyError, TypeError, ValueError or AttributeError for one that no
        version writes."""
        about, _, what = entry["action"].partition(".")
        if about == "delivery":
            self._moved(entry, what)
        elif entry["action"] == COUNTED:
            self._counted(entry)
        elif entry["action"] in ("account.added", "account.changed"):
            self.kinds[subject_id(entry)] = entry["detail"]["kind"]

    def followers(self, account: str, until: datetime | None = None) -> int | None:
        """An account's followers when they were last told, by a moment; None where never."""
        told = self._followers.get(account, [])
        found = [number for at, number in told if until is None or at < until]
        return found[-1] if found else None

    def _moved(self, entry: Entry, what: str) -> None:
        detail, delivery = entry["detail"], subject_id(entry)
        found = self.sendings.get(delivery)
        if found is None:
            found = self.sendings[delivery] = Sending(
                delivery,
                detail["alert"],
                detail["channel"],
                detail["channel_name"],
                from_iso(entry["at"]),
                "sending",
            )
        if what in _STATES:
            found.state = what
        if what in (*_LOST, "seen", "confirmed"):
            found.gone = what in _LOST

    def _counted(self, entry: Entry) -> None:
        detail = entry["detail"]
        self.kinds[detail["channel"]] = detail["kind"]
        if "followers" in detail:
            told = self._followers.setdefault(detail["channel"], [])
            told.append((from_iso(entry["at"]), int(detail["followers"])))
        for post in detail["posts"]:
            if found := self.sendings.get(post["delivery"]):
                found.counts = {kind: int(post[kind]) for kind in KINDS if kind in post}

    def by_channel(
        self, sendings: Iterable[Sending], until: datetime | None = None
    ) -> tuple[ChannelReach, ...]:
        """These sendings, added up for each channel in order of name; followers as of `until`."""
        found: dict[str, list[Sending]] = {}
        for each in sendings:
            found.setdefault(each.account, []).append(each)
        rows = [self._channel(account, own, until) for account, own in found.items()]
        return tuple(sorted(rows, key=lambda each: (each.channel.lower(), each.kind)))

    def _channel(self, account: str, own: list[Sending], until: datetime | None) -> ChannelReach:
        states = [each.state for each in own]
        counted = [each.counts for each in own if each.counts]
        return ChannelReach(
            channel=own[-1].channel,
            kind=self.kinds.get(account, ""),
            messages=len(own),
            confirmed=states.count("confirmed"),
            accepted=states.count("accepted"),
            unknown=states.count("unknown"),
            failed=states.count("failed"),
            withdrawn=states.count("withdrawn"),
            gone=sum(each.gone for each in own),
            counted=len(counted),
            counts=summed(counted),
            followers=self.followers(account, until),
        )
