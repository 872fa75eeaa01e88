"""A server on loopback that talks exactly as a test tells it, and keeps what it heard."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PATIENCE = 20.0
"""Seconds after which a server thread gives up on a client that does nothing."""

Talk = Callable[["Wire", socket.socket], None]


class Wire:
    """`connections` counts accepted ones, `heard` holds every request that came in whole."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None, host: str) -> None:
        self.connections = 0
        self.heard: list[bytes] = []
        self.hung_up = threading.Event()
        self.stop = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family, backlog=16)
        self._talk = talk
        self._context = context
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        scheme = "https" if context else "http"
        self.url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._threads[0].start()

    def close(self) -> None:
        """Let every thread end."""
        self.stop.set()
        # Closing a socket does not wake up a thread that waits on it; a last visitor does.
        socket.create_connection((self.host, self.port), timeout=PATIENCE).close()
        self._threads[0].join(PATIENCE)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stop.is_set():
                connection.close()
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        try:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            self._talk(self, connection)
        except OSError:
            self.hung_up.set()
        finally:
            connection.close()

    def read_request(self, connection: socket.socket) -> bytes:
        """One request with its body, or b"" when the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        ]
        while lengths and len(body) < int(lengths[0]):
            body += connection.recv(65536)
        self.heard.append(head + b"\r\n\r\n" + body)
        return self.heard[-1]

    def drip(self, connection: socket.socket, byte: bytes) -> None:
        """One byte, then another a little later, until the client hangs up."""
        while not self.stop.wait(0.02):
            connection.sendall(byte)


@contextmanager
def wire(
    talk: Talk, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Wire]:
    """A running server; everything it opened is closed at the end."""
    server = Wire(talk, context, host)
    try:
        yield server
    finally:
        server.close()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole answer, with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def answering(*answers: bytes) -> Talk:
    """Each request on a connection gets the next answer, the last one again and again."""

    def talk(server: Wire, connection: socket.socket) -> None:
        number = 0
        while server.read_request(connection):
            connection.sendall(answers[min(number, len(answers) - 1)])
            number += 1

    return talk


def reset(_server: Wire, connection: socket.socket) -> None:
    """Tear the connection down without goodbye, once something has come."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def tunnel(port: int) -> Talk:
    """A proxy that connects everybody to this port of loopback, whatever they ask for."""

    def talk(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as onward:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=_pour, args=(onward, connection))
            back.start()
            _pour(connection, onward)
            back.join(PATIENCE)

    return talk


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def full_backlog() -> Iterator[int]:
    """A port whose queue is full, so that one more connection waits without an answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        try:
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(listener.getsockname())
            yield listener.getsockname()[1]
        finally:
            for each in waiting:
                each.close()
