"""Watching as the desks do it: by the live schedule, and in an exercise where the story says so."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crisisdesk.channels.registry import ChannelSet
from crisisdesk.config import Paths
from crisisdesk.desk import open_live
from crisisdesk.desk.live import WATCH_JOBS
from crisisdesk.model.account import Account
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.net import Net
from crisisdesk.services.watching import EVERY_SECONDS, REQUEST_SECONDS
from crisisdesk.system.schedule import Schedule
from crisisdesk.system.secrets import MemorySecrets
from tests.town import HandClock

ADMINISTRATOR = Operator("1", "Sam", Role.ADMINISTRATOR)
SCENARIO = """
id = "hijacked"
name = "A hijacked account"
summary = "Somebody posts in our name."
codeword = "Red Otter"
length_minutes = 2
incident_name = "Hijack"
places = ["Riverside"]

[[injects]]
id = "public"
at = 0.5
method = "mastodon"
from = "jo_hill"
text = "@riverside is the dam safe?"
expected_action = "answer"

[[injects]]
id = "false-post"
at = 1
method = "mastodon"
from = "riverside"
text = "The dam has burst. Run for your lives"
expected_action = "Warn on the other channels."

[[injects]]
id = "false-record"
at = 1.5
method = "bluesky"
from = "riverside.test"
text = "The dam has burst"
expected_action = "Warn on the other channels."

[[goals]]
id = "warned"
words = "Warned"
after = "false-post"
do = "broadcast"
match = "alert"
within_minutes = 1

[[goals]]
id = "warned-again"
words = "Warned again"
after = "false-record"
do = "broadcast"
match = "update"
within_minutes = 1
"""
PLAY = """
import sys
from pathlib import Path
from crisisdesk.desk import open_exercise
from crisisdesk.model.events import ForeignPost

desk = open_exercise(sys.argv[1], Path(sys.argv[2]), 0.0)
desk.bus.subscribe(ForeignPost, lambda e: print("ALARM", e.channel_name, e.post.text))
desk.run_to_end()
for entry in reversed(desk.reviewing.entries()):
    if entry["action"].startswith("account.") and "channel" in entry["detail"]:
        print(entry["action"], entry["detail"]["channel_name"], entry["at"][14:19])
desk.close()
"""


def test_an_exercise_notices_a_hijacked_account_when_the_story_says_so(tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "scenario.toml").write_text(SCENARIO)
    command = [sys.executable, "-c", PLAY, str(tmp_path / "scenario"), str(tmp_path / "played")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "ALARM Mastodon The dam has burst. Run for your lives",
        "ALARM Bluesky The dam has burst",
        "account.watched Bluesky 00:00",
        "account.watched CAP feed 00:00",
        "account.watched Mastodon 00:00",
        "account.foreign_post Mastodon 01:00",
        "account.foreign_post Bluesky 01:30",
    ]


def test_a_live_desk_looks_at_every_account_that_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: dict[str, int] = {}

    def every(_: Schedule, seconds: int, name: str, act: Callable[[], object]) -> None:
        assert callable(act)
        planned[name] = seconds

    monkeypatch.setattr(Schedule, "every", every)
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    folder = {"folder": str(tmp_path), "base_url": "https://council.example/alerts"}
    mail = {"host": "mail.example", "sender": "a@b.example", "recipients": "c@b.example"}
    cap = desk.administering.save_account("cap", "CAP feed", folder, ADMINISTRATOR)
    desk.administering.save_account("email", "Press list", mail, ADMINISTRATOR)
    desk.start()
    watched = {name for name in planned if name.startswith(WATCH_JOBS)}
    assert watched == {f"{WATCH_JOBS}{cap.id}"}
    assert {planned[name] for name in watched} == {EVERY_SECONDS}
    other = {**folder, "folder": str(tmp_path / "other")}
    second = desk.administering.save_account("cap", "Second feed", other, ADMINISTRATOR)
    assert planned[f"{WATCH_JOBS}{second.id}"] == EVERY_SECONDS
    desk.close()


def test_channels_that_look_wait_less_long_and_share_nothing_with_those_that_send(
    tmp_path: Path,
) -> None:
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    settings = {"server": "https://social.example", "token": "t"}
    account = desk.administering.save_account("mastodon", "Mastodon", settings, ADMINISTRATOR)
    sending, lock = desk.channels.get(account.id)
    looking, other_lock = desk._looking.get(account.id)
    assert sending is not looking
    assert lock is not other_lock
    assert sending.session is not looking.session
    assert looking.patience == REQUEST_SECONDS < sending.patience
    desk.close()


def test_a_saved_token_is_used_at_once_and_a_silent_keyring_changes_nothing() -> None:
    account = Account("m", "mastodon", "Mastodon", {"server": "https://social.example"})
    kept = {"token": "old"}
    channels = ChannelSet(Net(Mode.EXERCISE), lambda _: dict(kept), HandClock().now)
    channels.use([account])
    first, _ = channels.get("m")
    channels.use([account])
    assert channels.get("m")[0] is first
    kept["token"] = ""
    channels.use([account])
    assert channels.get("m")[0] is first
    kept["token"] = "new"
    channels.use([account], "m")
    assert channels.get("m")[0].secrets == {"token": "new"}
    channels.close()
