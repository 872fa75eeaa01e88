"""How everything looks: colours by role, the type scale, spacing; one style sheet made of them.

No colour, size or style sheet is written down anywhere else. Widgets carry a `role` (what they are)
and a `tone` (what they say); delegates and painted widgets ask `Theme` when they paint.
"""

from string import Template
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from crisisdesk.config import RESOURCES, resource

BODY_POINTS = 11
"""The least that can be read from an arm's length at night; everything scales from it."""
POINTS = {"small": 10, "body": BODY_POINTS, "lead": 14, "title": 20}
SPACE_TIGHT, SPACE, SPACE_WIDE, SPACE_PAGE = 4, 8, 12, 24
RADIUS = 6
STYLE = ("-style", "Fusion")
"""For the command line of QApplication. Given later, Qt would hand the style over to Python, which
first makes the seven hundred names that styles use."""
TARGET = 24
"""Pixels: the least a control may measure, WCAG 2.2 criterion 2.5.8."""


class Tokens(NamedTuple):
    """The roles colours play.

    `line` only decorates; `edge` shows where a control ends and `focus` where the keyboard is, both
    with 3:1 against what they lie on. Inks (`text` to `good`) have 4.5:1 on every ground.
    """

    name: str
    ground: str
    surface: str
    raised: str
    select: str
    line: str
    edge: str
    focus: str
    text: str
    muted: str
    accent: str
    danger: str
    warn: str
    good: str
    on_accent: str
    on_danger: str


GROUNDS = ("ground", "surface", "raised", "select")
INKS = ("text", "muted", "accent", "danger", "warn", "good")

LIGHT = Tokens(
    name="light", ground="#e9edf2", surface="#ffffff", raised="#f4f6f9", select="#dce8fb",
    line="#cfd6df", edge="#6f7b8b", focus="#0b57c2",
    text="#12161c", muted="#4a5563", accent="#1a56b0", danger="#a8201a", warn="#7d4400",
    good="#13613a", on_accent="#ffffff", on_danger="#ffffff",
)  # fmt: skip
DARK = Tokens(
    name="dark", ground="#0e1116", surface="#181c23", raised="#222833", select="#27364f",
    line="#363e4b", edge="#8592a5", focus="#9cc4ff",
    text="#eceff4", muted="#abb5c3", accent="#8ab8ff", danger="#ff9a90", warn="#ffc670",
    good="#7fdcae", on_accent="#0a1a33", on_danger="#33090a",
)  # fmt: skip
CONTRAST = Tokens(
    name="contrast", ground="#000000", surface="#000000", raised="#141414", select="#003a78",
    line="#b0b0b0", edge="#ffffff", focus="#ffe14d",
    text="#ffffff", muted="#e6e6e6", accent="#7fd4ff", danger="#ffa8a0", warn="#ffd866",
    good="#7dffb0", on_accent="#000000", on_danger="#000000",
)  # fmt: skip
TABLES = {each.name: each for each in (LIGHT, DARK, CONTRAST)}

EXERCISE = "EXERCISE"
EXERCISE_GROUND = "#ffb81c"
EXERCISE_STRIPE = "#1a1a1a"
LIVE_GROUND = "#8c1d18"
LIVE_TEXT = "#ffffff"
_EXERCISE = {
    "light": {"ground": "#ffe4ad", "line": "#c9a85e"},
    "dark": {"ground": "#33260a", "line": "#6b5626"},
    "contrast": {"line": EXERCISE_GROUND},
}
"""In an exercise everything lies on amber, so that no part of a picture passes for live."""


def tokens_for(name: str, *, exercise: bool = False) -> Tokens:
    """The colours of "light", "dark" or "contrast", live or on an exercise's amber."""
    table = TABLES[name]
    return table._replace(**_EXERCISE[name]) if exercise else table


class Theme:
    """The theme in use. `calm`: nothing moves that need not."""

    tokens = LIGHT
    calm = False
    percent = 100
    exercise = False
    system_is_dark: bool | None = None
    """What the system gave its windows before ours covered it; None before `apply`."""

    @classmethod
    def apply(
        cls,
        app: QApplication,
        name: str,
        percent: int | None = None,
        *,
        exercise: bool | None = None,
    ) -> None:
        """Dress the whole program. `name` is a table's, or "auto" for what the system tells.

        What is not given stays as it was. `percent` enlarges all text, 100 to 200.
        """
        cls.set_text(app, cls.percent if percent is None else percent)
        cls.exercise = cls.exercise if exercise is None else exercise
        if cls.system_is_dark is None:
            cls.system_is_dark = app.palette().color(QPalette.ColorRole.Window).lightness() < 128
        cls.tokens = tokens_for(_resolved(name, app), exercise=cls.exercise)
        app.setPalette(_palette(cls.tokens))
        app.setStyleSheet(_style_sheet(cls.tokens))

    @classmethod
    def set_text(cls, app: QApplication, percent: int) -> None:
        """The size of all text. Before the program runs, Qt tells no widget that is there already:
        whoever makes some then says this first."""
        cls.percent = percent
        font = QFont(app.font())
        font.setPointSizeF(cls.points("body"))
        app.setFont(font)

    @classmethod
    def colour(cls, role: str) -> QColor:
        """The colour a role has now."""
        return QColor(getattr(cls.tokens, role))

    @classmethod
    def points(cls, size: str) -> float:
        """A step of the type scale in points, at the text size chosen."""
        return POINTS[size] * cls.percent / 100

    @classmethod
    def scaled(cls, pixels: int) -> int:
        """A length that grows with the text, in logical pixels."""
        return round(pixels * cls.percent / 100)


def marked(words: str) -> str:
    """What leaves the screen as words, such as a title: in an exercise it says so."""
    return f"{EXERCISE} – {words}" if Theme.exercise else words


def marked_file(name: str) -> str:
    """The name that is offered for a file."""
    return f"{EXERCISE}-{name}" if Theme.exercise else name


def _resolved(name: str, app: QApplication) -> str:
    if name != "auto":
        return name
    scheme = app.styleHints().colorScheme()
    if scheme is Qt.ColorScheme.Unknown:
        return "dark" if Theme.system_is_dark else "light"
    return "dark" if scheme is Qt.ColorScheme.Dark else "light"


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, tokens.ground),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.raised),
        (role.Text, tokens.text),
        (role.Button, tokens.raised),
        (role.ButtonText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Link, tokens.accent),
        (role.PlaceholderText, tokens.muted),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.muted))
    return palette


def _style_sheet(tokens: Tokens) -> str:
    values = tokens._asdict()
    values |= {f"pt_{size}": f"{Theme.points(size):g}pt" for size in POINTS}
    values |= {
        f"px{pixels}": f"{Theme.scaled(pixels)}px" for pixels in (5, 9, 10, 14, 18, 20, 24, 28)
    }
    values |= {"exercise": EXERCISE_GROUND, "on_exercise": EXERCISE_STRIPE}
    values |= {"live": LIVE_GROUND, "on_live": LIVE_TEXT}
    bright = QColor(tokens.on_accent).lightness() > 128
    values["check"] = "check-on-dark-accent" if bright else "check-on-light-accent"
    values["icons"] = RESOURCES.joinpath("icons").as_posix()
    return Template(resource("styles", "console.qss").decode()).substitute(values)
