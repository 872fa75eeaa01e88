"""SMTP connections with deadlines and verified TLS."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from crisisdesk.net import gate
from crisisdesk.net.deadline import DeadlineSocket

STARTTLS = "starttls"
IMPLICIT = "tls"
OWN_NAME = "[127.0.0.1]"
"""How we greet: the address literal of RFC 5321, 4.1.3. smtplib's default asks the name service
for this computer's name, which can take seconds and which an exercise may not do."""


class BoundedSMTP(smtplib.SMTP):
    """smtplib over sockets that keep the call's deadline, also after STARTTLS."""

    def __init__(
        self, open_socket: Callable[[], Any], host: str, context: ssl.SSLContext | None
    ) -> None:
        self._open_socket = open_socket
        self._context = context
        super().__init__(local_hostname=OWN_NAME, timeout=30)
        self._host = host
        code, answer = self.connect(host, 25)
        if code != 220:
            self.close()
            raise smtplib.SMTPConnectError(code, answer)

    def _get_socket(self, *_args: Any) -> Any:
        return self._open_socket()

    def secure(self) -> None:
        """STARTTLS with the server's name checked. Raises smtplib.SMTPException if refused."""
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("the server does not offer STARTTLS")
        code, answer = self.docmd("STARTTLS")
        if code != 220:
            raise smtplib.SMTPResponseException(code, answer)
        if self._context is None:
            raise ssl.SSLError("no certificates to check the server with")
        plain: Any = getattr(self.sock, "_sock", self.sock)
        secured = self._context.wrap_socket(plain, server_hostname=self._host)
        self.sock = DeadlineSocket(secured)  # type: ignore[assignment]
        self.file = None
        self.helo_resp = None
        self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False


def open_direct(
    host: str, port: int, security: str, context: ssl.SSLContext, seconds: float
) -> Callable[[], Any]:
    """How to open a real connection; TLS from the first byte when `security` is "tls".

    An exercise's process cannot have one.
    """
    gate.refuse_if_closed(f"{__name__}.open_direct")

    def connect() -> Any:
        sock = socket.create_connection((host, port), timeout=seconds)
        if security == IMPLICIT:
            return DeadlineSocket(context.wrap_socket(sock, server_hostname=host))
        return DeadlineSocket(sock)

    return connect
