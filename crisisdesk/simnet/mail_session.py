"""The server's end of one SMTP connection, without the socket: bytes in, bytes out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from crisisdesk.simnet.faults import CAPTIVE_PORTAL, Fault

if TYPE_CHECKING:
    from crisisdesk.simnet.mail import MailSim

MAX_RECIPIENTS = 100
"""Recipients a server has to take in one transaction (RFC 5321 section 4.5.3.1.8)."""
MAX_COMMAND = 12288
"""Octets in a command line; AUTH may be the longest (RFC 4954 section 4)."""
MAX_TEXT_LINE = 998
"""Octets in a line of the message, without its end (RFC 5322 section 2.1.1)."""

_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>\s]*)>((?: .*)?)", re.IGNORECASE)
_MAIL_PARAMETERS = {"SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH"}
_RCPT_PARAMETERS = {"NOTIFY", "ORCPT"}


class _ReplyError(Exception):
    """Ends a command with this reply."""


class MailSession:
    """One connection. Call `greeting` once, then `feed` what arrives, until `closed`.

    A planned fault is looked up per command line, and as "." where the message ends. On DATA,
    a fault that lets the request take effect strikes when the message has ended.
    """

    def __init__(self, server: MailSim) -> None:
        self.closed = False
        self._server = server
        self._partial = b""
        self._read: Callable[[bytes], bytes] = self._command
        self._greeted = False
        self._user = ""
        self._held: Fault | None = None
        self._forget_mail()

    def greeting(self) -> bytes:
        """The first line of the conversation; a fault matching "CONNECT" may take its place."""
        fault = self._server.faults.take("CONNECT")
        return self._run(fault, lambda: _line(220, "simulated ESMTP"))

    def feed(self, data: bytes) -> bytes:
        """Take what the client sent, in pieces of any size; returns what to send back.

        Raises ConnectionRefusedError, ConnectionResetError or TimeoutError for a planned fault;
        the session is closed then.
        """
        *lines, self._partial = (self._partial + data).split(b"\r\n")
        out = b""
        for line in lines:
            if self.closed:
                break
            out += self._read(line)
        return out

    def _command(self, line: bytes) -> bytes:
        if len(line) > MAX_COMMAND:
            return _line(500, "5.5.2 Line too long")
        verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
        verb = verb.upper()
        fault = self._server.faults.take(f"{verb} {rest}".rstrip())
        if verb == "DATA" and fault and fault.kind not in ("refuse", "status", "html"):
            self._held, fault = fault, None
        return self._run(fault, lambda: self._perform(verb, rest))

    def _perform(self, verb: str, rest: str) -> bytes:
        commands: dict[str, Callable[[str], bytes]] = {
            "EHLO": self._ehlo,
            "HELO": self._helo,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda _: _line(250, "2.0.0 Ok"),
            "VRFY": lambda _: _line(252, "2.5.2 Cannot verify, but will take mail for it"),
            "QUIT": self._quit,
        }
        if verb not in commands:
            return _line(500, "5.5.2 Command not recognised")
        try:
            return commands[verb](rest)
        except _ReplyError as reply:
            return str(reply).encode()

    def _run(self, fault: Fault | None, process: Callable[[], bytes]) -> bytes:
        if fault is None:
            return process()
        if fault.kind in ("refuse", "lost_answer", "timeout"):
            self.closed = True
        match fault.kind:
            case "refuse":
                raise ConnectionRefusedError("simulated: connection refused")
            case "status":
                self.closed = fault.status == 421
                return _line(fault.status, fault.body or "Simulated")
            case "html":
                return CAPTIVE_PORTAL + b"\r\n"
            case "timeout":
                if fault.processed:
                    process()
                raise TimeoutError("simulated: no reply in time")
        reply = process()
        if fault.kind == "lost_answer":
            raise ConnectionResetError("simulated: connection lost before the reply")
        # A reply cut short still ends its line: without an end the client would only wait.
        return (reply[: len(reply) // 2] if fault.kind == "truncate" else b"") + b"\r\n"

    def _ehlo(self, rest: str) -> bytes:
        self._helo(rest)
        words = ["simulated", "PIPELINING", f"SIZE {self._server.max_size}", "8BITMIME"]
        words += ["SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "AUTH PLAIN LOGIN"]
        lines = [f"250-{word}\r\n" for word in words[:-1]] + [f"250 {words[-1]}\r\n"]
        return "".join(lines).encode()

    def _helo(self, rest: str) -> bytes:
        if not rest.strip():
            raise _reply(501, "5.5.4 Name yourself")
        self._greeted = True
        self._forget_mail()
        return _line(250, "simulated")

    def _rset(self, _rest: str) -> bytes:
        self._forget_mail()
        return _line(250, "2.0.0 Ok")

    def _quit(self, _rest: str) -> bytes:
        self.closed = True
        return _line(221, "2.0.0 Bye")

    def _forget_mail(self) -> None:
        self._sender: str | None = None
        self._utf8 = False
        self._recipients: list[str] = []
        self._lines: list[bytes] = []
        self._size = 0
        self._held = None

    # Authentication

    def _auth(self, rest: str) -> bytes:
        mechanism, _, initial = rest.partition(" ")
        if not self._greeted or self._user:
            raise _reply(503, "5.5.1 Bad sequence of commands")
        if mechanism.upper() == "PLAIN":
            return self._plain(initial.encode()) if initial else self._ask("", self._plain)
        if mechanism.upper() == "LOGIN":
            return self._login(initial.encode()) if initial else self._ask("Username:", self._login)
        raise _reply(504, "5.5.4 Unknown mechanism")

    def _ask(self, challenge: str, reader: Callable[[bytes], bytes]) -> bytes:
        def read(line: bytes) -> bytes:
            self._read = self._command
            try:
                return reader(line)
            except _ReplyError as reply:
                return str(reply).encode()

        self._read = read
        return _line(334, base64.b64encode(challenge.encode()).decode())

    def _plain(self, line: bytes) -> bytes:
        parts = _decoded(line).split("\0")
        if len(parts) != 3:
            raise _reply(501, "5.5.2 Cannot decode the response")
        return self._log_in(parts[1], parts[2])

    def _login(self, line: bytes) -> bytes:
        user = _decoded(line)
        return self._ask("Password:", lambda answer: self._log_in(user, _decoded(answer)))

    def _log_in(self, user: str, password: str) -> bytes:
        if not user or not self._server.knows(user, password):
            raise _reply(535, "5.7.8 Authentication credentials invalid")
        self._user = user
        return _line(235, "2.7.0 Authentication successful")

    # The message

    def _mail(self, rest: str) -> bytes:
        if not self._greeted or self._sender is not None:
            raise _reply(503, "5.5.1 Bad sequence of commands")
        if self._server.needs_login and not self._user:
            raise _reply(530, "5.7.0 Authentication required")
        sender, parameters = _path(rest, "FROM", _MAIL_PARAMETERS)
        size = parameters.get("SIZE", "0")
        if not size.isdecimal():
            raise _reply(501, "5.5.4 SIZE takes a number")
        if int(size) > self._server.max_size:
            raise _reply(552, "5.3.4 Message too big")
        self._utf8 = "SMTPUTF8" in parameters
        self._check_ascii(sender)
        self._sender = sender
        return _line(250, "2.1.0 Ok")

    def _rcpt(self, rest: str) -> bytes:
        if self._sender is None:
            raise _reply(503, "5.5.1 MAIL comes first")
        address, _ = _path(rest, "TO", _RCPT_PARAMETERS)
        if "@" not in address and address.casefold() != "postmaster":
            raise _reply(501, "5.1.3 Bad recipient address")
        self._check_ascii(address)
        if refusal := self._server.refusal(address):
            raise _reply(*refusal)
        if len(self._recipients) >= MAX_RECIPIENTS:
            raise _reply(452, "4.5.3 Too many recipients")
        self._recipients.append(address)
        return _line(250, "2.1.5 Ok")

    def _check_ascii(self, address: str) -> None:
        if not (address.isascii() or self._utf8):
            raise _reply(553, "5.6.7 Address needs SMTPUTF8")

    def _data(self, _rest: str) -> bytes:
        if self._sender is None:
            raise _reply(503, "5.5.1 MAIL comes first")
        if not self._recipients:
            raise _reply(554, "5.5.1 No valid recipients")
        self._read = self._text
        return _line(354, "End the message with a dot on its own")

    def _text(self, line: bytes) -> bytes:
        if line == b".":
            self._read = self._command
            fault = self._held or self._server.faults.take(".")
            return self._run(fault, self._finish)
        line = line.removeprefix(b".")
        self._size += len(line) + 2
        if self._size <= self._server.max_size:
            self._lines.append(line)
        return b""

    def _finish(self) -> bytes:
        sender, recipients, lines = self._sender or "", tuple(self._recipients), self._lines
        size = self._size
        self._forget_mail()
        if size > self._server.max_size:
            return _line(552, "5.3.4 Message too big")
        if any(len(line) > MAX_TEXT_LINE for line in lines):
            return _line(554, "5.6.0 Line too long")
        data = b"".join(line + b"\r\n" for line in lines)
        queue_id = self._server.store(sender, recipients, data)
        return _line(250, f"2.0.0 Ok: queued as {queue_id}")


def _path(rest: str, keyword: str, allowed: set[str]) -> tuple[str, dict[str, str]]:
    found = _PATH.fullmatch(rest.strip())
    if found is None or not rest.upper().startswith(keyword):
        raise _reply(501, f"5.5.4 Say {keyword}:<address>")
    pairs = (word.partition("=") for word in found[2].split())
    parameters = {name.upper(): value for name, _, value in pairs}
    if unknown := parameters.keys() - allowed:
        raise _reply(555, f"5.5.4 Unknown parameter {min(unknown)}")
    return found[1], parameters


def _decoded(line: bytes) -> str:
    try:
        return base64.b64decode(line.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as wrong:
        raise _reply(501, "5.5.2 Cannot decode the response") from wrong


def _line(code: int, text: str) -> bytes:
    return f"{code} {text}\r\n".encode()


def _reply(code: int, text: str) -> _ReplyError:
    return _ReplyError(_line(code, text).decode())
