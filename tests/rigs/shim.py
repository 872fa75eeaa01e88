"""The C part: compiled once, put before libc by LD_PRELOAD, and steered from inside the child."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("disk_shim.c")
WRITES, SYNCS = 1, 2
FOR_EVER = 2**62


def compiler() -> str | None:
    """The C compiler, where there is one."""
    return shutil.which("gcc") or shutil.which("cc")


def built(folder: Path) -> Path:
    """Compile the shim into a folder."""
    target = folder / "disk_shim.so"
    command = [compiler() or "cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC"]
    subprocess.run([*command, "-o", str(target), str(SOURCE), "-ldl", "-lpthread"], check=True)
    return target


class Shim:
    """The shim of this process; it must have been started with LD_PRELOAD."""

    def __init__(self) -> None:
        self._c = ctypes.CDLL(None)
        self._c.rig_calls.restype = ctypes.c_long
        self._c.rig_fail.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_int, ctypes.c_int]

    def watch(self, folder: Path, ledger: Path | None = None) -> None:
        """Keep a ledger of what is done below a folder, and let it fail when told to."""
        self._c.rig_watch(str(folder).encode(), str(ledger or "").encode())

    def mark(self, **words: Any) -> None:
        """Put something of our own between the acts in the ledger."""
        self._c.rig_mark(json.dumps(words).encode())

    def fail(self, first: int, last: int, error: int, kinds: int = WRITES | SYNCS) -> None:
        """Calls number first to last of these kinds fail from now on; they are counted from 1."""
        self._c.rig_fail(first, last, error, kinds)

    def work_again(self) -> None:
        """Nothing fails any more."""
        self.fail(0, 0, 0, 0)

    def calls(self) -> int:
        """How many calls were counted since `fail`."""
        return int(self._c.rig_calls())
