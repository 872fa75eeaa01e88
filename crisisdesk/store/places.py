"""Where a database file may lie, and who may read it."""

import os
import stat
from pathlib import Path

import psutil

from crisisdesk.model.errors import StoreError

OWN_NAMES = ("desk.id", "exercise.key", "exercises", "program.log", "settings.toml")
NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "ceph",
        "glusterfs", "lustre", "beegfs", "gpfs", "webdav", "davfs", "davfs2", "afpfs",
        "fuse.sshfs", "fuse.davfs", "fuse.rclone", "fuse.glusterfs", "fuse.gvfsd-fuse",
    }
)  # fmt: skip
"""SQLite's locks do not hold on these, and two desks on one file destroy it."""


def prepare_folder(folder: Path) -> None:
    """Make the folder for this user alone (0700). Raises StoreError where that cannot be.

    A folder that others use too, such as a home or temporary folder, keeps its own permissions;
    the files in it are private anyway.
    """
    refuse_network(folder)
    try:
        ours = not folder.exists() or _holds_nothing_else(folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if ours and os.name == "posix":
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be used: {error.strerror or error}.",
            "Choose another one with --data DIR.",
        ) from error


def _holds_nothing_else(folder: Path) -> bool:
    """Whether a folder is empty or was made by a desk, and is no place for everybody."""
    if folder.stat().st_mode & stat.S_ISVTX:
        return False
    return any((folder / name).exists() for name in OWN_NAMES) or not any(folder.iterdir())


def prepare_file(file: Path) -> None:
    """Make the file, empty if new, readable by this user alone (0600)."""
    try:
        file.touch(mode=0o600, exist_ok=True)
        if os.name == "posix":
            file.chmod(0o600)
    except OSError as error:
        raise StoreError(
            f"The database {file} cannot be used: {error.strerror or error}.",
            "Choose another folder with --data DIR.",
        ) from error


def private(path: str, flags: int) -> int:
    """An `opener` for files that only this user may read, from their first byte on."""
    return os.open(path, flags, 0o600)


def refuse_network(folder: Path) -> None:
    """Raise StoreError when the folder lies on a network file system."""
    kind = file_system_of(folder)
    if kind in NETWORK_FILE_SYSTEMS or str(folder).startswith("\\\\"):
        raise StoreError(
            f"The folder {folder} lies on a network file system ({kind or 'a share'}), "
            "where a database can be destroyed.",
            "Choose a folder on this computer's own disk with --data DIR, "
            "or share one PostgreSQL database instead.",
        )


def file_system_of(folder: Path) -> str:
    """The type of file system a folder lies on, as the system names it; "" where unknown."""
    target = folder.resolve()
    best = ""
    kind = ""
    for partition in psutil.disk_partitions(all=True):
        mount = partition.mountpoint
        if target.is_relative_to(mount) and len(mount) >= len(best):
            best = mount
            kind = "smb" if "remote" in partition.opts.split(",") else partition.fstype.lower()
    return kind
