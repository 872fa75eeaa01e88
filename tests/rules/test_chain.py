"""Every way to tamper with a log is found and named, and an intact one is never accused."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.audit import Checkpoint, Entry, Fault, Signer, VerifyReport
from crisisdesk.rules import chain as chain_module
from crisisdesk.rules.chain import GENESIS, canonical, entry_hash, verify
from crisisdesk.rules.checkpoints import first_form
from tests.conftest import new_signer

DESK = new_signer(1)
STRANGER = new_signer(2)


def chain(length: int, key: Signer = DESK, word: str = "noted") -> list[Entry]:
    """An intact log; its first entry names the desk's key."""
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        detail = {"desk_key": key.public_key.hex()} if seq == 1 else {"n": seq}
        body = canonical({"action": word, "detail": detail})
        prev = entries[-1].hash if entries else GENESIS
        entries.append(Entry(seq, prev, entry_hash(seq, prev, body), body))
    return entries


def sealed(entry: Entry, key: Signer = DESK, origin: str = "desk-1") -> Checkpoint:
    """The key's signature over this entry as the head."""
    signature = key.sign(first_form(origin, entry.seq, entry.hash))
    return Checkpoint(entry.seq, entry.hash, origin, key.public_key, signature)


def relinked(entries: list[Entry]) -> list[Entry]:
    """The same bodies written anew from the first entry on, as a forger with time would."""
    again: list[Entry] = []
    for seq, entry in enumerate(entries, 1):
        prev = again[-1].hash if again else GENESIS
        again.append(Entry(seq, prev, entry_hash(seq, prev, entry.body), entry.body))
    return again


def faults(report: VerifyReport) -> list[tuple[int, Fault]]:
    return [(finding.seq, finding.fault) for finding in report.findings]


@given(st.integers(0, 30), st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_an_intact_log_is_never_accused(length: int, kept: set[int], outside: set[int]) -> None:
    entries = chain(length)
    checkpoints = [sealed(each) for each in entries if each.seq in kept]
    anchors = [sealed(each) for each in entries if each.seq in outside]
    for trusted in (None, DESK.public_key):
        report = verify(entries, checkpoints, anchors, trusted)
        assert report.intact
        assert report.entries == length
        assert report.head == (entries[-1].hash if entries else GENESIS)
        assert report.anchored_to == max((c.seq for c in (*checkpoints, *anchors)), default=0)
        assert report.checkpoints == len(checkpoints) + len(anchors)
    assert verify([(e.seq, e.prev, e.hash, e.body) for e in entries], checkpoints).intact


@given(st.integers(1, 20), st.data())
def test_one_flipped_byte_is_one_finding_at_its_entry(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    place = data.draw(st.integers(0, length - 1))
    part = data.draw(st.sampled_from(["body", "hash", "prev"]))
    old = getattr(entries[place], part)
    at = data.draw(st.integers(0, len(old) - 1))
    bit = data.draw(st.integers(0, 7))
    new = old[:at] + bytes([old[at] ^ (1 << bit)]) + old[at + 1 :]
    entries[place] = replace(entries[place], **{part: new})
    assert faults(verify(entries)) == [(place + 1, Fault.EDITED)]


@given(st.integers(2, 20), st.data())
def test_an_edit_with_a_new_hash_is_found_where_the_chain_tears(
    length: int, data: st.DataObject
) -> None:
    entries = chain(length)
    place = data.draw(st.integers(0, length - 2))
    body = canonical({"action": "forged"})
    forged = entry_hash(place + 1, entries[place].prev, body)
    entries[place] = replace(entries[place], body=body, hash=forged)
    assert faults(verify(entries)) == [(place + 2, Fault.RELINKED)]


@given(st.integers(2, 20), st.data())
def test_deleted_entries_are_missed_by_number(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    first = data.draw(st.integers(0, length - 2))
    last = data.draw(st.integers(first, length - 2))
    del entries[first : last + 1]
    report = verify(entries)
    assert faults(report) == [(first + 1, Fault.MISSING)]
    assert str(first + 1) in report.findings[0].words


@given(st.integers(1, 20), st.data())
def test_an_inserted_entry_is_found(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    place = data.draw(st.integers(0, length - 1))
    seq = data.draw(st.integers(1, length))
    prev = entries[place].prev
    body = canonical({"action": "forged"})
    entries.insert(place, Entry(seq, prev, entry_hash(seq, prev, body), body))
    report = verify(entries)
    assert not report.intact
    assert report.findings[0].seq <= place + 2


@given(st.integers(2, 20), st.data())
def test_swapped_entries_are_found_at_the_first(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    one, two = sorted(
        data.draw(st.lists(st.integers(0, length - 1), min_size=2, max_size=2, unique=True))
    )
    entries[one], entries[two] = entries[two], entries[one]
    report = verify(entries)
    assert report.findings[0].seq == one + 1
    assert Fault.REORDERED in {finding.fault for finding in report.findings}


@given(st.permutations(range(8)))
def test_any_new_order_is_found(order: list[int]) -> None:
    entries = chain(8)
    assert verify([entries[place] for place in order]).intact == (order == sorted(order))


@given(st.integers(1, 20), st.data())
def test_swapped_numbers_or_bodies_are_found(length: int, data: st.DataObject) -> None:
    entries = chain(length + 1)
    one = data.draw(st.integers(0, length - 1))
    part = data.draw(st.sampled_from(["seq", "body", "hash", "prev"]))
    first, second = entries[one], entries[one + 1]
    entries[one] = replace(first, **{part: getattr(second, part)})
    entries[one + 1] = replace(second, **{part: getattr(first, part)})
    report = verify(entries)
    assert report.findings[0].seq == one + 1


@given(st.integers(2, 20), st.data(), st.booleans())
def test_a_cut_tail_is_proved_by_any_checkpoint(
    length: int, data: st.DataObject, outside: bool
) -> None:
    entries = chain(length)
    left = data.draw(st.integers(1, length - 1))
    proof = [sealed(entries[data.draw(st.integers(left, length - 1))])]
    cut = entries[:left]
    report = verify(cut, [] if outside else proof, proof if outside else [])
    assert faults(report) == [(left + 1, Fault.CUT)]
    assert verify(cut).intact
    assert verify(cut).anchored_to == 0


@given(st.integers(1, 20), st.data(), st.booleans())
def test_rewritten_history_is_proved_by_a_checkpoint(
    length: int, data: st.DataObject, outside: bool
) -> None:
    entries = chain(length)
    proof = [sealed(entries[-1])]
    place = data.draw(st.integers(0, length - 1))
    body = canonical({"action": "forged", "detail": {"desk_key": DESK.public_key.hex()}})
    entries[place] = replace(entries[place], body=body)
    forged = relinked(entries)
    report = verify(forged, [] if outside else proof, proof if outside else [])
    assert faults(report) == [(length, Fault.REWRITTEN)]
    assert report.anchored_to == 0


def test_a_log_written_anew_under_another_key_is_found_by_anchor_or_trusted_key() -> None:
    entries, forged = chain(5), chain(5, STRANGER, "forged")
    own_proof = [sealed(each, STRANGER) for each in forged]
    alone = verify(forged, own_proof)
    assert alone.intact
    assert alone.keys == (STRANGER.public_key,)
    assert faults(verify(forged, own_proof, [sealed(entries[4])])) == [(5, Fault.FOREIGN_KEY)]
    found = verify(forged, own_proof, trusted_key=DESK.public_key)
    assert {fault for _, fault in faults(found)} == {Fault.FOREIGN_KEY}
    assert found.anchored_to == 0


def test_two_logs_spliced_are_found_where_they_meet() -> None:
    spliced = chain(4)[:2] + chain(4, word="other")[2:]
    assert faults(verify(spliced)) == [(3, Fault.RELINKED)]


@given(st.sampled_from(["seq", "hash", "origin", "signature", "public_key"]), st.integers(0, 63))
def test_a_forged_checkpoint_is_found(part: str, at: int) -> None:
    entries = chain(5)
    honest = sealed(entries[3])
    old = getattr(honest, part)
    new: int | str | bytes
    if isinstance(old, bytes):
        at %= len(old)
        new = old[:at] + bytes([old[at] ^ 1]) + old[at + 1 :]
    else:
        new = old + 1 if isinstance(old, int) else old + "x"
    report = verify(entries, [replace(honest, **{part: new})])
    assert [fault for _, fault in faults(report)] == [Fault.BAD_SIGNATURE]
    assert report.anchored_to == 0


def test_a_foreign_checkpoint_is_found() -> None:
    entries = chain(3)
    assert faults(verify(entries, [sealed(entries[1], STRANGER)])) == [(2, Fault.FOREIGN_KEY)]


@pytest.mark.parametrize("length", [0, 31, 33])
def test_keys_and_signatures_of_odd_length_are_bad_not_fatal(length: int) -> None:
    honest = sealed(chain(3)[1])
    for wrong in (
        replace(honest, public_key=bytes(length)),
        replace(honest, signature=bytes(length)),
    ):
        assert faults(verify(chain(3), [wrong])) == [(2, Fault.BAD_SIGNATURE)]


@pytest.mark.parametrize("seq", [-1, 2**64, 0])
def test_numbers_that_cannot_be_are_found_not_fatal(seq: int) -> None:
    entries = chain(3)
    entries[1] = replace(entries[1], seq=seq)
    report = verify(entries)
    assert not report.intact
    assert report.entries == 3


@pytest.mark.parametrize("part", ["prev", "hash", "body"])
@pytest.mark.parametrize("value", [None, "text", 5])
def test_columns_of_the_wrong_type_are_malformed_not_fatal(part: str, value: object) -> None:
    entries = chain(3)
    entries[1] = replace(entries[1], **{part: value})
    assert faults(verify(entries))[0] in [(2, Fault.MALFORMED), (2, Fault.EDITED)]


def test_findings_come_in_order_and_in_words() -> None:
    entries = chain(9)
    proofs = [sealed(entries[8]), sealed(entries[2], STRANGER)]
    entries[6] = replace(entries[6], body=b"{}")
    del entries[3]
    report = verify(entries[:-1], proofs)
    assert faults(report) == [
        (3, Fault.FOREIGN_KEY),
        (4, Fault.MISSING),
        (7, Fault.EDITED),
        (9, Fault.CUT),
    ]
    assert all(finding.words for finding in report.findings)


def test_bodies_that_only_look_like_key_notices_are_no_keys() -> None:
    bodies = [b'{"desk_key":"zz"}', b'not json "desk_key":"', b'{"detail":{"desk_key":"xyz"}}']
    entries = relinked([Entry(0, b"", b"", body) for body in bodies])
    report = verify(entries)
    assert report.intact
    assert report.keys == ()


# Many at once


def mutated(entries: list[Entry], data: st.DataObject) -> list[Entry]:
    """Up to three things done to a log, of the ways that the tests above know."""
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(entries) - 1))
        part = data.draw(st.sampled_from(["seq", "prev", "hash", "body", "gone", "twice", "cut"]))
        other = entries[data.draw(st.integers(0, len(entries) - 1))]
        if part == "gone" and len(entries) > 1:
            del entries[at]
        elif part == "twice":
            entries.insert(at, other)
        elif part == "cut":
            prev = entries[at].prev
            entries[at] = replace(entries[at], prev=prev[:31] if isinstance(prev, bytes) else b"")
        elif part != "gone":
            value = data.draw(st.sampled_from([getattr(other, part), None, b"", "text", 2**64]))
            entries[at] = replace(entries[at], **{part: value})
    return entries


@given(st.integers(1, 4), st.data())
def test_entries_taken_together_and_looked_at_one_by_one_are_judged_alike(
    together: int, data: st.DataObject
) -> None:
    whole = chain(13)
    kept = [sealed(whole[2]), sealed(whole[7]), sealed(whole[12], STRANGER)]
    entries = mutated(whole, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain_module, "ENTRIES_AT_ONCE", together)
        at_once = verify(entries, kept)
        patch.setattr(chain_module, "follows", lambda *_: False)
        assert verify(entries, kept) == at_once


@pytest.mark.parametrize("at", [0, 1, 254, 255, 256, 257, 511, 512, 599])
def test_an_edit_is_found_wherever_the_entries_taken_together_begin_and_end(at: int) -> None:
    entries = chain(600)
    assert verify(entries, [sealed(entries[-1])]).intact
    entries[at] = replace(entries[at], body=b"{}")
    assert faults(verify(entries)) == [(at + 1, Fault.EDITED)]


def test_hashes_cut_or_lengthened_in_step_are_not_taken_for_sound() -> None:
    entries = chain(4)
    entries[1] = replace(entries[1], hash=entries[1].hash + b"x")
    entries[2] = replace(entries[2], prev=entries[1].hash)
    assert [seq for seq, _ in faults(verify(entries))] == [2, 3]


def test_the_same_keys_are_found_among_many_entries() -> None:
    entries = chain(300)
    later = canonical({"action": "key", "detail": {"desk_key": STRANGER.public_key.hex()}})
    entries[290] = replace(entries[290], body=later)
    assert verify(relinked(entries)).keys == tuple(sorted([DESK.public_key, STRANGER.public_key]))


# The canonical form

plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), plain, max_size=5))
def test_canonical_bytes_equal_the_standard_library(value: dict[str, object]) -> None:
    oracle = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # orjson sorts by UTF-8 bytes and json by code points: the same order. It writes DEL and the
    # line separators as they are, as ensure_ascii=False does.
    assert canonical(value) == oracle.encode()


@given(st.dictionaries(st.text(min_size=1), plain, min_size=1, max_size=5))
def test_canonical_bytes_do_not_depend_on_order(value: dict[str, object]) -> None:
    assert canonical(value) == canonical(dict(reversed(value.items())))


@pytest.mark.parametrize(
    "value", [{"a": 1.5}, {"a": [0.0]}, {"a": {"b": [{"c": float("nan")}]}}, {"a": (1, 2.0)}]
)
def test_floats_are_refused_wherever_they_hide(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no floats"):
        canonical(value)


def test_the_hash_covers_number_length_and_place() -> None:
    prev, body = bytes(32), b"{}"
    hashes = {
        entry_hash(1, prev, body),
        entry_hash(2, prev, body),
        entry_hash(1, b"\1" * 32, body),
        entry_hash(1, prev, b"{ }"),
    }
    assert len(hashes) == 4
