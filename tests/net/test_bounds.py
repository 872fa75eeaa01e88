"""No server can hold a call for longer, or fill more memory, than we allow."""

import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crisisdesk.model.errors import AnswerLost
from crisisdesk.net import Session
from tests.net.wire import Talk, Wire, answering, http, wire

TOTAL = 0.5
MARGIN = 5.0
"""Seconds; the faults below would last for ever."""


@contextmanager
def ends_in_time() -> Iterator[None]:
    """The block fails with AnswerLost, and soon."""
    started = time.monotonic()
    with pytest.raises(AnswerLost, match=r"total time|timed out"):
        yield
    assert time.monotonic() - started < TOTAL + MARGIN


def dripping(before: bytes, byte: bytes) -> Talk:
    def talk(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(before)
        server.drip(connection, byte)

    return talk


@pytest.mark.parametrize(
    ("before", "byte"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.0 200 OK\r\n\r\n", b"x"),
    ],
    ids=["header line", "continue", "body", "chunks", "until closed"],
)
def test_drips_do_not_extend_the_time(session: Session, before: bytes, byte: bytes) -> None:
    with wire(dripping(before, byte)) as server:
        with ends_in_time():
            session.request("POST", server.url + "/", data=b"x", total=TOTAL)
        assert server.hung_up.wait(MARGIN)


def test_a_client_that_may_not_write_stops_in_time(session: Session) -> None:
    def reads_nothing(server: Wire, _connection: socket.socket) -> None:
        server.stop.wait()

    with wire(reads_nothing) as server, ends_in_time():
        session.request("POST", server.url + "/", data=b"x" * 50_000_000, total=TOTAL)


def test_redirects_share_one_time(session: Session) -> None:
    hops = [http("302 Found", b"", "Location: /on")] * 3

    def talk(server: Wire, connection: socket.socket) -> None:
        for hop in hops:
            server.read_request(connection)
            server.stop.wait(TOTAL / 2.5)
            connection.sendall(hop)

    with wire(talk) as server, ends_in_time():
        session.request("GET", server.url + "/", total=TOTAL)


def test_time_is_counted_anew_for_each_call(session: Session) -> None:
    with wire(answering(http("200 OK", b"ok"))) as server:
        with wire(dripping(b"", b"x")) as slow, pytest.raises(AnswerLost):
            session.request("GET", slow.url + "/", total=TOTAL)
        assert session.request("GET", server.url + "/").content == b"ok"


def test_body_up_to_the_cap_and_no_further(session: Session) -> None:
    with wire(answering(http("200 OK", b"x" * 1000))) as server:
        assert len(session.request("GET", server.url + "/", max_bytes=1000).content) == 1000
        with pytest.raises(AnswerLost, match="more than 999 bytes"):
            session.request("GET", server.url + "/", max_bytes=999)


def test_endless_body_is_cut_off(session: Session) -> None:
    def endless(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        while not server.stop.is_set():
            connection.sendall(b"x" * 65536)

    with wire(endless) as server:
        with pytest.raises(AnswerLost, match="more than"):
            session.request("GET", server.url + "/")
        assert server.hung_up.wait(MARGIN)


@pytest.mark.parametrize(
    ("before", "endless"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x" * 65536),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 9999),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 3000),
    ],
    ids=["head of a chunk", "trailers", "continue"],
)
def test_what_is_no_body_fills_no_memory_either(
    session: Session, before: bytes, endless: bytes
) -> None:
    def talk(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(before)
        while not server.stop.is_set():
            connection.sendall(endless)

    with wire(talk) as server:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerLost, match=r"longer than we read|more than|exceeded"):
                session.request("GET", server.url + "/")
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()
        assert server.hung_up.wait(MARGIN)


@pytest.mark.parametrize("layers", [1, 2])
def test_gzip_bomb_is_never_unpacked(session: Session, layers: int) -> None:
    bomb = b"\0" * 100_000_000
    for _ in range(layers):
        bomb = gzip.compress(bomb, 6)
    coding = "Content-Encoding: " + ", ".join(["gzip"] * layers)
    with wire(answering(http("200 OK", bomb, coding))) as server:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerLost, match="more than"):
                session.request("GET", server.url + "/")
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()


def test_gzip_within_the_cap_is_read(session: Session) -> None:
    body = b"flood " * 1000
    with wire(answering(http("200 OK", gzip.compress(body), "Content-Encoding: gzip"))) as server:
        assert session.request("GET", server.url + "/").content == body
