"""Whatever colours the style sheet puts together can be read and seen, in every theme."""

import importlib
import re
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from crisisdesk.config import resource
from tests.ui.test_theme import LEAST, LEAST_GRAPHIC, contrast, each_theme
from ui import theme
from ui.theme import GROUNDS, INKS, Tokens

RULE = re.compile(r"([^{}]+)\{([^}]*)\}")
COLOUR = re.compile(r"(?<![-\w])(background|color|selection-color|selection-background-color)"
                    r":\s*(\$\w+|transparent)")  # fmt: skip
BORDER = re.compile(r"border(?:-color|-bottom-color)?:[^;$]*\$(\w+)")
FIXED = {
    "live": theme.LIVE_GROUND,
    "on_live": theme.LIVE_TEXT,
    "exercise": theme.EXERCISE_GROUND,
    "on_exercise": theme.EXERCISE_STRIPE,
}
DECORATION = ("line", "surface", "raised")
"""What only decorates: it shows neither a control nor its state."""


def rules() -> Iterator[tuple[str, str]]:
    """Every rule of the style sheet: for what, and what."""
    for found in RULE.finditer(resource("styles", "console.qss").decode()):
        yield " ".join(found[1].split()), found[2]


def colour(tokens: Tokens, name: str) -> str:
    """A role's colour."""
    return FIXED.get(name) or str(getattr(tokens, name))


def meetings() -> set[tuple[str, str, str]]:
    """Who, ink and ground, for every ink; on every ground where the rule names none."""
    met = set()
    for who, what in rules():
        told = {key: value.lstrip("$") for key, value in COLOUR.findall(what)}
        for ink, ground in (
            (told.get("color"), told.get("background")),
            (told.get("selection-color"), told.get("selection-background-color")),
        ):
            known = ground and ground != "transparent"
            met |= {(who, ink, each) for each in ([ground] if known else GROUNDS) if ink}
    return {each for each in met if "QToolTip" not in each[0]}


def test_the_style_sheet_is_understood() -> None:
    pairs = {(ink, ground) for _, ink, ground in meetings()}
    assert {("on_accent", "accent"), ("on_live", "live"), ("muted", "ground")} <= pairs


@each_theme
def test_words_can_be_read_wherever_the_style_sheet_puts_them(tokens: Tokens) -> None:
    """Disabled text too, though WCAG excepts it: an officer must read what cannot be done."""
    pale = [
        (who, ink, ground)
        for who, ink, ground in meetings()
        if not ink.startswith("on_") or ground not in GROUNDS
        if contrast(colour(tokens, ink), colour(tokens, ground)) < LEAST
        if (ink, ground) != ("surface", "surface")
    ]
    assert not pale


@each_theme
def test_edges_can_be_seen_wherever_the_style_sheet_draws_them(tokens: Tokens) -> None:
    edges = {name for _, what in rules() for name in BORDER.findall(what)} - {*DECORATION}
    assert {"edge", "focus", "danger"} <= edges
    for edge in edges - {*FIXED}:
        for ground in GROUNDS:
            found = contrast(colour(tokens, edge), colour(tokens, ground))
            assert found >= LEAST_GRAPHIC, (edge, ground, found)


@each_theme
def test_a_filled_button_shows_the_keyboard_by_another_edge(tokens: Tokens) -> None:
    for ground in ("accent", "warn"):
        inside = contrast(tokens.text, getattr(tokens, ground))
        outside = min(contrast(tokens.text, getattr(tokens, each)) for each in GROUNDS)
        assert max(inside, outside) >= LEAST_GRAPHIC


class ToneReader:
    """Notes every label that says something by a colour and nothing by words."""

    def __init__(self) -> None:
        self.read = 0
        self.wordless: list[str] = []

    def wants(self, name: str) -> bool:
        """Everything."""
        return True

    def take(self, name: str, widget: object, settle: object) -> None:
        """Look at the labels of a window."""
        assert hasattr(widget, "findChildren")
        for each in widget.findChildren(QLabel):
            if each.isVisible() and each.property("tone") in INKS:
                self.read += 1
                if not re.search(r"\w{2,}", each.text()):
                    self.wordless.append(f"{name}: “{each.text()}”")


def test_what_has_a_tone_has_words(qapp: QApplication) -> None:
    from tests.gallery.stage import Stage

    reader = ToneReader()
    with Stage(qapp, reader) as stage:
        importlib.import_module("tests.gallery.console").tell(stage)
    assert reader.read > 20
    assert reader.wordless == []


@pytest.mark.parametrize("name", ["danger", "warn", "good", "accent"])
def test_a_tone_is_an_ink(name: str) -> None:
    assert name in INKS
