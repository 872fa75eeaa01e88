"""What every channel can do, and how a network's answer becomes an honest outcome."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, NoReturn

from requests import Response

from crisisdesk.model.account import Account, AccountKind, CheckResult
from crisisdesk.model.delivery import Message, Outcome, OwnPost, Publication, Verdict
from crisisdesk.model.engagement import Engagement
from crisisdesk.model.errors import (
    AnswerLost,
    CrisisDeskError,
    GateClosed,
    NetworkError,
    NotSent,
    Untrusted,
)
from crisisdesk.net import Net, Session
from crisisdesk.net.answers import BadAnswer
from crisisdesk.net.session import TOTAL_SECONDS
from crisisdesk.net.xrpc import SignInRefused

UPLOAD_SECONDS = 60.0
"""For one picture: a megabyte at 140 kbit/s."""
FIRST_YEAR, LAST_YEAR = 1970, 9000
MOST_COUNTED = 1 << 40
"""No network has so many people; the log keeps whole numbers of 64 bits."""
LONGEST_WAIT = 300.0
"""Seconds. A network that asks for more is tried again after this, or by a person."""


class Channel(ABC):
    """One account we publish to. Methods never raise: the outcome says what happened.

    `send` makes exactly one attempt. `find` looks for a message that may have been published,
    `delete` withdraws one, `check` proves the credentials without publishing anything.
    """

    about: ClassVar[AccountKind]
    repeatable: ClassVar[bool] = False
    """Whether sending the same message again can never publish it twice."""
    readable: ClassVar[bool] = True
    """Whether what was published, or may be public, can be read back at all."""

    patience: float = TOTAL_SECONDS
    """Seconds that one HTTP request may take."""

    def __init__(
        self,
        account: Account,
        secrets: Mapping[str, str],
        net: Net,
        now: Callable[[], datetime],
    ) -> None:
        self.account = account
        self.settings = account.settings
        self.secrets = secrets
        self.net = net
        self.now = now
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """This account's own HTTP session, made when first needed and then kept warm."""
        if self._session is None:
            self._session = self.net.session(self.patience)
        return self._session

    def send(self, message: Message) -> Outcome:
        """Publish once."""
        return guarded(lambda: self._send(message))

    def find(self, message: Message, external_id: str = "") -> Outcome:
        """CONFIRMED with its address, ABSENT when it is not there (yet), ALTERED when other words
        stand in its place, else why not known."""
        return guarded(lambda: self._find(message, external_id), looking=True)

    def delete(self, publication: Publication) -> Outcome:
        """WITHDRAWN, or why not. What a person posted has no number that we could delete it by."""
        if not publication.external_id and not (self.repeatable and publication.key):
            words = "The desk does not know its number there: delete it by hand."
            return Outcome(Verdict.REFUSED, f"{words} {publication.url}".rstrip())
        return guarded(lambda: self._delete(publication))

    def own_posts(self) -> list[OwnPost] | None:
        """What stands on our account now, newest first, one page of it; None where that cannot be
        asked. Raises NetworkError in plain words."""
        return None

    def engagement(self, external_ids: Sequence[str]) -> Engagement | None:  # noqa: ARG002
        """What the network counts of these posts of ours; None where it counts nothing. What it
        does not tell of a post is left out. Raises NetworkError in plain words."""
        return None

    def check(self) -> CheckResult:
        """Whether the account works, with the text limit where the network tells it."""
        try:
            return self._check()
        except CrisisDeskError as error:
            return unanswered(error)

    def close(self) -> None:
        """Let the connections go."""
        if self._session:
            self._session.close()

    @abstractmethod
    def _send(self, message: Message) -> Outcome: ...

    @abstractmethod
    def _find(self, message: Message, external_id: str) -> Outcome: ...

    @abstractmethod
    def _delete(self, publication: Publication) -> Outcome: ...

    @abstractmethod
    def _check(self) -> CheckResult: ...


class NothingPublished(CrisisDeskError):
    """A step before the publishing one ended the attempt, with this outcome."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.evidence, "Use another channel.", "Nothing was published.")
        self.outcome = outcome


@contextmanager
def before_publishing() -> Iterator[None]:
    """For the steps that lead up to it: whatever is lost or garbled in them, nothing is out."""
    try:
        yield
    except (SignInRefused, GateClosed, Untrusted):
        raise
    except NetworkError as error:
        raise NotSent(
            error.problem,
            "Wait a moment and send it again, or use another channel.",
            "Nothing was published.",
        ) from error


def stop_on_refusal(response: Response, words: str, now: datetime) -> NoReturn:
    """Raise NothingPublished, with what a status other than success says of a picture's upload.

    After a 5xx the upload is in doubt, the message is not: it never left.
    """
    outcome = refusal(response, words, now)
    verdict = Verdict.NOT_SENT if outcome.verdict is Verdict.UNKNOWN else outcome.verdict
    evidence = f"A picture was not taken; nothing was published. {outcome.evidence}"
    raise NothingPublished(replace(outcome, verdict=verdict, evidence=evidence))


def guarded(act: Callable[[], Outcome], *, looking: bool = False) -> Outcome:
    """Turn our errors into outcomes. Whatever goes wrong with a mere look changed nothing."""
    try:
        return act()
    except NothingPublished as error:
        return error.outcome
    except GateClosed as error:
        return Outcome(Verdict.REFUSED, str(error))
    except CrisisDeskError as error:
        if looking:
            return Outcome(Verdict.UNKNOWN, f"Looking it up failed: {error.problem}")
        return Outcome(_verdict_on(error), str(error))


def _verdict_on(error: CrisisDeskError) -> Verdict:
    if isinstance(error, NotSent) and not isinstance(error, Untrusted):
        return Verdict.NOT_SENT
    if isinstance(error, AnswerLost | BadAnswer):
        return Verdict.UNKNOWN
    return Verdict.LOCKED if isinstance(error, SignInRefused) else Verdict.REFUSED


def refusal(response: Response, words: str, now: datetime) -> Outcome:
    """What a status other than success says of a publishing request.

    401 is a matter of the account, 429 was not carried out, other 4xx were refused for good, unless
    the network says it has that text already; after a 5xx nobody knows.
    """
    status = response.status_code
    said = f"{status} {words}".strip()
    if status == 401:
        return Outcome(Verdict.LOCKED, f"The network refused our sign-in ({said}).")
    if status == 429:
        wait = retry_after(response.headers, now)
        return Outcome(Verdict.NOT_SENT, f"Too many requests ({said}).", retry_after=wait)
    if status in (403, 409, 422) and "duplicate" in words.lower():
        return Outcome(Verdict.UNKNOWN, f"The network says that it has it already ({said}).")
    if 400 <= status < 500:
        return Outcome(Verdict.REFUSED, f"The network refused it ({said}).")
    return Outcome(Verdict.UNKNOWN, f"The network failed while handling it ({said}).")


def word_for_word(message: Message) -> str:
    """How a message that was read back stands there."""
    number = len(message.pictures)
    pictures = "its picture" if number == 1 else f"its {number} pictures"
    return f"word for word, with {pictures}" if number else "word for word"


def counted(found: object) -> int | None:
    """A number that a network gives; None where it gives none that can be one. Some servers say -1
    for what they hide."""
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 <= found <= MOST_COUNTED else None


def moment_of(stamp: object) -> datetime:
    """A network's time stamp; 1970 where it gives none that can be read and shown."""
    moment = _moment(stamp) if isinstance(stamp, str) else None
    readable = moment is not None and FIRST_YEAR <= moment.year < LAST_YEAR
    return moment if moment and readable else datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait, from any of the headers networks use; between 1 and 300.

    Retry-After holds seconds or an HTTP date, Mastodon's reset an ISO time, Bluesky's Unix seconds.
    """
    for name in ("Retry-After", "X-RateLimit-Reset", "RateLimit-Reset"):
        seconds = _seconds(headers.get(name, ""), now)
        if seconds is not None:
            return min(max(seconds, 1.0), LONGEST_WAIT)
    return 30.0


def _seconds(value: str, now: datetime) -> float | None:
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return (moment - now).total_seconds() if moment else None
    if math.isnan(number):
        return None
    return number - now.timestamp() if number > 1_000_000_000 else number


def _moment(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(value)
        except (ValueError, OverflowError):
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def unanswered(error: CrisisDeskError) -> CheckResult:
    """A check that failed. A server that cannot prove who it is has been reached."""
    silent = isinstance(error, NotSent | AnswerLost | GateClosed)
    silent = silent and not isinstance(error, Untrusted)
    return CheckResult(False, str(error), reached=not silent)
