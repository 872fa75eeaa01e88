"""Between the plans on screen and the services: what is planned, released, dropped and due."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.model.alert import Alert
from crisisdesk.model.draft import Draft
from crisisdesk.model.events import AlertExpired, ClockStepped, PromiseNear
from crisisdesk.model.plan import Plan, PlanKind
from crisisdesk.rules.timing import (
    PROMISE_FIELD,
    holding_due,
    holds_until,
    next_clock_time,
    night_warning,
)
from ui.actions import key_of
from ui.dialogs.asking import ask_line
from ui.dialogs.once import open_once
from ui.dialogs.send_later import SendLater, SendNow, Waiting
from ui.widgets.clocks import clock_time

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage

HOLDING = "holding-statement"


class Times(QObject):
    """Carries what a person asks of the timetable there, and what is due back."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self._plans: list[tuple[Plan, Alert]] = []
        strip = page.strip
        strip.send_now_asked.connect(self._ask_send_now)
        strip.release_asked.connect(self._release)
        strip.drop_asked.connect(self._ask_drop)
        strip.holding_asked.connect(self._write_holding_statement)
        strip.trust_asked.connect(self._trust)

    def load(self) -> None:
        """Read what is planned and promised."""
        self._page.tasks.read(self._page.desk.planning.open_plans, self._show)

    def _show(self, plans: list[tuple[Plan, Alert]]) -> None:
        self._plans = plans
        self._page.strip.show_plans(plans, self._page.desk.clock.now())
        self.show_time()

    def show_time(self) -> None:
        """A second has passed."""
        page = self._page
        now = page.desk.clock.now()
        page.strip.show_time(now)
        page.strip.show_night(self._night(now))
        minutes = self._silent_minutes(now)
        page.strip.show_silence(minutes, may_write=page.message.template is None)
        page.strip.show_doubt(page.desk.timekeeping.doubtful)
        page.header.show_promise(now, self._next_promise())

    def on_told(self, event: object) -> None:
        """Something is near, over, or odd."""
        notice = self._page.notice
        if isinstance(event, PromiseNear):
            words = f"The update promised by {clock_time(event.due_at)} is due in a few minutes"
            notice.problem(
                f"{words}: {event.headline}.",
                "Write the update now, also if nothing is new.",
                "The public was told to expect it.",
            )
        elif isinstance(event, AlertExpired):
            words = f"“{event.headline}” has expired, and still stands in public."
            notice.problem(words, "Say how things are now, or send the all clear.")
        elif isinstance(event, ClockStepped):
            notice.problem(
                event.words,
                "Look at what is planned, and press The clock is right now if it is.",
                "What had expired stays expired until then.",
            )

    def ask_later(self) -> None:
        """Ask when the message that is written shall go out."""
        page = self._page
        draft = page.draft()
        if draft is None or not page.broadcast.hold.isEnabled():
            page.broadcast.focus()
            return
        now = page.desk.clock.now
        open_once(SendLater(page, self._waiting(draft), now, self._planner(draft)))

    def _waiting(self, draft: Draft) -> Waiting:
        template = self._page.desk.composing.templates[draft.template_id]
        codes, now = template.codes[draft.step], self._page.desk.clock.now()
        expires = now + timedelta(minutes=codes.expires_minutes)
        said = any(draft.values.get(PROMISE_FIELD, "\0") in text for text in self._texts(draft))
        promise = next_clock_time(draft.values.get(PROMISE_FIELD, ""), now) if said else None
        over_at = min(expires, promise or expires)
        return Waiting(template.name, codes.severity, over_at, _because(over_at, expires))

    def _texts(self, draft: Draft) -> list[str]:
        composing = self._page.desk.composing
        return [each.rendered.text for each in composing.previews(draft, {})]

    def _planner(self, draft: Draft) -> "_Planner":
        return _Planner(self._page, draft)

    def ask_repeat(self, alert: Alert) -> None:
        """Ask how often a message that went out shall be repeated."""
        page = self._page
        over_at = holds_until(alert, alert.created_at)
        because = _because(over_at, alert.expires_at)
        waiting = Waiting(alert.headline, alert.codes.severity, over_at, because, sent=True)
        operator, planning = page.operator, page.desk.planning

        def repeat(_due: datetime | None, minutes: int) -> None:
            page.tasks.read(lambda: planning.plan_repeat(alert.id, minutes, operator))

        open_once(SendLater(page, waiting, page.desk.clock.now, repeat))

    def _ask_send_now(self, plan: Plan, alert: Alert) -> None:
        page, operator = self._page, self._page.operator
        why = f"It was planned by {plan.made_by} for {clock_time(plan.due_at)}. {plan.words}"

        def send() -> None:
            page.tasks.read(
                lambda: page.desk.timetable.send_now(plan.id, operator), lambda _: page.load_past()
            )

        open_once(SendNow(page, alert.headline, why.strip(), send))

    def _release(self, plan: Plan) -> None:
        page, operator = self._page, self._page.operator
        page.tasks.read(lambda: page.desk.planning.release(plan.id, operator))

    def _ask_drop(self, plan: Plan, alert: Alert) -> None:
        page, operator = self._page, self._page.operator
        what = "promise" if plan.kind is PlanKind.PROMISE else "plan"
        words = f"“{alert.headline}”: why is this {what} dropped?"

        def drop(why: str) -> None:
            page.tasks.read(lambda: page.desk.planning.drop(plan.id, operator, why))

        ask_line(page, "Drop", words, drop)

    def _write_holding_statement(self) -> None:
        self._page.message.start(HOLDING)

    def _trust(self) -> None:
        page, operator = self._page, self._page.operator
        page.tasks.read(lambda: page.desk.timekeeping.trust(operator), lambda _: self.show_time())

    def _next_promise(self) -> datetime | None:
        promises = [plan.due_at for plan, _ in self._plans if plan.kind is PlanKind.PROMISE]
        return min(promises, default=None)

    def _night(self, now: datetime) -> str:
        message = self._page.message
        if message.template is None:
            return ""
        return night_warning(now.astimezone(), message.template.codes[message.step].severity)

    def _silent_minutes(self, now: datetime) -> int:
        """How long the public has heard nothing, where first words are overdue; else 0."""
        page, incident = self._page, self._page.incident
        if incident is None or incident.closed_at or HOLDING not in page.desk.composing.templates:
            return 0
        if any(plan.due_at > now for plan, _ in self._plans if plan.kind is PlanKind.PROMISE):
            return 0
        last = datetime.fromtimestamp(page.sending.last_ms / 1000, UTC)
        if not holding_due(incident.opened_at, last, now):
            return 0
        return int((now - max(incident.opened_at, last)).total_seconds() // 60)


class _Planner:
    """Composes what was written and plans it; called with the moment and the pace."""

    def __init__(self, page: "ConsolePage", draft: Draft) -> None:
        self._page = page
        self._draft = draft

    def __call__(self, due: datetime | None, minutes: int) -> None:
        page, draft, operator = self._page, self._draft, self._page.operator
        desk = page.desk

        def plan() -> tuple[str, bool]:
            moment = due or desk.clock.now()
            alert = desk.composing.compose(draft, operator, moment)
            covered = desk.approving.covered(alert)
            if not covered:
                desk.approving.ask(alert.id, operator)
            desk.planning.plan_send(alert.id, moment, operator, minutes)
            return alert.marker, covered

        page.tasks.read(plan, lambda done: self._planned(*done), self._not_planned)

    def _not_planned(self, error: Exception) -> None:
        self._page.drafts.not_finished(self._draft, error)
        self._page.notice.error(error)

    def _planned(self, marker: str, covered: bool) -> None:
        page = self._page
        page.agreeing.load_queue()
        if covered:
            page.notice.good(f"Planned ({marker}). It stands above until it goes out.")
        else:
            page.notice.problem(
                f"Planned ({marker}), but it needs a second person first.",
                f"Ask one before that ({key_of('approvals')}).",
                "Without one it is held when its time comes, and nothing goes out.",
            )
        page.drafts.finished(self._draft)
        page.load_incidents()


def _because(over_at: datetime, expires: datetime) -> str:
    return "when it expires" if over_at == expires else "when the promised update is due"
