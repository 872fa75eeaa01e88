"""A second person: the queue, the three ways to agree, what is approved ahead, stop and hold."""

from datetime import UTC, datetime

from PySide6.QtWidgets import QDialog

from tests.screenshots.live import FIRE, INCIDENT, enter_quickly
from tests.screenshots.outside import running
from tests.screenshots.people import posts
from tests.screenshots.stage import SECOND_PASSPHRASE, SIZE, Stage
from ui.dialogs.approve import ApproveDialog
from ui.settings.people_page import PeoplePage

TALL = 1080


def tell(stage: Stage) -> None:
    """Draw everything that has to do with a second person."""
    with running() as outside:
        enter_quickly(stage, outside)
        page = stage.page
        page.desk.intake.accept(posts(datetime.now(UTC)))
        stage.open_incident(INCIDENT)
        _people(stage)
        stage.fill("large-fire", FIRE)
        page.broadcast.focus()
        stage.shoot("approval-needed")
        card = stage.ask()
        stage.shoot("approval-waiting")
        _dialogs(stage)
        card = stage.agree(card)
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
        stage.until("the stop", page.broadcast.stopped.isVisible)
        stage.shoot("stopped")
        _broken_glass(stage)
        stage.close()


def _people(stage: Stage) -> None:
    page = stage.page
    approver = next(each for each in page.desk.people.operators() if each.role.may_approve)
    codes = page.desk.approving.new_codes(approver.id, SECOND_PASSPHRASE)
    stage.console.open_people()
    people = stage.current(PeoplePage)
    assert isinstance(people, PeoplePage)
    stage.shoot("people")
    people._show_codes(codes)
    (sheet,) = [each for each in people.findChildren(QDialog) if each.isVisible()]
    stage.shoot("codes", sheet)
    sheet.reject()
    people.done.emit()


def _dialogs(stage: Stage) -> None:
    page = stage.page
    page.broadcast.approvals.cards[0].decide.click()
    stage.calm()
    (found,) = [each for each in page.findChildren(ApproveDialog) if each.isVisible()]
    for index, name in enumerate(("here", "telephone", "glass")):
        found.ways.setCurrentIndex(index)
        stage.shoot(f"approve-{name}", found)
    found.texts.setCurrentIndex(2)
    stage.shoot("approve-correction", found)
    found.reject()


def _broken_glass(stage: Stage) -> None:
    """What an approver sees after somebody went ahead alone."""
    page, window = stage.page, stage.console.window
    desk = page.desk
    desk.settling.go_on(page.operator, "the drill is over")
    stage.fill("large-fire", FIRE)
    card = stage.ask()
    reason = "smoke at the school gate; A. Second does not answer"
    desk.approving.break_glass(card.waiting.request.id, page.operator, reason)
    approver = next(each for each in desk.people.operators() if each.role.may_approve)
    page.operator = approver
    page.agreeing.load_queue()
    page.notice.hide()
    window.resize(SIZE[0], TALL)
    stage.shoot("broken-glass")
