"""What the documents name is there: pages, pictures, keys, targets, settings, commands."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from crisisdesk import __version__
from crisisdesk.cli import COMMANDS
from crisisdesk.config import Settings, resource
from ui.actions import TABLE

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "resources" / "guide"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *GUIDE.glob("*.md")])
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
KEY = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+(?:[A-Z][a-z]*\b|\d\b|,)|\bF\d{1,2}\b")
EVERYWHERE = {"Shift+Tab", "Alt+Left", "Alt+Right", "Alt+F4"}
"""Keys that the console has as every program has them."""


def name_of(file: Path) -> str:
    """Its path in the project."""
    return str(file.relative_to(ROOT))


def headings(file: Path) -> set[str]:
    """The anchors that its headings have."""
    lines = file.read_text(encoding="utf-8").splitlines()
    titles = [line.lstrip("#").strip() for line in lines if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(file: Path) -> None:
    for target in LINK.findall(file.read_text(encoding="utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        there = (file.parent / path).resolve() if path else file
        assert there.exists(), f"{target} is not there"
        assert not anchor or anchor in headings(there), f"{target}: no such heading"


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_every_key_that_is_named_is_a_key_of_the_console(file: Path) -> None:
    if file.name == "CHANGELOG.md":
        return  # it tells of earlier keys, too
    known = {each.key for each in TABLE} | EVERYWHERE
    named = set(KEY.findall(file.read_text(encoding="utf-8")))
    assert named - known == set()


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_every_target_that_is_named_is_in_the_makefile(file: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", file.read_text(encoding="utf-8")))
    assert named - targets == set()


def test_the_card_in_the_documents_is_the_one_that_is_printed() -> None:
    assert (ROOT / "docs" / "card.md").read_bytes() == resource("guide", "card.md")


def test_every_key_on_the_card_does_what_the_table_says() -> None:
    """A card outlives the program on a pin board: its keys are told as the table tells them."""
    told = {"Ctrl+K": "find", "F1": "guide", "F2": "mentions", "F5": "alarm",
            "F8": "public can see", "F9": "by hand", "F10": "stop all",
            "Ctrl+L": "lock"}  # fmt: skip
    words = {each.key: each.words.casefold() for each in TABLE}
    card = (ROOT / "docs" / "card.md").read_text(encoding="utf-8")
    for key, part in told.items():
        assert part in words[key]
        assert re.search(rf"\| \*\*{re.escape(key)}\*\* \| [^|]*{part}", card), key


def test_the_index_leads_to_every_page_of_the_guide() -> None:
    index = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    linked = {Path(target).name for target in LINK.findall(index)}
    assert {file.name for file in GUIDE.glob("*.md")} - linked == set()


def test_the_guide_tells_of_every_setting_and_of_no_other() -> None:
    page = (GUIDE / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page.replace("`settings.toml`", "")))
    assert named == {each.name for each in fields(Settings)}


@pytest.mark.parametrize("file", DOCUMENTS, ids=name_of)
def test_commands_that_are_named_exist(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)crisisdesk ([a-z]+)", text, re.MULTILINE))
    assert named - set(COMMANDS) == set()


SCREEN = "\n".join(
    file.read_text(encoding="utf-8").replace("&", "")
    for folder in ("ui", "crisisdesk")
    for file in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("file", [ROOT / "README.md", *sorted(GUIDE.glob("*.md"))], ids=name_of)
def test_what_one_is_told_to_press_is_on_the_screen(file: Path) -> None:
    text = " ".join(file.read_text(encoding="utf-8").split())
    pressed = re.findall(r"\*([^*]+)\*", re.sub(r"\*\*[^*]+\*\*", "", text))
    assert [words for words in pressed if words not in SCREEN] == []


def test_keys_are_found_in_words() -> None:
    assert KEY.findall("press Ctrl+Shift+S, F10, Alt+Left or Ctrl+,; not F or Ctrl") == [
        "Ctrl+Shift+S",
        "F10",
        "Alt+Left",
        "Ctrl+,",
    ]


def test_the_program_is_not_called_older_than_it_is() -> None:
    """What holds only "from before version 0.2" must not seem to hold for this one."""
    told = "".join(file.read_text(encoding="utf-8") for file in DOCUMENTS)
    own = tuple(map(int, __version__.split(".")[:2]))
    older = re.findall(r"before version (\d+)\.(\d+)", told)
    assert older
    assert all(tuple(map(int, each)) <= own for each in older)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
