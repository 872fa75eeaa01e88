"""SMTP over real sockets: TLS is checked, time is bounded, nothing leaks to a wrong server."""

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from crisisdesk.channels.email import Email
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import Message, Verdict
from crisisdesk.model.errors import NotSent
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net, door
from crisisdesk.simnet.mail import MailSim
from tests.net.wire import Wire, full_backlog, wire
from tests.servers.launching import free_port

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
TEXT = "Weir Bridge is closed.\n.\nTŷ a heol 🌊\n"


class Kept:
    """What the server was told: log-ins and messages."""

    def __init__(self) -> None:
        self.logins: list[tuple[bytes, bytes]] = []
        self.envelopes: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 2.0.0 taken"

    def authenticate(self, _s: Any, _se: Any, _e: Any, _mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def mail_server(**how: Any) -> Iterator[tuple[Kept, int]]:
    kept, port = Kept(), free_port()
    controller = Controller(
        kept, hostname="127.0.0.1", port=port, authenticator=kept.authenticate, **how
    )
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()


def channel(net: Net, port: int, security: str, **more: str) -> Email:
    settings = {
        "host": "127.0.0.1",
        "port": str(port),
        "security": security,
        "user": "desk",
        "sender": "Council <alerts@council.example.org>",
        "recipients": "ann@example.org, bob@example.org",
        **more,
    }
    return Email(
        Account("mail", "email", "List", settings), {"password": "right"}, net, lambda: NOW
    )


MESSAGE = Message("key-1", TEXT, NOW, subject="Road closed")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_over_tls(trusting: Net, server_tls: ssl.SSLContext, security: str) -> None:
    how = {"tls_context": server_tls, "require_starttls": True}
    how = how if security == "starttls" else {"ssl_context": server_tls, "auth_require_tls": False}
    with mail_server(**how) as (kept, port):
        outcome = channel(trusting, port, security).send(MESSAGE)
        assert outcome.verdict is Verdict.ACCEPTED, outcome
        assert kept.logins == [(b"desk", b"right")]
        assert [each.rcpt_tos for each in kept.envelopes] == [
            ["ann@example.org", "bob@example.org"]
        ]
        assert kept.envelopes[0].mail_from == "alerts@council.example.org"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_unknown_certificate_gets_neither_password_nor_mail(
    live: Net, server_tls: ssl.SSLContext, security: str
) -> None:
    name = "tls_context" if security == "starttls" else "ssl_context"
    with mail_server(**{name: server_tls}) as (kept, port):
        outcome = channel(live, port, security).send(MESSAGE)
        assert outcome.verdict is Verdict.REFUSED
        assert "certificate verify failed" in outcome.evidence
        assert (kept.logins, kept.envelopes) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_certificate_of_another_host(
    trusting: Net, server_tls: ssl.SSLContext, security: str
) -> None:
    name = "tls_context" if security == "starttls" else "ssl_context"
    kept, port = Kept(), free_port()
    controller = Controller(kept, hostname="127.0.0.2", port=port, **{name: server_tls})
    controller.start()
    try:
        outcome = channel(trusting, port, security, host="127.0.0.2", user="").send(MESSAGE)
    finally:
        controller.stop()
    assert outcome.verdict is Verdict.REFUSED
    assert "127.0.0.2" in outcome.evidence
    assert kept.envelopes == []


def test_starttls_not_offered_gets_neither_password_nor_mail(trusting: Net) -> None:
    with mail_server(auth_require_tls=False) as (kept, port):
        outcome = channel(trusting, port, "starttls").send(MESSAGE)
        assert outcome.verdict is Verdict.NOT_SENT
        assert "STARTTLS" in outcome.evidence
        assert (kept.logins, kept.envelopes) == ([], [])


def test_answers_slipped_in_before_tls_are_not_believed(
    trusting: Net, server_tls: ssl.SSLContext
) -> None:
    """CVE-2021-33515 and its kin: plain text sent along with "220" must not count after it."""

    def talk(server: Wire, connection: socket.socket) -> None:
        connection.sendall(b"220 hi\r\n")
        connection.recv(4096)
        connection.sendall(b"250-hi\r\n250 STARTTLS\r\n")
        connection.recv(4096)
        connection.sendall(b"220 go\r\n250-forged\r\n250 AUTH PLAIN\r\n")
        with server_tls.wrap_socket(connection, server_side=True) as secured:
            server.heard.append(secured.recv(4096))
            secured.sendall(b"250 real\r\n")
            server.heard.append(secured.recv(4096))

    with wire(talk) as server, trusting.smtp("127.0.0.1", server.port, "starttls") as client:
        client.ehlo()
        assert client.esmtp_features == {}
        assert client.ehlo_resp == b"real"


def test_wrong_password_locks(trusting: Net, server_tls: ssl.SSLContext) -> None:
    with mail_server(tls_context=server_tls) as (kept, port):
        wrong = channel(trusting, port, "starttls")
        wrong.secrets = {"password": "wrong"}
        outcome = wrong.send(MESSAGE)
        assert outcome.verdict is Verdict.LOCKED
        assert len(kept.logins) >= 1
        assert kept.envelopes == []


def test_text_arrives_word_for_word(trusting: Net, server_tls: ssl.SSLContext) -> None:
    from email import message_from_bytes
    from email.policy import default

    with mail_server(tls_context=server_tls) as (kept, port):
        channel(trusting, port, "starttls").send(MESSAGE)
        received = message_from_bytes(kept.envelopes[0].original_content, policy=default)
        assert received.get_content().replace("\r\n", "\n") == TEXT


def test_check_signs_in_and_sends_nothing(trusting: Net, server_tls: ssl.SSLContext) -> None:
    with mail_server(tls_context=server_tls) as (kept, port):
        result = channel(trusting, port, "starttls").check()
        assert result.ok
        assert "2 addresses" in result.words
        assert len(kept.logins) == 1
        assert kept.envelopes == []


def test_server_that_cannot_be_reached(live: Net) -> None:
    for security in ("starttls", "tls", "none"):
        outcome = channel(live, free_port(), security).send(MESSAGE)
        assert outcome.verdict is Verdict.NOT_SENT
        assert "refused" in outcome.evidence
    with pytest.raises(NotSent), live.smtp("no-such-host.invalid", 25, "none"):
        raise AssertionError("somebody answered")


def test_connection_never_taken(live: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "CONNECT_SECONDS", 0.3)
    with full_backlog() as port, pytest.raises(NotSent), live.smtp("127.0.0.1", port, "none"):
        raise AssertionError("somebody answered")


SLOW = {
    "greeting": (b"", b"2"),
    "greeting without an end": (b"220-", b"220-still here\r\n"),
    "silence": (b"", b""),
    "after the greeting": (b"220 hi\r\n", b"250-more\r\n"),
}


@pytest.mark.parametrize("stage", SLOW)
def test_slow_server_is_left_in_time(
    live: Net, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setattr(door, "MAIL_SECONDS", 0.5)
    before, byte = SLOW[stage]

    def talk(server: Wire, connection: socket.socket) -> None:
        connection.sendall(before)
        server.drip(connection, byte)

    started = time.monotonic()
    with wire(talk) as server:
        outcome = channel(live, server.port, "none").send(MESSAGE)
        assert outcome.verdict is Verdict.NOT_SENT
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("last", [b"", b"2", b"250-"])
def test_slow_answer_to_the_final_dot_is_unknown(
    live: Net, monkeypatch: pytest.MonkeyPatch, last: bytes
) -> None:
    monkeypatch.setattr(door, "MAIL_SECONDS", 0.5)
    sim = MailSim(lambda: NOW)

    def talk(server: Wire, connection: socket.socket) -> None:
        session = sim.session()
        connection.sendall(session.greeting())
        while not sim.messages and (data := connection.recv(65536)):
            answer = session.feed(data)
            connection.sendall(answer if not sim.messages else last)
        server.stop.wait()

    with wire(talk) as server:
        outcome = channel(live, server.port, "none", user="").send(MESSAGE)
        assert len(sim.messages) == 1
        assert outcome.verdict is Verdict.UNKNOWN
        assert {each.verdict for each in outcome.recipients} == {Verdict.UNKNOWN}


def test_mail_inside_an_exercise() -> None:
    sim = MailSim(lambda: NOW)
    sim.add_account("desk", "right")
    net = Net(Mode.EXERCISE, mail=sim.session)
    with net.smtp("mail.example", 25, "starttls") as client:
        client.login("desk", "right")
        client.sendmail("a@example.org", ["b@example.org"], b"Subject: x\r\n\r\nhello\r\n")
    assert [each.data for each in sim.messages] == [b"Subject: x\r\n\r\nhello\r\n"]
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
