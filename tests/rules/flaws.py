"""Every way to forge an export that has a name, each as one act on the lines of a good one.

The good export is of a small log; a forger has its files and may have a key of their own, but not
the desk's. `python -m tests.rules.flaws` writes each into `flawed`, where a reader can look at it.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from crisisdesk.model.audit import Checkpoint, Entry, Opening, Signer
from crisisdesk.model.mode import Mode
from crisisdesk.rules.chain import GENESIS, canonical, entry_hash
from crisisdesk.rules.checkpoints import ORIGIN, Claims, claims_of, seal, text_of
from crisisdesk.rules.commitments import commitment, stub
from crisisdesk.rules.jsonl import entry_line, log_lines
from crisisdesk.rules.merkle import Frontier
from crisisdesk.rules.note import Note, NoteSignature, parse, written
from crisisdesk.rules.redacting import signed_bytes
from tests.conftest import new_signer

FOLDER = Path(__file__).with_name("flawed")
DESK, STRANGER, PERSON = new_signer(1), new_signer(2), new_signer(3)
ENTRIES, SEALED, ANCHORED = 9, (2, 5, 7), 5
"""How many entries, where the log's own checkpoints stand, and which of them is kept elsewhere.
What comes after entry 7 is signed by nobody yet."""

SAID = {5: "Mrs Ellis of 4 Weir Street is on oxygen.", 6: "Her daughter rang from 01632 960 123."}
KEYS = {number: bytes([number]) * 32 for number in SAID}
COMMITTED = {number: commitment(KEYS[number], SAID[number]) for number in SAID}
TAKEN, REDACTION = 6, 7

Lines = list[bytes]


def bodies(word: str = "noted", key: Signer = DESK) -> list[bytes]:
    """What the good log says, or another one of the same length."""
    detail = {"desk_key": key.public_key.hex()}
    opened = canonical({"action": "desk.opened", "detail": detail})
    rest = [noted(word, number) for number in range(2, ENTRIES + 1)]
    return [opened, *map(canonical, rest)]


def noted(word: str, number: int) -> dict[str, Any]:
    """What one entry says; the words of entries 5 and 6 lie beside it, and 7 takes those of 6
    away."""
    entry = {"action": word, "actor": "Sam", "n": number}
    if number in SAID:
        return entry | {"detail": {"words": {"commitment": COMMITTED[number].hex()}}}
    if number == 2:
        entry["action"] = "operator.added"
        return entry | {"detail": {"key": PERSON.public_key.hex()}}
    if number == REDACTION:
        entry["action"] = "entry.redacted"
        return entry | {"detail": redaction(TAKEN, COMMITTED[TAKEN])}
    return entry


def redaction(seq: int, taken: bytes, key: Signer = PERSON) -> dict[str, Any]:
    """What a redaction's entry holds, signed."""
    said = {"basis": "too much", "commitments": [taken.hex()], "entry": seq}
    signature = key.sign(signed_bytes(said, "o-1")).hex()
    return {**said, "operator": "o-1", "key": key.public_key.hex(), "signature": signature}


def chained(contents: list[bytes]) -> list[Entry]:
    """Entries whose hashes fit together."""
    made: list[Entry] = []
    for seq, body in enumerate(contents, 1):
        prev = made[-1].hash if made else GENESIS
        made.append(Entry(seq, prev, entry_hash(seq, prev, body), body))
    return made


def sealed(entries: list[Entry], size: int, key: Signer = DESK) -> Checkpoint:
    """What a key signs of the first entries."""
    root = Frontier().grown([each.hash for each in entries[:size]]).root()
    at = f"2026-08-20T09:00:{size:02}.000Z"
    return seal(Claims("desk-1", size, root, entries[size - 1].hash, at, Mode.LIVE), key)


GOOD = chained(bodies())
KEPT = [sealed(GOOD, size) for size in SEALED]
ANCHOR = sealed(GOOD, ANCHORED)


BESIDE = [
    Opening(5, COMMITTED[5], KEYS[5], SAID[5]),
    Opening(TAKEN, COMMITTED[TAKEN], b"", stub(REDACTION), REDACTION),
]


def lines_of(
    entries: list[Entry], checkpoints: list[Checkpoint], beside: Sequence[Opening] = BESIDE
) -> Lines:
    """An export."""
    rows = ((each.seq, each.prev, each.hash, each.body) for each in entries)
    return [*log_lines(checkpoints, rows, beside)]


def good() -> Lines:
    """The export that every flaw is made from."""
    return lines_of(GOOD, KEPT)


def with_beside(*beside: Opening) -> Lines:
    """The good export with other words beside it."""
    return lines_of(GOOD, KEPT, beside)


def with_entry(place: int, entry: Entry) -> Lines:
    """The good export with something else in an entry's place."""
    return lines_of([*GOOD[: place - 1], entry, *GOOD[place:]], KEPT)


def with_checkpoint(forged: Checkpoint) -> Lines:
    """The good export with something else in place of its last checkpoint."""
    return lines_of(GOOD, [*KEPT[:-1], forged])


def replaced(old: bytes, new: bytes) -> Lines:
    """The good export with other bytes in entry 4, read to mean the same by a careless reader."""
    line = entry_line(GOOD[3])
    assert old in line
    return [line.replace(old, new) if each == line else each for each in good()]


FORGED = canonical({"action": "noted", "actor": "Mallory", "n": 4})


def bit_flipped() -> Lines:
    return with_entry(4, replace(GOOD[3], body=GOOD[3].body.replace(b"Sam", b"Ram")))


def edited_and_hashed_again() -> Lines:
    return with_entry(4, replace(GOOD[3], body=FORGED, hash=entry_hash(4, GOOD[3].prev, FORGED)))


def edited_and_chained_again() -> Lines:
    contents = bodies()
    contents[3] = FORGED
    return lines_of(chained(contents), KEPT)


def edited_and_its_checkpoints_taken_out() -> Lines:
    contents = bodies()
    contents[3] = FORGED
    return lines_of(chained(contents), KEPT[:1])


def tail_cut() -> Lines:
    return lines_of(GOOD[:4], KEPT[:1])


def rolled_back() -> Lines:
    """The log as it stood once, with other entries since."""
    contents = bodies()[:3] + bodies("something else")[3:]
    return lines_of(chained(contents), KEPT[:1])


def entry_missing() -> Lines:
    return lines_of([each for each in GOOD if each.seq != 4], KEPT)


def entries_swapped() -> Lines:
    return lines_of([*GOOD[:2], GOOD[3], GOOD[2], *GOOD[4:]], KEPT)


def number_used_twice() -> Lines:
    twice = replace(GOOD[3], body=FORGED, hash=entry_hash(4, GOOD[3].prev, FORGED))
    return lines_of([*GOOD[:4], twice, *GOOD[4:]], KEPT)


def spliced() -> Lines:
    """The beginning of this log and the end of another that the same key signed."""
    other = chained(bodies("another night"))
    return lines_of(GOOD[:4] + other[4:], [KEPT[0], sealed(other, 7)])


def another_key() -> Lines:
    """All of it anew, named and signed by a key of the forger's."""
    forged = chained(bodies(key=STRANGER))
    return lines_of(forged, [sealed(forged, size, STRANGER) for size in SEALED])


def checkpoint_of_another_key() -> Lines:
    return with_checkpoint(sealed(GOOD, 7, STRANGER))


def key_named_but_not_used() -> Lines:
    """The forger's signature under the desk's name and key id."""
    honest, forged = parse(KEPT[-1].note), parse(sealed(GOOD, 7, STRANGER).note)
    mixed = NoteSignature(
        honest.signatures[0].name, honest.signatures[0].key_id, forged.signatures[0].signature
    )
    return _noted(Note(honest.text, (mixed,)))


def checkpoint_of_more_entries() -> Lines:
    claims = claims_of(parse(KEPT[-1].note).text)
    text = text_of(replace(claims, size=8, head=GOOD[7].hash))
    return _noted(Note(text, parse(KEPT[-1].note).signatures))


def root_forged() -> Lines:
    claims = claims_of(parse(KEPT[-1].note).text)
    text = text_of(replace(claims, root=sha256(b"forged").digest()))
    return _noted(Note(text, parse(KEPT[-1].note).signatures))


def exercise_passed_off_as_live() -> Lines:
    claims = claims_of(parse(KEPT[-1].note).text)
    text = text_of(replace(claims, mode=Mode.EXERCISE))
    return _noted(Note(text, parse(KEPT[-1].note).signatures))


def another_algorithm() -> Lines:
    """An ECDSA signature (type 0x02) under the desk's name, by a key made up for it."""
    text = parse(KEPT[-1].note).text
    key = ec.derive_private_key(7, ec.SECP256R1())
    signature = key.sign(text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    recalled = sha256(f"{ORIGIN}desk-1\n".encode() + b"\x02" + b"made up").digest()[:4]
    return _noted(Note(text, (NoteSignature(f"{ORIGIN}desk-1", recalled, signature),)))


def note_passed_off_as_first_form() -> Lines:
    """The signature of a note stands under the words of the first form, which it does not sign."""
    return with_checkpoint(replace(KEPT[-1], note="", root=b"", at=""))


def longer_hash() -> Lines:
    """SHA-512 of the same, cut to length: another algorithm that nobody asked for."""
    from hashlib import sha512

    prev, body = GOOD[3].prev, GOOD[3].body
    return with_entry(4, replace(GOOD[3], hash=sha512(prev + body).digest()[:32]))


def base64_written_in_a_second_way() -> Lines:
    """Bits that no byte takes are set in the padding, as careless decoders allow."""
    content = KEPT[-1].note
    root = base64.b64encode(KEPT[-1].root).decode()
    loose = root[:-2] + chr(ord(root[-2]) + 1) + "="
    assert base64.b64decode(loose) == KEPT[-1].root
    line = {"checkpoint": {"key": DESK.public_key.hex(), "note": content.replace(root, loose)}}
    return [*good()[:3], canonical(line) + b"\n", *good()[4:]]


def field_written_twice() -> Lines:
    return replaced(b'"actor":"Sam"', b'"actor":"Mallory","actor":"Sam"')


def field_beside_the_entry() -> Lines:
    return replaced(b',"seq":4}', b',"read_me":"Mallory did it","seq":4}')


def white_space() -> Lines:
    return replaced(b'"actor":"Sam"', b'"actor": "Sam"')


def escaped_letter() -> Lines:
    return replaced(b'"Sam"', b'"\\u0053am"')


def number_with_a_fraction() -> Lines:
    return replaced(b'"n":4', b'"n":4.0')


def header_with_a_key() -> Lines:
    """A key in the first line, which nothing vouches for."""
    header = canonical({"crisisdesk_log": 3, "keys": [STRANGER.public_key.hex()]})
    return [header + b"\n", *good()[1:]]


def last_line_torn() -> Lines:
    return [*good()[:-1], good()[-1][:-20]]


def words_changed() -> Lines:
    return with_beside(replace(BESIDE[0], words="Nobody lives at 4 Weir Street."), BESIDE[1])


def words_with_a_key_of_their_own() -> Lines:
    return with_beside(replace(BESIDE[0], words="Nobody.", key=bytes(32)), BESIDE[1])


def words_under_another_commitment() -> Lines:
    forged = commitment(KEYS[5], "Nobody.")
    return with_beside(Opening(5, forged, KEYS[5], "Nobody."), BESIDE[1])


def words_beside_another_entry() -> Lines:
    return with_beside(replace(BESIDE[0], seq=8), BESIDE[1])


def words_written_twice() -> Lines:
    return with_beside(BESIDE[0], BESIDE[0], BESIDE[1])


def words_taken_away_by_nobody() -> Lines:
    return with_beside(Opening(5, COMMITTED[5], b"", stub(8), 8), BESIDE[1])


def words_taken_away_for_another_entry() -> Lines:
    """Entry 7 takes words away, but those of entry 6."""
    return with_beside(Opening(5, COMMITTED[5], b"", stub(7), 7), BESIDE[1])


def words_taken_away_by_a_stranger() -> Lines:
    """All after entry 6 written anew: who takes the words away is nobody whom the log names."""
    contents = bodies()
    by_stranger = redaction(TAKEN, COMMITTED[TAKEN], STRANGER)
    contents[REDACTION - 1] = canonical({"action": "entry.redacted", "detail": by_stranger})
    return lines_of(chained(contents), KEPT[:2])


def words_taken_away_without_a_signature() -> Lines:
    contents = bodies()
    unsigned = {"entry": TAKEN, "commitments": [COMMITTED[TAKEN].hex()]}
    contents[REDACTION - 1] = canonical({"action": "entry.redacted", "detail": unsigned})
    return lines_of(chained(contents), KEPT[:2])


def words_put_back_in_place_of_a_stub() -> Lines:
    return with_beside(BESIDE[0], Opening(TAKEN, COMMITTED[TAKEN], bytes(32), "She has left."))


def _noted(note: Note) -> Lines:
    line = {"checkpoint": {"key": DESK.public_key.hex(), "note": written(note)}}
    return [*good()[:3], canonical(line) + b"\n", *good()[4:]]


FLAWS: dict[str, Callable[[], Lines]] = {
    each.__name__: each
    for each in (
        bit_flipped,
        edited_and_hashed_again,
        edited_and_chained_again,
        edited_and_its_checkpoints_taken_out,
        tail_cut,
        rolled_back,
        entry_missing,
        entries_swapped,
        number_used_twice,
        spliced,
        another_key,
        checkpoint_of_another_key,
        key_named_but_not_used,
        checkpoint_of_more_entries,
        root_forged,
        exercise_passed_off_as_live,
        another_algorithm,
        note_passed_off_as_first_form,
        longer_hash,
        base64_written_in_a_second_way,
        field_written_twice,
        field_beside_the_entry,
        white_space,
        escaped_letter,
        number_with_a_fraction,
        header_with_a_key,
        last_line_torn,
        words_changed,
        words_with_a_key_of_their_own,
        words_under_another_commitment,
        words_beside_another_entry,
        words_written_twice,
        words_taken_away_by_nobody,
        words_taken_away_for_another_entry,
        words_taken_away_by_a_stranger,
        words_taken_away_without_a_signature,
        words_put_back_in_place_of_a_stub,
    )
}


def main() -> int:
    """Write every flaw, the good export and the checkpoint kept elsewhere."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "anchor.txt").write_text(f"{ANCHOR.note}\n", encoding="utf-8")
    for name, make in {"good": good, **FLAWS}.items():
        (FOLDER / f"{name}.jsonl").write_bytes(b"".join(make()))
    sys.stdout.write(json.dumps({"written": len(FLAWS) + 2}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
