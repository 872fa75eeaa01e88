"""Colours, sizes of text and style sheets stand in ui/theme.py, nowhere else."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "ui"
FORBIDDEN = {
    "a style sheet": re.compile(r"setStyleSheet"),
    "a colour": re.compile(r"""["']#[0-9a-fA-F]{6}["']|QColor\(["'\d]"""),
    "a size of text": re.compile(r"setPointSize\(|setPixelSize\("),
}


@pytest.mark.parametrize(
    "file", [each for each in UI.rglob("*.py") if each.name != "theme.py"], ids=lambda p: p.name
)
def test_looks_are_only_in_the_theme(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert found == [], f"{file.name} holds {found}"
