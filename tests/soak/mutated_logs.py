"""Honest logs made at random, and the exports of them in which something is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from crisisdesk.model.audit import Checkpoint, Entry, Opening
from crisisdesk.rules.chain import canonical, entry_hash
from crisisdesk.rules.commitments import commitment, committed, stub
from crisisdesk.rules.jsonl import log_lines
from tests.rules.flaws import DESK, PERSON, STRANGER, bodies, chained, redaction, sealed

KEY = DESK.public_key


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
