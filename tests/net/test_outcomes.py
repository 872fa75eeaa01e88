"""NotSent exactly when no byte of a request left; AnswerLost when the outcome is unknown."""

import socket
from collections.abc import Callable

import pytest

from crisisdesk.model.errors import AnswerLost, NotSent
from crisisdesk.net import Net, Session
from tests.net.wire import Talk, Wire, answering, full_backlog, http, reset, wire
from tests.servers.launching import free_port


def test_refused_port(session: Session) -> None:
    with pytest.raises(NotSent, match="refused"):
        session.request("POST", f"http://127.0.0.1:{free_port()}/", data=b"x")


@pytest.mark.parametrize(
    "url",
    [
        "http://no-such-host.invalid/",
        "http://a..b/",
        f"http://{'a' * 70}.invalid/",
        "ftp://127.0.0.1/",
        "file:///etc/hostname",
        "127.0.0.1",
        "http://",
        "http://[bad/",
        "http://127.0.0.1:99999/",
    ],
)
def test_addresses_that_lead_nowhere(session: Session, url: str) -> None:
    with pytest.raises(NotSent, match="Nothing was sent"):
        session.request("POST", url, data=b"x")


def test_connection_never_taken(session: Session) -> None:
    with full_backlog() as port, pytest.raises(NotSent, match="timed out"):
        session.request("POST", f"http://127.0.0.1:{port}/", data=b"x", total=0.3)


def test_time_that_is_over_before_the_start(session: Session) -> None:
    with wire(answering(http("200 OK"))) as server:
        with pytest.raises(NotSent):
            session.request("POST", server.url, total=0.0)
        assert server.heard == []


def _then(talk: Callable[[Wire, socket.socket], None]) -> Talk:
    def after_request(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        talk(server, connection)

    return after_request


def _saying(answer: bytes) -> Talk:
    return _then(lambda _, connection: connection.sendall(answer))


def _silence(server: Wire, connection: socket.socket) -> None:
    connection.recv(1)


LOST: dict[str, Talk] = {
    "reset while reading": reset,
    "closed without a word": _then(lambda *_: None),
    "silence": _then(_silence),
    "half a status line": _saying(b"HTTP/1.1 20"),
    "no HTTP": _saying(b"220 mail.example ESMTP\r\n"),
    "body shorter than its length": _saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
    "chunks without an end": _saying(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
    ),
    "chunk cut in half": _saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"),
    "chunk of no length": _saying(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc"
    ),
    "gzip that is none": _saying(http("200 OK", b"no gzip", "Content-Encoding: gzip")),
    "endless header": _saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000),
    "a thousand headers": _saying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n"),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("fault", LOST)
def test_answer_lost_and_never_asked_again(session: Session, fault: str, method: str) -> None:
    with wire(LOST[fault]) as server:
        with pytest.raises(AnswerLost, match="unknown"):
            session.request(method, server.url + "/", data=b"x", total=1.0)
        assert server.connections == 1
        assert len(server.heard) <= 1


def test_a_status_is_an_answer_not_a_failure(session: Session) -> None:
    with wire(answering(http("503 Busy", b"later"))) as server:
        response = session.request("POST", server.url + "/", json={})
        assert (response.status_code, response.content) == (503, b"later")
        assert len(server.heard) == 1


def test_long_answer_on_a_connection_that_closes(session: Session) -> None:
    """The HTTP client lets its socket go before the body is read."""
    body = b"x" * 500_000
    with wire(_saying(http("200 OK", body, "Connection: close"))) as server:
        assert session.request("GET", server.url + "/").content == body


def test_answer_without_a_length_ends_with_the_connection(session: Session) -> None:
    with wire(_saying(b"HTTP/1.0 200 OK\r\n\r\n" + b"y" * 200_000)) as server:
        assert session.request("GET", server.url + "/").content == b"y" * 200_000


def test_connection_is_kept_warm_and_replaced_when_it_is_gone(session: Session) -> None:
    def twice(server: Wire, connection: socket.socket) -> None:
        for _ in range(2):
            server.read_request(connection)
            connection.sendall(http("200 OK", b"ok"))

    with wire(twice) as server:
        for _ in range(4):
            assert session.request("GET", server.url + "/").content == b"ok"
        assert (server.connections, len(server.heard)) == (2, 4)


def test_sessions_share_no_connection(live: Net) -> None:
    with wire(answering(http("200 OK"))) as server:
        for _ in range(2):
            session = live.session()
            session.request("GET", server.url + "/")
            session.close()
        assert server.connections == 2
