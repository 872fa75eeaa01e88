"""The simulated mail server, spoken to byte by byte and through smtplib over a real socket."""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.simnet.faults import Fault, FaultKind
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mail_session import MailSession
from tests.loopback import serve_mail
from tests.simnet.conftest import HandClock

ENVELOPE = (
    b"EHLO desk.example\r\nMAIL FROM:<desk@council.example> SIZE=100\r\n"
    b"RCPT TO:<ann@example.org>\r\nDATA\r\n"
)


def talk(session: MailSession, *lines: str) -> list[bytes]:
    """The reply to each line."""
    return [session.feed(line.encode() + b"\r\n") for line in lines]


def code(reply: bytes) -> int:
    return int(reply.split(b"\r\n")[-2][:3])


@pytest.fixture
def session(mail: MailSim) -> MailSession:
    session = mail.session()
    assert code(session.greeting()) == 220
    return session


def test_a_message_is_kept_with_its_envelope(
    mail: MailSim, session: MailSession, clock: HandClock
) -> None:
    session.feed(ENVELOPE)
    reply = session.feed(b"Subject: x\r\n\r\n..dot\r\n.\r\n")
    assert reply == b"250 2.0.0 Ok: queued as 000001\r\n"
    (message,) = mail.messages
    assert message.sender == "desk@council.example"
    assert message.recipients == ("ann@example.org",)
    assert message.data == b"Subject: x\r\n\r\n.dot\r\n"
    assert message.received_at == clock.time
    assert talk(session, "QUIT") == [b"221 2.0.0 Bye\r\n"]
    assert session.closed
    assert session.feed(b"NOOP\r\n") == b""


@given(cuts=st.sets(st.integers(1, 150)), lines=st.lists(st.text(".ab", max_size=5), max_size=6))
def test_pieces_of_any_size_make_the_same_message(cuts: set[int], lines: list[str]) -> None:
    mail = MailSim(HandClock())
    session = mail.session()
    stuffed = [f".{line}" if line.startswith(".") else line for line in lines]
    wire = ENVELOPE + "".join(f"{line}\r\n" for line in [*stuffed, "."]).encode()
    edges = [0, *sorted(cut for cut in cuts if cut < len(wire)), len(wire)]
    replies = b"".join(session.feed(wire[start:end]) for start, end in pairwise(edges))
    assert replies.endswith(b"queued as 000001\r\n")
    assert mail.messages[0].data == "".join(f"{line}\r\n" for line in lines).encode()


def test_ehlo_names_the_extensions(session: MailSession) -> None:
    (reply,) = talk(session, "EHLO desk.example")
    for word in (b"SIZE 26214400", b"8BITMIME", b"SMTPUTF8", b"ENHANCEDSTATUSCODES", b"DSN"):
        assert word in reply
    assert reply.endswith(b"250 AUTH PLAIN LOGIN\r\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("MAIL desk@council.example", 501),
        ("MAIL FROM:<a@b.example> WHAT=1", 555),
        ("MAIL FROM:<a@b.example> SIZE=26214401", 552),
        ("MAIL FROM:<a@b.example> SIZE=x", 501),
        ("MAIL FROM:<zoë@b.example>", 553),
        ("MAIL FROM:<zoë@b.example> SMTPUTF8 BODY=8BITMIME", 250),
        ("MAIL FROM:<> RET=HDRS ENVID=cd-1", 250),
        ("RCPT TO:<ann@example.org>", 503),
        ("DATA", 503),
        ("VRFY ann", 252),
        ("NOOP", 250),
        ("HELO", 501),
        ("WHAT", 500),
        ("AUTH CRAM-MD5", 504),
    ],
)
def test_commands_are_checked(session: MailSession, line: str, expected: int) -> None:
    talk(session, "EHLO desk.example")
    assert [code(reply) for reply in talk(session, line)] == [expected]


def test_commands_have_an_order(session: MailSession) -> None:
    mail = "MAIL FROM:<a@b.example>"
    lines = [mail, "HELO x", mail, mail, "DATA", "RCPT TO:<no-address>", "RSET", mail]
    codes = [code(reply) for reply in talk(session, *lines)]
    assert codes == [503, 250, 250, 503, 554, 501, 250, 250]


def test_size_is_checked_again_at_the_end(clock: HandClock) -> None:
    mail = MailSim(clock, max_size=100)
    session = mail.session()
    session.feed(ENVELOPE)
    assert code(session.feed(b"x" * 60 + b"\r\n" + b"x" * 60 + b"\r\n.\r\n")) == 552
    session.feed(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<ann@example.org>\r\nDATA\r\n")
    assert code(session.feed(b"short\r\n.\r\n")) == 250
    assert [message.data for message in mail.messages] == [b"short\r\n"]


def test_a_line_over_998_octets_is_refused(mail: MailSim, session: MailSession) -> None:
    session.feed(ENVELOPE)
    assert code(session.feed(b"x" * 999 + b"\r\n.\r\n")) == 554
    assert mail.messages == []


def test_more_than_a_hundred_recipients_are_put_off(session: MailSession) -> None:
    talk(session, "EHLO x", "MAIL FROM:<a@b.example>")
    replies = talk(session, *[f"RCPT TO:<p{number}@example.org>" for number in range(101)])
    assert [code(reply) for reply in replies] == [250] * 100 + [452]


def test_login_plain_and_login(mail: MailSim) -> None:
    mail.add_account("desk", "secret")

    def b64(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    conversations = [
        ([f"AUTH PLAIN {b64(chr(0) + 'desk' + chr(0) + 'secret')}"], [235]),
        (["AUTH PLAIN", b64("\0desk\0secret")], [334, 235]),
        (["AUTH LOGIN", b64("desk"), b64("secret"), "AUTH LOGIN"], [334, 334, 235, 503]),
        ([f"AUTH LOGIN {b64('desk')}", b64("wrong")], [334, 535]),
        (["AUTH LOGIN", "*", "NOOP"], [334, 501, 250]),
        ([f"AUTH PLAIN {b64('desk')}"], [501]),
        (["MAIL FROM:<a@b.example>"], [530]),
    ]
    for lines, codes in conversations:
        session = mail.session()
        talk(session, "EHLO x")
        assert [code(reply) for reply in talk(session, *lines)] == codes


@pytest.mark.parametrize(
    ("kind", "raised", "stored"),
    [
        ("refuse", ConnectionRefusedError, 0),
        ("lost_answer", ConnectionResetError, 1),
        ("timeout", TimeoutError, 0),
    ],
)
def test_faults_on_data_break_the_connection(
    mail: MailSim, session: MailSession, kind: FaultKind, raised: type[OSError], stored: int
) -> None:
    mail.faults.add(Fault(kind, "DATA"))
    with pytest.raises(raised):
        session.feed(ENVELOPE + b"text\r\n.\r\n")
    assert session.closed
    assert len(mail.messages) == stored


def test_a_timeout_may_come_after_the_message_is_kept(mail: MailSim, session: MailSession) -> None:
    mail.faults.add(Fault("timeout", "DATA", processed=True))
    with pytest.raises(TimeoutError):
        session.feed(ENVELOPE + b"text\r\n.\r\n")
    assert len(mail.messages) == 1


@pytest.mark.parametrize(("kind", "stored"), [("html", 0), ("truncate", 1), ("empty", 1)])
def test_replies_can_be_garbled(
    mail: MailSim, session: MailSession, kind: FaultKind, stored: int
) -> None:
    mail.faults.add(Fault(kind, "."))
    replies = session.feed(ENVELOPE + b"text\r\n.\r\n")
    assert b"queued as" not in replies
    assert len(mail.messages) == stored


def test_a_greeting_can_turn_the_client_away(mail: MailSim) -> None:
    mail.faults.add(Fault("status", "CONNECT", status=421, body="4.3.2 Shutting down"))
    session = mail.session()
    assert session.greeting() == b"421 4.3.2 Shutting down\r\n"
    assert session.closed


# Over a real socket


@pytest.fixture
def client(mail: MailSim) -> Iterator[smtplib.SMTP]:
    with serve_mail(mail) as (host, port):
        client = smtplib.SMTP(host, port, "desk.example", timeout=5)
        yield client
        client.close()


def bulletin(body: str = "Boil water.\n.\n..two\n") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "desk@council.example"
    message["To"] = "ann@example.org, ben@example.org"
    message["Subject"] = "[EXERCISE] Wasser für alle"
    message.set_content(body)
    return message


def test_smtplib_delivers_dots_and_all(mail: MailSim, client: smtplib.SMTP) -> None:
    message = bulletin()
    assert client.send_message(message) == {}
    assert mail.messages[0].data == message.as_bytes()
    assert mail.messages[0].recipients == ("ann@example.org", "ben@example.org")
    assert client.quit()[0] == 221


def test_smtplib_reports_the_recipients_refused(mail: MailSim, client: smtplib.SMTP) -> None:
    mail.refuse("Ben@example.org", 550, "5.1.1 No such user")
    assert client.send_message(bulletin()) == {"ben@example.org": (550, b"5.1.1 No such user")}
    assert mail.messages[0].recipients == ("ann@example.org",)
    mail.refuse("ann@example.org", 450, "4.2.0 Greylisted")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.send_message(bulletin())
    assert refused.value.recipients["ann@example.org"][0] == 450


def test_smtplib_logs_in(mail: MailSim, client: smtplib.SMTP) -> None:
    mail.add_account("desk", "secret")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login("desk", "wrong")
    assert client.login("desk", "secret")[0] == 235
    assert client.send_message(bulletin()) == {}


def test_one_recipient_can_be_put_off_once(mail: MailSim, client: smtplib.SMTP) -> None:
    mail.faults.add(Fault("status", "RCPT TO:<ben", status=450, body="4.2.0 Greylisted"))
    assert client.send_message(bulletin()) == {"ben@example.org": (450, b"4.2.0 Greylisted")}
    assert client.send_message(bulletin()) == {}


@pytest.mark.parametrize(("match", "status"), [("DATA", 451), (".", 452)])
def test_smtplib_sees_data_refused(
    mail: MailSim, client: smtplib.SMTP, match: str, status: int
) -> None:
    mail.faults.add(Fault("status", match, status=status, body="4.3.0 Later"))
    with pytest.raises(smtplib.SMTPDataError) as refused:
        client.send_message(bulletin())
    assert refused.value.smtp_code == status
    assert mail.messages == []


def test_a_lost_answer_leaves_the_message_there(mail: MailSim, client: smtplib.SMTP) -> None:
    mail.faults.add(Fault("lost_answer", "DATA"))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.send_message(bulletin())
    assert len(mail.messages) == 1


def test_a_silent_server_runs_into_the_clients_timeout(mail: MailSim) -> None:
    mail.faults.add(Fault("timeout", "EHLO"))
    with serve_mail(mail) as (host, port):
        client = smtplib.SMTP(host, port, "desk.example", timeout=0.2)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.ehlo()
        client.close()
    assert [line for line, _ in mail.faults.history] == ["EHLO desk.example"]
