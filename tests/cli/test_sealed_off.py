"""An exercise cannot reach anybody: not by its channels, not by a hostile one, not by accident."""

import socket
from collections import Counter
from pathlib import Path

import pytest

from crisisdesk.config import Paths
from crisisdesk.desk import open_live
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.logbooks import read_entries, verify_logbook
from crisisdesk.system.secrets import MemorySecrets
from tests.cli.calling import Called, crisisdesk, module
from tests.cli.canary import canary
from tests.cli.hostile import ways_out

ADMIN = Operator("1", "Ada", Role.ADMINISTRATOR)
EXERCISE = ("exercise", "run", "night-flood", "--speed", "max", "--autopilot", "--out")


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """The folder of a live desk with accounts, closed again."""
    folder = tmp_path / "live"
    desk = open_live(Paths(folder), MemorySecrets())
    for server in ("https://social.example", "https://other.example"):
        values = {"server": server, "token": "live-token"}
        desk.administering.save_account("mastodon", server, values, ADMIN)
    desk.close()
    return folder


def surroundings(live: Path, keyring: Path, port: int) -> dict[str, str]:
    """Everything that could lead an exercise astray."""
    proxy = f"http://127.0.0.1:{port}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    keyring.write_text('{"CrisisDesk/token": "live-token"}')
    return {
        "CRISISDESK_HOME": str(live),
        "FAKE_KEYRING": str(keyring),
        **dict.fromkeys(names, proxy),
    }


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def play(out: Path, tmp_path: Path, live: Path, hostile: bool) -> tuple[Called, int]:
    """The call, and how many connections somebody made meanwhile."""
    with canary() as bird:
        around = surroundings(live, tmp_path / "keyring.json", bird.port)
        if hostile:
            called = module("tests.cli.hostile", str(bird.port), *EXERCISE, out, **around)
        else:
            called = crisisdesk(*EXERCISE, out, **around)
    return called, bird.visits


def test_an_exercise_beside_live_accounts_touches_nothing_live(live: Path, tmp_path: Path) -> None:
    before = contents(live)
    called, visits = play(tmp_path / "out", tmp_path, live, hostile=False)
    assert called.code == 0
    assert visits == 0
    assert contents(live) == before
    assert not (tmp_path / "keyring.uses").exists()
    actions = [entry["action"] for entry in read_entries(tmp_path / "out")]
    assert "gate.refused" not in actions


def test_a_hostile_adapter_is_refused_and_the_rest_goes_on(live: Path, tmp_path: Path) -> None:
    before = contents(live)
    called, visits = play(tmp_path / "out", tmp_path, live, hostile=True)
    assert called.code == 0, called.err
    assert visits == 0
    assert contents(live) == before
    assert not (tmp_path / "keyring.uses").exists()
    assert called.out.splitlines()[-1] == "keyring imported: False"
    entries = read_entries(tmp_path / "out")
    refused = Counter(e["detail"]["event"] for e in entries if e["action"] == "gate.refused")
    wanted = {"socket.getaddrinfo", "subprocess.Popen", "os.system", "os.posix_spawn"}
    assert wanted <= refused.keys()
    assert any(event.startswith("socket.") and event != "socket.getaddrinfo" for event in refused)
    assert verify_logbook(tmp_path / "out").intact
    states = Counter(e["action"] for e in entries if e["action"].startswith("delivery."))
    assert states["delivery.unknown"] > 0
    assert states["delivery.confirmed"] >= 10
    assert list((tmp_path / "out" / "cap").glob("*.xml"))
    assert entries[-1]["action"] == "desk.closed"
    assert "exercise.ended" in {entry["action"] for entry in entries}
    assert called.out.splitlines()[0].endswith(" goals met, 114 mentions.")


def test_the_canary_would_have_sung() -> None:
    with canary() as bird:
        with socket.create_connection(("127.0.0.1", bird.port)):
            pass
        ways_out(bird.port)[8]()  # the one through another program
    assert bird.visits == 2
