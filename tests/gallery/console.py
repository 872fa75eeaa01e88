"""The console in every state of a fire: nothing chosen, not ready, ready, sent, offline."""

from PySide6.QtWidgets import QDialog, QMessageBox

from crisisdesk.simnet.faults import Fault
from tests.gallery.stage import FIRE, Stage
from tests.gallery.studio import SIZE

DRAWS = ("console", "states", "retract", "guide", "leave")
TALL = 1080


def tell(stage: Stage) -> None:
    """Draw the work on one alert, and what can go wrong with it."""
    stage.enter()
    stage.begin()
    stage.page.mentions.focus()
    stage.shoot("console-templates")
    stage.page.message.search.setText("volcano")
    stage.shoot("console-no-template")
    stage.fill("large-fire", FIRE | {"since_time": "", "next_update_at": ""})
    stage.shoot("console-not-ready")
    stage.fill("large-fire", FIRE)
    stage.page.notice.hide()
    stage.page.broadcast.focus()
    stage.shoot("console-ready")
    _send(stage)
    _follow_up(stage)
    _dialogs(stage)
    _record(stage)
    _fall_off_the_net(stage)


def _send(stage: Stage) -> None:
    """One channel answers late, one refuses, one loses its answer, one says “try again”."""
    slow = stage.networks.slow
    slow.hold()
    stage.send()
    stage.until("the slow network", lambda: slow.waiting)
    stage.clock.go_on(seconds=4)
    stage.shoot("console-sending")
    slow.answer()
    stage.calm()
    slow.held.clear()
    stage.clock.go_on(minutes=2)
    stage.page.notice.hide()
    stage.shoot("console-sent")
    window = stage.console.window
    window.resize(SIZE[0], TALL)
    stage.shoot("states", stage.page.broadcast)
    window.resize(*SIZE)


def _follow_up(stage: Stage) -> None:
    page = stage.page
    busy = '{"error": "Too many requests"}'
    stage.networks.mastodon.faults.add(Fault("status", "POST /api/v1/statuses", -1, 429, body=busy))
    stage.clock.go_on(minutes=18)
    card = next(iter(page.broadcast.cards.values()))
    card.update_button.click()
    stage.until("the update", lambda: page.message.follows)
    page.message.form.set_value("what_changed", "smoke now reaches Station Road")
    page.message.form.set_value("next_update_at", "04:30")
    stage.shoot("console-update")
    stage.broadcast()
    stage.shoot("console-retrying")


def _dialogs(stage: Stage) -> None:
    page = stage.page
    next(reversed(page.broadcast.cards.values())).retract.click()
    question = stage.dialog(QDialog)
    stage.shoot("retract", question)
    question.reject()
    for name in ("states", "trouble"):
        stage.shoot(f"guide-{name}", stage.console.help.open_page(name))
    stage.console.help.close()
    stage.console.window.close()
    box = stage.dialog(QMessageBox)
    stage.shoot("leave", box)
    box.reject()


def _record(stage: Stage) -> None:
    page = stage.page
    page.log.note.setText("Not closing Station Road school yet: smoke is thinning there.")
    page.log.note.returnPressed.emit()
    stage.calm()
    page.log.verify.click()
    stage.shoot("console-verified")
    page.mentions.choose_lane("need")
    page.mentions.focus()
    stage.shoot("console-need")
    page.mentions.choose_lane("media")
    page.mentions.search.setText("nothing of the kind")
    stage.shoot("console-search-empty")
    page.mentions.search.clear()


def _fall_off_the_net(stage: Stage) -> None:
    """The network is gone: mentions stop, and what is sent now waits."""
    page = stage.page
    stage.networks.cut()
    stage.schedule.again()
    stage.clock.go_on(minutes=4)
    stage.shoot("console-offline")
    page.notice.problem("The feed of Wend Valley Radio cannot be read.", "It is tried again.")
    stage.fill("road-closure")
    stage.broadcast()
    stage.shoot("console-sent-offline")
    page.sending.stop_all()
    stage.until("the stop", lambda: not page.broadcast.stopped.isHidden())
    stage.console.window.resize(SIZE[0], TALL)
    stage.shoot("states-held", page.broadcast)
    stage.console.window.resize(*SIZE)
