"""The dispatch pack: all that people need to post an alert by hand when the desk cannot.

Pure: it changes nothing and needs neither network nor log, so it works when both have failed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.delivery import PUBLISHED, Delivery, DeliveryState, Verdict
from crisisdesk.model.mode import Mode
from crisisdesk.rules import by_hand
from crisisdesk.rules.counting import CHECKS, count_plain
from crisisdesk.rules.handing import handed_to
from crisisdesk.rules.showing import one_line

_S = DeliveryState
_LONGEST_NAME = 48
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_READ_ALOUD = ("mastodon", "cap", "email")
"""Kinds whose text is the template's default wording, or the fullest one, best first."""

_ORDER = {None: 0, _S.FAILED: 0, _S.RETRYING: 0, _S.HELD: 0, _S.PREPARED: 0, _S.SENDING: 1,
          _S.UNKNOWN: 1, _S.ACCEPTED: 2, _S.CONFIRMED: 2, _S.WITHDRAWN: 3}  # fmt: skip
_HANDABLE = frozenset({None, _S.PREPARED, _S.HELD, _S.RETRYING, _S.FAILED, _S.UNKNOWN})


@dataclass(frozen=True, slots=True)
class PackPart:
    """One channel in one language. `text` is to the byte what the alert froze.

    `state` is None while the alert was not broadcast; `warning` is empty where posting by hand
    can do no harm; `addresses` are those of a mailing list that do not have the message yet.
    """

    account_id: str
    delivery_id: str
    name: str
    kind: str
    language: str
    subject: str
    text: str
    count: str
    steps: tuple[str, ...]
    state: DeliveryState | None
    state_words: str
    warning: str
    handed_to: str
    addresses: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The channel as a person names it, as in "Press list (E-mail list, English)"."""
        network = by_hand.title(self.kind)
        known = [] if network.lower() in self.name.lower() else [network]
        name = one_line(self.name, _LONGEST_NAME)
        return f"{name} ({', '.join([*known, by_hand.language(self.language)])})"

    @property
    def may_be_handed(self) -> bool:
        """Whether somebody can take this over now."""
        if self.handed_to or self.kind in by_hand.MACHINES:
            return False
        return self.state in _HANDABLE

    @property
    def doubtful(self) -> bool:
        """Whether it may be out already, so that handing it over needs a reason."""
        return self.state is _S.UNKNOWN


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything for one alert. Times are aware, in the desk's local time."""

    alert_id: str
    marker: str
    headline: str
    step: str
    mode: Mode
    organisation: str
    made_at: datetime
    expires_at: datetime
    parts: tuple[PackPart, ...]
    read_aloud: tuple[Rendered, ...]
    warnings: tuple[str, ...] = ()

    @property
    def exercise(self) -> bool:
        """Whether every paper of it has to say so."""
        return self.mode is Mode.EXERCISE

    @property
    def until(self) -> str:
        """When the message ends, as in "13:00 on 20 August 2026"."""
        return moment_words(self.expires_at)


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows beside the alert; all of it may be missing.

    `limits` are text limits by account id, `earlier` the addresses of the messages this one
    follows by account id and language.
    """

    deliveries: Iterable[Delivery] = ()
    accounts: Iterable[Account] = ()
    limits: Mapping[str, int | None] = field(default_factory=dict)
    earlier: Mapping[tuple[str, str], str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def pack_of(alert: Alert, known: Known, now: datetime) -> Pack:
    """The pack of an alert as it stands at `now`, an aware datetime in local time."""
    deliveries = {(each.account_id, each.language): each for each in known.deliveries}
    accounts = {each.id: each for each in known.accounts}
    parts = [
        _part(alert, each, deliveries.get((each.account_id, each.language)), accounts, known)
        for each in alert.rendered
    ]
    return Pack(
        alert_id=alert.id,
        marker=alert.marker,
        headline=alert.headline,
        step=alert.step.words,
        mode=alert.mode,
        organisation=alert.values.get("sender_name", ""),
        made_at=now,
        expires_at=alert.expires_at.astimezone(now.tzinfo),
        parts=tuple(sorted(parts, key=_rank)),
        read_aloud=_read_aloud(alert.rendered),
        warnings=(*_warnings(alert, bool(deliveries), now), *known.warnings),
    )


def moment_words(moment: datetime) -> str:
    """As in "13:00 on 20 August 2026": paper outlives the day, so no "today"."""
    return f"{moment:%H:%M} on {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def _part(
    alert: Alert,
    text: Rendered,
    delivery: Delivery | None,
    accounts: Mapping[str, Account],
    known: Known,
) -> PackPart:
    account = accounts.get(text.account_id)
    name = account.name if account else f"a removed {by_hand.title(text.kind)} channel"
    settings = account.settings if account else {}
    count = CHECKS.get(text.kind, count_plain)(text.text, known.limits.get(text.account_id))
    url = known.earlier.get((text.account_id, text.language), "")
    pictures = tuple(image.alt for image in alert.images)
    steps = by_hand.how_to_post(text.kind, name, settings, alert.marker, url, pictures)
    drill = (by_hand.ONLY_ACTED,) if alert.mode is Mode.EXERCISE else ()
    return PackPart(
        account_id=text.account_id,
        delivery_id=delivery.id if delivery else "",
        name=name,
        kind=text.kind,
        language=text.language,
        subject=text.subject if text.kind == "email" else "",
        text=text.text,
        count=f"{count.words} {count.unit}",
        steps=(*drill, *steps),
        state=delivery.state if delivery else None,
        state_words=_state_words(delivery),
        warning=_warning(delivery),
        handed_to=handed_to(delivery.evidence) if delivery else "",
        addresses=_addresses(text.kind, settings, delivery),
    )


def _rank(part: PackPart) -> tuple[bool, int, bool, str, str]:
    """Not out and in nobody's hands comes first."""
    machine = part.kind in by_hand.MACHINES
    return machine, _ORDER[part.state], bool(part.handed_to), part.name.lower(), part.language


def _state_words(delivery: Delivery | None) -> str:
    if delivery is None:
        return "Not sent: this alert was not broadcast."
    if handed_to(delivery.evidence) and delivery.state not in PUBLISHED:
        return delivery.evidence
    said = {
        _S.PREPARED: "Not sent yet.",
        _S.HELD: "Not sent: held at the desk.",
        _S.SENDING: "Being sent this moment.",
        _S.RETRYING: "Not sent. The desk tries again until you log the hand-over.",
        _S.FAILED: "Not sent: refused.",
        _S.UNKNOWN: "Unknown: look first, it may be out.",
        _S.ACCEPTED: "Is out: the network took it.",
        _S.CONFIRMED: "Is out: it was seen there.",
        _S.WITHDRAWN: "Was out, and was taken down.",
    }[delivery.state]
    return " ".join(part for part in (said, _reached(delivery), delivery.evidence) if part)


def _reached(delivery: Delivery) -> str:
    """How much of a list has it, while the whole is not settled."""
    got = sum(each.verdict is Verdict.ACCEPTED for each in delivery.recipients)
    if not got or delivery.state in PUBLISHED:
        return ""
    return f"{got} of {len(delivery.recipients)} addresses have it: write only to the others."


def _warning(delivery: Delivery | None) -> str:
    state = delivery.state if delivery else None
    if state in PUBLISHED:
        name = handed_to(delivery.evidence) if delivery else ""
        tell = f" Tell {name}." if name else ""
        return f"It is out already: do not post it again.{tell}"
    return {
        _S.SENDING: "It is on its way: wait for the answer before anybody posts it.",
        _S.UNKNOWN: "It may be out already: look first, and do not post it again if it is there.",
        _S.WITHDRAWN: "It was taken down on purpose: do not post it.",
    }.get(state or _S.PREPARED, "")


def _addresses(
    kind: str, settings: Mapping[str, str], delivery: Delivery | None
) -> tuple[str, ...]:
    if kind != "email":
        return ()
    if delivery and delivery.recipients:
        missing = [e.address for e in delivery.recipients if e.verdict is not Verdict.ACCEPTED]
        return tuple(missing)
    listed = settings.get("recipients", "").replace("\n", ",").replace(";", ",").split(",")
    return tuple(each.strip() for each in listed if each.strip())


def _read_aloud(rendered: tuple[Rendered, ...]) -> tuple[Rendered, ...]:
    """One text in each language, the one that is closest to the template's default wording."""

    def suits(part: Rendered) -> int:
        return _READ_ALOUD.index(part.kind) if part.kind in _READ_ALOUD else len(_READ_ALOUD)

    best: dict[str, Rendered] = {}
    for part in sorted(rendered, key=suits):
        best.setdefault(part.language, part)
    order = dict.fromkeys(part.language for part in rendered)
    return tuple(best[language] for language in order)


def _warnings(alert: Alert, broadcast: bool, now: datetime) -> list[str]:
    found = []
    if alert.expires_at <= now:
        found.append("This message has expired: do not post it. Write a new one.")
    if alert.second_person and not broadcast:
        found.append("A second person has to approve this message before anybody posts it.")
    return found
