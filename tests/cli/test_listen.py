"""`crisisdesk listen` and `crisisdesk channels`: taking in and trying out, without a window."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from crisisdesk.config import Paths
from crisisdesk.desk import Desk, open_live
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.logbooks import read_entries, verify_logbook
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.feed import FeedSim
from crisisdesk.simnet.mail import MailSim
from crisisdesk.simnet.mastodon import MastodonSim
from crisisdesk.system.secrets import KeyringSecrets, MemorySecrets
from tests.cli.calling import ROOT, crisisdesk, environment
from tests.cli.fake_keyring import Keyring
from tests.loopback import serve, serve_mail

ADMIN = Operator("1", "Ada", Role.ADMINISTRATOR)
POSTS_WITHIN_SECONDS = 120
"""For about 71,650 real posts; a desktop needs some seconds, a busy CI machine has the rest."""


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """The live desk in a folder, with secrets for this run only."""
    desk = open_live(Paths(folder), MemorySecrets())
    try:
        yield desk
    finally:
        desk.close()


def post(number: int, **more: object) -> bytes:
    moment = f"2026-08-20T09:00:{number % 60:02d}Z"
    return orjson.dumps({"id": number, "text": f"post {number}", "created_at": moment, **more})


POSTS = [post(number, author="jo", url="https://social.example/1") for number in range(40)]
BAD = {3: b"{not json", 7: b'{"id": "x"}', 12: b'{"id":1,"text":5}', 30: b"\xff\xfe\x00"}


def with_bad_lines() -> bytes:
    """The posts with a bad line at the line numbers of BAD, and an empty one at the end."""
    lines = list(POSTS)
    for number, line in BAD.items():
        lines.insert(number - 1, line)
    return b"\n".join(lines) + b"\n\n"


@pytest.mark.parametrize("name", ["posts.jsonl", "posts.jsonl.gz"])
def test_a_replay_stores_the_good_lines_and_names_the_bad(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    content = with_bad_lines()
    file.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    called = crisisdesk("listen", "--data", tmp_path / "desk", "--replay", file, "--speed", "max")
    assert called.code == 0
    assert called.out.startswith("40 stored, 0 known already, 4 bad lines skipped; ")
    named = [line for line in called.said if ", line " in line]
    assert [line.split(":")[0] for line in named] == [f"{name}, line {each}" for each in BAD]
    assert all(line.endswith("; skipped") for line in named)
    with opened(tmp_path / "desk") as desk:
        assert desk.reviewing.counts()["all"][0] == 40
        assert [each.text for each in desk.reviewing.search("17")] == ["post 17"]
    assert verify_logbook(tmp_path / "desk").intact


def test_a_second_replay_stores_nothing_new(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"\n".join(POSTS))
    words = ("listen", "--data", tmp_path / "desk", "--replay", file, "--speed", "max")
    assert crisisdesk(*words).out.startswith("40 stored, 0 known already, 0 bad")
    assert crisisdesk(*words).out.startswith("0 stored, 40 known already, 0 bad")
    with file.open("ab") as more:
        more.write(b"\n" + post(40))
    assert crisisdesk(*words).out.startswith("1 stored, 40 known already, 0 bad")


def test_the_desk_of_the_environment_is_used(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(POSTS[0])
    home = tmp_path / "home"
    called = crisisdesk("listen", "--replay", file, "--speed", "max", CRISISDESK_HOME=str(home))
    assert called.code == 0
    assert (home / "desk.db").exists()


def test_a_paced_replay_keeps_the_distances(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"\n".join(POSTS[:21]))
    called = crisisdesk("listen", "--data", tmp_path / "desk", "--replay", file, "--speed", "20")
    assert called.code == 0
    assert called.out.startswith("21 stored")
    took = float(called.out.split("; ")[1].removesuffix(" s.\n"))
    assert took >= 1.0  # 20 seconds at twenty times the speed


def test_many_bad_lines_are_counted_not_listed(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(b"bad\n" * 500)
    called = crisisdesk("listen", "--data", tmp_path / "desk", "--replay", file, "--speed", "max")
    assert called.code == 0
    assert called.out.startswith("0 stored, 0 known already, 500 bad lines skipped")
    assert sum(", line " in line for line in called.said) == 20
    assert any("further bad lines are only counted" in line for line in called.said)


@pytest.mark.parametrize(
    ("name", "content"), [("missing.jsonl", None), ("damaged.jsonl.gz", b"\x1f\x8bnot gzip at all")]
)
def test_a_file_that_cannot_be_replayed(name: str, content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    called = crisisdesk(
        *("listen", "--data", tmp_path / "desk", "--replay", tmp_path / name, "--speed", "max")
    )
    assert called.code == 1
    assert f"crisisdesk: {tmp_path / name} cannot be read" in called.err
    assert verify_logbook(tmp_path / "desk").intact


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "quick"])
def test_a_replay_speed_that_is_none(speed: str, tmp_path: Path) -> None:
    called = crisisdesk(
        *("listen", "--data", tmp_path / "desk", "--replay", tmp_path / "x", "--speed", speed)
    )
    assert called.code == 1
    assert f"--speed '{speed}' is no speed." in called.err


def test_without_accounts_there_is_nothing_to_listen_to(tmp_path: Path) -> None:
    called = crisisdesk("listen", "--data", tmp_path / "desk")
    assert called.code == 1
    (said,) = called.said
    assert said.startswith("crisisdesk: No account listens yet.")
    assert said.endswith("Open crisisdesk and add one under Channels and sources.")


def crisislex() -> list[Path]:
    """The posts of real disasters that lie beside the repository on some machines."""
    shared = Path(os.environ.get("CRISISDESK_SHARED", ROOT.parent / "shared"))
    files = [shared / "data/crisislex" / f"{n}.jsonl.gz" for n in ("t6_stream", "t26_labelled")]
    if not all(file.is_file() for file in files):
        words = "set CRISISDESK_SHARED to the folder with the reference data"
        if os.environ.get("CI") == "true":
            pytest.fail(words, pytrace=False)
        pytest.skip(words)
    return files


@pytest.mark.shared
def test_the_posts_of_real_disasters_go_in_quickly_and_are_found(tmp_path: Path) -> None:
    started = time.monotonic()
    # Three posts stand twice in their file.
    for file, told in zip(crisislex(), ("50047 stored, 2", "21600 stored, 1"), strict=True):
        called = crisisdesk(
            "listen", "--data", tmp_path / "desk", "--replay", file, "--speed", "max"
        )
        assert called.code == 0
        assert called.out.startswith(f"{told} known already, 0 bad lines skipped")
    assert time.monotonic() - started < POSTS_WITHIN_SECONDS
    with opened(tmp_path / "desk") as desk:
        assert desk.reviewing.counts()["all"][0] == 71_647
        found = desk.reviewing.search("sandy power")
        assert len(found) == 50
        assert all("sandy" in f"{m.text} {m.author_name}".lower() for m in found)


class Networks:
    """Simulated networks on loopback, and a desk folder with accounts on them."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        def now() -> datetime:
            return datetime.now(UTC)

        self.home = folder / "desk"
        self.keyring = folder / "keyring.json"
        self.mastodon, self.bluesky = MastodonSim("127.0.0.1", now), BlueskySim("127.0.0.1", now)
        self.mastodon.add_account("council", "token-1")
        self.bluesky.add_account("council.test", "app-pass")
        self.feed, self.mail = FeedSim("127.0.0.1", "Roads", now), MailSim(now)
        self.feed.publish("1", "Bridge closed", "Weir Bridge is closed.")
        self.urls = {
            "mastodon": stack.enter_context(serve(self.mastodon)),
            "bluesky": stack.enter_context(serve(self.bluesky)),
            "feed": stack.enter_context(serve(self.feed)) + "/feed.atom",
        }
        self.smtp = stack.enter_context(serve_mail(self.mail))

    def forms(self) -> dict[str, dict[str, str]]:
        """What a person types for each kind of account."""
        host, port = self.smtp
        return {
            "mastodon": {"server": self.urls["mastodon"], "token": "token-1"},
            "bluesky": {
                "server": self.urls["bluesky"],
                "handle": "council.test",
                "password": "app-pass",
            },
            "email": {
                "host": host,
                "port": str(port),
                "security": "none",
                "sender": "desk@council.example.org",
                "recipients": "ann@example.org",
            },
            "cap": {"folder": str(self.home / "cap"), "base_url": "https://council.example/cap"},
            "feed": {"url": self.urls["feed"]},
        }

    def set_up(self, forms: dict[str, dict[str, str]]) -> None:
        """Add the accounts as the console does, with secrets in the keyring."""
        os.environ["FAKE_KEYRING"] = str(self.keyring)
        (self.home / "cap").mkdir(parents=True)
        (self.home / "desk.id").write_text("desk1")
        try:
            desk = open_live(Paths(self.home), KeyringSecrets(Keyring(), "desk1"))
            for kind, values in forms.items():
                desk.administering.save_account(kind, f"Our {kind}", values, ADMIN)
            desk.close()
        finally:
            del os.environ["FAKE_KEYRING"]

    @property
    def around(self) -> dict[str, str]:
        """Environment variables for a call."""
        return {"FAKE_KEYRING": str(self.keyring), "CRISISDESK_HOME": str(self.home)}


@pytest.fixture
def networks(tmp_path: Path) -> Iterator[Networks]:
    """Served for the length of one test."""
    with ExitStack() as stack:
        yield Networks(stack, tmp_path)


def test_channels_are_listed(networks: Networks, tmp_path: Path) -> None:
    mistyped = tmp_path / "mistyped"
    for what in ("list", "check"):
        called = crisisdesk("channels", what, "--data", mistyped)
        assert (called.code, called.out) == (1, "")
        assert f"There is no desk in {mistyped}." in called.err
    assert not mistyped.exists()
    called = crisisdesk("listen", "--data", tmp_path / "new")
    assert called.code == 1
    called = crisisdesk("channels", "list", "--data", tmp_path / "new")
    assert (called.code, called.out) == (0, "No channel is set up. Open crisisdesk and add one.\n")
    networks.set_up(networks.forms())
    called = crisisdesk("channels", "list", **networks.around)
    assert called.code == 0
    assert sorted(called.out.splitlines()) == sorted(
        f"{kind}\tOur {kind}" for kind in networks.forms()
    )


def test_channels_that_work_are_checked_without_publishing(networks: Networks) -> None:
    networks.set_up(networks.forms())
    called = crisisdesk("channels", "check", **networks.around)
    assert called.code == 0, called.out
    lines = called.out.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("ok\tOur ") for line in lines)
    assert networks.mail.messages == []
    assert not (networks.home / "cap" / "feed.atom").exists()
    said = dict(line.split("\t")[1:] for line in lines)
    assert said["Our feed"] == "The feed can be read; it holds 1 items."
    assert said["Our mastodon"].startswith("Signed in as @council.")


def test_channels_in_trouble_are_named(networks: Networks) -> None:
    forms = networks.forms()
    forms["mastodon"]["token"] = "wrong-token"
    forms["feed"]["url"] += ".gone"
    networks.set_up(forms)
    called = crisisdesk("channels", "check", **networks.around)
    assert called.code == 1
    states = {line.split("\t")[1]: line.split("\t")[0] for line in called.out.splitlines()}
    troubled = {name for name, state in states.items() if state == "TROUBLE"}
    assert troubled == {"Our mastodon", "Our feed"}
    assert "wrong-token" not in called.out + called.err


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_listening_desk_stores_what_is_said_and_closes_in_order(
    sign: signal.Signals, networks: Networks
) -> None:
    networks.mastodon.post("jo", "@council the bridge is under water")
    networks.set_up({"mastodon": networks.forms()["mastodon"]})
    process = subprocess.Popen(
        [sys.executable, "-m", "crisisdesk", "listen"],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(networks.around),
        text=True,
    )
    assert process.stderr
    with process.stderr:
        said = iter(process.stderr.readline, "")
        assert "ok: listening\n" in said
        process.send_signal(sign)
        try:
            code = process.wait(60)
        finally:
            process.kill()
            process.wait()
    assert code == 0
    assert verify_logbook(networks.home).intact
    assert read_entries(networks.home)[-1]["detail"] == {"why": "listening ended"}
    with opened(networks.home) as desk:
        assert [each.text for each in desk.reviewing.search("bridge")] == [
            "@council the bridge is under water"
        ]


def test_every_run_of_a_desk_signs_with_the_key_of_its_keyring(networks: Networks) -> None:
    networks.set_up({})
    for _ in range(2):
        assert crisisdesk("channels", "list", **networks.around).code == 0
    report = verify_logbook(networks.home)
    assert report.intact
    assert len(report.keys) == 1
    opened_with = [e for e in read_entries(networks.home) if e["action"] == "desk.opened"]
    assert len(opened_with) == 3
