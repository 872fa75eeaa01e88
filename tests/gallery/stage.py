"""What an officer and a second person do in front of the camera, without looking around."""

from typing import TypeVar

from PySide6.QtWidgets import QDialog, QLineEdit

from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.draft import Draft
from crisisdesk.model.operator import Operator, Role
from tests.gallery.people import posts
from tests.gallery.studio import Studio
from ui.console.approval_card import ApprovalCard
from ui.console.console_page import ConsolePage
from ui.dialogs.sign_in import FirstOperator
from ui.settings.first_account import FirstAccount

D = TypeVar("D", bound=QDialog)

OFFICER, PASSPHRASE = "Jo Officer", "three words of chalk"
SECOND, SECOND_PASSPHRASE = "A. Second", "four words of slate"
ORGANISATION = "Riverside Council"
INCIDENT = "Wend Mill fire, Riverside"
FIRE = {
    "fire_site": "Wend Mill, Mill Lane",
    "roads_closed": "Mill Lane and Weir Street",
    "since_time": "02:55",
    "next_update_at": "03:45",
}

MOVING = frozenset({DeliveryState.PREPARED, DeliveryState.SENDING})


class Stage(Studio):
    """The console, and somebody who works at it."""

    def sign_up(self, card: FirstOperator) -> None:
        """The first operator of a new desk."""
        card.name.setText(OFFICER)
        card.organisation.setText(ORGANISATION)
        card.passphrase.setText(PASSPHRASE)
        card.again.setText(PASSPHRASE)
        card.go.click()

    def enter(self, welsh_name: str = "Mastodon (Cymraeg)") -> None:
        """A desk with two people and every account, an incident, and an evening's mentions."""
        self.console.open_live()
        card = self.current(FirstOperator)
        assert isinstance(card, FirstOperator)
        self.sign_up(card)
        guide = self.current(FirstAccount)
        assert isinstance(guide, FirstAccount)
        self.add_accounts(welsh_name)
        guide.done.emit()
        self.current(ConsolePage)
        self.hire()
        self.calm()

    def add_accounts(self, welsh_name: str = "Mastodon (Cymraeg)") -> None:
        """Everything a council would have."""
        folder = self.home / "alerts"
        folder.mkdir()
        desk, operator = self.page.desk, self.page.operator
        self.networks.add_accounts(desk.administering, operator, folder, welsh_name)
        self.calm()

    def hire(self) -> None:
        """A second person, who may approve."""
        desk, operator = self.page.desk, self.page.operator
        desk.people.add_operator(SECOND, Role.APPROVER, SECOND_PASSPHRASE, operator)

    def begin(self, incident: str = INCIDENT) -> None:
        """Mentions come in, and an incident is opened."""
        self.page.desk.intake.accept(posts(self.clock.now()))
        self.open_incident(incident)

    def open_incident(self, name: str) -> None:
        """Open an incident and wait for it."""
        self.page.choose_incident(self.page.desk.composing.open_incident(name, self.page.operator))
        self.calm()

    def fill(self, template_id: str, values: dict[str, str] | None = None) -> None:
        """Choose a template and fill in its examples, or the values given."""
        message = self.page.message
        message.start(template_id)
        assert message.template is not None
        for field in message.template.fields:
            if field.name in message.form.editors():
                words = (values or {}).get(field.name, field.default or field.example)
                message.form.set_value(field.name, words)
        self.calm()

    def ask(self) -> ApprovalCard:
        """Hold the button of a message that needs a second person; its card in the queue."""
        area = self.page.broadcast.approvals
        self.page.broadcast.hold.held.emit()
        self.until("the card", lambda: area.cards)
        self.calm()
        return area.cards[0]

    def agree(self) -> ApprovalCard:
        """The second person signs what waits; its card as it is then."""
        desk, area = self.page.desk, self.page.broadcast.approvals
        request = area.cards[0].waiting.request.id
        if isinstance(desk, ExerciseDesk):
            desk.approve(request)
        else:
            desk.approving.sign(request, self.approver.id, SECOND_PASSPHRASE)
        self.until("the approval", lambda: area.cards and area.cards[0].waiting.approved)
        self.calm()
        return area.cards[0]

    @property
    def approver(self) -> Operator:
        """The second person."""
        people = self.page.desk.people.operators()
        return next(each for each in people if each.role.may_approve)

    def send(self) -> None:
        """Send what is filled in, with a second person's word where it needs one."""
        draft = self.page.draft()
        assert isinstance(draft, Draft)
        if self.page.sending._needs_asking(draft):
            self.ask()
            self.agree().hold.held.emit()
        else:
            self.page.broadcast.hold.held.emit()

    def broadcast(self) -> None:
        """Send it and wait until every channel has come to rest."""
        before = len(self._past())
        self.send()
        self.until("the broadcast", lambda: len(self._past()) > before)
        self.until("the deliveries", lambda: not self._moving())
        self.calm()
        self.page.notice.hide()

    def _past(self) -> list[list[DeliveryState]]:
        recent = self.page.desk.dispatch.recent()
        return [[each.state for each in deliveries] for _, deliveries in recent]

    def _moving(self) -> bool:
        return any(state in MOVING for states in self._past() for state in states)

    def dialog(self, kind: type[D]) -> D:
        """The dialog of this kind that is open, waited for."""

        def found() -> list[D]:
            return [each for each in self.console.window.findChildren(kind) if each.isVisible()]

        self.until(kind.__name__, found)
        return found()[0]


def type_into(form: QDialog, name: str, words: str) -> None:
    """Fill one line of a form."""
    line = form.findChild(QLineEdit, name)
    assert isinstance(line, QLineEdit)
    line.setText(words)
