"""What happens at the desk that an officer is called for, and where a click on the call leads."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from crisisdesk.model.approval import Notice
from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.events import (
    AlertExpired,
    DeliveryChanged,
    ForeignPost,
    PlanChanged,
    PromiseNear,
)
from crisisdesk.model.mention import Mention
from crisisdesk.model.mode import Mode
from crisisdesk.model.plan import PlanKind, PlanState
from crisisdesk.rules.calling import MANY, Kind, spike
from crisisdesk.services.approving import Waiting
from crisisdesk.system.sounding import Sounds
from ui.calling import Calling
from ui.widgets.clocks import clock_time

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage

TROUBLE = {DeliveryState.FAILED: "failed", DeliveryState.UNKNOWN: "outcome unknown"}
NEED = "need"


class Calls(QObject):
    """Watches what the page shows. What was there at the start is no news."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        desk = page.desk
        sounds = Sounds(desk.paths.home / "sounds", may_start=desk.mode is Mode.LIVE)
        self.calling = Calling(
            page,
            page.tasks,
            sounds,
            lambda: (desk.settings.sounds, desk.settings.desktop_notices),
            desk.clock.now,
            exercise=desk.mode is Mode.EXERCISE,
        )
        self._began = desk.clock.now()
        self._newest_need: int | None = None
        self._needs_came = self._counting = self._queue_known = False
        self.spiking = False
        self._troubled = ""
        self.places: dict[str, Callable[[], object]] = {}
        """Where else a call may lead: what an exercise adds to the console."""
        self._connect()
        page.tasks.read(lambda: desk.reviewing.page(NEED, limit=1), self._begin)

    def _connect(self) -> None:
        page, bridge = self._page, self._page.bridge
        bridge.needs_stored.connect(self._on_needs)
        page.mentions.rate_counted.connect(self._look_for_spike)
        bridge.delivery_moved.connect(self._on_delivery)
        bridge.plan_moved.connect(self._on_plan)
        bridge.time_told.connect(self._on_time)
        bridge.foreign_post.connect(self._on_foreign_post)
        page.log.broken.connect(lambda problem, *_: self.calling.tell(Kind.LOG, problem, problem))
        page.header.loud_asked.connect(self.calling.be_loud)
        self.calling.quiet_changed.connect(lambda: page.header.show_quiet(self.calling.quiet_until))

    def tick(self) -> None:
        """A second has passed."""
        self._count_needs()
        self.calling.look()

    def switch_quiet(self) -> None:
        """Quiet for half an hour, or loud again."""
        (self.calling.be_loud if self.calling.quiet_until else self.calling.be_quiet)()

    def go(self, place: str) -> None:
        """Put the keyboard where it is dealt with."""
        page = self._page
        acts = {
            "alarm": page.foreign.strip.focus,
            "log": page.log.focus,
            "approvals": page.focus_approvals,
            "broadcast": self._go_to_trouble,
            "message": page.message.focus,
            "mentions": page.mentions.focus,
            **self.places,
        }
        if place == "mentions" and not self.spiking:
            page.mentions.choose_lane(NEED)
        acts.get(place, page.mentions.focus)()

    def _go_to_trouble(self) -> None:
        pane = self._page.broadcast
        card = pane.cards.get(self._troubled)
        buttons = card.findChildren(QPushButton) if card else []
        usable = [each for each in buttons if each.isVisible() and each.isEnabled()]
        if card and usable:
            pane.past.ensureWidgetVisible(card)
            usable[0].setFocus()
        else:
            pane.focus()

    # Mentions

    def _begin(self, newest: list[Mention]) -> None:
        self._newest_need = newest[0].id if newest else 0

    def _on_needs(self) -> None:
        self._needs_came = True
        self._count_needs()

    def _count_needs(self) -> None:
        """Only when a call may be made: in a surge nobody counts for nothing."""
        after = self._newest_need
        if not self._needs_came or self._counting or after is None:
            return
        if not self.calling.may(Kind.NEED):
            return
        self._needs_came, self._counting = False, True
        reviewing = self._page.desk.reviewing
        self._page.tasks.read(
            lambda: reviewing.newer(NEED, after, MANY), self._tell_needs, self._not_counted
        )

    def _tell_needs(self, found: list[Mention]) -> None:
        self._counting = False
        if found:
            self._newest_need = found[0].id
        for each in reversed(found):
            if not each.handled_by:
                self.calling.calls.tell(Kind.NEED, str(each.id), each.text)
        self.calling.look()

    def _not_counted(self, _error: Exception) -> None:
        """The list itself says that it cannot be read."""
        self._counting, self._needs_came = False, True

    def _look_for_spike(self, minutes: list[int]) -> None:
        known = int((self._page.desk.clock.now() - self._began).total_seconds() // 60)
        before, self.spiking = self.spiking, spike(minutes, known, already=self.spiking)
        if self.spiking:
            self.calling.tell(Kind.SPIKE, "spike", f"{minutes[-1]:,} in the last minute")
        elif before:
            self.calling.calls.over(Kind.SPIKE, "spike")
        self._page.mentions.show_spike(self.spiking)

    # What we say

    def on_queue(self, queue: list[Waiting], notices: list[Notice]) -> None:
        """The approval queue stands like this now."""
        calls, name = self.calling.calls, self._page.operator.name
        tell = (
            calls.tell if self._queue_known else lambda kind, subject, _: calls.know(kind, subject)
        )
        self._queue_known = True
        for each in queue:
            request = each.request
            if each.approved and request.decided_by != name:
                tell(Kind.DECIDED, f"{request.id} approved", f"approved: {each.alert.headline}")
            elif not each.approved and request.asked_by != name:
                tell(Kind.WAITING, request.id, each.alert.headline)
        for seen in notices:
            tell(Kind.DECIDED, seen.id, seen.words)
        self.calling.look()

    def expect(self, delivery_id: str) -> None:
        """This person sees to it that it does not go out: no news to them."""
        self.calling.calls.know(Kind.DELIVERY, delivery_id)

    def _on_delivery(self, event: DeliveryChanged) -> None:
        trouble = TROUBLE.get(event.state)
        subject = event.delivery_id
        if trouble is None:
            self.calling.calls.over(Kind.DELIVERY, subject)
            return
        names = {each.id: each.name for each in self._page.desk.composing.accounts()}
        self._troubled = event.alert_id
        name = names.get(event.account_id, "A removed channel")
        self.calling.tell(Kind.DELIVERY, subject, f"{name}: {trouble}")

    def _on_plan(self, event: PlanChanged) -> None:
        if event.kind is not PlanKind.PROMISE:
            return
        if event.state is PlanState.MISSED:
            self.calling.tell(Kind.PROMISE, event.plan_id, event.words)
        else:
            self.calling.calls.over(Kind.PROMISE, event.plan_id)

    def _on_time(self, event: object) -> None:
        if isinstance(event, PromiseNear):
            words = f"the update promised by {clock_time(event.due_at)}"
            self.calling.tell(Kind.SOON, f"{event.alert_id} {event.due_at}", words)
        elif isinstance(event, AlertExpired):
            self.calling.tell(Kind.SOON, f"{event.alert_id} expired", f"{event.headline} expired")

    def _on_foreign_post(self, alarm: ForeignPost) -> None:
        subject = f"{alarm.account_id} {alarm.post.external_id} {alarm.post.text}"
        self.calling.tell(Kind.ALARM, subject, f"on our {alarm.channel_name} account")
