"""Every setting on one page: found, changed, refused, put back; and counting at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from crisisdesk.config import SETTINGS, Problem, load_settings
from crisisdesk.model.errors import StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.setting import Kind, Section
from tests.ui.seat import Seat
from tests.ui.settings_rows import answer, logged, row, said, settings_of
from ui.settings.editors import Choice, Line, Number, Place, YesNo
from ui.settings.rows_page import RowsPage
from ui.settings.setting_row import SettingRow
from ui.settings.settings_page import SettingsPage
from ui.theme import Theme
from ui.widgets import pressing


@pytest.fixture(autouse=True)
def usual_looks(qapp: QApplication) -> Iterator[None]:
    """What one test dresses the program in, the next takes off."""
    before = Theme.tokens.name, Theme.percent, Theme.calm
    yield
    if before != (Theme.tokens.name, Theme.percent, Theme.calm):
        Theme.calm = before[2]
        Theme.apply(qapp, before[0], before[1])


@pytest.fixture
def page(seat: Seat) -> SettingsPage:
    """The page over the console."""
    seat.console.open_options()
    return settings_of(seat)


def test_every_setting_has_a_row_with_its_words(seat: Seat, page: SettingsPage) -> None:
    for key, setting in SETTINGS.items():
        made = row(page, key)
        assert setting.words in said(made)
        assert setting.help in said(made)
        assert ("next start" in said(made)) == (not setting.at_once)
        assert made.editor.field.accessibleName() == setting.words
        assert made.editor.isEnabled()


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
def test_a_choice_counts_at_once(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "theme")
    assert isinstance(made.editor, Choice)
    other = "dark" if Theme.tokens.name == "light" else "light"
    made.focus()
    place = made.editor.box.findData(other)
    seat.press("Down")
    seat.until(made.editor.box.view().isVisible, "the list of themes")
    assert logged(seat) == []  # an arrow key changes nothing yet
    made.editor.box.hidePopup()
    made.editor.box.setCurrentIndex(place)
    made.editor.box.activated.emit(place)
    seat.until(lambda: "✓ Saved" in said(made), "the change")
    seat.until(lambda: Theme.tokens.name == other, "the colours")
    assert load_settings(seat.console.paths.settings).settings.theme == other
    assert "Theme: As the system →" in logged(seat)[0]
    seat.click(made.reset)
    seat.until(lambda: not made.reset.isVisible(), "the default")
    assert load_settings(seat.console.paths.settings).settings.theme == "auto"


def test_a_number_counts_with_enter_and_is_bounded(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "text_percent")
    assert isinstance(made.editor, Number)
    made.focus()
    made.editor.box.selectAll()
    seat.write("150")
    assert logged(seat) == []
    seat.press("Return")
    seat.until(lambda: Theme.percent == 150, "large text")
    assert logged(seat) == ["Text size: 100 % → 150 %"]
    for _ in range(9):
        made.editor.more.click()
    seat.until(lambda: Theme.percent == 200, "the largest text")
    assert len(logged(seat)) == 2  # several presses are one change
    seat.click(made.reset)
    seat.until(lambda: Theme.percent == 100, "usual text")


def test_scrolling_over_an_editor_changes_nothing(seat: Seat, page: SettingsPage) -> None:
    for key in ("posts_per_hour", "second_person_from"):
        made = row(page, key)
        field = made.editor.field
        before = seat.desk.configuring.value(key)
        middle, none = QPointF(field.rect().center()), QPoint()
        turned = QWheelEvent(
            middle,
            field.mapToGlobal(middle),
            none,
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, turned)
        assert seat.desk.configuring.value(key) == before


def test_less_safety_is_asked_about_first(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "second_person_from")
    assert isinstance(made.editor, Choice)
    made.editor.committed.emit("Never")
    words = answer(seat, page, QMessageBox.StandardButton.Cancel)
    assert "nobody is asked" in words
    assert made.editor.box.currentData() == "Severe"
    assert seat.desk.composing.second_person_from == "Severe"
    made.editor.committed.emit("Minor")
    answer(seat, page, QMessageBox.StandardButton.Yes)
    seat.until(lambda: seat.desk.composing.second_person_from == "Minor", "the change")


def test_a_box_is_ticked_by_keyboard(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "reduce_motion")
    assert isinstance(made.editor, YesNo)
    made.focus()
    seat.press("Space")
    seat.until(lambda: Theme.calm, "a still screen")
    assert logged(seat) == ["Keep the screen still: no → yes"]


def test_text_counts_when_the_keyboard_leaves(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "sender")
    assert isinstance(made.editor, Line)
    seat.type(made.editor.line, "desk@riverside.example")
    seat.press("Tab")
    seat.until(lambda: seat.desk.dispatch.usual_sender == "desk@riverside.example", "the sender")


def test_what_is_wrong_stands_beside_and_can_be_corrected(
    seat: Seat, page: SettingsPage, tmp_path: Path
) -> None:
    made = row(page, "anchor_folder")
    assert isinstance(made.editor, Place)
    seat.type(made.editor.line, "/nowhere/at all")
    seat.press("Return")
    seat.until(lambda: "no folder that is there" in said(made), "the refusal")
    assert made.editor.line.text() == "/nowhere/at all"
    made.editor.choose.click()
    dialog = made.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    seat.until(lambda: "✓ Set. Counts from the next start" in said(made), "the change")
    assert made.trouble.isHidden()
    assert seat.desk.settings.anchor_folder == str(tmp_path)


def test_a_file_that_cannot_be_written_is_told(
    seat: Seat, page: SettingsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.", "Free some space.")

    monkeypatch.setattr("crisisdesk.services.configuring.write_setting", full)
    made = row(page, "reduce_motion")
    made.focus()
    seat.press("Space")
    seat.until(lambda: "The disk is full. Free some space." in said(made), "the failure")
    assert isinstance(made.editor, YesNo)
    assert not made.editor.box.isChecked()


def test_search_leads_to_a_row_by_keyboard_alone(seat: Seat, page: SettingsPage) -> None:
    seat.press("Ctrl+F")
    seat.until(page.search.hasFocus, "the search")
    seat.write("second")
    names = [page.found.list.item(at).text() for at in range(page.found.list.count())]
    assert names[0].startswith("A second person approves from")
    assert any("Ask every source" in each for each in names)
    seat.press("Down")
    assert page.found.list.currentRow() == 1
    seat.press("Up")
    seat.press("Return")
    assert page.sections.currentItem().text() == "Safety and approval"
    focused = QApplication.focusWidget()
    assert focused is row_of_shown(page, "second_person_from").editor.field
    assert page.search.text() == ""


def row_of_shown(page: SettingsPage, key: str) -> SettingRow:
    section = page.section
    assert isinstance(section, RowsPage)
    return section.rows[key]


def test_search_finds_sections_and_says_when_nothing_is_there(
    seat: Seat, page: SettingsPage
) -> None:
    page.search.setFocus()
    seat.write("mastodon")
    assert page.found.list.item(0).text().startswith("Channels and sources")
    seat.press("Return")
    assert page.sections.currentItem().text() == "Channels and sources"
    page.search.setFocus()
    seat.write("no such thing")
    assert "Nothing has all these words" in said(page.found)
    seat.press("Return")
    seat.press("Escape")
    assert page.search.text() == ""
    seat.press("Escape")
    seat.until(lambda: seat.shown is seat.page, "the console")


def test_sections_are_chosen_by_keyboard(seat: Seat, page: SettingsPage) -> None:
    page.open(Section.CHANNELS)
    assert page.sections.hasFocus()
    for _ in range(list(Section).index(Section.SAFETY)):
        seat.press("Down")
    assert "posts_per_hour" in section_rows(page)


def section_rows(page: SettingsPage) -> set[str]:
    section = page.section
    return set(section.rows) if isinstance(section, RowsPage) else set()


def test_who_may_not_configure_changes_only_looks_and_calls(seat: Seat) -> None:
    page = SettingsPage(seat.desk, seat.console.tasks, Operator("v", "Vic", Role.SENDER))
    seat.window.show_page(page)
    for key, setting in SETTINGS.items():
        made = row(page, key)
        mine = setting.section in (Section.LOOKS, Section.CALLING)
        assert made.editor.isEnabled() == mine
        assert ("Only an administrator" in said(made)) != mine
    seat.console.window.drop_page(page)


def test_an_exercise_changes_only_looks_and_calls_and_says_why(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat.desk, "mode", Mode.EXERCISE)
    monkeypatch.setattr(seat.desk.configuring, "_mode", Mode.EXERCISE)
    seat.console.open_settings()
    page = settings_of(seat)
    for section in Section:
        page.open(section)
        mine = section in (Section.LOOKS, Section.CALLING)
        assert isinstance(page.section, RowsPage) == mine
        if not mine:
            assert "Not in an exercise" in said(page.section)
            assert "live desk" in said(page.section)
    made = row(page, "text_percent")
    made.editor.committed.emit(120)
    seat.until(lambda: seat.desk.settings.text_percent == 120, "the change")
    page.search.setFocus()
    seat.write("break the glass")
    seat.press("Return")
    seat.until(lambda: "Not in an exercise" in said(page.section), "the words why not")


def test_a_mistake_in_the_file_stands_beside_its_row(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = Problem("settings.toml, line 3: 'posts_per_hour' must be a number.", "Correct it.")
    problem = problem._replace(key="posts_per_hour")
    monkeypatch.setattr(seat.desk.configuring, "_problems", (problem,))
    seat.console.open_options()
    made = row(settings_of(seat), "posts_per_hour")
    assert "line 3: 'posts_per_hour' must be a number. Correct it." in said(made)
    made.editor.committed.emit(20)
    seat.until(lambda: "✓ Saved" in said(made), "the change")
    assert made.trouble.isHidden()
    assert not seat.desk.configuring.problems


def test_a_change_made_elsewhere_is_shown(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "reduce_motion")
    assert isinstance(made.editor, YesNo)
    box = made.editor.box
    seat.desk.configuring.change("reduce_motion", True, seat.page.operator)
    seat.until(box.isChecked, "the box to follow")


def test_the_key_for_the_theme_is_kept_as_a_setting(seat: Seat) -> None:
    before = Theme.tokens.name
    seat.press("Ctrl+Shift+D")
    assert Theme.tokens.name != before
    seat.until(lambda: seat.desk.settings.theme == Theme.tokens.name, "the setting")
    assert load_settings(seat.console.paths.settings).settings.theme == Theme.tokens.name


def test_the_button_that_sends_follows_at_once(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "broadcast_by")
    assert isinstance(made.editor, Choice)
    made.editor.committed.emit("two presses")
    seat.until(lambda: pressing.Way.chosen == "two presses", "the other way")
    made.editor.committed.emit("hold")
    seat.until(lambda: pressing.Way.chosen == "hold", "the usual way")


def test_a_page_that_is_left_loses_no_change(seat: Seat, page: SettingsPage) -> None:
    made = row(page, "posts_per_hour")
    assert isinstance(made.editor, Number)
    made.focus()
    made.editor.box.selectAll()
    seat.write("12")
    seat.press("Escape")
    seat.until(lambda: seat.shown is seat.page, "the console")
    seat.until(lambda: seat.desk.settings.posts_per_hour == 12, "the change")


def test_kinds_are_all_edited() -> None:
    assert {each.kind for each in SETTINGS.values()} == set(Kind)
