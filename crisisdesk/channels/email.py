"""E-mail by SMTP: each address has its own truth.

A server that takes a message has accepted it, no more; mail can be neither read back nor recalled.
When the answer to the final dot is lost, nobody can know, and nothing is sent again by itself.
"""

import re
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY

from crisisdesk.channels.base import UPLOAD_SECONDS, Channel
from crisisdesk.model.account import AccountKind, CheckResult, SettingField
from crisisdesk.model.delivery import Message, Outcome, Publication, RecipientResult, Verdict
from crisisdesk.model.errors import BadInput, NetworkError, NotSent, Untrusted
from crisisdesk.rules.pictures import ENDINGS

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_ERRNO = re.compile(r"\[Errno \d+\] ")

BATCH = 50
"""Addresses in one transaction; RFC 5321 guarantees 100."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_ENTRY = re.compile(rf"[^<>]*<({_MAILBOX})>|({_MAILBOX})")
"""RFC 5321 mailboxes without quotes, comments and other scripts: what every server takes."""


class Email(Channel):
    """One mailing list over one submission server."""

    readable = False
    about = AccountKind(
        kind="email",
        title="E-mail list",
        publishes=True,
        listens=False,
        advice="Ask your mail team for a submission server that may send to outside addresses.",
        fields=(
            SettingField("host", "Mail server", hint="smtp.example.org"),
            SettingField("port", "Port", default="587"),
            SettingField(
                "security", "Encryption", default="starttls", choices=("starttls", "tls", "none")
            ),
            SettingField("user", "User name", required=False),
            SettingField("password", "Password", secret=True, required=False),
            SettingField("sender", "From address", hint="alerts@council.example.org"),
            SettingField(
                "recipients", "Addresses", "one or more, separated by commas or new lines"
            ),
        ),
    )

    def _send(self, message: Message) -> Outcome:
        results: list[RecipientResult] = []
        for number, batch in enumerate(self._batches(message), 1):
            more, go_on = self._send_batch(message, number, batch)
            results += more
            if not go_on:
                break
        left = [address for address in self._addresses(message) if address not in _told(results)]
        results += [RecipientResult(each, Verdict.NOT_SENT, "not tried") for each in left]
        return _summed(results, self._message_id(message, 1))

    def _send_batch(
        self, message: Message, number: int, batch: list[str]
    ) -> tuple[list[RecipientResult], bool]:
        """One conversation. The flag says whether further batches are worth trying."""
        handed_over = False
        results: list[RecipientResult] = []
        try:
            with self._connected(len(message.pictures)) as client:
                results = _envelope(client, self._sender, batch)
                taken = [each.address for each in results if each.verdict is Verdict.ACCEPTED]
                if taken:
                    mime = self._mime(message, number).as_bytes()
                    _begin_text(client)
                    handed_over = True
                    code, answer = _hand_over(client, mime)
                    results = _with_data_answer(results, code, answer, Verdict.UNKNOWN)
                _leave(client)
        except smtplib.SMTPDataError as error:  # "no" to the word DATA: the text did not leave
            return _with_data_answer(results, error.smtp_code, _bytes(error.smtp_error)), True
        except (NetworkError, OSError) as error:
            return _interrupted(batch, results, handed_over, error), False
        return results, True

    def _connected(self, pictures: int = 0) -> "_SignedIn":
        return _SignedIn(self, pictures * UPLOAD_SECONDS)

    def _mime(self, message: Message, number: int) -> EmailMessage:
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["From"] = self._sender
        mail["To"] = "undisclosed-recipients:;"
        mail["Subject"] = " ".join(message.subject.splitlines())
        mail["Date"] = message.created_at
        mail["Message-ID"] = self._message_id(message, number)
        if message.reply_to:
            mail["In-Reply-To"] = message.reply_to.external_id
            mail["References"] = message.reply_to.external_id
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail["Importance"] = "high"
        mail.set_content(_text(message), cte="quoted-printable")
        _attach(mail, message)
        mail["Content-Language"] = message.language  # after the content, which clears its kin
        return mail

    def _message_id(self, message: Message, number: int) -> str:
        return f"<{message.key}.{number}@{self._sender.rpartition('@')[2]}>"

    @property
    def _sender(self) -> str:
        address = _address(self.settings["sender"])
        if not address:
            raise BadInput(
                "The from address is no e-mail address.", "Write it as in alerts@council.example."
            )
        return address

    def _addresses(self, message: Message) -> list[str]:
        return list(message.recipients or addresses(self.settings["recipients"]))

    def _batches(self, message: Message) -> Iterator[list[str]]:
        everybody = self._addresses(message)
        for start in range(0, len(everybody), BATCH):
            yield everybody[start : start + BATCH]

    def _find(self, message: Message, external_id: str) -> Outcome:  # noqa: ARG002
        words = "Mail cannot be read back. Ask somebody on the list whether it came."
        return Outcome(Verdict.UNKNOWN, words)

    def _delete(self, publication: Publication) -> Outcome:  # noqa: ARG002
        return Outcome(Verdict.REFUSED, "Mail cannot be recalled. Send the correction.")

    def _check(self) -> CheckResult:
        people, sender = addresses(self.settings["recipients"]), self._sender
        try:
            with self._connected() as client:
                code, answer = client.noop()
                _leave(client)
        except OSError as error:
            answered = isinstance(error, _ANSWERS)
            what = "refused" if answered else "could not be reached"
            return CheckResult(False, f"The mail server {what}: {error}.", reached=answered)
        if code != 250:
            return CheckResult(False, f"The mail server answered {_line(code, answer)}.")
        words = f"The mail server accepts us; {len(people)} addresses. Nothing was sent."
        return CheckResult(True, words, identity=sender)


_ANSWERS = (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError)
"""Errors that a mail server makes by what it says; all others come from the way there."""


class _SignedIn:
    """A conversation with the server, signed in where a user name is set."""

    def __init__(self, channel: Email, more_seconds: float) -> None:
        settings = channel.settings
        self._user = settings.get("user", "")
        self._password = channel.secrets.get("password", "")
        self._opening = channel.net.smtp(
            settings["host"],
            int(settings.get("port") or 587),
            settings.get("security", "starttls"),
            more_seconds,
        )

    def __enter__(self) -> smtplib.SMTP:
        client = self._opening.__enter__()
        try:
            client.ehlo_or_helo_if_needed()
            if self._user:
                self._log_in(client)
        except BaseException:
            self._opening.__exit__(None, None, None)
            raise
        return client

    def __exit__(self, *exc: object) -> None:
        self._opening.__exit__(None, None, None)

    def _log_in(self, client: smtplib.SMTP) -> None:
        if not (self._user + self._password).isascii():  # smtplib could not write it
            raise smtplib.SMTPAuthenticationError(535, "user name or password is not plain ASCII")
        client.login(self._user, self._password)


def addresses(text: str) -> list[str]:
    """The addresses of a setting, each once, in order. Raises BadInput naming a bad one."""
    found: list[str] = []
    for part in text.replace("\n", ",").replace(";", ",").split(","):
        address = _address(part)
        if part.strip() and not address:
            raise BadInput(
                f"{part.strip()!r} is no e-mail address.", "Correct or remove it, then press Check."
            )
        if address and address not in found:
            found.append(address)
    if not found:
        raise BadInput(
            "The list has no address.", "Add at least one.", "Nobody would get a message."
        )
    return found


def _address(entry: str) -> str:
    """The address in `ann@example.org` or `Ann <ann@example.org>`; "" for anything else."""
    found = _ENTRY.fullmatch(entry.strip())
    return (found[1] or found[2]) if found else ""


def _text(message: Message) -> str:
    """The text, with what each picture shows: many read mail without pictures."""
    shown = [f"Picture: {each.image.alt}" for each in message.pictures]
    return "\n".join([message.text.rstrip("\n"), "", *shown]) if shown else message.text


def _attach(mail: EmailMessage, message: Message) -> None:
    """Put the pictures below the text. The boundary is ours, so the same mail is the same bytes;
    "=_" stands neither in quoted-printable nor in base64."""
    for number, picture in enumerate(message.pictures, 1):
        kind, subtype = picture.image.mime.split("/")
        name = f"picture-{number}.{ENDINGS[picture.image.mime]}"
        mail.add_attachment(
            picture.content, maintype=kind, subtype=subtype, disposition="inline", filename=name
        )
        *_, part = mail.iter_parts()
        part["Content-Description"] = picture.image.alt
    if message.pictures:
        mail.set_boundary(f"=_{message.key}")


def _leave(client: smtplib.SMTP) -> None:
    """Say goodbye; whatever the server makes of that no longer matters to what it has taken."""
    try:
        client.quit()
    except OSError:
        client.close()


def _envelope(client: smtplib.SMTP, sender: str, batch: list[str]) -> list[RecipientResult]:
    """What the server says to each address before it has seen the message."""
    code, answer = client.mail(sender)
    if _of_code(code) is not Verdict.ACCEPTED:
        return [RecipientResult(each, _of_code(code), _line(code, answer)) for each in batch]
    results = []
    for address in batch:
        code, answer = client.rcpt(address)
        results.append(RecipientResult(address, _of_code(code), _line(code, answer)))
    return results


def _begin_text(client: smtplib.SMTP) -> None:
    """The word DATA alone: as long as it is not answered, no word of the text has left."""
    code, answer = client.docmd("DATA")
    if code != 354:
        # A server that says yes here has not understood: it does not wait for a text.
        raise smtplib.SMTPDataError(code if code >= 400 else -1, answer)


def _hand_over(client: smtplib.SMTP, text: bytes) -> tuple[int, bytes]:
    """The text to its final dot (RFC 5321, 4.5.2), and what the server says to it."""
    client.send(_LEADING_DOT.sub(b"..", text.rstrip(b"\r\n")) + b"\r\n.\r\n")
    return client.getreply()


def _of_code(code: int, garbled: Verdict = Verdict.NOT_SENT) -> Verdict:
    """A reply's meaning by its first digit (RFC 5321); `garbled` for what is no reply at all."""
    meanings = {2: Verdict.ACCEPTED, 4: Verdict.NOT_SENT, 5: Verdict.REFUSED}
    return meanings.get(code // 100, garbled)


def _bytes(answer: bytes | str) -> bytes:
    return answer.encode() if isinstance(answer, str) else answer


def _line(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode(errors='replace')}".replace("\n", " ")[:200]


def _told(results: list[RecipientResult]) -> set[str]:
    return {result.address for result in results}


def _with_data_answer(
    results: list[RecipientResult],
    code: int,
    answer: bytes,
    garbled: Verdict = Verdict.NOT_SENT,
) -> list[RecipientResult]:
    verdict = _of_code(code, garbled)
    return [
        RecipientResult(each.address, verdict, _line(code, answer))
        if each.verdict is Verdict.ACCEPTED
        else each
        for each in results
    ]


def _interrupted(
    batch: list[str], results: list[RecipientResult], handed_over: bool, error: Exception
) -> list[RecipientResult]:
    """Nobody was sent anything before the message itself was handed over."""
    words = _ERRNO.sub("", str(error))[:200]
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return [RecipientResult(address, Verdict.LOCKED, words) for address in batch]
    if isinstance(error, Untrusted):
        return [RecipientResult(address, Verdict.REFUSED, words) for address in batch]
    known = {each.address: each for each in results}
    fate = Verdict.UNKNOWN if handed_over and not isinstance(error, NotSent) else Verdict.NOT_SENT
    return [
        known[address]
        if address in known and known[address].verdict is Verdict.REFUSED
        else RecipientResult(address, fate, words)
        for address in batch
    ]


_ANY_ADDRESS = re.compile(r"[^\s<>\[\](),;:]+@[^\s<>\[\](),;:]+")
"""Servers name whom they refuse, and evidence goes into the log, which is shown to others."""

_ORDER = (Verdict.UNKNOWN, Verdict.LOCKED, Verdict.NOT_SENT, Verdict.ACCEPTED, Verdict.REFUSED)


def _summed(results: list[RecipientResult], message_id: str) -> Outcome:
    """One verdict for the list: unknown outweighs everything; one acceptance makes it accepted."""
    counts = {verdict: sum(each.verdict is verdict for each in results) for verdict in _ORDER}
    parts = [f"{number} {verdict}" for verdict, number in counts.items() if number]
    if counts[Verdict.ACCEPTED] and not counts[Verdict.UNKNOWN]:
        verdict, detail = Verdict.ACCEPTED, ""
    else:
        verdict = next(each for each in _ORDER if counts[each])
        answer = next(each.answer for each in results if each.verdict is verdict)
        detail = f" ({_ANY_ADDRESS.sub('…', answer)})"
    return Outcome(
        verdict,
        f"Of {len(results)} addresses: {', '.join(parts)}{detail}.",
        external_id=message_id,
        recipients=tuple(results),
    )
