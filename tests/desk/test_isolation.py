"""An exercise and a live desk have nothing of each other's, whole desks and their files."""

import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.config import DATABASE_NAME, Paths
from crisisdesk.desk import open_exercise, open_live
from crisisdesk.desk.desk import Desk, Parts
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import BadInput, GateClosed, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.net import Net
from crisisdesk.services.logbooks import export_jsonl
from crisisdesk.store.database import Database
from crisisdesk.store.one_mode import refuse_another_mode
from crisisdesk.system.secrets import MemorySecrets
from tests.town import HandClock

ADMIN = Operator("1", "Ada", Role.ADMINISTRATOR)


@pytest.fixture
def exercise(tmp_path: Path, way_out: None) -> Iterator[ExerciseDesk]:
    desk = open_exercise("first-drill", tmp_path / "exercise", 0.0)
    yield desk
    desk.close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Desk]:
    desk = open_live(Paths(tmp_path / "live"), MemorySecrets())
    yield desk
    desk.close()


def test_an_exercise_is_given_no_live_network() -> None:
    nothing: dict[str, Any] = {each.name: None for each in fields(Parts)}
    with pytest.raises(GateClosed, match="An exercise gets no live network"):
        Parts(**nothing | {"mode": Mode.EXERCISE, "net": Net(Mode.LIVE)})


@pytest.mark.usefixtures("way_out")
def test_a_live_desk_does_not_open_an_exercise(tmp_path: Path) -> None:
    played, copied = tmp_path / "exercise", tmp_path / "copy"
    open_exercise("first-drill", played, 0.0).close()
    before = (played / DATABASE_NAME).read_bytes()
    copied.mkdir(mode=0o700)
    shutil.copy(played / DATABASE_NAME, copied)
    for home in (played, copied):
        with pytest.raises(StoreError, match="This database is from an exercise") as refused:
            open_live(Paths(home), MemorySecrets(), alone=True)
        assert "--data" in str(refused.value)
        assert (home / DATABASE_NAME).read_bytes() == before


def test_no_exercise_is_played_in_a_live_desk(
    live: Desk, way_out: None, clock: HandClock, signer: Signer
) -> None:
    with pytest.raises(BadInput, match="holds"):
        open_exercise("first-drill", live.paths.home, 0.0)
    stamp = Stamp("desk", "boot", Mode.EXERCISE, clock.now, clock.monotonic_ms)
    other = Database(f"sqlite:///{live.paths.database}", stamp, signer)
    with pytest.raises(StoreError, match="This database is of a live desk"):
        refuse_another_mode(other)
    other.close()


def test_a_live_desk_takes_no_account_of_an_exercise(exercise: ExerciseDesk, live: Desk) -> None:
    accounts = exercise.administering.accounts()
    assert {each.kind for each in accounts} >= {"mastodon", "bluesky", "email", "cap", "feed"}
    for each in accounts:
        values = {**each.settings, "token": "exercise-token", "password": "exercise-token"}
        with pytest.raises(BadInput, match="exercise"):
            live.administering.save_account(each.kind, each.name, values, ADMIN)
    assert live.administering.accounts() == []


def test_an_exercise_reaches_no_account_of_a_live_desk(exercise: ExerciseDesk) -> None:
    values = {"server": "https://social.example", "token": "live-token"}
    exercise.administering.save_account("mastodon", "Real", values, ADMIN)
    (account,) = [each for each in exercise.administering.accounts() if each.name == "Real"]
    check = exercise.administering.check_account(account)
    assert not check.ok
    assert "not a simulated network" in check.words


def test_an_export_is_no_database_for_either(exercise: ExerciseDesk, tmp_path: Path) -> None:
    home = tmp_path / "from-export"
    home.mkdir(mode=0o700)
    export_jsonl(exercise.paths.home, home / DATABASE_NAME)
    with pytest.raises(StoreError, match="not a database"):
        open_live(Paths(home), MemorySecrets(), alone=True)


def test_secrets_of_an_exercise_stay_in_its_memory(exercise: ExerciseDesk, live: Desk) -> None:
    assert not exercise._parts.secrets.lasting
    for account in exercise.administering.accounts():
        assert set(live.administering.secrets_of(account).values()) <= {""}
