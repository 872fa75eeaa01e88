"""What happens between asking a second person and having their word."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Notice
from crisisdesk.model.draft import Draft
from crisisdesk.services.approving import Waiting
from ui.console.channel_row import number_of_addresses
from ui.dialogs.approve import ApproveDialog
from ui.dialogs.once import open_once

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


class Agreeing(QObject):
    """Carries the approval queue to the screen, and people's decisions back."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page

    def decide(self, waiting: Waiting) -> None:
        """Show what waits, and let a second person agree or refuse."""
        page = self._page
        accounts = page.desk.composing.accounts()
        chosen = {part.account_id for part in waiting.alert.rendered}
        dialog = ApproveDialog(
            page,
            waiting,
            page.desk.approving,
            page.tasks,
            page.operator,
            {each.id: each.name for each in accounts},
            sum(number_of_addresses(each) for each in accounts if each.id in chosen),
            page.desk.simulated_telephone,
        )
        dialog.decided.connect(self.load_queue)
        open_once(dialog)

    def change(self, waiting: Waiting) -> None:
        """Back to the form: the request is withdrawn, as other words need another approval."""
        page, operator = self._page, self._page.operator
        page.tasks.read(
            lambda: page.desk.approving.withdraw(waiting.request.id, operator, "to be changed"),
            lambda _: self.rewrite(waiting.alert),
        )

    def rewrite_by_id(self, alert_id: str) -> None:
        """Back to the form with a message that was sent back."""
        page = self._page
        page.tasks.read(
            lambda: page.desk.composing.alert(alert_id),
            lambda alert: self.rewrite(alert) if alert else None,
        )

    def rewrite(self, alert: Alert) -> None:
        """Fill the form with a composed message, to be changed and composed anew."""
        composing = self._page.desk.composing

        def read() -> tuple[Draft, Alert | None]:
            return composing.draft_of(alert), composing.alert(alert.references)

        self._page.tasks.read(read, lambda found: self._fill_form(*found))

    def _fill_form(self, draft: Draft, follows: Alert | None) -> None:
        page = self._page
        if follows:
            page.message.follow(follows, draft.step, dict(draft.values))
            page.broadcast.lock_to(draft.account_ids)
        else:
            page.message.start(draft.template_id, dict(draft.values))
        page.message.pictures.put(draft.pictures)
        self.load_queue()

    def load_queue(self) -> None:
        """Read what waits for a second person, and what this operator must have seen."""
        page, operator = self._page, self._page.operator
        approving, settling = page.desk.approving, page.desk.settling
        page.tasks.read(
            lambda: (approving.queue(), approving.notices(operator), settling.stopped_by()),
            self._show_queue,
        )

    def _show_queue(self, found: tuple[list[Waiting], list[Notice], str]) -> None:
        queue, notices, stopped_by = found
        page = self._page
        area = page.broadcast.approvals
        area.show_queue(queue, notices, page.desk.clock.now())
        page.header.show_approvals(area.waiting, len(area.cards) - area.waiting)
        page.announcements.approvals(area.waiting, len(area.cards) - area.waiting)
        page.calls.on_queue(queue, notices)
        page.broadcast.show_stopped(stopped_by)

    def notice_seen(self, notice_id: str) -> None:
        """The operator says to have seen it."""
        page, operator = self._page, self._page.operator
        page.tasks.read(
            lambda: page.desk.approving.seen(notice_id, operator), lambda _: self.load_queue()
        )
