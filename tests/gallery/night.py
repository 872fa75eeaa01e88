"""A long night: the board, a post that is not ours, plans, pictures, and posting by hand."""

from datetime import timedelta
from pathlib import Path

from PySide6.QtGui import QColor, QImage, QPainter

from crisisdesk.model.delivery import OwnPost
from crisisdesk.model.events import ForeignPost
from crisisdesk.model.template import Step
from tests.gallery.stage import FIRE, Stage
from tests.gallery.studio import SIZE
from ui.console.board_page import BoardPage

DRAWS = ("picture", "plans", "board", "by-hand", "foreign-post")
TALL = 1080
ROAD = {"road_name": "Weir Bridge", "next_update_at": "05:00"}


def tell(stage: Stage) -> None:
    """Draw what comes after the first alert."""
    stage.enter()
    stage.begin()
    _board_empty(stage)
    stage.fill("large-fire", FIRE)
    stage.broadcast()
    stage.clock.go_on(minutes=20)
    _picture(stage)
    _plans(stage)
    _correct(stage)
    _board(stage)
    _by_hand(stage)
    _alarm(stage)


def _board_empty(stage: Stage) -> None:
    stage.console.open_board()
    stage.current(BoardPage)
    stage.shoot("board-empty")
    stage.console.window.show_page(stage.page)


def _picture(stage: Stage) -> None:
    page = stage.page
    stage.fill("road-closure", ROAD)
    page.message.pictures.add_file(_drawn(stage.home / "map.png"))
    stage.until("the picture", lambda: page.message.pictures.entries)
    page.message.pictures.entries[0].words.setPlainText(
        "Map: Weir Bridge is closed, the way round leads over Mill Lane"
    )
    stage.calm()
    page.message.form.ensureWidgetVisible(page.message.pictures)
    stage.calm()
    page.message.form.verticalScrollBar().setValue(page.message.form.verticalScrollBar().maximum())
    stage.shoot("picture")
    page.message.pictures.clear()


def _drawn(file: Path) -> Path:
    """A map, roughly."""
    image = QImage(640, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#e8efe0"))
    painter = QPainter(image)
    painter.fillRect(0, 170, 640, 60, QColor("#7fb2e5"))
    painter.fillRect(290, 0, 40, 400, QColor("#c9c9c9"))
    painter.fillRect(280, 165, 60, 70, QColor("#b3261e"))
    painter.end()
    image.save(str(file))
    return file


def _plans(stage: Stage) -> None:
    page = stage.page
    desk = page.desk
    draft = page.draft()
    assert draft is not None
    due = desk.clock.now() + timedelta(minutes=50)
    alert = desk.composing.compose(draft, page.operator, due)
    desk.planning.plan_send(alert.id, due, page.operator)
    page.message.choose_template()
    stage.shoot("plans")


def _correct(stage: Stage) -> None:
    page = stage.page
    card = next(iter(page.broadcast.cards.values()))
    page.sending.follow(card.alert, Step.CANCEL)
    stage.until("the correction", lambda: page.message.follows)
    stage.broadcast()


def _board(stage: Stage) -> None:
    window = stage.console.window
    stage.console.open_board()
    stage.current(BoardPage)
    stage.shoot("board")
    window.resize(SIZE[0], TALL)
    stage.shoot("board-tall")
    window.resize(*SIZE)
    window.show_page(stage.page)


def _by_hand(stage: Stage) -> None:
    page = stage.page
    page.open_pack()
    stage.until("the pack", page.pack.isVisible)
    stage.shoot("by-hand", page.pack)
    page.pack.reject()


def _alarm(stage: Stage) -> None:
    page = stage.page
    account = page.desk.composing.accounts()[0]
    words = "Free energy for all flood victims, click here"
    post = OwnPost("1", words, "", stage.clock.now())
    page.foreign.take(ForeignPost(account.id, account.name, post))
    stage.shoot("foreign-post")
