"""Colours can be read, and are never all there is."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from crisisdesk.config import RESOURCES
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.mention import LABELS
from tests.looks import painted_contrast
from ui import theme
from ui.icons import icon
from ui.theme import GROUNDS, INKS, TABLES, Theme, Tokens, tokens_for
from ui.widgets.notice import Notice
from ui.widgets.page_view import PICTURE, PageView
from ui.widgets.signs import LABEL_WORDS, STATE_SIGNS, state_tone


@pytest.fixture(autouse=True)
def as_it_was(qapp: QApplication) -> Iterator[None]:
    """What is put on here is taken off again: other tests look at plain widgets."""
    worn = Theme.tokens, Theme.percent, Theme.exercise
    sheet, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    yield
    Theme.tokens, Theme.percent, Theme.exercise = worn
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)


LEAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA, for body text."""

LEAST_GRAPHIC = 3.0
"""WCAG 2.2, success criterion 1.4.11, for what shows a control and its state."""


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    made = QColor(colour)
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (made.redF(), made.greenF(), made.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """From 1 for the same colour to 21 for black on white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


EVERY = [tokens_for(name, exercise=exercise) for name in TABLES for exercise in (False, True)]
each_theme = pytest.mark.parametrize(
    "tokens", EVERY, ids=[f"{name}-{mode}" for name in TABLES for mode in ("live", "exercise")]
)


@each_theme
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read_on_its_ground(tokens: Tokens, ground: str, ink: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= LEAST


@each_theme
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("line", ["edge", "focus"])
def test_controls_and_the_keyboard_can_be_seen(tokens: Tokens, ground: str, line: str) -> None:
    assert contrast(getattr(tokens, line), getattr(tokens, ground)) >= LEAST_GRAPHIC


@each_theme
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("on_accent", "accent"),
        ("on_accent", "danger"),
        ("on_danger", "danger"),
        ("surface", "warn"),
    ],
)
def test_filled_buttons_can_be_read(tokens: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= LEAST


@pytest.mark.parametrize("name", TABLES)
def test_an_exercise_is_seen_in_every_part_of_a_picture(name: str) -> None:
    live, exercise = tokens_for(name), tokens_for(name, exercise=True)
    assert (live.ground, live.line) != (exercise.ground, exercise.line)


def test_the_mode_can_be_read() -> None:
    assert contrast(theme.EXERCISE_STRIPE, theme.EXERCISE_GROUND) >= LEAST
    assert contrast("white", theme.LIVE_GROUND) >= LEAST
    assert contrast(theme.EXERCISE_GROUND, theme.LIVE_GROUND) >= 3.0


def test_contrast_itself() -> None:
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)


def test_every_state_has_a_sign_of_its_own() -> None:
    assert set(STATE_SIGNS) == set(DeliveryState)
    assert len(set(STATE_SIGNS.values())) == len(DeliveryState)
    assert all(sign.strip() and len(sign) == 1 for sign in STATE_SIGNS.values())


def test_every_label_has_a_word_of_its_own() -> None:
    assert set(LABEL_WORDS) == set(LABELS)
    assert len(set(LABEL_WORDS.values())) == len(LABELS)


@pytest.mark.parametrize("name", TABLES)
def test_the_whole_program_is_dressed(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    Theme.apply(qapp, name)
    shown = QLabel("text")
    qtbot.addWidget(shown)
    shown.ensurePolished()
    assert Theme.tokens.name == name
    assert shown.palette().windowText().color() == QColor(Theme.tokens.text)
    assert shown.font().pointSize() >= 11
    assert "$" not in qapp.styleSheet()


@pytest.mark.parametrize("name", TABLES)
def test_a_hint_in_an_empty_field_can_be_read(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    """A style sheet alone halves the colour of the field's own words."""
    Theme.apply(qapp, name)
    field = QLineEdit()
    field.setPlaceholderText("for example Mill Lane")
    qtbot.addWidget(field)
    field.resize(300, field.sizeHint().height())
    field.show()
    words = field.rect().adjusted(12, 8, -60, -8)
    assert painted_contrast(field.grab(words).toImage()) >= LEAST


@pytest.mark.parametrize("name", TABLES)
def test_words_beside_a_link_leave_it_whole(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    Theme.apply(qapp, name)
    notice = Notice()
    qtbot.addWidget(notice)
    notice.problem("Name and passphrase do not fit.", "Type it again; is Caps Lock on?")
    notice.resize(240, 100)
    notice.show()
    dismiss = next(b for b in notice.findChildren(QPushButton) if b.text() == "Dismiss")
    assert dismiss.width() >= dismiss.sizeHint().width()


SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" viewBox="0 0 60 20">'
    b'<rect width="60" height="20" fill="#fff"/><rect width="9" height="9" fill="#6b6b6b"/></svg>'
)


def test_a_picture_for_paper_takes_the_colours_of_the_screen(
    qtbot: QtBot, qapp: QApplication
) -> None:
    view = PageView("The month")
    qtbot.addWidget(view)
    Theme.apply(qapp, "light")
    view.show_page(f'<p><img src="{PICTURE}{b64encode(SVG).decode()}"></p>')
    view.resize(400, 300)
    view.show()
    for name in TABLES:  # the page is on screen while the theme changes
        Theme.apply(qapp, name)
        qapp.processEvents()
        shown = view.viewport().grab().toImage()
        assert shown.pixelColor(60, 80) == QColor(Theme.tokens.surface), name
        assert painted_contrast(shown) >= LEAST


def test_text_grows_with_the_size_chosen(qtbot: QtBot, qapp: QApplication) -> None:
    sizes = []
    for percent in (100, 200):
        Theme.apply(qapp, "light", percent)
        shown = QLabel("text")
        shown.setProperty("role", "small")
        qtbot.addWidget(shown)
        shown.ensurePolished()
        sizes.append(shown.font().pointSizeF())
    assert sizes[1] == 2 * sizes[0]


@pytest.mark.parametrize("file", sorted(RESOURCES.joinpath("icons").glob("*.svg")), ids=str)
def test_every_icon_is_drawn_and_follows_the_theme(qapp: QApplication, file: Path) -> None:
    drawn = []
    for name in ("light", "dark"):
        Theme.apply(qapp, name)
        image = icon(file.stem, "text").pixmap(24, 24).toImage()
        drawn.append(image)
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))
    fixed = file.stem.startswith(("check", "chevron"))
    assert fixed or drawn[0] != drawn[1]


def test_a_name_that_is_no_icon_is_refused_at_once(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-thing")


@pytest.mark.parametrize("state", DeliveryState)
def test_states_that_want_a_person_do_not_look_like_those_that_do_not(
    state: DeliveryState,
) -> None:
    good = state in (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)
    assert (state_tone(state) == "good") == good
