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
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from crisisdesk.model.audit import Checkpoint, Entry, Opening, Stamp
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.rules.chain import canonical, entry_hash
from crisisdesk.rules.commitments import commitment, committed, stub
from crisisdesk.rules.jsonl import log_lines
from crisisdesk.rules.merkle import Tree
from crisisdesk.rules.proofs import entry_proof, growth_faults, growth_lines, read_entry_proof
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.store.database import Database
from tests.rules.flaws import DESK, PERSON, STRANGER, bodies, chained, redaction, sealed
from tests.rules.judging import VERIFIER, lie, ours, theirs
from tests.town import HandClock

KEY = DESK.public_key
DATABASE_EVERY = 50
"""One mutation in so many is of a database file, which costs a hundred of the others."""


@dataclass
class Log:
    """An honest log, its checkpoints, and which of these are kept elsewhere."""

    entries: list[Entry]
    checkpoints: list[Checkpoint]
    anchors: list[Checkpoint]
    beside: list[Opening]

    @property
    def truth(self) -> tuple[bytes, ...]:
        return tuple(each.hash for each in self.entries)

    @property
    def said(self) -> frozenset[tuple[int, str]]:
        return frozenset((each.seq, each.words) for each in self.beside)

    def lines(self) -> list[bytes]:
        rows = ((each.seq, each.prev, each.hash, each.body) for each in self.entries)
        return [*log_lines(self.checkpoints, rows, self.beside)]


def honest(chance: random.Random) -> Log:
    """A log of some length, signed now and then, with a tail that nobody signed."""
    length = chance.randint(3, 24)
    boot = f"{chance.getrandbits(48):012x}"  # no two runs of a desk begin alike
    person = {"key": PERSON.public_key.hex(), "desk_key": KEY.hex()}
    contents = [canonical({"action": "operator.added", "boot": boot, "detail": person})]
    beside: list[Opening] = []
    for number in range(2, length + 1):
        said = {"action": "noted", "actor": chance.choice(["Sam", "Ann"]), "n": number}
        detail, apart = committed(
            "Sam", {"words": "flood " * chance.randint(0, 3)}, lambda: chance.randbytes(32)
        )
        beside += [Opening(number, *each) for each in apart]
        contents.append(canonical({**said, "detail": detail}))
        if beside and not beside[-1].redacted and chance.random() < 0.2:
            beside[-1] = _taken_away(beside[-1], contents)
    entries = chained(contents)
    sizes = sorted(chance.sample(range(1, length + 1), chance.randint(1, min(4, length))))
    checkpoints = [sealed(entries, size) for size in sizes]
    kept = [each for each in beside if max(each.seq, each.redacted) <= len(entries)]
    return Log(entries, checkpoints, chance.sample(checkpoints, 1), kept)


def _taken_away(opening: Opening, contents: list[bytes]) -> Opening:
    """The stub of these words; the entry that takes them away comes in place of the last one."""
    last = len(contents)
    if opening.seq == last:
        return opening
    detail = redaction(opening.seq, opening.commitment)
    contents[-1] = canonical({"action": "entry.redacted", "actor": "Sam", "detail": detail})
    return replace(opening, key=b"", words=stub(last), redacted=last)


def rechained(entries: list[Entry]) -> list[Entry]:
    return chained([each.body for each in entries])


def _bit(log: Log, chance: random.Random) -> bytes:
    content = bytearray(b"".join(log.lines()))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def _cut(log: Log, chance: random.Random) -> bytes:
    content = b"".join(log.lines())
    if chance.random() < 0.5:
        return content[: chance.randrange(len(content))]
    lines = log.lines()
    start = chance.randrange(len(lines))
    return b"".join(lines[:start] + lines[start + chance.randint(1, 4) :])


def _swap(log: Log, chance: random.Random) -> bytes:
    lines = log.lines()
    one, two = chance.sample(range(len(lines)), 2)
    lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


def _splice(log: Log, chance: random.Random) -> bytes:
    """Another log of the same desk from some entry on, with that log's checkpoints."""
    other = honest(chance)
    place = chance.randint(1, min(len(log.entries), len(other.entries)))
    entries = log.entries[:place] + other.entries[place:]
    entries = rechained(entries) if chance.random() < 0.5 else entries
    kept = [each for each in log.checkpoints if each.seq <= place]
    kept += [each for each in other.checkpoints if each.seq > place]
    return b"".join(Log(entries, kept, [], log.beside).lines())


def _rollback(log: Log, chance: random.Random) -> bytes:
    """As the log once stood, and perhaps other entries since."""
    place = chance.randrange(len(log.entries))
    entries = log.entries[:place] + log.entries[place + 1 :] * chance.randint(0, 1)
    kept = [each for each in log.checkpoints if each.seq <= place]
    return b"".join(Log(rechained(entries), kept, [], log.beside).lines())


def _edited(log: Log, chance: random.Random) -> bytes:
    """An entry rewritten, all after it hashed again, and the checkpoints that tell taken out."""
    place = chance.randrange(len(log.entries))
    entries = [*log.entries]
    entries[place] = replace(entries[place], body=canonical({"actor": "Mallory"}))
    kept = [each for each in log.checkpoints if each.seq <= place or chance.random() < 0.3]
    return b"".join(Log(rechained(entries), kept, [], log.beside).lines())


def _reused_number(log: Log, chance: random.Random) -> bytes:
    place = chance.randrange(len(log.entries))
    entry = log.entries[place]
    body = canonical({"action": "noted", "actor": "Mallory"})
    twice = replace(entry, body=body, hash=entry_hash(entry.seq, entry.prev, body))
    at = chance.choice([place, place + 1, len(log.entries)])
    entries = [*log.entries[:at], twice, *log.entries[at:]]
    return b"".join(Log(entries, log.checkpoints, [], log.beside).lines())


def _other_key(log: Log, chance: random.Random) -> bytes:
    """Some or all checkpoints by a key of the forger's, which the forged log may name."""
    contents = [each.body for each in log.entries]
    if chance.random() < 0.5:
        contents[0] = bodies(key=STRANGER)[0]
    entries = chained(contents)
    kept = [
        sealed(entries, each.seq, STRANGER) if chance.random() < 0.7 else each
        for each in log.checkpoints
    ]
    return b"".join(Log(entries, kept, [], log.beside).lines())


def _algorithm(log: Log, chance: random.Random) -> bytes:
    """What a signature line or a key is, one byte of it another: its type, its key, its length."""
    which = chance.randrange(len(log.checkpoints))
    each = log.checkpoints[which]
    if chance.random() < 0.3:
        forged = replace(each, note="", root=b"", at="")
    else:
        head, _, encoded = each.note.rstrip("\n").rpartition(" ")
        place = chance.randrange(len(encoded))
        letter = chance.choice("ABCXYZabcxyz0189+/=")
        made = encoded[:place] + letter + encoded[place + chance.randint(0, 1) :]
        forged = replace(each, note=f"{head} {made}\n")
    kept = [*log.checkpoints[:which], forged, *log.checkpoints[which + 1 :]]
    return b"".join(Log(log.entries, kept, [], log.beside).lines())


def _not_canonical(log: Log, chance: random.Random) -> bytes:
    """The same meaning to a careless reader, in other bytes, or a little more of it."""
    lines = log.lines()
    place = chance.randrange(len(lines))
    old, new = chance.choice(
        [
            (b":", b": "),
            (b",", b", "),
            (b'"actor":', b'"actor":"Mallory","actor":'),
            (b'"note":', b'"note":"","note":'),
            (b"}\n", b',"z":1}\n'),
            (b"{", b"{ "),
            (b"a", b"\\u0061"),
            (b'"seq":', b'"seq":0'),
            (b"}\n", b"}\r\n"),
            (b"}\n", b"}\n\n"),
            (b'"n":', b'"n":0.0,"n":'),
            (b"{", b"\xef\xbb\xbf{"),
        ]
    )
    lines[place] = lines[place].replace(old, new, 1)
    return b"".join(lines)


def _words(log: Log, chance: random.Random) -> bytes:
    """Words beside an entry that are others, another's, or put back after they were taken away."""
    if not log.beside:
        return b"".join(log.lines())
    place = chance.randrange(len(log.beside))
    one, other = log.beside[place], chance.choice(log.beside)
    said = {"words": "no flood", "key": one.key or bytes(32), "redacted": 0}
    forged = chance.choice(
        [
            replace(one, **said),
            replace(one, **said, commitment=commitment(bytes(32), "no flood")),
            replace(other, seq=one.seq),
            replace(one, seq=other.seq),
            replace(one, key=b"", words=stub(other.seq), redacted=other.seq),
        ]
    )
    beside = [*log.beside[:place], forged, *log.beside[place + 1 :]]
    return b"".join(replace(log, beside=beside).lines())


OF_EXPORTS: dict[str, Callable[[Log, random.Random], bytes]] = {
    "bit": _bit,
    "cut": _cut,
    "swap": _swap,
    "splice": _splice,
    "rollback": _rollback,
    "edit": _edited,
    "reused number": _reused_number,
    "other key": _other_key,
    "algorithm": _algorithm,
    "not canonical": _not_canonical,
    "words": _words,
}


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
