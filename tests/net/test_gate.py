"""Once the gate is closed a process reaches nobody, whatever code runs in it."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from crisisdesk.model.errors import GateClosed
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net, gate
from tests.net.wire import Wire, http, wire

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"TOKEN": "live-token", "MASTODON_TOKEN": "live-token", "SMTP_PASSWORD": "live"}


def canary(_server: Wire, connection: socket.socket) -> None:
    connection.sendall(http("200 OK"))
    connection.recv(65536)


def run(gate_state: str) -> tuple[dict[str, Any], int]:
    """The attackers' report, and how often the canary was reached."""
    with wire(canary) as bird:
        done = subprocess.run(
            [sys.executable, "-m", "tests.net.gate_attacks", str(bird.port), gate_state],
            cwd=ROOT,
            env={**os.environ, **CREDENTIALS},
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return orjson.loads(done.stdout), bird.connections


def test_nothing_gets_out_and_everything_is_told() -> None:
    report, reached = run("closed")
    assert reached == 0
    assert set(report["outcomes"].values()) == {"GateClosed"}, report["outcomes"]
    told = report["told"]
    assert len(told) >= len(report["outcomes"])
    for event in ("socket.__new__", "socket.connect", "socket.sendto", "subprocess.Popen"):
        assert event in told
    assert {"ctypes.dlsym", "import keyring", "import PySide6.QtNetwork"} <= set(told)
    assert {"crisisdesk.net.session.DirectAdapter", "crisisdesk.net.mail.open_direct"} <= set(told)
    assert report["exercise"] == "accepted: ['EXERCISE Road closed']"


def test_the_same_attacks_work_without_the_gate() -> None:
    """Otherwise the test above would prove nothing."""
    report, reached = run("open")
    ways = {name for name, outcome in report["outcomes"].items() if outcome == "got through"}
    assert {"socket", "early socket", "requests", "asyncio", "subprocess", "os.system"} <= ways
    assert {"fork", "multiprocessing", "posix_spawn", "listening", "our own session"} <= ways
    assert {"C library", "import keyring", "import_module jeepney", "import PySide6.QtDBus"} <= ways
    assert reached >= 12
    assert report["told"] == []


def test_the_gate_is_open_in_this_process() -> None:
    assert not gate.is_closed()


@pytest.mark.parametrize(
    "url", ["https://social.example/", "http://127.0.0.1/", "https://other.example/x"]
)
def test_an_exercise_knows_only_its_own_hosts(url: str) -> None:
    session = Net(Mode.EXERCISE).session()
    with pytest.raises(GateClosed, match="not a simulated network"):
        session.request("POST", url, data=b"x")
    session.close()


def test_an_exercise_without_a_mail_server_sends_no_mail() -> None:
    with (
        pytest.raises(GateClosed, match="without a mail server"),
        Net(Mode.EXERCISE).smtp("127.0.0.1", 25, "none"),
    ):
        raise AssertionError("a mail server answered")


def test_a_process_with_a_keyring_has_no_exercise_in_it() -> None:
    said = tried_to_close("import keyring")
    assert "has loaded keyring, so no exercise can be played in it" in said


def test_a_process_that_is_connected_has_no_exercise_in_it() -> None:
    with wire(canary) as bird:
        address = ("127.0.0.1", bird.port)
        said = tried_to_close(f"import socket; held = socket.create_connection({address})")
        assert bird.connections == 1
    assert "is connected to a network, so no exercise can be played in it" in said


def tried_to_close(first: str) -> str:
    """What a new process says when it did this and then wants to become an exercise."""
    programme = (
        f"{first}\nfrom crisisdesk.net import gate; from crisisdesk.model.errors import *\n"
        "try: gate.close_for_good()\n"
        "except GateClosed as error: print(error, gate.is_closed())"
    )
    done = subprocess.run(
        [sys.executable, "-c", programme], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.endswith("False\n"), done.stderr
    return done.stdout


def test_an_exercise_is_given_no_live_network_and_a_live_desk_no_simulated_one() -> None:
    with pytest.raises(ValueError, match="belong to an exercise"):
        Net(Mode.LIVE, apps={"social.example": lambda *_: []})
