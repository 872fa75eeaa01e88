"""What happens between holding the button and seeing each channel's truth."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery
from crisisdesk.model.draft import Draft
from crisisdesk.model.template import Step
from crisisdesk.services.approving import Waiting
from ui.actions import key_of
from ui.console.broadcast_pane import NO_INCIDENT
from ui.dialogs.asking import ask_line

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


class Sending(QObject):
    """Carries the console's requests to the services and their answers back."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self._limits: dict[str, int | None] = {}
        self.busy = False
        self.last_ms = 0

    def set_limits(self, limits: dict[str, int | None]) -> None:
        """The text limits the networks announced."""
        self._limits = limits
        self.refresh()

    def refresh(self) -> None:
        """Show previews, problems and the sentence for the present draft."""
        page = self._page
        draft = page.draft()
        if draft is None:
            page.message.show_previews([], {})
            page.broadcast.lock_to(None)
            page.broadcast.show_readiness(None, [], [], self.busy, asks=False)
            return
        composing = page.desk.composing
        previews = composing.previews(draft, self._limits)
        problems = composing.problems(draft, self._limits)
        asks = self._needs_asking(draft)
        if not draft.incident_id:
            problems.insert(0, NO_INCIDENT)
        names = {account.id: account.name for account in composing.accounts()}
        page.message.show_previews(previews, names)
        # What the hand agrees to; the time and the reference in the text go on meanwhile.
        page.broadcast.hold.put_at_stake((replace(draft, expected_marker=""), asks))
        page.broadcast.show_readiness(draft.step, previews, problems, self.busy, asks=asks)

    def _needs_asking(self, draft: Draft) -> bool:
        """Whether holding the button asks a second person first, instead of sending."""
        composing, follows = self._page.desk.composing, self._page.message.follows
        if not composing.needs_second_person(draft):
            return False
        return follows is None or not composing.is_prepared(draft, follows)

    def broadcast(self) -> None:
        """The button was held to its end."""
        draft = self._page.draft()
        if draft is None or self.busy:
            return
        self.busy = True
        self.refresh()
        page, operator = self._page, self._page.operator
        desk = page.desk

        def send() -> tuple[str, bool]:
            alert = desk.composing.compose(draft, operator)
            covered = desk.approving.covered(alert)
            if covered:
                desk.dispatch.broadcast(alert.id, operator)
            else:
                desk.approving.ask(alert.id, operator)
            return alert.marker, covered

        page.tasks.read(
            send,
            lambda done: self._sent(done, draft),
            lambda error: self._not_sent(error, draft),
        )

    def send_approved(self, waiting: Waiting) -> None:
        """The button of an approved message was held to its end."""
        page, operator = self._page, self._page.operator
        if self.busy:
            return
        self.busy = True
        page.tasks.read(
            lambda: page.desk.dispatch.broadcast(waiting.alert.id, operator),
            lambda _: self._sent((waiting.alert.marker, True)),
            self._not_sent,
        )

    def stop_all(self) -> None:
        """Nothing more leaves, at once and without a question."""
        page, operator = self._page, self._page.operator
        page.tasks.read(
            lambda: page.desk.settling.stop_all(operator), lambda _: page.agreeing.load_queue()
        )

    def ask_go_on(self) -> None:
        """Ask why it is safe again, then let the desk send."""
        page, operator = self._page, self._page.operator

        def go_on(why: str) -> None:
            page.tasks.read(
                lambda: page.desk.settling.go_on(operator, why),
                lambda _: page.agreeing.load_queue(),
            )

        words = "Sending is allowed again; what was held stays held. Why is it safe now?"
        ask_line(page, "Let the desk go on", words, go_on)

    def ask_release(self, delivery_id: str) -> None:
        """Ask why, then send what was held."""
        page, operator = self._page, self._page.operator

        def release(why: str) -> None:
            page.tasks.read(lambda: page.desk.dispatch.release(delivery_id, operator, why))

        ask_line(
            page, "Send it now", "This was held back. Why is it right to send it now?", release
        )

    def ask_drop(self, delivery_id: str) -> None:
        """Ask why, then give up what was held."""
        page, operator = self._page, self._page.operator

        def drop(why: str) -> None:
            page.calls.expect(delivery_id)
            page.tasks.read(lambda: page.desk.settling.drop(delivery_id, operator, why))

        ask_line(page, "Do not send", "It will never go out here. Why not?", drop)

    def _sent(self, done: tuple[str, bool], draft: Draft | None = None) -> None:
        marker, sent = done
        self.busy = False
        if sent:
            self._page.notice.good(f"Broadcast begun ({marker}). Watch each channel on the right.")
        else:
            self._page.notice.waiting(
                f"Not sent yet: {marker} waits for a second person ({key_of('approvals')})."
            )
        self._page.agreeing.load_queue()
        if draft:
            self._page.drafts.finished(draft)
        self._page.load_past()
        self._page.load_incidents()
        self.refresh()

    def _not_sent(self, error: Exception, draft: Draft | None = None) -> None:
        self.busy = False
        if draft:
            self._page.drafts.not_finished(draft, error)
        self._page.notice.error(error)
        self.refresh()

    def follow(self, alert: Alert, step: Step) -> None:
        """Begin an update, correction or all clear, to exactly the channels that got the alert."""
        page = self._page
        page.tasks.read(
            lambda: page.desk.composing.followers(alert.id),
            lambda account_ids: self._follow(alert, step, account_ids),
        )

    def _follow(self, alert: Alert, step: Step, account_ids: tuple[str, ...]) -> None:
        if not account_ids:
            self._page.notice.problem(
                "No channel has this alert.", "Write a new alert: there is nothing to follow up."
            )
            return
        # In this order: without a message, the choice of channels is free.
        values = self._page.desk.composing.follow_up_values(alert, step)
        self._page.message.follow(alert, step, values)
        self._page.broadcast.lock_to(account_ids)
        self.refresh()
        if self._page.broadcast.hold.isEnabled():
            self._page.broadcast.focus()

    def ask_retract(self, alert: Alert) -> None:
        """Ask why, then delete wherever that is possible."""
        words = (
            f"This deletes “{alert.headline}” where it can be deleted; copies may remain, "
            "and mail cannot be recalled. Why is it withdrawn?"
        )
        ask_line(self._page, "Retract", words, lambda why: self._retract(alert, why))

    def _retract(self, alert: Alert, why: str) -> None:
        page, operator = self._page, self._page.operator
        page.tasks.read(
            lambda: page.desk.settling.retract(alert.id, operator, why), lambda _: page.load_past()
        )

    def look(self, delivery_id: str) -> None:
        """Read one delivery back now."""
        page = self._page
        page.tasks.network(
            lambda: page.desk.following_up.look(delivery_id), lambda _: page.load_past()
        )

    def settle(self, delivery_id: str, seen: bool) -> None:
        """A person has looked at the page."""
        page, operator = self._page, self._page.operator
        page.tasks.read(
            lambda: page.desk.settling.settle(delivery_id, operator, seen, "looked at the page"),
            lambda _: page.load_past(),
        )

    def send_again(self, delivery_id: str) -> None:
        """Ask why, then send once more: it may then stand there twice."""
        words = (
            "If it is out after all, it will stand there twice. If it is not and you leave it, "
            "these people are not told. It is looked for once more first. Why send it again?"
        )
        page, operator = self._page, self._page.operator

        def again(why: str) -> None:
            page.tasks.read(lambda: page.desk.dispatch.send_again(delivery_id, operator, why))

        ask_line(page, "Send again", words, again)

    def show_past(self, found: tuple[list[tuple[Alert, list[Delivery]]], int]) -> None:
        """Show what was said and how every channel stands."""
        past, self.last_ms = found
        names = {each.id: each.name for each in self._page.desk.composing.accounts()}
        self._page.broadcast.show_past(past, names)
        self._page.announcements.deliveries(past, names)
