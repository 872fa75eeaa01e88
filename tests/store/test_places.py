"""Where a database may lie."""

import os
import stat
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from crisisdesk.model.errors import StoreError
from crisisdesk.store import places
from crisisdesk.store.places import NETWORK_FILE_SYSTEMS, file_system_of, prepare_folder
from tests.store.conftest import Open


class Partition(NamedTuple):
    """What psutil tells of a mount."""

    mountpoint: str
    fstype: str
    opts: str


def mounted(monkeypatch: pytest.MonkeyPatch, *partitions: Partition) -> None:
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: list(partitions))


@pytest.mark.parametrize("kind", sorted(NETWORK_FILE_SYSTEMS))
def test_a_network_file_system_is_refused(
    tmp_path: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(places, "file_system_of", lambda folder: kind)
    with pytest.raises(StoreError, match=f"network file system .{kind}"):
        open_database(f"sqlite:///{tmp_path / 'desk' / 'desk.db'}")
    assert not (tmp_path / "desk").exists()


def test_the_nearest_mount_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    share.mkdir()
    mounted(
        monkeypatch,
        Partition("/", "ext4", "rw"),
        Partition(str(share), "NFS4", "rw"),
        Partition(str(tmp_path / "win"), "ntfs", "rw,remote"),
    )
    assert file_system_of(tmp_path) == "ext4"
    assert file_system_of(share) == "nfs4"
    assert file_system_of(share / "not" / "yet") == "nfs4"
    assert file_system_of(tmp_path / "win" / "x") == "smb"
    assert file_system_of(tmp_path / "sharepoint") == "ext4"


def test_a_link_to_a_share_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "link").symlink_to(share)
    mounted(monkeypatch, Partition("/", "ext4", "rw"), Partition(str(share), "cifs", "rw"))
    with pytest.raises(StoreError, match="cifs"):
        prepare_folder(tmp_path / "link" / "desk")


def test_this_computers_own_disk_is_fine(tmp_path: Path) -> None:
    assert file_system_of(tmp_path) not in NETWORK_FILE_SYSTEMS
    prepare_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_folder_that_was_open_to_all_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    prepare_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_way_gives_a_clear_error(tmp_path: Path, open_database: Open) -> None:
    (tmp_path / "desk").write_text("a file")
    with pytest.raises(StoreError, match="Choose another one with --data DIR"):
        open_database(f"sqlite:///{tmp_path / 'desk' / 'desk.db'}")


def test_a_folder_in_place_of_the_file_gives_a_clear_error(
    tmp_path: Path, open_database: Open
) -> None:
    (tmp_path / "desk" / "desk.db").mkdir(parents=True)
    with pytest.raises(StoreError):
        open_database(f"sqlite:///{tmp_path / 'desk' / 'desk.db'}")


def test_a_place_that_may_not_be_written_gives_a_clear_error(
    tmp_path: Path, open_database: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, os.strerror(13))

    with monkeypatch.context() as during:
        during.setattr(Path, "mkdir", refuse)
        with pytest.raises(StoreError, match="Permission denied"):
            open_database(f"sqlite:///{tmp_path / 'desk' / 'desk.db'}")
    with monkeypatch.context() as during:
        during.setattr(Path, "touch", refuse)
        with pytest.raises(StoreError, match="Permission denied"):
            open_database(f"sqlite:///{tmp_path / 'desk' / 'desk.db'}")


def test_a_folder_that_others_use_keeps_its_permissions(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (shared / "letter.txt").write_text("not ours")
    prepare_folder(shared)
    assert shared.stat().st_mode & 0o777 == 0o755


def test_a_desks_own_folder_is_made_private_again(tmp_path: Path) -> None:
    own = tmp_path / "desk"
    own.mkdir(mode=0o755)
    (own / "desk.id").write_text("0123456789ab")
    prepare_folder(own)
    assert own.stat().st_mode & 0o777 == 0o700


def test_a_temporary_folder_is_never_taken_from_everybody(tmp_path: Path) -> None:
    common = tmp_path / "common"
    common.mkdir()
    common.chmod(0o1777)
    (common / "desk.id").write_text("0123456789ab")
    prepare_folder(common)
    assert common.stat().st_mode & 0o7777 == 0o1777


def test_a_folder_that_so_far_holds_exercises_becomes_private(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    prepare_folder(home / "exercises" / "first")
    prepare_folder(home)
    assert home.stat().st_mode & 0o777 == 0o700
