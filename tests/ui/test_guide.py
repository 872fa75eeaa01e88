"""The offline guide: F1 leads to the right page from everywhere, and the pages hold together."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import ui
from crisisdesk.config import resource_names
from tests.ui.hands import sweep
from tests.ui.seat import Seat
from ui.actions import TABLE
from ui.dialogs import guide_pages, paper
from ui.dialogs.asking import AskLine
from ui.dialogs.card import BANNER, CardPrinting, card_page
from ui.dialogs.guide import LEADS_OUT, PAGE, Guide
from ui.dialogs.guide_pages import CARD, CONTENTS, search, text_of, title_of, written
from ui.dialogs.guide_places import PLACES, page_for
from ui.theme import Theme
from ui.widgets import pressing
from ui.widgets.signs import FOUND_SIGNS, STATE_SIGNS

LINK = re.compile(r"\[[^]]*\]\(([^)]*)\)")
AROUND = {"AskLine", "Pane", "Sheet"}
"""They belong to whatever opened or surrounds them, whose guide page is the right one."""


@pytest.fixture
def guide(qtbot: QtBot) -> Iterator[Guide]:
    """The guide alone, dressed before it opens, as the program is."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    Theme.apply(app, Theme.tokens.name)
    made = Guide(lambda: None)
    qtbot.addWidget(made)
    made.open_at("start")
    yield made
    made.close()
    sweep()


@pytest.fixture
def two_presses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk whose button is pressed twice."""
    monkeypatch.setattr(pressing.Way, "chosen", pressing.TWO_PRESSES)


def classes() -> dict[str, type]:
    """Every class of the console by its name."""
    found: dict[str, type] = {}
    for each in pkgutil.walk_packages(ui.__path__, "ui."):
        if not each.name.endswith("__main__"):
            module = importlib.import_module(each.name)
            found |= {name: kind for name, kind in vars(module).items() if isinstance(kind, type)}
    return {name: kind for name, kind in found.items() if kind.__module__.startswith("ui.")}


# The pages


def test_every_page_is_in_the_contents_and_every_entry_is_a_page() -> None:
    assert sorted(f"{name}.md" for name in CONTENTS) == resource_names("guide", ".md")


@pytest.mark.parametrize("name", CONTENTS)
def test_a_page_has_one_heading_and_is_short(name: str) -> None:
    lines = written(name).splitlines()
    assert [line for line in lines if line.startswith("# ")] == lines[:1]
    assert len(written(name).split()) <= 500, "nobody reads that at night"


@pytest.mark.parametrize("name", CONTENTS)
def test_links_lead_to_pages_of_the_guide_only(name: str) -> None:
    for target in LINK.findall(written(name)):
        assert target.removesuffix(".md") in CONTENTS, target
        assert target.endswith(".md")


def test_every_page_is_linked_from_another() -> None:
    linked = {target.removesuffix(".md") for name in CONTENTS
              for target in LINK.findall(written(name))}  # fmt: skip
    assert set(CONTENTS) - linked <= {"start", "console", "keys", "card", "message", "settings"}


def test_the_keys_page_has_every_key_of_the_program() -> None:
    text = text_of("keys")
    for each in TABLE:
        if each.key:
            assert f"| **{each.key}** | {each.words} |" in text
    assert guide_pages.KEYS_HERE not in text


def test_the_pages_say_hold_only_where_the_button_is_held(two_presses: None) -> None:
    for name in CONTENTS:
        text = " ".join(text_of(name).split())
        assert not re.search(r"\b[Hh]old(ing)? (the|space)", text), name
    assert "Press the button twice" in text_of("broadcast")
    assert "press the space bar twice" in text_of("keys")


def test_by_default_they_say_hold() -> None:
    assert "Hold the button for a good second" in text_of("broadcast")
    assert "twice" not in text_of("broadcast")


# Search


def test_search_finds_pages_by_all_words_and_those_about_it_first() -> None:
    found = search("stop ALL")
    assert found[0].name == "stop"
    assert [each.name for each in search("checkpoint folder second")]
    assert search("zebra crossing") == []
    assert len(search("")) == len(CONTENTS)


def test_a_snippet_has_the_word_and_no_marks() -> None:
    for each in search("unknown"):
        assert "unknown" in each.snippet.casefold()
        assert not re.search(r"\*\*|\]\(|\|", each.snippet)


# Places


def is_a_place(name: str, kind: type) -> bool:
    """Whether it is a dialog, or a page or card that one comes to and leaves again."""
    left = any(hasattr(kind, signal) for signal in ("done", "left", "signed_in"))
    named = left or name.endswith(("Page", "Pane"))
    return not name.startswith("_") and issubclass(kind, QDialog if not named else QWidget)


def test_every_page_and_dialog_of_the_program_has_a_page() -> None:
    found = classes()
    wanted = {name for name, kind in found.items() if is_a_place(name, kind)}
    assert wanted - set(PLACES) - AROUND == set()


def test_every_place_is_a_widget_and_leads_to_a_page() -> None:
    found = classes()
    for name, page in PLACES.items():
        assert issubclass(found[name], QWidget), name
        assert page in CONTENTS


def test_a_widget_that_nobody_thought_of_leads_to_the_start(qtbot: QtBot) -> None:
    lone = QLabel("x")
    qtbot.addWidget(lone)
    assert page_for(lone) == "start"
    assert page_for(None) == "start"


# F1


def opened(seat: Seat) -> Guide:
    """The guide that F1 has opened."""
    seat.until(lambda: seat.console.help.guide and seat.console.help.guide.isVisible(), "the guide")
    assert seat.console.help.guide is not None
    return seat.console.help.guide


def back_to_work(seat: Seat, guide: Guide) -> None:
    """Esc closes the guide; the program's window is active again."""
    guide.activateWindow()
    seat.until(guide.isActiveWindow, "the guide to be active")
    seat.press("Escape")
    assert not guide.isVisible()
    seat.window.activateWindow()
    seat.until(seat.window.isActiveWindow, "the window to be active")


def test_f1_at_the_start(new_seat: Seat) -> None:
    new_seat.press("F1")
    assert opened(new_seat).name == "start"


def test_f1_opens_the_page_of_the_pane_that_has_the_keyboard(seat: Seat) -> None:
    for key, name in (("Ctrl+F", "mentions"), ("F3", "message"), ("F6", "log"), ("F8", "board")):
        seat.press(key)
        seat.press("F1")
        guide = opened(seat)
        assert guide.name == name, key
        back_to_work(seat, guide)


def test_f1_works_in_a_dialog_that_blocks_the_window(seat: Seat) -> None:
    seat.press("Ctrl+K")
    seat.until(lambda: isinstance(QApplication.activeWindow(), QDialog), "the palette")
    seat.press("F1")
    guide = opened(seat)
    assert guide.name == "keys"
    guide.activateWindow()
    seat.until(guide.isActiveWindow, "the guide to be active")
    seat.press("F1")
    assert not guide.isVisible(), "F1 closes it again"


def test_f1_in_a_question_leads_to_what_asked(seat: Seat) -> None:
    seat.press("Ctrl+I")
    seat.until(lambda: isinstance(QApplication.activeWindow(), AskLine), "the question")
    seat.press("F1")
    assert opened(seat).name == "console"


def test_the_guide_goes_with_the_window(seat: Seat) -> None:
    seat.press("F1")
    guide = opened(seat)
    assert not guide.isModal()
    seat.console.window.leave()
    assert not guide.isVisible()


# Reading


def test_links_back_and_forward(guide: Guide) -> None:
    assert not guide.back.isEnabled()
    guide.text.anchorClicked.emit(QUrl("exercise.md"))
    guide.text.anchorClicked.emit(QUrl("review.md"))
    assert guide.name == "review"
    assert (guide.back.isEnabled(), guide.forward.isEnabled()) == (True, False)
    guide.go_back()
    assert guide.name == "exercise"
    guide.go_forward()
    assert guide.name == "review"
    guide.go_back()
    guide.show_page("keys")
    assert not guide.forward.isEnabled()


def test_an_address_outside_is_shown_and_not_opened(
    guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda _: pytest.fail("opened"))
    guide.text.anchorClicked.emit(QUrl("https://example.org/x"))
    assert guide.name == "start"
    assert guide.note.text() == f"{LEADS_OUT} https://example.org/x"
    assert guide.note.isVisible()
    guide.show_page("keys")
    assert not guide.note.isVisible()


def test_search_by_keyboard(guide: Guide, qtbot: QtBot) -> None:
    qtbot.keyClick(guide, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert guide.search.hasFocus()
    qtbot.keyClicks(guide.search, "break the glass")
    assert guide.pages.item(0).data(PAGE) == "approvals"
    qtbot.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.name == "approvals"
    assert guide.text.hasFocus()
    assert guide.text.extraSelections()


def test_tab_goes_through_links_and_everything_else_and_comes_back(
    guide: Guide, qtbot: QtBot
) -> None:
    guide.show_page("trouble")
    guide.text.setFocus()
    seen: list[QWidget | None] = []
    for _ in range(60):
        qtbot.keyClick(QApplication.focusWidget() or guide, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    for part in (guide.search, guide.pages, guide.card, guide.done, guide.text):
        assert part in seen


def test_a_page_is_opened_from_the_list_by_keyboard(guide: Guide, qtbot: QtBot) -> None:
    guide.pages.setFocus()
    qtbot.keyClick(guide.pages, Qt.Key.Key_Down)
    qtbot.keyClick(guide.pages, Qt.Key.Key_Return)
    assert guide.name == CONTENTS[1]
    assert guide.text.hasFocus()


def test_nothing_found_says_so(guide: Guide) -> None:
    guide.search.setText("zebra")
    assert "Try fewer" in guide.pages.item(0).text()
    guide.search.returnPressed.emit()
    assert guide.name == "start"


def test_links_are_underlined_and_tell_themselves(guide: Guide) -> None:
    guide.show_page("trouble")
    assert "text-decoration: underline" in guide.text.toHtml()
    assert guide.text.accessibleName() == f"Guide: {title_of('trouble')}"


@pytest.fixture
def large_and_dark() -> Iterator[None]:
    """The theme dark and twice as large, and as it was afterwards."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    name, percent = Theme.tokens.name, Theme.percent
    Theme.apply(app, "dark", 200)
    yield
    Theme.apply(app, name, percent)


def test_it_follows_theme_text_size_and_direction(
    guide: Guide, qtbot: QtBot, large_and_dark: None
) -> None:
    def size() -> float:
        return guide.text.document().defaultFont().pointSizeF()

    qtbot.waitUntil(lambda: size() == Theme.points("body"))
    assert "Start" in guide.text.toPlainText()
    guide.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    option = guide.text.document().defaultTextOption()
    assert option.textDirection() is Qt.LayoutDirection.RightToLeft


def test_where_letters_are_large_the_pages_stand_above(
    guide: Guide, qtbot: QtBot, large_and_dark: None
) -> None:
    guide.resize(900, 700)
    qtbot.waitUntil(lambda: guide.pages.width() > guide.text.width() - 40)
    guide.resize(1700, 900)
    qtbot.waitUntil(lambda: guide.pages.width() < guide.text.width() * 0.7)


def test_every_part_of_it_has_a_name(guide: Guide) -> None:
    assert guide.search.accessibleName()
    assert guide.pages.accessibleName()
    shown = [each for each in guide.findChildren(QPushButton) if each.isVisible()]
    assert len(shown) >= 4
    assert all(each.text() for each in shown)


# The card


@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("way", [pressing.HOLD, pressing.TWO_PRESSES])
def test_the_card_is_one_page(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, exercise: bool, way: str
) -> None:
    monkeypatch.setattr(pressing.Way, "chosen", way)
    page = card_page(exercise=exercise)
    assert (BANNER in page) == exercise
    pdf = paper.pdf_of(page, "card")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_card_is_one_page_also_where_the_screen_has_large_text(large_and_dark: None) -> None:
    pdf = paper.pdf_of(card_page(exercise=True), "card")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_card_is_saved_as_a_file(seat: Seat, tmp_path: Path) -> None:
    guide = seat.console.help.open_page(CARD)
    printing = CardPrinting(guide, seat.console.tasks, guide.notice.error)
    printing.done.connect(guide.notice.good)
    printing.save_pdf(tmp_path / "card.pdf")
    seat.until(lambda: "The card is in" in guide.notice.words, "the file")
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF")
    printing.save_pdf(tmp_path / "nowhere" / "card.pdf")
    seat.until(lambda: "cannot be written" in guide.notice.words, "the problem")
    assert "Choose another place" in guide.notice.words


def test_the_card_says_every_state_and_the_guide_says_the_same() -> None:
    shown = [f"{sign} {state}" for state, sign in STATE_SIGNS.items()]
    shown += [f"{sign} {found.upper()}" for found, sign in FOUND_SIGNS.items()]
    shown.remove("○ prepared")  # it is on screen for no longer than a blink
    for page in ("card", "states"):
        table = [line for line in written(page).splitlines() if line.startswith("|")]
        for words in shown:
            assert any(words in line.split("|")[1] for line in table), (page, words)
