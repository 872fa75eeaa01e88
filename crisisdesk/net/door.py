"""The factory of everything that talks to a network."""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from smtplib import SMTP

from crisisdesk.model.errors import GateClosed, NotSent, Untrusted
from crisisdesk.model.mode import Mode
from crisisdesk.net.deadline import CALL
from crisisdesk.net.inside import InsideAdapter, InsideSocket, MailSession, WsgiApp
from crisisdesk.net.mail import STARTTLS, BoundedSMTP, open_direct
from crisisdesk.net.session import (
    CONNECT_SECONDS,
    MAX_BYTES,
    TOTAL_SECONDS,
    DirectAdapter,
    Session,
)

MAIL_SECONDS = 60.0


class Net:
    """Live: real connections. Exercise: only the simulated networks given, by host name."""

    def __init__(
        self,
        mode: Mode,
        *,
        apps: Mapping[str, WsgiApp] | None = None,
        mail: Callable[[], MailSession] | None = None,
        extra_ca_file: str = "",
    ) -> None:
        if mode is Mode.LIVE and (apps or mail):
            raise ValueError("simulated networks belong to an exercise")
        self.mode = mode
        self._apps = apps or {}
        self._mail = mail
        self._extra_ca_file = extra_ca_file
        self._context: ssl.SSLContext | None = None

    def session(self, total: float = TOTAL_SECONDS) -> Session:
        """A session of its own for one account, so that connections stay warm.

        `total` is the seconds that one of its requests may take.
        """
        if self.mode is Mode.EXERCISE:
            return Session(InsideAdapter(self._apps), total)
        return Session(DirectAdapter(self._certificates()), total)

    @contextmanager
    def smtp(
        self, host: str, port: int, security: str, more_seconds: float = 0.0
    ) -> Iterator[SMTP]:
        """A connected, secured SMTP client for one conversation of at most a minute and what is
        given on top of it for long mail.

        `security` is "starttls", "tls" or "none". Raises NotSent when the server cannot be reached
        or its TLS cannot be trusted; errors of the conversation itself are smtplib's.
        """
        CALL.ends_at = time.monotonic() + MAIL_SECONDS + more_seconds
        CALL.may_read = MAX_BYTES
        try:
            client = self._connected(host, port, security)
            try:
                yield client
            finally:
                client.close()
        finally:
            CALL.ends_at = CALL.may_read = float("inf")

    def _connected(self, host: str, port: int, security: str) -> SMTP:
        if self.mode is Mode.EXERCISE:
            if self._mail is None:
                raise GateClosed(
                    "This is an exercise without a mail server.",
                    "Use another channel in this exercise.",
                )
            session = self._mail
            return BoundedSMTP(lambda: InsideSocket(session()), host, None)
        opener = open_direct(host, port, security, self._certificates(), CONNECT_SECONDS)
        try:
            client = BoundedSMTP(opener, host, self._certificates())
            if security == STARTTLS:
                _secure(client)
        except OSError as error:
            kind = Untrusted if isinstance(error, ssl.SSLCertVerificationError) else NotSent
            raise kind(
                f"The mail server {host} could not be reached ({error}).",
                "Try again in a minute; if it stays so, use another channel.",
            ) from error
        return client

    def _certificates(self) -> ssl.SSLContext:
        if self._context is None:
            import truststore  # the operating system's own store, so a company's CA works too

            self._context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if self._extra_ca_file:
                self._context.load_verify_locations(self._extra_ca_file)
        return self._context


def _secure(client: BoundedSMTP) -> None:
    try:
        client.secure()
    except BaseException:
        client.close()
        raise
