"""Run as a program: tries every way out of a process, and tells what became of each as JSON.

Arguments: the port of a canary on 127.0.0.1, and "closed" or "open" for the gate. Ways that the
test machine would notice too late run in order, each with the same fake credentials.
"""

from __future__ import annotations

import asyncio
import ctypes
import ftplib
import http.client
import importlib
import multiprocessing
import os
import smtplib
import socket
import ssl
import subprocess
import sys
import syslog
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import orjson
import requests

from crisisdesk.channels.mastodon import Mastodon
from crisisdesk.model.account import Account
from crisisdesk.model.delivery import Message
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net, gate
from crisisdesk.simnet.mastodon import MastodonSim

HOST = "127.0.0.1"
SECONDS = 5.0


def visit(port: int) -> None:
    """What a child process does."""
    socket.create_connection((HOST, port), timeout=SECONDS).close()


def early_attacks(port: int) -> dict[str, Callable[[], object]]:
    """With what was opened before the gate could be closed."""
    early = socket.socket()
    early_udp = socket.socket(type=socket.SOCK_DGRAM)
    library = ctypes.CDLL(None)

    def early_connect() -> None:
        with early:
            early.connect((HOST, port))

    def early_datagram() -> None:
        with early_udp:
            early_udp.sendto(b"x", (HOST, port))

    return {
        "early socket": early_connect,
        "early datagram": early_datagram,
        "C library opened before": lambda: library.getppid(),  # noqa: PLW0108 - looked up late
    }


def attacks(port: int) -> Iterator[tuple[str, Callable[[], object]]]:
    """Each way out by name; all lead to the canary where they can."""
    url = f"http://{HOST}:{port}/"
    token = {"Authorization": f"Bearer {os.environ.get('TOKEN')}"}
    program = f"import socket; socket.create_connection(('{HOST}', {port}))"
    command = [sys.executable, "-c", program]

    def spawn() -> None:
        child = multiprocessing.get_context("spawn").Process(target=visit, args=(port,))
        child.start()
        child.join()

    def fork() -> None:
        child = os.fork()
        if child == 0:
            visit(port)
            os._exit(0)
        os.waitpid(child, 0)

    def plain_http() -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
        try:
            connection.request("GET", "/", headers=token)
            connection.getresponse().read()
        finally:
            connection.close()

    async def dial() -> None:
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()
        await writer.wait_closed()

    yield "socket", lambda: visit(port)
    yield "urllib", lambda: urllib.request.urlopen(url, timeout=SECONDS).close()
    yield "TLS", lambda: _secure().connect((HOST, port))
    yield "FTP", lambda: ftplib.FTP().connect(HOST, port, SECONDS)
    yield "UDP", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", (HOST, port))
    yield "requests", lambda: requests.get(url, headers=token, timeout=SECONDS).close()
    yield "http.client", plain_http
    yield "smtplib", lambda: smtplib.SMTP(HOST, port, timeout=SECONDS).close()
    yield "asyncio", lambda: asyncio.run(dial())
    yield "subprocess", lambda: subprocess.run(command, check=True)
    yield "os.system", lambda: os.system(f'"{sys.executable}" -c "{program}"')
    yield "posix_spawn", lambda: os.waitpid(os.posix_spawn(sys.executable, command, os.environ), 0)
    yield "fork", fork
    yield "multiprocessing", spawn
    yield "listening", lambda: socket.create_server((HOST, 0)).close()
    yield "getaddrinfo", lambda: socket.getaddrinfo(HOST, port)
    yield "gethostbyname", lambda: socket.gethostbyname(HOST)
    yield "gethostbyname_ex", lambda: socket.gethostbyname_ex(HOST)
    yield "gethostbyaddr", lambda: socket.gethostbyaddr(HOST)
    yield "getnameinfo", lambda: socket.getnameinfo((HOST, port), 0)
    yield "syslog", lambda: syslog.syslog("x")
    yield "web browser", lambda: webbrowser.GenericBrowser("true").open(url)
    yield "C library", lambda: ctypes.CDLL(None).getpid()
    yield "gate with another list", lambda: _disarm(port)
    yield "our own session", lambda: _ours(url, token)
    yield "our own mail", lambda: _our_mail(port)
    for module in ("keyring", "keyring.backends.SecretService", "secretstorage", "jeepney"):
        yield f"import {module}", lambda module=module: exec(f"import {module}")
        yield f"import_module {module}", lambda module=module: importlib.import_module(module)
    for module in ("PySide6.QtNetwork", "PySide6.QtDBus", "PySide6.QtCore"):
        yield f"import {module}", lambda module=module: exec(f"import {module}")


def _secure() -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(socket.socket(), server_hostname=HOST)


def _disarm(port: int) -> None:
    gate.BARRED, gate.KEYRINGS = frozenset(), ()  # type: ignore[misc]
    visit(port)


def _ours(url: str, token: dict[str, str]) -> None:
    session = Net(Mode.LIVE).session()
    try:
        session.request("GET", url, headers=token)
    finally:
        session.close()


def _our_mail(port: int) -> None:
    with Net(Mode.LIVE).smtp(HOST, port, "none"):
        pass


def outcome(attack: Callable[[], object]) -> str:
    """The name of the error, or "got through"."""
    try:
        attack()
    except BaseException as error:  # noqa: BLE001 - whatever a way out raises is its outcome
        return type(error).__name__
    return "got through"


@contextmanager
def quiet_children() -> Iterator[None]:
    """Standard output belongs to the report alone."""
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def exercise() -> str:
    """What an exercise still can: publish on a simulated network."""
    now = datetime(2026, 8, 20, 9, tzinfo=UTC)
    sim = MastodonSim("social.example", lambda: now)
    sim.add_account("council", token="token-1")
    settings = {"server": "https://social.example"}
    account = Account("a", "mastodon", "Mastodon", settings)
    net = Net(Mode.EXERCISE, apps={"social.example": sim})
    channel = Mastodon(account, {"token": "token-1"}, net, lambda: now)
    outcome = channel.send(Message("key-1", "EXERCISE Road closed", now))
    channel.close()
    return f"{outcome.verdict}: {[each.text for each in sim.statuses]}"


def main(port: int, closed: bool) -> None:
    """Try everything and write the report."""
    told: list[str] = []
    early = early_attacks(port)
    if closed:
        gate.close_for_good(told.append)
    with quiet_children():
        outcomes = {name: outcome(attack) for name, attack in (*early.items(), *attacks(port))}
    report = {"outcomes": outcomes, "told": told, "exercise": exercise()}
    sys.stdout.write(orjson.dumps(report).decode())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "closed")
