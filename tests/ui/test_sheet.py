"""Dialogs and cards grow with the text and never beyond the screen; what does not fit scrolls."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from ui.dialogs.asking import AskLine, ask_line
from ui.theme import Theme
from ui.widgets.centred import Centred
from ui.widgets.parts import button, column, label
from ui.widgets.sheet import Sheet


@pytest.fixture(autouse=True)
def usual_size(qapp: QApplication) -> Iterator[None]:
    """Whatever a test does to the text, the next one finds it as it was."""
    yield
    Theme.apply(qapp, "light", 100)


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Whose question it is."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def ask(parent: QWidget) -> AskLine:
    dialog = AskLine(parent, "Retract", "Why is it withdrawn? " * 6, print)
    dialog.show()
    return dialog


def test_a_question_is_as_high_as_its_words(parent: QWidget) -> None:
    dialog = ask(parent)
    area = dialog.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert not area.verticalScrollBar().isVisible()
    assert dialog.go.visibleRegion().boundingRect().height() == dialog.go.height()


def test_it_grows_with_the_text(parent: QWidget, qapp: QApplication) -> None:
    usual = ask(parent).width()
    Theme.apply(qapp, "light", 150)
    assert ask(parent).width() > usual


def test_what_is_too_high_for_the_screen_scrolls_and_its_last_button_is_reached(
    qtbot: QtBot,
) -> None:
    sheet = Sheet()
    qtbot.addWidget(sheet)
    last = button("Close", sheet.reject)
    sheet.fill(column(*(label(f"line {each}") for each in range(200)), last), 400)
    sheet.show()
    assert sheet.height() <= sheet.screen().availableSize().height()
    area = sheet.findChild(QScrollArea)
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    area.ensureWidgetVisible(last)
    assert not last.visibleRegion().isEmpty()


def test_it_makes_room_for_words_that_come_later(qtbot: QtBot) -> None:
    sheet, late = Sheet(), label("", "problem", wrap=True)
    qtbot.addWidget(sheet)
    sheet.fill(column(label("Passphrase"), late), 300)
    sheet.show()
    before = sheet.height()
    late.setText("Name and passphrase do not fit. " * 8)
    qtbot.waitUntil(lambda: sheet.height() > before)


def test_a_column_is_no_wider_than_can_be_read(qtbot: QtBot, qapp: QApplication) -> None:
    words = label("Some words. " * 40, wrap=True)
    page = Centred(column(words, None), 400)
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    assert words.width() <= 400
    Theme.apply(qapp, "light", 200)
    qtbot.waitUntil(lambda: 400 < words.width() <= 800)
    page.resize(300, 600)
    qtbot.waitUntil(lambda: words.width() <= 300)


def test_enter_answers_and_never_cancels(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    answers: list[str] = []
    asked = ask_line(parent, "Open an incident", "What happened?", answers.append)
    qtbot.waitUntil(asked.isVisible)
    qtbot.keyClicks(asked.line, "Flood")
    qtbot.keyClick(asked.line, Qt.Key.Key_Return)
    assert answers == ["Flood"]
