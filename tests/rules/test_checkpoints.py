"""Checkpoints as notes: what they say, and that another program reads them and our proofs."""

import base64
import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.audit import Checkpoint, Entry, Fault, Signer
from crisisdesk.model.mode import Mode
from crisisdesk.rules.chain import verify
from crisisdesk.rules.checkpoints import (
    Claims,
    claims_of,
    read_note,
    read_notes,
    seal,
    signature_holds,
    text_of,
)
from crisisdesk.rules.merkle import Frontier, Tree
from crisisdesk.rules.note import verifier_key
from tests.rules.test_chain import DESK, STRANGER, chain, faults
from tests.rules.test_chain import sealed as first_form

GO_LIBRARIES = Path("/usr/share/gocode")
AT = "2026-08-20T09:00:00.000Z"


def sealed(entries: list[Entry], seq: int, key: Signer = DESK) -> Checkpoint:
    """A checkpoint of the first `seq` of these entries."""
    root = Frontier().grown([each.hash for each in entries[:seq]]).root()
    claims = Claims("desk-1", seq, root, entries[seq - 1].hash, AT, Mode.EXERCISE)
    return seal(claims, key)


def alone(checkpoint: Checkpoint, place: str = "a drawer") -> Checkpoint:
    """As it comes out of a file of notes: without its key."""
    return read_note(checkpoint.note, place=place)


def test_a_checkpoint_says_what_it_covers() -> None:
    entries = chain(3)
    made = sealed(entries, 3)
    lines = made.note.split("\n")
    assert lines[:2] == ["crisisdesk/desk-1", "3"]
    assert base64.b64decode(lines[2]) == made.root
    assert lines[3] == f"head {base64.b64encode(entries[2].hash).decode()}"
    assert lines[4:7] == [f"at {AT}", "mode exercise", ""]
    assert lines[7].startswith("— crisisdesk/desk-1 ")
    assert text_of(claims_of("\n".join(lines[:6]) + "\n")) == "\n".join(lines[:6]) + "\n"
    assert signature_holds(made)


@given(st.integers(1, 30), st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_an_intact_log_is_never_accused(length: int, kept: set[int], outside: set[int]) -> None:
    entries = chain(length)
    inside = [sealed(entries, seq) for seq in sorted(kept) if seq <= length]
    anchors = [alone(sealed(entries, seq)) for seq in sorted(outside) if seq <= length]
    report = verify(entries, inside, anchors)
    assert report.intact
    assert report.roots == len(inside) + len(anchors)
    assert report.anchored_to == max((each.seq for each in (*inside, *anchors)), default=0)
    assert (report.anchor.seq if report.anchor else 0) == max(
        (each.seq for each in anchors), default=0
    )
    assert verify(entries, inside, anchors, roots=False).roots == 0


def test_old_and_new_checkpoints_stand_in_one_log() -> None:
    entries = chain(9)
    report = verify(entries, [first_form(entries[3]), sealed(entries, 9)], [first_form(entries[3])])
    assert report.intact
    assert (report.roots, report.first_form, report.anchored_to) == (1, 2, 9)
    assert report.anchor == first_form(entries[3])


def test_a_root_that_is_not_that_of_the_entries_is_found() -> None:
    entries = chain(5)
    claims = Claims("desk-1", 4, bytes(32), entries[3].hash, AT, Mode.EXERCISE)
    lying = seal(claims, DESK)
    assert faults(verify(entries, [lying])) == [(4, Fault.WRONG_ROOT)]
    assert verify(entries, [lying], roots=False).intact


def test_one_edit_is_one_finding_and_not_one_for_every_root() -> None:
    entries = chain(9)
    kept = [sealed(entries, seq) for seq in range(1, 10)]
    entries[4] = replace(entries[4], body=b"{}")
    assert faults(verify(entries, kept)) == [(5, Fault.EDITED)]
    del entries[4]
    assert faults(verify(entries, kept))[0] == (5, Fault.MISSING)


@given(st.sampled_from(["seq", "hash", "origin", "signature", "public_key", "root", "at", "note"]))
def test_columns_that_do_not_fit_the_note_are_found(part: str) -> None:
    entries = chain(5)
    honest, other = sealed(entries, 4), sealed(entries, 3, STRANGER)
    changed = replace(honest, **{part: getattr(other, part)})
    if part in ("origin", "at"):
        changed = replace(honest, **{part: "x"})
    assert [each for _, each in faults(verify(entries, [changed]))] == [Fault.BAD_SIGNATURE]


def test_a_note_without_its_key_is_tried_with_the_keys_of_the_log() -> None:
    entries = chain(5)
    assert verify(entries, [], [alone(sealed(entries, 5))]).intact
    foreign = verify(entries, [], [alone(sealed(entries, 5, STRANGER))])
    assert faults(foreign) == [(5, Fault.FOREIGN_KEY)]
    good = alone(sealed(entries, 5))
    forged = good.note.replace("mode exercise", "mode live")
    assert faults(verify(entries, [], [read_note(forged)])) == [(5, Fault.BAD_SIGNATURE)]
    assert faults(verify(entries, [], [good], STRANGER.public_key)) == [(5, Fault.FOREIGN_KEY)]


def test_files_of_notes_are_read_one_by_one() -> None:
    entries = chain(4)
    notes = [alone(sealed(entries, seq)) for seq in (1, 2, 4)]
    content = "".join(f"{each.note}\n" for each in notes)
    assert [*read_notes(content, "a drawer")] == notes
    assert [*read_notes("")] == []
    for cut in range(1, len(content)):
        whole = content[:cut].count("\n\n") // 2
        if content[:cut].endswith("\n\n") and content[:cut].count("\n\n") % 2 == 0:
            continue
        with pytest.raises(ValueError, match=f"checkpoint {whole + 1} "):
            list(read_notes(content[:cut]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("crisisdesk/desk-1\n", "crisisdesk/\n"),
        ("crisisdesk/desk-1\n", "other/desk-1\n"),
        ("\n4\n", "\n04\n"),
        ("\n4\n", "\n0\n"),
        ("\n4\n", "\n-4\n"),
        ("\nhead ", "\nhash "),
        ("mode exercise\n", "mode test\n"),
        ("mode exercise\n", ""),
        ("mode exercise\n", "mode exercise\nmode live\n"),
        (AT, "yesterday"),
    ],
)
def test_other_words_are_no_checkpoint(old: str, new: str) -> None:
    text = sealed(chain(4), 4).note.split("\n\n")[0] + "\n"
    assert old in text
    with pytest.raises(ValueError):
        claims_of(text.replace(old, new))


@pytest.mark.skipif(
    not shutil.which("go") or not (GO_LIBRARIES / "src/golang.org/x/mod/sumdb/note").is_dir(),
    reason="needs Go with golang.org/x/mod",
)
def test_the_go_implementation_reads_our_checkpoints_and_proofs(tmp_path: Path) -> None:
    entries = chain(13)
    tree = Tree([each.hash for each in entries])
    given_ = {
        "Key": verifier_key("crisisdesk/desk-1", DESK.public_key),
        "Old": sealed(entries, 6).note,
        "New": sealed(entries, 13).note,
        "Leaf": entries[4].hash,
        "Index": 4,
        "Path": tree.inclusion(4, 13),
        "Growth": tree.consistency(6, 13),
    }
    reader = tmp_path / "reader"
    source = Path(__file__).with_name("other_reader.go")
    gone = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_LIBRARIES)}
    gone["GOCACHE"] = str(tmp_path / "cache")
    subprocess.run(["go", "build", "-o", str(reader), str(source)], check=True, env=gone)
    for change, answer in (
        ({}, "ok"),
        ({"Leaf": entries[5].hash}, "invalid transparency proof"),
        ({"Growth": tree.consistency(7, 13)}, "invalid transparency proof"),
        ({"Old": sealed(chain(13, word="other"), 6).note}, "invalid transparency proof"),
        ({"Key": verifier_key("crisisdesk/desk-1", STRANGER.public_key)}, "note has no verifiable"),
    ):
        content = json.dumps(
            {**given_, **change}, default=lambda raw: base64.b64encode(raw).decode()
        )
        said = subprocess.run([str(reader)], input=content, capture_output=True, text=True)
        assert said.stdout.startswith(answer)
