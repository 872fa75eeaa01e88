"""`crisisdesk backup` and `restore`, as a person calls them."""

from pathlib import Path

from tests.cli.calling import crisisdesk


def test_a_desk_is_backed_up_and_restored_elsewhere(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ("first-drill", "--speed", "max", "--out", home)
    assert crisisdesk("exercise", "run", *words).code == 0
    made = crisisdesk("backup", "--data", home, "--out", tmp_path / "copies")
    assert made.code == 0
    assert "intact" in made.out
    (copy,) = (tmp_path / "copies").glob("desk-*.db")
    restored = crisisdesk("restore", copy, "--data", tmp_path / "new")
    assert restored.code == 0
    assert f"of {copy.name}" in restored.out
    assert crisisdesk("log", "verify", tmp_path / "new").code == 0


def test_junk_is_not_restored(tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"junk")
    called = crisisdesk("restore", junk, "--data", tmp_path / "new")
    assert called.code == 1
    assert "junk.db cannot be read" in called.err
    assert not (tmp_path / "new" / "desk.db").exists()
