"""What is handed over as files: whole, private, and also when little works any more."""

import os
import stat
from pathlib import Path

import pytest

from crisisdesk.model.errors import BadInput, Refused
from tests.services.test_handing_over import blocked
from tests.town import Town


def test_files_are_private_whole_and_never_over_others(town: Town) -> None:
    alert = blocked(town)
    before = set(town.folder.iterdir())
    first = town.handing_over.write(alert.id, town.folder)
    second = town.handing_over.write(alert.id, town.folder)
    assert set(town.folder.iterdir()) - before == {first[0].parent, second[0].parent}
    assert first[0].parent.name.startswith("EXERCISE-")
    assert second[0].parent.name == f"{first[0].parent.name}-2"
    assert sorted(file.name for file in first) == sorted(
        file.name for file in first[0].parent.iterdir()
    )
    if os.name == "posix":
        assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in first)
        assert stat.S_IMODE(first[0].parent.stat().st_mode) == 0o700
    contents = {file.read_bytes() for file in first}
    assert {each.text.encode() for each in alert.rendered} <= contents


@pytest.mark.parametrize("kind", ["missing", "a file", "read-only"])
def test_a_folder_that_cannot_be_written_is_named(town: Town, kind: str) -> None:
    alert = blocked(town, "masto")
    folder = town.folder / "stick"
    if kind == "a file":
        folder.write_text("mine")
    if kind == "read-only":
        if os.geteuid() == 0:
            folder = Path("/proc/self")  # even root cannot write here
        else:
            folder.mkdir(mode=0o500)
    with pytest.raises(BadInput, match="cannot be written") as error:
        town.handing_over.write(alert.id, folder)
    assert "still work" in error.value.to_do
    if kind == "a file":
        assert folder.read_text() == "mine"


def test_half_a_pack_is_never_left_behind(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = blocked(town)
    before = set(town.folder.iterdir())
    real, calls = os.fsync, []

    def full(number: int) -> None:
        calls.append(number)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(number)

    monkeypatch.setattr("crisisdesk.store.pack_folder.os.fsync", full)
    with pytest.raises(BadInput, match="No space left"):
        town.handing_over.write(alert.id, town.folder)
    assert set(town.folder.iterdir()) == before


def test_a_pack_can_be_made_without_the_database(town: Town) -> None:
    alert = blocked(town)
    deliveries = town.dispatch.deliveries(alert.id)
    known = town.handing_over.pack(alert.id)
    pack = town.handing_over.remembered(alert, deliveries)
    assert pack.parts == known.parts
    assert "look at each channel yourself" in pack.warnings[0]


def test_there_is_nothing_to_pack_without_an_alert(town: Town) -> None:
    assert town.handing_over.newest() == ""
    with pytest.raises(Refused, match="no such alert"):
        town.handing_over.pack("nowhere")
    alert = town.send("masto")
    assert town.handing_over.newest() == alert.id
    town.clock.time = alert.expires_at
    assert town.handing_over.newest() == ""
