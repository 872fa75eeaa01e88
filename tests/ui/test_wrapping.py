"""Words of any length keep within their place, and all of them are painted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.fitting_scroll import FittingScroll
from ui.widgets.flow import flowing
from ui.widgets.parts import button, column, label, scrolling
from ui.widgets.wrapping import WrappingLabel

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 4


def test_a_word_longer_than_its_line_is_broken(qtbot: QtBot) -> None:
    words = label(LONG, wrap=True)
    area = scrolling(column(words, None))
    qtbot.addWidget(area)
    area.resize(300, 400)
    area.show()
    assert words.width() <= 300
    assert words.height() >= 3 * words.fontMetrics().lineSpacing()


@given(st.text(min_size=1, max_size=300), st.integers(60, 600))
def test_narrower_is_never_lower(qapp: QApplication, text: str, width: int) -> None:
    words = WrappingLabel(text)
    assert words.heightForWidth(width) >= words.heightForWidth(width * 2)
    words.deleteLater()


@pytest.mark.parametrize("role", ["muted", "problem", "strong", "small"])
def test_it_looks_like_any_label_of_its_role(qtbot: QtBot, role: str) -> None:
    plain, wrapped = label("Two words", role), label("Two words", role, wrap=True)
    for each in (plain, wrapped):
        qtbot.addWidget(each)
        each.resize(200, 30)
        each.ensurePolished()
    assert plain.grab().toImage() == wrapped.grab().toImage()


def test_lines_end_between_words(qtbot: QtBot) -> None:
    words = "Large fire at Wend Mill, Mill Lane: close windows in Lower Town, Riverside"
    made = WrappingLabel(words)
    qtbot.addWidget(made)
    for width in range(100, 400, 20):
        made.resize(width, 400)
        assert " ".join(each.strip() for each in made.lines()) == words
        assert made.heightForWidth(width) >= len(made.lines()) * made.fontMetrics().height()


def test_what_scrolls_only_in_need_is_as_high_as_its_lines(qtbot: QtBot) -> None:
    inside = column(flowing(*(button(f"Verdict {each}", int) for each in range(9))))
    area, rest = FittingScroll(inside), QWidget()
    window = QWidget()
    window.setLayout(column(rest, area))
    qtbot.addWidget(window)
    window.resize(300, 600)
    window.show()
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() == 0)
    assert area.height() > 2 * button("Verdict", int).sizeHint().height()
