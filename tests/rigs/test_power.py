"""A power cut takes nothing that the desk had acknowledged; and the rig would see it if it did."""

from pathlib import Path

import pytest

from tests.rigs.disk import Act, after
from tests.rigs.networks import Networks
from tests.rigs.power import PowerRig
from tests.rigs.zygote import Zygote

CUTS = 15


def test_nothing_acknowledged_is_lost(
    shimmed: Zygote, networks: Networks, tmp_path: Path, seed: int
) -> None:
    rig = PowerRig(shimmed, networks, tmp_path, seed)
    for _ in range(CUTS):
        rig.cut()
    assert (rig.cuts.lost, rig.cuts.problems) == ({}, [])
    assert rig.cuts.acknowledged > CUTS


def test_a_checkpoint_torn_in_the_middle_of_its_line_spoils_nothing(
    shimmed: Zygote, networks: Networks, tmp_path: Path, seed: int
) -> None:
    rig = PowerRig(shimmed, networks, tmp_path, seed)
    copies = [
        place
        for place, act in enumerate(rig.acts, 1)
        if act.kind == "W" and act.name.endswith("checkpoints.txt")
    ]
    assert len(copies) == 12  # the start, and asking, approving and sending three messages
    for place in copies:
        rig.cut(place)
    assert (rig.cuts.lost, rig.cuts.problems) == ({}, [])


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_the_rig_does_lose_what_is_not_synced(
    shimmed: Zygote, networks: Networks, tmp_path: Path, seed: int, synchronous: str
) -> None:
    rig = PowerRig(shimmed, networks, tmp_path, seed, synchronous)
    for place in range(len(rig.acts) // 4, len(rig.acts), len(rig.acts) // 12):
        rig.cut(place, restart=False)
    assert rig.cuts.lost["noted"] or rig.cuts.problems


def test_the_ledger_tells_the_same_as_the_disk(
    shimmed: Zygote, networks: Networks, tmp_path: Path, seed: int
) -> None:
    rig = PowerRig(shimmed, networks, tmp_path, seed)
    told = rig.final()
    found = {
        str(file): file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file()
    }
    assert told == found
    assert {"desk.db", "checkpoints.txt", "feed.atom"} <= {Path(name).name for name in told}


# What a cut does to a file


def created(name: str, inode: int = 1) -> Act:
    return Act("C", inode, 0, name, b"")


def written(data: bytes, place: int = 0, inode: int = 1) -> Act:
    return Act("W", inode, place, "/d/a", data)


def synced(inode: int = 1) -> Act:
    return Act("S", inode, 0, "/d/a", b"")


RENAMED = Act("R", 1, 0, "/d/a", b"/d/b")
FOLDER_SYNCED = Act("D", 9, 0, "/d", b"")


@pytest.mark.parametrize(
    ("acts", "left"),
    [
        ([created("/d/a"), written(b"x")], {}),
        ([created("/d/a"), written(b"x"), synced()], {"/d/a": b"x"}),
        ([created("/d/a"), written(b"x"), synced(), written(b"y")], {"/d/a": b"x"}),
        ([created("/d/a"), written(b"x"), FOLDER_SYNCED], {"/d/a": b""}),
        ([created("/d/a"), written(b"x"), synced(), RENAMED], {"/d/a": b"x"}),
        ([created("/d/a"), written(b"x"), synced(), RENAMED, FOLDER_SYNCED], {"/d/b": b"x"}),
        ([created("/d/a"), written(b"ab"), Act("T", 1, 1, "/d/a", b""), synced()], {"/d/a": b"a"}),
        ([created("/d/a"), written(b"x", 2), synced()], {"/d/a": b"\0\0x"}),
        (
            [created("/d/a"), synced(), Act("U", 0, 0, "/d/a", b""), FOLDER_SYNCED],
            {},
        ),
    ],
)
def test_only_what_was_synced_is_sure(acts: list[Act], left: dict[str, bytes]) -> None:
    assert after(acts) == left
