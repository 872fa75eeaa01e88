"""Every flaw that has a name is found by both verifiers, in words; the good log is not accused."""

from pathlib import Path

import pytest

from tests.rules.flaws import ANCHOR, ANCHORED, DESK, FLAWS, FOLDER, GOOD, SAID, good
from tests.rules.judging import VERIFIER, lie, ours, theirs

TRUTH = tuple(each.hash for each in GOOD)
KEY = DESK.public_key


def test_the_good_export_is_called_good_by_both() -> None:
    content = b"".join(good())
    for verdict in (ours(content, [ANCHOR], KEY), theirs(content, [ANCHOR], KEY)):
        assert (verdict.intact, verdict.claimed, verdict.hashes) == (True, 7, TRUTH)
        assert (5, SAID[5]) in verdict.said
    assert (FOLDER / "good.jsonl").read_bytes() == content
    assert (FOLDER / "anchor.txt").read_text(encoding="utf-8") == f"{ANCHOR.note}\n"


@pytest.mark.parametrize("name", FLAWS)
def test_a_named_flaw_is_found_by_both(name: str) -> None:
    content = b"".join(FLAWS[name]())
    assert (FOLDER / f"{name}.jsonl").read_bytes() == content
    for verdict in (ours(content, [ANCHOR], KEY), theirs(content, [ANCHOR], KEY)):
        assert not verdict.intact
        assert lie(verdict, TRUTH, ANCHORED) == ""


@pytest.mark.parametrize("name", FLAWS)
def test_the_shipped_verifier_says_so_by_its_exit(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (str(FOLDER / f"{name}.jsonl"), "--anchor", str(FOLDER / "anchor.txt"))
    assert VERIFIER.main([*words, "--key", KEY.hex()]) == 1
    assert capsys.readouterr().out.startswith("BROKEN: ")


def test_no_file_of_a_flaw_is_left_without_its_name() -> None:
    named = {f"{name}.jsonl" for name in FLAWS} | {"good.jsonl", "anchor.txt"}
    assert {Path(each).name for each in FOLDER.iterdir()} == named
