"""The gallery's pages, and that what is drawn twice is the same twice."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.gallery import index
from tests.gallery.__main__ import STORIES
from tests.gallery.camera import Look, Photographer, begins, undressed_after
from tests.gallery.stage import Stage


@pytest.fixture(autouse=True)
def undressed(qapp: QApplication) -> Iterator[None]:
    """What was put on for a picture is taken off again."""
    with undressed_after(qapp):
        yield


def entry(name: str, theme: str, size: str = "100") -> dict[str, str]:
    return {"name": name, "theme": theme, "size": size, "file": f"{name}-{theme}-{size}.png"}


def report(folder: Path, *entries: dict[str, str]) -> None:
    for each in entries:
        (folder / each["file"]).write_bytes(each["file"].encode())
    (folder / "story.json").write_text(json.dumps(entries), encoding="utf-8")


def test_every_picture_is_one_plain_link_away(tmp_path: Path) -> None:
    drawn = [entry("console-ready", "light"), entry("start", "dark", "200")]
    report(tmp_path, *drawn)
    assert index.write(tmp_path) == (2, 2)
    front = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert drawn[0]["file"] in front
    assert drawn[1]["file"] not in front
    for page in ("screen-console", "screen-start", "theme-dark", "size-200"):
        assert f'href="{page}.html"' in front
    assert drawn[1]["file"] in (tmp_path / "theme-dark.html").read_text(encoding="utf-8")


def test_pictures_of_earlier_runs_stay_and_changed_ones_are_counted(tmp_path: Path) -> None:
    old, new = entry("console-ready", "light"), entry("start", "dark")
    report(tmp_path, old, new)
    index.write(tmp_path)
    report(tmp_path, new)
    assert index.write(tmp_path) == (1, 0)
    (tmp_path / "story.json").write_text(json.dumps([new]), encoding="utf-8")
    (tmp_path / new["file"]).write_bytes(b"something else")
    assert index.write(tmp_path) == (1, 1)
    listed = json.loads((tmp_path / index.LIST).read_text(encoding="utf-8"))
    assert [each["file"] for each in listed] == [old["file"], new["file"]]


@pytest.mark.parametrize(
    ("name", "words", "wanted"),
    [
        ("console-ready", "console", True),
        ("console", "console-ready", True),
        ("console-ready", "console-ready", True),
        ("consoles", "console", False),
        ("start", "console", False),
    ],
)
def test_a_picture_is_asked_for_by_how_its_name_begins(name: str, words: str, wanted: bool) -> None:
    assert begins(name, words) is wanted


def test_what_is_drawn_twice_is_the_same_twice(tmp_path: Path, qapp: QApplication) -> None:
    sums = []
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        camera = Photographer(qapp, tmp_path / run, [Look("dark")])
        with Stage(qapp, camera) as stage:
            stage.enter()
            stage.begin()
            stage.shoot("console-templates")
        sums.append({each.name: each.read_bytes() for each in (tmp_path / run).iterdir()})
    assert sums[0] == sums[1]
    assert "console-templates-dark.png" in sums[0]


def test_no_screen_is_drawn_by_two_stories() -> None:
    draws = [importlib.import_module(f"tests.gallery.{each}").DRAWS for each in STORIES]
    names = [name for each in draws for name in each]
    assert len(names) == len(set(names))
