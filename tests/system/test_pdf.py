"""Papers are made outside of exercises, of what a hostile exercise may have written: nothing is
fetched."""

from pathlib import Path

import pytest

from crisisdesk.system.pdf import pdf_of
from tests.cli.canary import canary

LURES = """
<link rel="stylesheet" href="{there}/a.css">
<style>@import url("{there}/b.css");
  @font-face {{ font-family: x; src: url("{there}/c.woff") }}
  body {{ font-family: x; background: url("{there}/d.png") }}
  li {{ list-style-image: url("{there}/e.png") }}</style>
<img src="{there}/f.png"><object data="{there}/g.svg"></object><embed src="{there}/h.svg">
<svg xmlns="http://www.w3.org/2000/svg"><image href="{there}/i.png"/></svg>
<ul><li>words that are printed</li></ul><a rel="attachment" href="{there}/j.txt">k</a>
"""


@pytest.mark.parametrize("kind", ["network", "file"])
def test_a_page_full_of_lures_fetches_nothing(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    for name in ("j.txt", "a.css"):
        (secret / name).write_text("body {}")
    with canary() as bird:
        there = f"http://127.0.0.1:{bird.port}" if kind == "network" else secret.as_uri()
        body = LURES.format(there=there)
        made = pdf_of(f"<html lang='en'><head><title>t</title></head><body>{body}</body></html>")
    assert made.startswith(b"%PDF")
    assert bird.visits == 0
    assert b"EmbeddedFile" not in made
