"""An exercise cannot reach anybody: not by its channels, not by a hostile one, not by accident."""

import socket
from collections import Counter
from pathlib import Path

import orjson
import pytest

from crisisdesk.config import Paths
from crisisdesk.desk import open_live
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.logbooks import read_entries, verify_logbook
from crisisdesk.system.secrets import MemorySecrets
from tests.cli.calling import Called, crisisdesk, module
from tests.cli.canary import canary
from tests.cli.hostile_scenario import write_hostile_scenario
from tests.net.gate_attacks import attacks

ADMIN = Operator("1", "Ada", Role.ADMINISTRATOR)
EXERCISE = ("--speed", "max", "--autopilot", "--out")
CREDENTIALS = dict.fromkeys(
    ("TOKEN", "MASTODON_TOKEN", "BLUESKY_PASSWORD", "SMTP_PASSWORD", "PGPASSWORD"), "live-token"
)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """The folder of a live desk with accounts, closed again."""
    folder = tmp_path / "live"
    desk = open_live(Paths(folder), MemorySecrets())
    for server in ("https://social.example", "https://other.example"):
        values = {"server": server, "token": "live-token"}
        desk.administering.save_account("mastodon", server, values, ADMIN)
    desk.configuring.change("organisation", "Real Council", ADMIN)
    desk.configuring.change("sender", "alerts@real.example", ADMIN)
    desk.close()
    return folder


def surroundings(live: Path, keyring: Path, port: int) -> dict[str, str]:
    """Everything that could lead an exercise astray."""
    proxy = f"http://127.0.0.1:{port}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    keyring.write_text('{"CrisisDesk/token": "live-token"}')
    return {
        **CREDENTIALS,
        "CRISISDESK_HOME": str(live),
        "FAKE_KEYRING": str(keyring),
        **dict.fromkeys(names, proxy),
    }


def contents(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def play(
    tmp_path: Path, live: Path, *, adapter: bool = False, scenario: bool = False
) -> tuple[Called, int]:
    """The call, and how many connections somebody made meanwhile; the hostile parts are named."""
    with canary() as bird:
        around = surroundings(live, tmp_path / "keyring.json", bird.port)
        story: str | Path = "night-flood"
        if scenario:
            story = write_hostile_scenario(tmp_path / "scenario", bird.port)
        words = ("exercise", "run", story, *EXERCISE, tmp_path / "out")
        if adapter:
            called = module("tests.cli.hostile", str(bird.port), *words, **around)
        else:
            called = crisisdesk(*words, **around)
    return called, bird.visits


def test_an_exercise_beside_live_accounts_touches_nothing_live(live: Path, tmp_path: Path) -> None:
    before = contents(live)
    called, visits = play(tmp_path, live)
    assert called.code == 0
    assert visits == 0
    assert contents(live) == before
    assert not (tmp_path / "keyring.uses").exists()
    actions = [entry["action"] for entry in read_entries(tmp_path / "out")]
    assert "gate.refused" not in actions


@pytest.mark.parametrize("scenario", [False, True], ids=["in a good story", "in a hostile one"])
def test_a_hostile_adapter_is_refused_and_the_rest_goes_on(
    scenario: bool, live: Path, tmp_path: Path
) -> None:
    before = contents(live)
    called, visits = play(tmp_path, live, adapter=True, scenario=scenario)
    assert called.code == 0, called.err
    assert visits == 0
    assert contents(live) == before
    assert not (tmp_path / "keyring.uses").exists()
    *said, keyring, met = called.out.splitlines()
    assert keyring == "keyring imported: False"
    assert {how for hows in orjson.loads(met).values() for how in hows} == {"GateClosed"}, met
    entries = read_entries(tmp_path / "out")
    refused = Counter(e["detail"]["event"] for e in entries if e["action"] == "gate.refused")
    wanted = {"socket.getaddrinfo", "subprocess.Popen", "os.system", "os.posix_spawn"}
    wanted |= {"socket.sendto", "socket.connect", "ctypes.dlsym", "os.fork", "webbrowser.open"}
    assert wanted | {"import keyring", "import PySide6.QtNetwork"} <= refused.keys()
    sends = refused["os.system"]
    assert sends >= 2
    assert refused.total() >= sends * len(orjson.loads(met)), "each attempt stands in the log"
    assert verify_logbook(tmp_path / "out").intact
    states = Counter(e["action"] for e in entries if e["action"].startswith("delivery."))
    assert states["delivery.unknown"] > 0
    assert states["delivery.confirmed"] >= 10
    assert list((tmp_path / "out" / "cap").glob("*.xml"))
    assert entries[-1]["action"] == "desk.closed"
    assert "exercise.ended" in {entry["action"] for entry in entries}
    assert said[0].endswith(" mentions.")
    assert scenario or " goals met, " in said[0]


def test_a_hostile_story_is_played_as_mere_words(live: Path, tmp_path: Path) -> None:
    before = contents(live)
    called, visits = play(tmp_path, live, scenario=True)
    assert (called.code, called.said) == (0, [])
    assert visits == 0
    assert contents(live) == before
    assert not (tmp_path / "keyring.uses").exists()
    entries = read_entries(tmp_path / "out")
    assert "gate.refused" not in {entry["action"] for entry in entries}
    texts = [
        text
        for e in entries
        if e["action"] == "alert.composed"
        for *_, text in e["detail"]["texts"]
    ]
    assert len(texts) >= 8
    assert all(text.startswith("EXERCISE") for text in texts)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "keyring.json",
        "live",
        "out",
        "scenario",
    ]


def test_what_no_network_carries_is_refused_with_its_place(tmp_path: Path) -> None:
    file = write_hostile_scenario(tmp_path / "scenario", 9) / "scenario.toml"
    file.write_text(file.read_text().replace("/beacon", "\\u0007", 1))
    called = crisisdesk("exercise", "run", file.parent, *EXERCISE, tmp_path / "out")
    assert called.code == 1
    assert "the top of the file: name holds a control character" in called.err
    assert not (tmp_path / "out").exists()


def test_the_canary_would_have_sung() -> None:
    with canary() as bird:
        with socket.create_connection(("127.0.0.1", bird.port)):
            pass
        dict(attacks(bird.port))["subprocess"]()
    assert bird.visits == 2
