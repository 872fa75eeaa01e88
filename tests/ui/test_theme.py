"""Colours can be read, and are never all there is."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.mention import LABELS
from ui import theme
from ui.theme import DARK, LIGHT, Theme, Tokens
from ui.widgets.signs import LABEL_WORDS, STATE_SIGNS, state_colour

LEAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, level AA, for body text."""

GROUNDS = ("ground", "surface", "raised", "select")
INKS = ("text", "muted", "accent", "danger", "warn", "good")


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


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda each: each.name)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read_on_its_ground(tokens: Tokens, ground: str, ink: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= LEAST


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda each: each.name)
@pytest.mark.parametrize("ground", ["accent", "danger"])
def test_the_button_can_be_read_before_and_while_it_is_held(tokens: Tokens, ground: str) -> None:
    assert contrast(tokens.on_accent, getattr(tokens, ground)) >= LEAST


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


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_whole_program_is_dressed(qtbot: QtBot, qapp: QApplication, name: str) -> None:
    Theme.apply(qapp, name)
    shown = QLabel("text")
    qtbot.addWidget(shown)
    shown.ensurePolished()
    assert Theme.tokens.name == name
    assert shown.palette().windowText().color() == QColor(Theme.tokens.text)
    assert shown.font().pointSize() >= 11
    assert "$" not in qapp.styleSheet()


@pytest.mark.parametrize("state", DeliveryState)
def test_states_that_want_a_person_do_not_look_like_those_that_do_not(
    state: DeliveryState,
) -> None:
    good = state in (DeliveryState.ACCEPTED, DeliveryState.CONFIRMED)
    assert (state_colour(state) == Theme.tokens.good) == good
