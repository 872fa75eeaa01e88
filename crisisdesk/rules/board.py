"""What the public can see now: every message that stands, and what is wrong with it.

A message is judged in its chain (an alert with all that follows it) and at its place (one account,
one language). Times in the words are local, in `zone` or else the computer's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState, Found, Verdict
from crisisdesk.model.standing import Finding, Kind, Standing
from crisisdesk.model.template import Step
from crisisdesk.rules.promises import moment_of, promised

Said = tuple[Alert, Sequence[Delivery]]

SOON = timedelta(minutes=30)
NAMED = 2
OPEN_STEPS = frozenset({Step.ALERT, Step.UPDATE})
"""Steps that ask something of people. A correction or an all clear may stand for ever."""

_S = DeliveryState
_FOLLOWED = {Step.UPDATE: "Updated", Step.CANCEL: "Corrected", Step.ALL_CLEAR: "Cleared"}
_WHY_NOT_HERE = {
    _S.PREPARED: ": it never left",
    _S.HELD: ": it is held back",
    _S.RETRYING: ": it is being tried again",
    _S.UNKNOWN: ": nobody knows whether it is out",
    _S.FAILED: ": it failed",
    _S.WITHDRAWN: ": it was taken back",
    _S.ACCEPTED: ": it is gone",
    _S.CONFIRMED: ": it is gone",
}


def stands(delivery: Delivery) -> bool:
    """Whether it is published, and was there when it was last read back."""
    return delivery.state in PUBLISHED and delivery.found is not Found.GONE


def on_board(delivery: Delivery) -> bool:
    """Whether the public can see it, or may: unknown, on its way, or with a part of a list."""
    if delivery.state in PUBLISHED or delivery.state in (_S.UNKNOWN, _S.SENDING):
        return True
    return delivery.state is _S.RETRYING and any(
        each.verdict is Verdict.ACCEPTED for each in delivery.recipients
    )


def board(
    said: Iterable[Said],
    now: datetime,
    names: Mapping[str, str],
    unreadable: Collection[str] = (),
    zone: tzinfo | None = None,
) -> list[Standing]:
    """Every delivery the public can or may see, each once: what needs a person comes first.

    `said` holds broadcast alerts with all their deliveries; `names` is each account's name by its
    id, `unreadable` the ids of accounts where nothing can be read back.
    """
    picture = _Picture(said, now, names, zone)
    rows = [
        Standing(
            alert=alert,
            delivery=delivery,
            channel=names.get(delivery.account_id, ""),
            age=max(now - picture.said_at(alert), timedelta()),
            expired=alert.expires_at <= now,
            readable=delivery.account_id not in unreadable,
            answered_by=picture.answer(alert, delivery),
            findings=tuple(picture.findings(alert, delivery)),
        )
        for alert in picture.alerts.values()
        for delivery in picture.deliveries[alert.id]
        if on_board(delivery)
    ]
    return sorted(rows, key=lambda row: _order(row, picture.said_at(row.alert)))


def _order(row: Standing, said_at: datetime) -> tuple[int, float, str, str, str]:
    return row.rank, -said_at.timestamp(), row.alert.id, row.channel.lower(), row.delivery.id


class _Picture:
    """All that was said, arranged so that each message finds its chain and its neighbours."""

    def __init__(
        self,
        said: Iterable[Said],
        now: datetime,
        names: Mapping[str, str],
        zone: tzinfo | None,
    ) -> None:
        self._now, self._names, self._zone = now, names, zone
        self.alerts: dict[str, Alert] = {}
        self.deliveries: dict[str, Sequence[Delivery]] = {}
        for alert, deliveries in said:
            self.alerts[alert.id] = alert
            self.deliveries[alert.id] = deliveries
        self._said_at = {each.id: self._first_moment(each) for each in self.alerts.values()}
        paths = {each.id: self._path(each) for each in self.alerts.values()}
        self._chain_of = {name: path[-1] for name, path in paths.items()}
        self._chains: dict[str, list[Alert]] = {}
        self._matters: dict[tuple[str, str], list[Alert]] = {}
        self._place: dict[str, int] = {}

        def turn(alert: Alert) -> tuple[datetime, int, datetime, str]:
            """At the same moment, what follows another is the later."""
            return self.said_at(alert), len(paths[alert.id]), alert.created_at, alert.id

        for alert in sorted(self.alerts.values(), key=turn):
            chain = self._chains.setdefault(self._chain_of[alert.id], [])
            self._place[alert.id] = len(chain)
            chain.append(alert)
            matter = (alert.incident_id, alert.template_id)
            self._matters.setdefault(matter, []).append(alert)

    def said_at(self, alert: Alert) -> datetime:
        """When it was broadcast."""
        return self._said_at[alert.id]

    def _first_moment(self, alert: Alert) -> datetime:
        moments = [each.created_at for each in self.deliveries[alert.id]]
        return min(moments, default=alert.created_at)

    def _path(self, alert: Alert) -> list[str]:
        """This alert's id and those it follows; the last, known or not, names the chain."""
        path = {alert.id: None}  # a dict keeps the order and finds quickly
        follows = alert.references
        while follows and follows not in path:
            path[follows] = None
            known = self.alerts.get(follows)
            follows = known.references if known else ""
        return list(path)

    def _later(self, alert: Alert) -> list[Alert]:
        """What was said after it in the same chain, oldest first."""
        return self._chains[self._chain_of[alert.id]][self._place[alert.id] + 1 :]

    def _at(self, alert: Alert, place: Delivery) -> Delivery | None:
        """The alert's own delivery at the place of another one."""
        wanted = (place.account_id, place.language)
        found = (each for each in self.deliveries[alert.id] if _place(each) == wanted)
        return next(found, None)

    def answer(self, alert: Alert, here: Delivery) -> Alert | None:
        """The newest later word of its chain that stands at the same place."""
        for later in reversed(self._later(alert)):
            own = self._at(later, here)
            if own and stands(own):
                return later
        return None

    def findings(self, alert: Alert, here: Delivery) -> Iterable[Finding]:
        """What is wrong with one message, the worst first."""
        if here.state in PUBLISHED and here.found is Found.ALTERED:
            yield Finding(Kind.ALTERED, "Other words stand here than those we sent.")
        if self.answer(alert, here):
            return
        if here.state in PUBLISHED and here.found is Found.GONE:
            more = " any more" if here.seen_at else ""
            words = f"Read back at {self._clock(here.changed_at)}: it was not there{more}."
            yield Finding(Kind.GONE, words)
            return
        missing = self._missing(alert, here)
        yield from missing
        yield from self._left(alert, here)
        yield from self._rivals(alert, here)
        yield from _doubt(here)
        if alert.step in OPEN_STEPS:
            yield from self._expiry(alert, here)
            if not missing:
                yield from self._overdue(alert, here)

    def _missing(self, alert: Alert, here: Delivery) -> list[Finding]:
        """The newest follow-up that is out elsewhere, or was meant to be, and is not here."""
        for later in reversed(self._later(alert)):
            own = self._at(later, here)
            deliveries = self.deliveries[later.id]
            reached = [each for each in deliveries if stands(each)]
            stopped = any(each.state in (_S.WITHDRAWN, _S.SENDING) for each in deliveries)
            if (own and own.state is _S.SENDING) or (not reached and (stopped or not deliveries)):
                continue
            followed = _FOLLOWED.get(later.step, "Followed up")
            at = self._clock(self.said_at(later))
            why = _WHY_NOT_HERE.get(own.state, "") if own else ""
            if reached:
                words = f"{followed} on {self._named(reached)} at {at}, but not here{why}."
            else:
                words = f"{followed} at {at}, but that is out nowhere{why}."
            return [Finding(Kind.CONTRADICTED, words)]
        return []

    def _left(self, alert: Alert, here: Delivery) -> Iterable[Finding]:
        """Retracted elsewhere, but not here."""
        taken = [each for each in self.deliveries[alert.id] if each.state is _S.WITHDRAWN]
        if taken:
            at = self._clock(max(each.changed_at for each in taken))
            still = "still up here" if stands(here) else "perhaps still up here"
            yield Finding(Kind.LEFT, f"Retracted on {self._named(taken)} at {at}, {still}.")

    def _rivals(self, alert: Alert, here: Delivery) -> Iterable[Finding]:
        """Other live words on the same matter at the same place, in a chain of their own."""
        if not self._live(alert, here):
            return
        chain = self._chain_of[alert.id]
        for other in reversed(self._matters[alert.incident_id, alert.template_id]):
            own = self._at(other, here)
            if (
                not own
                or self._chain_of[other.id] == chain
                or not OPEN_STEPS & {alert.step, other.step}
            ):
                continue
            if self._live(other, own):
                at = self._clock(self.said_at(other))
                words = f"{other.marker} of {at} stands here too, from the same template:"
                yield Finding(Kind.RIVAL, f"{words} read both, they may contradict.")
                return

    def _live(self, alert: Alert, here: Delivery) -> bool:
        fresh = alert.expires_at > self._now
        return fresh and stands(here) and self.answer(alert, here) is None

    def _expiry(self, alert: Alert, here: Delivery) -> Iterable[Finding]:
        left = alert.expires_at - self._now
        if left <= timedelta():
            up = "still up" if stands(here) else "perhaps still up"
            words = f"Expired at {self._clock(alert.expires_at)}, {up}."
            yield Finding(Kind.EXPIRED, words)
        elif left <= SOON:
            minutes = max(1, round(left.total_seconds() / 60))
            yield Finding(Kind.EXPIRING, f"Expires in {minutes} min.")

    def _overdue(self, alert: Alert, here: Delivery) -> Iterable[Finding]:
        """A promise counts where it was really made: not every channel's words hold it."""
        promise = promised(alert.values)
        due = moment_of(promise, alert.created_at, self._zone)
        if due and due <= self._now and promise in here.text:
            words = f"The next update was promised by {self._clock(due)} and is overdue."
            yield Finding(Kind.OVERDUE, words)

    def _named(self, deliveries: Sequence[Delivery]) -> str:
        found = {self._names.get(each.account_id, "a removed channel") for each in deliveries}
        named = sorted(found, key=str.lower)
        if len(named) > NAMED:
            named = [named[0], f"{len(named) - 1} more"]
        return " and ".join(named)

    def _clock(self, moment: datetime) -> str:
        """As in 04:10; with its day where that is not today."""
        local, today = moment.astimezone(self._zone), self._now.astimezone(self._zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b, %H:%M}"


def _place(delivery: Delivery) -> tuple[str, str]:
    return delivery.account_id, delivery.language


def _doubt(here: Delivery) -> Iterable[Finding]:
    if here.state is _S.UNKNOWN:
        yield Finding(Kind.UNKNOWN, "Nobody knows whether it stands here.")
    elif here.state is _S.RETRYING:
        yield Finding(Kind.UNKNOWN, "Only a part of the list has it so far.")
