"""The public's words are painted as text, inside their row, whatever they are."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from crisisdesk.model.mention import LABELS, Label, Mention
from tests.ui.hostile import HOSTILE
from tests.ui.mentions import mention
from ui.delegates.mention_delegate import MentionDelegate
from ui.models.mentions_model import MentionsModel
from ui.theme import Theme
from ui.widgets.signs import label_tone

WIDTH, MARGIN = 420, 60
OUTSIDE = QColor("#ff00ff")


def painted(shown: Mention, *, selected: bool = False) -> tuple[QImage, QRect]:
    """A picture of the row with free room around it, and where the row stands in it."""
    model = MentionsModel()
    model.replace([shown])
    delegate = MentionDelegate()
    option = QStyleOptionViewItem()
    option.font = QApplication.font()
    if selected:
        option.state |= QStyle.StateFlag.State_Selected
    height = delegate.sizeHint(option, model.index(0, 0)).height()
    row = QRect(MARGIN, MARGIN, WIDTH, height)
    picture = QImage(WIDTH + 2 * MARGIN, height + 2 * MARGIN, QImage.Format.Format_RGB32)
    picture.fill(OUTSIDE)
    option.rect = row
    painter = QPainter(picture)
    delegate.paint(painter, option, model.index(0, 0))
    painter.end()
    return picture, row


def spilled(picture: QImage, row: QRect) -> list[tuple[int, int]]:
    """Where something was painted outside the row."""
    return [
        (x, y)
        for y in range(picture.height())
        for x in range(picture.width())
        if not row.contains(x, y) and picture.pixelColor(x, y) != OUTSIDE
    ]


def inks(picture: QImage, row: QRect) -> set[str]:
    """The colours inside the row."""
    return {
        picture.pixelColor(x, y).name()
        for y in range(row.top(), row.bottom())
        for x in range(row.left(), row.right())
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_in_their_row(qtbot: QtBot, name: str) -> None:
    text = HOSTILE[name]
    shown = mention(1, text, author=text[:500], labels=Label.NEED, reasons=(text[:500],))
    picture, row = painted(shown)
    assert spilled(picture, row) == []
    assert Theme.tokens.surface in inks(picture, row)


def test_html_looks_like_what_was_typed(qtbot: QtBot) -> None:
    plain, row = painted(mention(1, "bold"))
    marked, _ = painted(mention(1, "<b>bold</b>"))
    dark = QColor(Theme.tokens.text).name()

    def amount(picture: QImage) -> int:
        return sum(
            picture.pixelColor(x, y).name() == dark
            for y in range(row.top(), row.bottom())
            for x in range(row.left(), row.right())
        )

    assert amount(marked) > amount(plain) * 1.3


def test_every_label_is_painted_in_its_colour(qtbot: QtBot) -> None:
    for label in LABELS:
        picture, row = painted(mention(1, labels=label), selected=True)
        colours = inks(picture, row)
        assert Theme.colour(label_tone(label)).name() in colours
        assert QColor(Theme.tokens.select).name() in colours


def test_a_handled_mention_steps_back(qtbot: QtBot) -> None:
    dark = QColor(Theme.tokens.text).name()
    fresh, row = painted(mention(1, labels=Label.NEED))
    handled, _ = painted(mention(1, labels=Label.NEED, handled_by="Jo"))
    assert dark in inks(fresh, row)
    assert dark not in inks(handled, row)
    assert QColor(Theme.tokens.danger).name() in inks(fresh, row)
