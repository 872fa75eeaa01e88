"""Serves the simulated networks on 127.0.0.1, for tests that need a real socket."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from crisisdesk.simnet.mail import MailSim

HANG_UP_DEADLINE = 20.0
"""Seconds a connection without an answer is held for a client that never hangs up."""


@contextmanager
def serve(app: WSGIApplication) -> Iterator[str]:
    """The base URL of the app, "http://127.0.0.1:port".

    A ConnectionError raised by the app cuts the connection off; after a TimeoutError it stays
    open without an answer until the client hangs up.
    """
    server = _WebServer(("127.0.0.1", 0), _WebConnection)
    server.set_app(_faulty(app))
    with _running(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def serve_mail(sim: MailSim) -> Iterator[tuple[str, int]]:
    """The (host, port) of the mail server, with faults shown as `serve` shows them."""

    class Connection(BaseRequestHandler):
        def handle(self) -> None:
            _show_faults(self.request, lambda: _converse(self.request, sim))

    server = _MailServer(("127.0.0.1", 0), Connection)
    with _running(server):
        yield "127.0.0.1", server.server_address[1]


class _Abrupt(ThreadingMixIn):
    def shutdown_request(self, request: Any) -> None:
        # Without the polite half-close first, a linger time of zero reaches the client as a reset.
        request.close()


class _WebServer(_Abrupt, WSGIServer):
    def server_bind(self) -> None:
        # The inherited one asks the name service for this machine's name, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", int(self.server_address[1])
        self.setup_environ()


class _MailServer(_Abrupt, TCPServer):
    pass


class _WebConnection(WSGIRequestHandler):
    def get_environ(self) -> WSGIEnvironment:
        return {**super().get_environ(), "loopback.connection": self.connection}

    def log_message(self, *_: object) -> None:
        """Say nothing: what goes wrong here is what the test planned."""


@contextmanager
def _running(server: TCPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _faulty(app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body: list[bytes] = []
        failed = _show_faults(
            environ["loopback.connection"], lambda: body.extend(app(environ, start_response))
        )
        if failed:
            raise ConnectionResetError  # wsgiref drops the connection without a word
        return body

    return answer


def _show_faults(connection: socket.socket, talk: Callable[[], None]) -> bool:
    try:
        talk()
    except TimeoutError:
        _wait_for_hang_up(connection)
    except ConnectionError:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        return False
    return True


def _wait_for_hang_up(connection: socket.socket) -> None:
    connection.settimeout(HANG_UP_DEADLINE)
    try:
        while connection.recv(4096):
            pass
    except OSError:
        return


def _converse(connection: socket.socket, sim: MailSim) -> None:
    session = sim.session()
    connection.sendall(session.greeting())
    while not session.closed and (data := connection.recv(65536)):
        connection.sendall(session.feed(data))
