"""One entry proven without the others, and growth proven: by us, and by the shipped verifier."""

import ast
import base64
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.audit import Checkpoint, Entry
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.chain import GENESIS, canonical, entry_hash
from crisisdesk.rules.merkle import Tree, is_consistent
from crisisdesk.rules.proofs import entry_proof, growth_faults, growth_lines, read_entry_proof
from tests.rules.test_chain import DESK, STRANGER, chain
from tests.rules.test_checkpoints import sealed
from tests.rules.verifier import FILE, shipped

VERIFIER: Any = shipped()
KEY = DESK.public_key


def tree_of(entries: list[Entry]) -> Tree:
    return Tree([each.hash for each in entries])


def proof_of(entries: list[Entry], seq: int, size: int) -> bytes:
    return entry_proof(entries[seq - 1], tree_of(entries), sealed(entries, size))


def other_says(proof: bytes, key: bytes = KEY) -> bool:
    """Whether the shipped verifier takes a proof."""
    try:
        VERIFIER.check_proof(proof, "a proof", [key])
    except (VERIFIER.Wrong, ValueError):
        return False
    return True


def we_say(proof: bytes, key: bytes = KEY) -> bool:
    try:
        read_entry_proof(proof, key)
    except BadInput:
        return False
    return True


@given(st.integers(1, 40), st.data())
def test_every_entry_is_proven_under_every_checkpoint_after_it(
    size: int, data: st.DataObject
) -> None:
    entries = chain(size)
    seq = data.draw(st.integers(1, size))
    proof = proof_of(entries, seq, size)
    proven = read_entry_proof(proof, KEY)
    assert (proven.entry, proven.checkpoint.seq) == (entries[seq - 1], size)
    assert other_says(proof)
    assert not we_say(proof, STRANGER.public_key)
    assert not other_says(proof, STRANGER.public_key)


@pytest.mark.parametrize("odd", [[], {}, 5, None, "zz"])
def test_what_only_looks_like_a_commitment_is_shown_as_it_is(odd: object) -> None:
    """Whoever has a key of their own may write anything into an entry."""
    body = canonical({"action": "noted", "detail": {"words": {"commitment": odd}}})
    entry = Entry(1, GENESIS, entry_hash(1, GENESIS, body), body)
    assert other_says(proof_of([entry], 1, 1))
    assert we_say(proof_of([entry], 1, 1))


def test_a_proof_shows_one_entry_and_no_word_of_another() -> None:
    entries = chain(9)
    proof = proof_of(entries, 4, 9)
    shown = base64.b64decode(proof.split(b"\n")[1].removeprefix(b"extra "))
    assert orjson.loads(shown)["entry"] == {"action": "noted", "detail": {"n": 4}}
    assert proof.count(b'"n"') == 0


@given(st.data())
def test_no_changed_byte_of_a_proof_escapes_either_verifier(data: st.DataObject) -> None:
    entries = chain(11)
    proof = proof_of(entries, data.draw(st.integers(1, 11)), 11)
    at = data.draw(st.integers(0, len(proof) - 1))
    forged = bytes([*proof[:at], proof[at] ^ data.draw(st.integers(1, 255)), *proof[at + 1 :]])
    assert not we_say(forged)
    assert not other_says(forged)


@given(st.integers(0, 4000))
def test_no_proof_cut_short_is_taken(at: int) -> None:
    proof = proof_of(chain(11), 5, 11)
    cut = proof[: at % len(proof)]
    assert not we_say(cut)
    assert not other_says(cut)


def test_an_entry_younger_than_the_checkpoint_has_no_proof() -> None:
    with pytest.raises(ValueError, match="no leaf"):
        proof_of(chain(9), 7, 6)


def growth_of(entries: list[Entry], sizes: list[int]) -> tuple[list[Checkpoint], bytes]:
    kept = [sealed(entries, size) for size in sizes]
    return kept, b"".join(growth_lines(tree_of(entries), kept))


def read_by_other(kept: list[Checkpoint]) -> list[Any]:
    return [VERIFIER.Checkpoint(each.note, "a drawer") for each in kept]


@given(st.sets(st.integers(1, 40), min_size=1))
def test_growth_is_proven_between_all_that_follow_each_other(sizes: set[int]) -> None:
    kept, lines = growth_of(chain(40), sorted(sizes))
    assert lines.count(b"\n") == len(sizes) - 1
    assert VERIFIER.check_all_growth(lines, read_by_other(kept)) == []
    assert [*growth_faults(lines, kept)] == []
    for line, old, new in zip(lines.splitlines(), kept, kept[1:], strict=False):
        proof = [base64.b64decode(each) for each in orjson.loads(line)["proof"]]
        assert is_consistent(old.seq, old.root, new.seq, new.root, proof)


@given(st.data())
def test_no_changed_byte_of_growth_escapes(data: st.DataObject) -> None:
    kept, lines = growth_of(chain(23), [3, 9, 16, 23])
    at = data.draw(st.integers(0, len(lines) - 1))
    forged = bytes([*lines[:at], lines[at] ^ data.draw(st.integers(1, 255)), *lines[at + 1 :]])
    assert VERIFIER.check_all_growth(forged, read_by_other(kept)) != []
    assert [*growth_faults(forged, kept)] != []


def test_the_shipped_verifier_stands_alone() -> None:
    """One short file; the standard library and the package that knows Ed25519, nothing of ours."""
    source = FILE.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 540
    imported = {
        (each.module if isinstance(each, ast.ImportFrom) else name.name) or ""
        for each in ast.walk(ast.parse(source))
        if isinstance(each, ast.Import | ast.ImportFrom)
        for name in each.names
    }
    standard = {
        "argparse",
        "base64",
        "hashlib",
        "hmac",
        "json",
        "re",
        "struct",
        "sys",
        "zipfile",
        "pathlib",
    }
    assert {each for each in imported if not each.startswith("cryptography.")} == standard
