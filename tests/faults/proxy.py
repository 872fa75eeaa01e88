"""A proxy on loopback that passes HTTP or SMTP on to a server, and goes wrong when it is told to.

It knows what it carries, so a fault strikes one request, at one moment of it, on a real socket.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

PATIENCE = 20.0
"""Seconds after which a connection is given up on whose other end does nothing."""


class HungUpError(Exception):
    """The client has gone."""


class Exchange:
    """One request on its way. A fault decides what of it, and of its answer, gets through.

    `line` is "METHOD path", or an SMTP command in capitals; "." is the end of a letter.
    """

    def __init__(self, line: str, client: Stream, server: Callable[[], Stream], head: bytes):
        self.line = line
        self.client = client
        self._server = server
        self._head = head
        self._length = _length(head)

    def deliver(self) -> bytes:
        """Pass the whole request on; the server's whole answer, which the client has not seen."""
        server = self._server()
        server.send(self._head + self.client.take(self._length))
        return server.answer()

    def deliver_part(self) -> None:
        """Pass on what the head of the request says, half of its body, and then nothing more."""
        server = self._server()
        server.send(self._head + self.client.take(self._length)[: self._length // 2])
        server.close()

    def skip(self) -> None:
        """Take the request off the wire and let nobody have it."""
        self.client.take(self._length)

    def say(self, answer: bytes) -> None:
        """Answer the client."""
        self.client.send(answer)


Way = Callable[["Proxy", Exchange], None]
"""One way to go wrong with one request; the connection is closed behind it."""


@dataclass
class _Planned:
    way: Way
    match: str
    left: int


class Stream:
    """A socket, read by lines and lengths."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._pending = b""
        sock.settimeout(PATIENCE)

    def send(self, data: bytes) -> None:
        """Send it all."""
        self.sock.sendall(data)

    def until(self, end: bytes) -> bytes:
        """Everything up to and with `end`. Raises HungUpError."""
        while end not in self._pending:
            self._more()
        at = self._pending.index(end) + len(end)
        found, self._pending = self._pending[:at], self._pending[at:]
        return found

    def take(self, length: int) -> bytes:
        """So many bytes. Raises HungUpError."""
        while len(self._pending) < length:
            self._more()
        found, self._pending = self._pending[:length], self._pending[length:]
        return found

    def answer(self) -> bytes:
        """An HTTP answer to the end of its connection."""
        with suppress(HungUpError):
            while True:
                self._more()
        return self._pending

    def reply(self) -> bytes:
        """An SMTP reply with all its lines."""
        lines = b""
        while True:
            line = self.until(b"\r\n")
            lines += line
            if line[3:4] != b"-":
                return lines

    def reset(self) -> None:
        """Tear the connection down without goodbye."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        """Let it go."""
        with suppress(OSError):
            self.sock.close()

    def _more(self) -> None:
        more = self.sock.recv(65536)
        if not more:
            raise HungUpError
        self._pending += more


class Proxy:
    """Listens on `port`. `plan` arms faults, oldest first; `seen` is every request that came."""

    def __init__(
        self,
        target: tuple[str, int],
        *,
        mail: bool = False,
        context: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.host = host
        self.seen: list[str] = []
        self.stop = threading.Event()
        self._target = target
        self._carry = self._carry_mail if mail else self._carry_web
        self._context = context
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port = 0
        self.listen()

    @property
    def url(self) -> str:
        """The address of what is behind."""
        return f"{'https' if self._context else 'http'}://{self.host}:{self.port}"

    def plan(self, way: Way, match: str = "", times: int = 1) -> None:
        """Go wrong in this way with the next `times` requests that begin with `match`; -1: all."""
        with self._lock:
            self._planned.append(_Planned(way, match, times))

    def clear(self) -> None:
        """Forget what was planned."""
        with self._lock:
            self._planned.clear()

    def listen(self) -> None:
        """Take connections, on the same port as before."""
        self._taking = True
        self._listener = socket.create_server((self.host, self.port), backlog=16)
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, args=(self._listener,))
        self._accepting.start()

    def refuse(self) -> None:
        """Take no connections: whoever comes now is refused."""
        if self._taking:
            self._taking = False
            # Closing a socket does not wake up a thread that waits on it; a last visitor does.
            socket.create_connection((self.host, self.port), timeout=PATIENCE).close()
            self._accepting.join(PATIENCE)

    def close(self) -> None:
        """Let every thread end."""
        self.stop.set()
        self.refuse()
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)

    def _accept(self, listener: socket.socket) -> None:
        with listener:
            while True:
                connection, _ = listener.accept()
                if not self._taking:
                    connection.close()
                    return
                thread = threading.Thread(target=self._serve, args=(connection,))
                with self._lock:
                    self._open.append(connection)
                    self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        opened: list[Stream] = []

        def server() -> Stream:
            if not opened:
                opened.append(Stream(socket.create_connection(self._target, PATIENCE)))
            return opened[0]

        try:
            connection.settimeout(PATIENCE)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._carry(Stream(connection), server)
        except (OSError, HungUpError):
            pass  # gone wrong, as planned
        finally:
            connection.close()
            for stream in opened:
                stream.close()

    def _carry_web(self, client: Stream, server: Callable[[], Stream]) -> None:
        """One request on each connection."""
        head = client.until(b"\r\n\r\n")
        method, path, _ = head.decode("latin-1").split(" ", 2)
        close = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        self._pass(Exchange(f"{method} {path}", client, server, close))

    def _pass(self, exchange: Exchange) -> bool:
        way = self._way(exchange.line)
        if way:
            way(self, exchange)
            return False
        exchange.say(exchange.deliver())
        return True

    def _carry_mail(self, client: Stream, server: Callable[[], Stream]) -> None:
        if not self._pass(_Greeting("CONNECT", client, server)):
            return
        while True:
            line = client.until(b"\r\n")
            command = line.decode("latin-1").rstrip().upper()
            asked = _Command(command, client, server, line)
            if not self._pass(asked):
                return
            if command == "DATA" and asked.last[:1] == b"3":
                letter = client.until(b"\r\n.\r\n")
                if not self._pass(_Letter(".", client, server, letter)):
                    return

    def _way(self, line: str) -> Way | None:
        with self._lock:
            self.seen.append(line)
            planned = next((each for each in self._planned if line.startswith(each.match)), None)
            if planned is None:
                return None
            planned.left -= 1
            if planned.left == 0:
                self._planned.remove(planned)
            return planned.way


class _Command(Exchange):
    last = b""

    def __init__(self, line: str, client: Stream, server: Callable[[], Stream], said: bytes = b""):
        super().__init__(line, client, server, said)

    def deliver(self) -> bytes:
        server = self._server()
        server.send(self._head)
        self.last = server.reply()
        return self.last

    def deliver_part(self) -> None:
        server = self._server()
        server.send(self._head[: len(self._head) // 2])
        server.close()


class _Letter(_Command):
    """A letter whose text has come in; the server has had no word of it yet."""


class _Greeting(_Command):
    """What the server says first."""


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


@contextmanager
def proxy(
    target: tuple[str, int],
    *,
    mail: bool = False,
    context: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Proxy]:
    """A running proxy; everything it opened is closed at the end."""
    made = Proxy(target, mail=mail, context=context, host=host)
    try:
        yield made
    finally:
        made.close()
