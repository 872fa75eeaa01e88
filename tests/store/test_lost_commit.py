"""A server commits and its answer is lost: what several wrote together is not written twice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import make_url

from crisisdesk.model.errors import StoreError
from crisisdesk.store.unit import Unit
from tests.store.conftest import Open

pytestmark = pytest.mark.server

COMMIT = b"COMMIT\x00"
PATIENCE = 20.0


class Lossy:
    """Passes everything on, and hangs up when `loses` has counted down to a commit, behind it."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.loses = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        down = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
        down.start()
        with suppress(OSError):
            while content := client.recv(1 << 16):
                self.loses -= COMMIT in content
                lost = self.loses == 0 and COMMIT in content
                if lost:
                    client.shutdown(socket.SHUT_WR)
                server.sendall(content)
                if lost:
                    break
        server.shutdown(socket.SHUT_WR)
        down.join(PATIENCE)
        for each in (client, server):
            each.close()


def _pass_on(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(1 << 16):
            with suppress(OSError):
                to.sendall(content)


@pytest.fixture
def lossy(empty_postgres: str) -> Iterator[Lossy]:
    made = Lossy(make_url(empty_postgres).port or 5432)
    yield made
    made.close()


def test_each_is_written_once_and_told_that_nobody_knows(
    empty_postgres: str, lossy: Lossy, open_database: Open
) -> None:
    through = make_url(empty_postgres).set(port=lossy.port)
    database = open_database(through.render_as_string(hide_password=False))
    begun, go_on = threading.Event(), threading.Event()

    def hold(_unit: Unit) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)
        lossy.loses = 2  # behind this one's own commit comes that of the three

    first = threading.Thread(target=database.write, args=(hold,))
    first.start()
    assert begun.wait(PATIENCE)
    told: list[StoreError] = []

    def write(number: int) -> None:
        try:
            database.write(lambda unit: unit.log.append("noted", actor="t", subject=f"{number}"))
        except StoreError as error:
            told.append(error)

    crowd = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for each in crowd:
        each.start()
    while len(database._waiting) < len(crowd):
        assert first.is_alive()
    go_on.set()
    first.join(PATIENCE)
    for each in crowd:
        each.join(PATIENCE)
    with database.read() as unit:
        subjects = sorted(each["subject"] for each in unit.log.read())
    assert subjects == ["0", "1", "2"]
    assert len(told) == 3
    assert all("Nobody knows" in error.meaning for error in told)
