"""A checkpoint on paper: its note in words and as a square that a scanner reads back."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import html

from crisisdesk.model.mode import Mode
from crisisdesk.rules.anchor_paper import page
from crisisdesk.rules.checkpoints import Claims, read_note, seal
from tests.rules.test_chain import DESK, chain
from tests.rules.test_checkpoints import AT, sealed


def test_the_page_holds_the_note_and_marks_an_exercise() -> None:
    made = sealed(chain(3), 3)
    content = page(made)
    tree = html.fromstring(content)
    assert tree.xpath("//pre")[0].text_content() == made.note
    assert "EXERCISE" in tree.xpath("//p[@class='drill']")[0].text_content()
    assert tree.xpath("//title")[0].text_content().startswith("EXERCISE ")
    live = Claims("desk-1", 3, made.root, made.hash, AT, Mode.LIVE)
    assert "EXERCISE" not in page(seal(live, DESK))
    assert not re.search(r"<script|<a |src=|href=|url\(", content)


@pytest.mark.skipif(
    not shutil.which("zbarimg") or not shutil.which("rsvg-convert"),
    reason="needs a scanner: zbar-tools and librsvg2-bin",
)
def test_the_square_is_scanned_back_into_the_note(tmp_path: Path) -> None:
    made = sealed(chain(3), 3)
    (tmp_path / "square.svg").write_text(re.search(r"<svg.*</svg>", page(made), re.DOTALL)[0])  # type: ignore[index]
    picture = tmp_path / "square.png"
    convert = ["rsvg-convert", "-o", picture, tmp_path / "square.svg"]
    subprocess.run(convert, check=True)
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture]
    scanned = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert read_note(scanned.removesuffix("\n")) == read_note(made.note)
