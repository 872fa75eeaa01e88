"""A second person: the queue, the three ways to agree, what is approved ahead, stop and hold."""

from PySide6.QtWidgets import QDialog

from tests.gallery.stage import FIRE, SECOND_PASSPHRASE, Stage
from tests.gallery.studio import SIZE
from ui.dialogs.approve import ApproveDialog
from ui.settings.people_page import PeoplePage

DRAWS = ("people", "codes", "approval", "approve", "correction", "stopped", "broken-glass")
TALL = 1080


def tell(stage: Stage) -> None:
    """Draw everything that has to do with a second person."""
    stage.enter()
    stage.begin()
    page = stage.page
    _people(stage)
    stage.fill("large-fire", FIRE)
    page.broadcast.focus()
    stage.shoot("approval-needed")
    stage.ask()
    stage.shoot("approval-waiting")
    _dialogs(stage)
    card = stage.agree()
    card.hold.setFocus()
    page.notice.hide()
    stage.shoot("approval-given")
    card.hold.held.emit()
    stage.until("the broadcast", lambda: page.broadcast.cards)
    stage.calm()
    next(iter(page.broadcast.cards.values())).correct.click()
    stage.until("the correction", lambda: page.message.follows)
    stage.shoot("correction-ready")
    page.message.choose_template()
    page.sending.stop_all()
    stage.until("the stop", lambda: not page.broadcast.stopped.isHidden())
    stage.shoot("stopped")
    _break_glass(stage)


def _people(stage: Stage) -> None:
    codes = stage.page.desk.approving.new_codes(stage.approver.id, SECOND_PASSPHRASE)
    stage.console.open_people()
    people = stage.current(PeoplePage)
    assert isinstance(people, PeoplePage)
    stage.shoot("people")
    people._show_codes(codes)
    sheet = stage.dialog(QDialog)
    stage.shoot("codes", sheet)
    sheet.reject()
    stage.leave_settings()


def _dialogs(stage: Stage) -> None:
    stage.page.broadcast.approvals.cards[0].decide.click()
    found = stage.dialog(ApproveDialog)
    for index, name in enumerate(("here", "telephone", "glass")):
        found.ways.setCurrentIndex(index)
        stage.shoot(f"approve-{name}", found)
    found.texts.setCurrentIndex(2)
    stage.shoot("approve-correction", found)
    found.reject()


def _break_glass(stage: Stage) -> None:
    """What an approver sees after somebody went ahead alone."""
    page = stage.page
    desk = page.desk
    desk.settling.go_on(page.operator, "the drill is over")
    stage.calm()
    stage.fill("large-fire", FIRE)
    card = stage.ask()
    reason = "smoke at the school gate; A. Second does not answer"
    desk.approving.break_glass(card.waiting.request.id, page.operator, reason)
    page.operator = stage.approver
    page.agreeing.load_queue()
    stage.calm()
    page.notice.hide()
    stage.console.window.resize(SIZE[0], TALL)
    stage.shoot("broken-glass")
