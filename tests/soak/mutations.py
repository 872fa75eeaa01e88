"""Logs, exports and proofs changed at random: each is found by both verifiers, or named honestly.

Honestly means: what a verifier calls complete, up to a checkpoint, is what was there; a change of
what no checkpoint covers may pass, as entries that are only self-consistent.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from crisisdesk.model.audit import Checkpoint, Stamp
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.rules.merkle import Tree
from crisisdesk.rules.proofs import entry_proof, growth_faults, growth_lines, read_entry_proof
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.store.database import Database
from tests.rules.flaws import DESK, bodies, chained
from tests.rules.judging import VERIFIER, lie, ours, theirs
from tests.soak.mutated_logs import KEY, OF_EXPORTS, Log, honest
from tests.town import HandClock

DATABASE_EVERY = 50
"""One mutation in so many is of a database file, which costs a hundred of the others."""


class Mutator:
    """Makes and judges mutations; `counted` says for each kind what came of it."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._chance = random.Random(seed)
        self._folder = folder
        self._database = self._a_database()
        self.counted: Counter[str] = Counter()
        self.problems: list[str] = []

    def one(self, number: int) -> None:
        """Mutate something, ask both verifiers, and compare what they say with the truth."""
        if number % DATABASE_EVERY == 0:
            self._of_a_database(number)
        elif number % 5 == 1:
            self._of_a_proof(number)
        elif number % 5 == 2:
            self._of_growth(number)
        else:
            self._of_an_export(number)

    def _of_an_export(self, number: int) -> None:
        log = honest(self._chance)
        name = self._chance.choice([*OF_EXPORTS])
        content = OF_EXPORTS[name](log, self._chance)
        changed = content != b"".join(log.lines())
        for who, ask in (("ours", ours), ("theirs", theirs)):
            verdict = ask(content, log.anchors, KEY)
            wrong = lie(verdict, log.truth, log.anchors[0].seq, log.said)
            if not changed and not verdict.intact:
                wrong = f"it accuses a good log: {verdict.words}"
            self._count(name, who, found=not verdict.intact)
            if wrong:
                self.problems.append(f"{number} {name}, {who}: {wrong}")

    def _of_a_proof(self, number: int) -> None:
        """A forged proof shows nothing, or the very entry: a signature line may stand twice."""
        log = honest(self._chance)
        newest = log.checkpoints[-1]
        entry = log.entries[self._chance.randrange(newest.seq)]
        proof = entry_proof(entry, Tree(log.truth), newest)
        forged = self._forged_proof(proof, log, newest)
        if forged == proof:
            return
        for who, shown in (("ours", self._shown_to_us), ("theirs", self._shown_to_them)):
            found = shown(forged)
            self._count("forged proof", who, found=not found)
            if found and found != entry.hash:
                self.problems.append(f"{number} forged proof, {who}: it shows another entry")

    def _forged_proof(self, proof: bytes, log: Log, newest: Checkpoint) -> bytes:
        chance, lines = self._chance, proof.split(b"\n")
        way = chance.randrange(5)
        if way == 0:
            at = chance.randrange(len(proof))
            return bytes([*proof[:at], proof[at] ^ chance.randint(1, 255), *proof[at + 1 :]])
        if way == 1:
            return proof[: chance.randrange(len(proof))]
        if way == 2:
            lines[2] = b"index %d" % chance.randrange(newest.seq)
            return b"\n".join(lines)
        if way == 3:
            lines.insert(chance.randint(3, len(lines)), lines[chance.randrange(len(lines))])
            return b"\n".join(lines)
        forged = chained([*bodies("forged"), *bodies("forged")])[: newest.seq]
        other = forged[chance.randrange(len(forged))]
        return entry_proof(
            other, Tree([each.hash for each in forged]), replace(newest, seq=len(forged))
        )

    @staticmethod
    def _shown_to_us(proof: bytes) -> bytes:
        try:
            return read_entry_proof(proof, KEY).entry.hash
        except BadInput:
            return b""

    @staticmethod
    def _shown_to_them(proof: bytes) -> bytes:
        try:
            VERIFIER.check_proof(proof, "it", [KEY])
        except (VERIFIER.Wrong, ValueError):
            return b""
        shown = proof.split(b"\n")[1].removeprefix(b"extra ").decode()
        return bytes(VERIFIER.Entry(VERIFIER.from_base64(shown)).hash)

    def _of_growth(self, number: int) -> None:
        """Proofs of growth in a bundle."""
        log = honest(self._chance)
        lines = b"".join(growth_lines(Tree(log.truth), log.checkpoints))
        if not lines:
            return
        at = self._chance.randrange(len(lines))
        changed = bytes([*lines[:at], lines[at] ^ self._chance.randint(1, 255), *lines[at + 1 :]])
        forged = self._chance.choice([changed, lines[:at], lines * 2, b""])
        kept = [VERIFIER.Checkpoint(each.note, "it") for each in log.checkpoints]
        faults = {
            "ours": [*growth_faults(forged, log.checkpoints)],
            "theirs": VERIFIER.check_all_growth(forged, kept),
        }
        for who, found in faults.items():
            self._count("forged growth", who, found=bool(found))
            if not found:
                self.problems.append(f"{number} forged growth, {who}: it is taken")

    def _of_a_database(self, number: int) -> None:
        """One byte of the file, wherever it is; only CrisisDesk reads these."""
        content, truth, anchored = self._database
        changed = bytearray(content)
        for _ in range(self._chance.randint(1, 3)):
            changed[self._chance.randrange(len(changed))] ^= 1 << self._chance.randrange(8)
        file = self._folder / "forged.db"
        file.write_bytes(changed)
        try:
            report = verify_logbook(file, [self._folder / "checkpoints.txt"], KEY)
        except (BadInput, StoreError):
            self._count("database", "ours", found=True)
            return
        self._count("database", "ours", found=not report.intact)
        if report.intact and (report.anchored_to < anchored or report.head != truth[-1]):
            self.problems.append(f"{number} database, ours: {report}")

    def _a_database(self) -> tuple[bytes, tuple[bytes, ...], int]:
        clock = HandClock()
        stamp = Stamp("desk-1", "boot-1", Mode.LIVE, clock.now, clock.monotonic_ms)
        notes: list[str] = []
        file = self._folder / "honest.db"
        database = Database(
            f"sqlite:///{file}",
            stamp,
            DESK,
            lambda done: notes.extend(each.note for each in done.checkpoints),
        )
        opened = {"desk_key": KEY.hex()}
        database.write(lambda unit: unit.log.append("desk.opened", actor="t", detail=opened))
        for number in range(40):
            database.write(
                lambda unit, n=number: unit.log.append(  # type: ignore[misc]
                    "noted", actor="t", detail={"n": n}, weighty=n % 13 == 0
                )
            )
        database.write(lambda unit: unit.log.append("desk.closed", actor="t", weighty=True))
        with database.read() as unit:
            truth = tuple(row[2] for row in unit.log.rows())
        database.close()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        (self._folder / "checkpoints.txt").write_text("".join(f"{each}\n" for each in notes))
        return file.read_bytes(), truth, len(truth)

    def _count(self, kind: str, who: str, *, found: bool) -> None:
        self.counted[f"{kind}, {who}: {'found' if found else 'nothing claimed of it'}"] += 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--mutations", type=int, default=100_000, help="of logs and exports")


def run(asked: argparse.Namespace) -> dict[str, Any]:
    """Mutate that often; what was found, and every lie of a verifier."""
    with TemporaryDirectory(prefix="crisisdesk-mutations-") as folder:
        mutator = Mutator(asked.seed, Path(folder))
        for number in tqdm(range(asked.mutations), desc="mutations", file=sys.stderr):
            mutator.one(number)
    return {
        "mutations": asked.mutations,
        "outcomes": dict(sorted(mutator.counted.items())),
        "problems": mutator.problems,
    }
