"""Template files of the organisation: each fault with its file, its line and what to do."""

import os
from pathlib import Path

import pytest

from crisisdesk.config import resource, resource_names
from crisisdesk.model.errors import BadInput
from crisisdesk.system.template_files import check_templates, load_templates, make_folder

GOOD = resource("templates", "road-closure.toml").decode()


def faulty(folder: Path, content: str | bytes) -> tuple[str, int]:
    """The words and the line for one bad file."""
    file = folder / "own.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    (found,) = [each for each in check_templates(folder) if each.own]
    assert found.template is None
    assert found.to_do
    assert str(file) in found.problem
    return found.problem, found.line


def line_of(text: str, part: str) -> int:
    return next(at for at, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_good_file_is_used_and_wins_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("\ufeff" + GOOD.replace("Road closure", "Ours"), "utf-8")
    found, problems = load_templates(tmp_path)
    assert problems == []
    assert found["road-closure"].name == "Ours"


@pytest.mark.parametrize(
    ("old", "new", "words", "at"),
    [
        ('event = "', "event = ", "no TOML file", "event = "),
        ('severity = "Minor"', 'severity = "Awful"', "'Awful'", "Awful"),
        ("{area_name}", "{aera_name}", "{aera_name}, which no field", "{aera_name}"),
        ("expires_minutes", "expires_minute", "'expires_minutes' is missing", ""),
    ],
)
def test_a_fault_is_named_with_its_line(
    old: str, new: str, words: str, at: str, tmp_path: Path
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new)
    problem, line = faulty(tmp_path, text)
    assert words in problem
    assert line == (line_of(text, at) if at else 0)


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    problem, line = faulty(tmp_path, b"id = 'x'\nname = 'Caf\xe9'\n")
    assert "UTF-8" in problem
    assert line == 2


def test_the_same_id_twice_leaves_the_second_out(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD)
    found, problems = load_templates(tmp_path)
    assert "road-closure" in found
    (problem,) = problems
    assert "b.toml is left out" in problem
    assert "a.toml has its id already" in problem


def test_a_file_that_cannot_be_read_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    found, problems = load_templates(tmp_path)
    assert len(found) == len(resource_names("templates", ".toml"))
    assert "cannot be read" in problems[0]


def test_the_folder_is_made_or_named(tmp_path: Path) -> None:
    assert make_folder(tmp_path / "a" / "b").is_dir()
    assert make_folder(tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be made"):
        make_folder(tmp_path / "file" / "b")
    assert os.name != "posix" or (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
