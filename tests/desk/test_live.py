"""A live desk: what it keeps outside its database, and how it starts on bad ground."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from crisisdesk.config import CHECKPOINTS_NAME, Paths
from crisisdesk.desk import Desk, open_live
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.services.reading_back import ReadingBack
from crisisdesk.services.witnessing import Witnessing
from crisisdesk.system.secrets import MemorySecrets

SAM = Operator("1", "Sam", Role.SENDER)


def opened(home: Path) -> Desk:
    return open_live(Paths(home), MemorySecrets())


def settings(home: Path, content: str) -> None:
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(content, encoding="utf-8")


def test_each_run_is_opened_and_closed_in_the_log(tmp_path: Path) -> None:
    for _ in range(2):
        opened(tmp_path / "desk").close("the shift is over")
    report = verify_logbook(tmp_path / "desk")
    assert (report.entries, report.anchored_to, report.intact) == (4, 4, True)


def test_only_one_run_sends_for_a_desk(tmp_path: Path) -> None:
    first = open_live(Paths(tmp_path / "desk"), MemorySecrets(), alone=True)
    try:
        with pytest.raises(StoreError, match="open already") as refused:
            open_live(Paths(tmp_path / "desk"), MemorySecrets(), alone=True)
        opened(tmp_path / "desk").close("looked at")
        open_live(Paths(tmp_path / "other"), MemorySecrets(), alone=True).close()
    finally:
        first.close()
    assert "--data" in str(refused.value)
    open_live(Paths(tmp_path / "desk"), MemorySecrets(), alone=True).close()


def test_a_desk_that_could_not_be_opened_is_free(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    Paths(tmp_path / "desk").database.write_bytes(b"not a database" * 100)
    for _ in range(2):
        with pytest.raises(StoreError) as refused:
            open_live(Paths(tmp_path / "desk"), MemorySecrets(), alone=True)
        assert "open already" not in str(refused.value)


def test_a_killed_run_keeps_nobody_out(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from crisisdesk.config import Paths;"
        "from crisisdesk.desk import open_live;"
        "from crisisdesk.system.secrets import MemorySecrets;"
        "open_live(Paths(Path(sys.argv[1])), MemorySecrets(), alone=True); os._exit(9)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path / "desk")], check=False)
    assert run.returncode == 9
    open_live(Paths(tmp_path / "desk"), MemorySecrets(), alone=True).close()


def test_checkpoints_are_copied_to_the_anchor_folder(tmp_path: Path) -> None:
    (tmp_path / "anchors").mkdir()
    settings(tmp_path / "desk", f"anchor_folder = '{tmp_path / 'anchors'}'")
    opened(tmp_path / "desk").close()
    (copy,) = (tmp_path / "anchors").iterdir()
    assert copy.read_bytes() == (tmp_path / "desk" / CHECKPOINTS_NAME).read_bytes()
    assert verify_logbook(tmp_path / "desk", anchors=[copy]).intact


def test_an_anchor_folder_that_is_away_stops_no_work(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings(tmp_path / "desk", f"anchor_folder = '{tmp_path / 'not mounted'}'")
    with caplog.at_level(logging.WARNING):
        desk = opened(tmp_path / "desk")
        desk.composing.note("we go on", SAM)
        desk.close()
    assert "a checkpoint could not be copied" in caplog.text
    report = verify_logbook(tmp_path / "desk")
    assert (report.entries, report.intact) == (3, True)


@pytest.mark.parametrize(
    "half",
    [b"crisisdesk/x\n7", b"\0\0\0\0Zg==\n\n", b"crisisdesk/x\n\nsigned\n\n\0\0\0\0"],
    ids=["end lost", "start lost", "two notes"],
)
def test_half_a_checkpoint_left_by_a_power_cut_is_mended(tmp_path: Path, half: bytes) -> None:
    opened(tmp_path / "desk").close()
    kept = tmp_path / "desk" / CHECKPOINTS_NAME
    whole = kept.read_bytes()
    kept.write_bytes(whole + half)
    opened(tmp_path / "desk").close()
    assert kept.read_bytes().startswith(whole)
    report = verify_logbook(tmp_path / "desk")
    assert (report.entries, report.intact) == (4, True)


def test_bad_settings_never_stop_the_desk(tmp_path: Path) -> None:
    text = "poll_seconds = 'often'\ntheme = pink\nposts_per_hour = 7\nwatch_terms = ['weir']"
    settings(tmp_path / "desk", text)
    desk = opened(tmp_path / "desk")
    assert (desk.settings.poll_seconds, desk.settings.theme) == (60, "auto")
    assert desk.dispatch.posts_per_hour == 7
    assert [each.key for each in desk.configuring.problems] == ["poll_seconds", "theme"]
    desk.start()
    said = [str(each["detail"].get("words")) for each in desk.reviewing.entries()]
    assert sum("cannot be read" in each or "whole number" in each for each in said) == 2
    desk.close()
    assert (tmp_path / "desk" / "settings.toml").read_text() == text


@pytest.mark.parametrize("line", ["database_url = 'mysql://db/x'", "database_url = postgres"])
def test_a_desk_that_cannot_tell_its_database_opens_no_other(line: str, tmp_path: Path) -> None:
    settings(tmp_path / "desk", line)
    with pytest.raises(BadInput, match="cannot tell where its log is"):
        opened(tmp_path / "desk")
    assert not (tmp_path / "desk" / "desk.db").exists()


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        opened(tmp_path / "desk")


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    database = tmp_path / "desk" / "desk.db"
    database.write_bytes(b"a diary, not a database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        opened(tmp_path / "desk")
    assert database.read_bytes() == b"a diary, not a database" * 100


def test_every_file_of_the_desk_is_this_users_alone(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    open_live(Paths(home), MemorySecrets()).close()
    modes = {file.name: file.stat().st_mode & 0o777 for file in home.iterdir() if file.is_file()}
    assert {"desk.db", "desk.id", CHECKPOINTS_NAME} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert home.stat().st_mode & 0o777 == 0o700


def test_what_stands_is_read_back_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = threading.Event()
    monkeypatch.setattr(ReadingBack, "read_live", lambda _: read.set())
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    desk.start()
    try:
        assert read.wait(30)
    finally:
        desk.close()


def test_checkpoints_are_handed_on_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = threading.Event()
    monkeypatch.setattr(Witnessing, "look", lambda _: handed.set())
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    desk.start()
    try:
        assert handed.wait(30)
    finally:
        desk.close()


def test_a_new_password_is_used_from_the_next_message_on(tmp_path: Path) -> None:
    desk = opened(tmp_path / "desk")
    try:
        chief = Operator("1", "Ada", Role.ADMINISTRATOR)
        form = {"server": "http://127.0.0.1:9", "token": "first"}
        account = desk.administering.save_account("mastodon", "M", form, chief)
        assert desk.channels.get(account.id)[0].secrets == {"token": "first"}
        changed = {**form, "token": "second"}
        desk.administering.save_account("mastodon", "M", changed, chief, account.id)
        assert desk.channels.get(account.id)[0].secrets == {"token": "second"}
    finally:
        desk.close()
