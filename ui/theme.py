"""Every colour, size and state of the console, in one place.

The platform's own colour scheme switch does nothing on some systems, so palette and style sheet
are made here. Contrast of text on its ground is at least 4.5 to 1 (WCAG 2.2 AA).
"""

from dataclasses import dataclass
from string import Template

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from crisisdesk.config import RESOURCES, resource

BODY_POINTS = 11
SPACE = 8
RADIUS = 6


@dataclass(frozen=True, slots=True)
class Tokens:
    """The roles colours play."""

    name: str
    ground: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    danger: str
    warn: str
    good: str
    select: str


LIGHT = Tokens(
    name="light", ground="#eceff3", surface="#ffffff", raised="#f5f7fa", line="#c9d0d9",
    text="#12161c", muted="#4f5a68", accent="#1a56b0", on_accent="#ffffff",
    danger="#a8201a", warn="#8a4b00", good="#176b3f", select="#dbe7fb",
)  # fmt: skip
DARK = Tokens(
    name="dark", ground="#101318", surface="#191d24", raised="#222833", line="#3a4250",
    text="#eceff4", muted="#a9b3c1", accent="#8ab8ff", on_accent="#0a1a33",
    danger="#ff9a90", warn="#ffc670", good="#7fdcae", select="#2a3a55",
)  # fmt: skip
EXERCISE_GROUND = "#ffb81c"
EXERCISE_STRIPE = "#1a1a1a"
LIVE_GROUND = "#8c1d18"


class Theme:
    """The theme in use; `tokens` is asked by everything that paints for itself."""

    tokens = LIGHT

    @classmethod
    def apply(cls, app: QApplication, name: str) -> None:
        """Dress the whole program in "light" or "dark"; "auto" follows the system if it tells."""
        if name == "auto":
            base = app.palette().color(QPalette.ColorRole.Window)
            name = "dark" if base.lightness() < 128 else "light"
        cls.tokens = DARK if name == "dark" else LIGHT
        app.setStyle("Fusion")
        font = QFont(app.font())
        font.setPointSize(BODY_POINTS)
        app.setFont(font)
        app.setPalette(_palette(cls.tokens))
        app.setStyleSheet(_style_sheet(cls.tokens))


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
    values = {field: getattr(tokens, field) for field in tokens.__dataclass_fields__}
    values["icons"] = RESOURCES.joinpath("icons").as_posix()
    return Template(resource("styles", "console.qss").decode()).substitute(values)
