"""What a power cut leaves: only what was synced is sure, of the rest any part may have arrived.

As on ext4 and XFS, a synced file also keeps its name; a renamed or removed one is sure only when
its folder was synced.
"""

from __future__ import annotations

import json
import random
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEAD = struct.Struct("<cQqII")
SECTOR = 512


@dataclass(frozen=True, slots=True)
class Act:
    """One record of the ledger; `kind` is one of C W T S D R U M."""

    kind: str
    inode: int
    number: int
    name: str
    data: bytes

    @property
    def words(self) -> dict[str, Any]:
        """What a mark says."""
        return dict(json.loads(self.data))


def read_ledger(file: Path) -> list[Act]:
    """Every act, in order; one that was cut off in the middle is left out."""
    return list(_acts(file.read_bytes()))


def _acts(content: bytes) -> Iterator[Act]:
    place = 0
    while place + _HEAD.size <= len(content):
        kind, inode, number, name_length, length = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        name, data = content[place : place + name_length], content[place + name_length :][:length]
        place += name_length + length
        if place <= len(content):
            yield Act(kind.decode(), inode, number, name.decode(), data)


class Disk:
    """Contents by inode and names, each as it is for sure, with what is still under way."""

    def __init__(self) -> None:
        self._contents: dict[int, bytearray] = {}
        self._names: dict[str, int] = {}
        self._under_way: defaultdict[int, list[Act]] = defaultdict(list)
        self._renaming: list[Act] = []

    def take(self, act: Act) -> None:
        """One more act."""
        if act.kind in "WT":
            self._under_way[act.inode].append(act)
        elif act.kind == "C":
            self._contents[act.inode] = bytearray()
            self._under_way.pop(act.inode, None)
            self._renaming.append(act)
        elif act.kind in "RU":
            self._renaming.append(act)
        elif act.kind == "S":
            self._sync(act.inode)
        elif act.kind == "D":
            self._settle(lambda each: Path(each.name).parent == Path(act.name))

    def _sync(self, inode: int) -> None:
        for act in self._under_way.pop(inode, []):
            _apply(self._contents.setdefault(inode, bytearray()), act)
        self._settle(lambda each: each.kind == "C" and each.inode == inode)

    def _settle(self, which: Any) -> None:
        for act in [each for each in self._renaming if which(each)]:
            self._renaming.remove(act)
            _rename(self._names, act)

    def cut_power(self, chance: random.Random | None = None) -> dict[str, bytes]:
        """The files that are found afterwards. Without `chance`, nothing unsynced survives; with
        it, any of it does: whole writes, single sectors of others, some of the new names.
        """
        names = dict(self._names)
        contents = {inode: bytearray(content) for inode, content in self._contents.items()}
        if chance:
            for act in self._renaming[: chance.randint(0, len(self._renaming))]:
                _rename(names, act)
            for inode, acts in self._under_way.items():
                for act in acts:
                    for part in _surviving(act, chance):
                        _apply(contents.setdefault(inode, bytearray()), part)
        return {name: bytes(contents.get(inode, b"")) for name, inode in names.items()}


def after(acts: Iterable[Act], chance: random.Random | None = None) -> dict[str, bytes]:
    """The files that a power cut leaves behind these acts."""
    disk = Disk()
    for act in acts:
        disk.take(act)
    return disk.cut_power(chance)


def _apply(content: bytearray, act: Act) -> None:
    end = act.number + len(act.data)
    if act.kind == "T":
        del content[act.number :]
    content.extend(bytes(max(0, end - len(content))))
    content[act.number : end] = act.data


def _rename(names: dict[str, int], act: Act) -> None:
    if act.kind == "C":
        names[act.name] = act.inode
        return
    inode = names.pop(act.name, None)
    if act.kind == "R":
        names[act.data.decode()] = act.inode if inode is None else inode


def _surviving(act: Act, chance: random.Random) -> Iterator[Act]:
    fate = chance.random()
    if fate < 0.4:
        yield act
    elif fate < 0.7 and act.kind == "W":
        start, end = act.number, act.number + len(act.data)
        while start < end:
            until = min(end, start - start % SECTOR + SECTOR)
            if chance.random() < 0.5:
                part = act.data[start - act.number : until - act.number]
                yield Act("W", act.inode, start, act.name, part)
            start = until
