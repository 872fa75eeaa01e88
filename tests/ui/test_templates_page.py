"""Templates to look at: every step on every channel, and what is wrong in the own folder."""

from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from crisisdesk.config import resource, resource_names
from crisisdesk.model.setting import Section
from tests.ui.seat import Seat
from ui.settings.templates_page import TemplatesPage

OWN = resource("templates", "road-closure.toml").decode().replace("Road closure", "Our closure", 1)
SHIPPED = len(resource_names("templates", ".toml"))
HOSTILE = "<b>&amp; <img src=x>"


def opened(seat: Seat) -> TemplatesPage:
    """The section, with every file read."""
    seat.console.open_settings(Section.TEMPLATES)
    page = seat.shown
    assert isinstance(page, TemplatesPage)
    seat.until(lambda: page.files, "the files")
    return page


def until_said(seat: Seat, page: TemplatesPage, part: str) -> None:
    seat.until(lambda: part in said(page), f"{part} in\n{said(page)}")


def said(page: TemplatesPage) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisibleTo(page))


def names(page: TemplatesPage) -> list[str]:
    return [page.list.item(at).text() for at in range(page.list.count())]


def write(seat: Seat, name: str, content: str) -> Path:
    folder = seat.desk.paths.templates
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def test_every_template_is_listed_and_found(seat: Seat) -> None:
    page = opened(seat)
    assert page.list.count() == SHIPPED
    assert f"Every template can be used: {SHIPPED} built in, 0 own." in page.notice.words
    seat.type(page.search, "smoke windows")
    assert [each.split("\n")[0] for each in names(page)] == ["Large fire: close windows"]


def test_one_is_shown_in_full_for_every_step_and_channel(seat: Seat) -> None:
    page = opened(seat)
    seat.type(page.search, "road closure")
    until_said(seat, page, "ALL CLEAR")
    words = said(page)
    for step in ("ALERT", "UPDATE", "CORRECTION", "ALL CLEAR"):
        assert step in words
    for title in ("Mastodon (en)", "Bluesky (en)", "CAP"):
        assert title in words
    assert "/500 characters" in words
    assert "/300 characters" in words
    assert "Road closure" in words
    assert "Riverside Council" in words
    until_said(seat, page, "built in (road-closure.toml) · version")


def test_what_is_wrong_is_named_with_its_line_until_it_is_mended(seat: Seat) -> None:
    bad = write(seat, "bad.toml", OWN.replace("{road_name}", "{rode_name}"))
    broken = write(seat, "broken.toml", 'id = "x"\nname =\n')
    page = opened(seat)
    until_said(seat, page, str(bad))
    words = said(page)
    assert "{rode_name}, which no field defines" in words
    line = OWN.splitlines().index(next(e for e in OWN.splitlines() if "{road_name}" in e)) + 1
    assert f"(line {line})" in words
    assert str(broken) in words
    assert "(line 2)" in words
    assert page.list.count() == SHIPPED
    bad.write_text(OWN, encoding="utf-8")
    broken.unlink()
    seat.click(page.again)
    seat.until(lambda: "1 own" in page.notice.words, "the check")
    assert page.list.count() == SHIPPED + 1
    assert any("replaced by your own" in each for each in names(page))


def test_the_folder_is_made_and_opened(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    page = opened(seat)
    seat.click(page.folder)
    seat.until(lambda: shown, "the folder")
    assert shown == [str(seat.desk.paths.templates)]
    assert seat.desk.paths.templates.is_dir()


def test_hostile_words_are_shown_letter_by_letter(seat: Seat) -> None:
    write(seat, "own.toml", OWN.replace("Our closure", HOSTILE, 1))
    page = opened(seat)
    seat.type(page.search, "img")
    assert names(page)[0].startswith(HOSTILE)
    until_said(seat, page, HOSTILE)
