"""The console: four panes and a header over one desk. It connects them; each does its own work."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.desk import Desk
from crisisdesk.model.account import Account
from crisisdesk.model.draft import SAMPLE_MARKER, Draft
from crisisdesk.model.events import SourceState
from crisisdesk.model.incident import Incident
from crisisdesk.model.operator import Operator
from crisisdesk.model.template import Step
from crisisdesk.rules.exercise.coaching import Seen
from crisisdesk.rules.references import marker
from ui.bridge import Bridge
from ui.console.agreeing import Agreeing
from ui.console.alert_card import AlertCard
from ui.console.announcements import Announcements
from ui.console.approval_card import ApprovalCard
from ui.console.broadcast_pane import BroadcastPane
from ui.console.calls import Calls
from ui.console.drafts import Drafts
from ui.console.foreign_post import ForeignPosts
from ui.console.handing_on import HandingOn
from ui.console.header import Header
from ui.console.judging import Judging
from ui.console.keys import bind_actions
from ui.console.log_pane import LogPane
from ui.console.mentions_pane import MentionsPane
from ui.console.message_pane import MessagePane
from ui.console.panes import Panes
from ui.console.plan_strip import PlanStrip
from ui.console.putting_aside import PuttingAside
from ui.console.recorder import Recorder
from ui.console.sending import Sending
from ui.console.times import Times
from ui.console.undoing import Undoing
from ui.delegates.mention_delegate import MentionDelegate
from ui.dialogs.asking import ask_line
from ui.dialogs.pack_dialog import PackDialog
from ui.leaving import open_address
from ui.tasks import Tasks
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice

SECOND_MS = 1000
QUEUE_MS = 5000
"""How often the approval queue is read: another desk on the same database may have changed it."""


class ConsolePage(QWidget):
    """One operator at one open desk."""

    settings_asked = Signal()
    board_asked = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator) -> None:
        super().__init__()
        self.desk = desk
        self.tasks = tasks
        self.operator = operator
        self.incident: Incident | None = None
        self._states: dict[tuple[str, str], SourceState] = {}
        MentionDelegate.now_ms = staticmethod(lambda: int(desk.clock.now().timestamp() * 1000))
        self.bridge = Bridge(desk.bus, self)
        self.notice = Notice()
        self.header = Header(desk.mode, operator)
        self.mentions = MentionsPane(desk, tasks, operator)
        self.message = MessagePane(desk.composing.templates, tasks)
        self.broadcast = BroadcastPane(desk.mode)
        self.log = LogPane(desk, tasks, operator)
        self.recorder = Recorder(self)
        self.handing_on = HandingOn(self)
        self.drafts = Drafts(self)
        self.undoing = Undoing()
        self.judging = Judging(self)
        self.aside = PuttingAside(self)
        self.sending = Sending(self)
        self.agreeing = Agreeing(self)
        self.pack = PackDialog(desk.handing_over, desk.mode, tasks, operator, self)
        self.foreign = ForeignPosts(self)
        self.strip = PlanStrip()
        self.times = Times(self)
        self.announcements = Announcements(self)
        self.calls = Calls(self)
        self.calls.calling.told.connect(self.announcements.told)
        self._lay_out()
        self._connect()
        self._clock = QTimer(self)
        self._clock.setInterval(SECOND_MS)
        self._clock.timeout.connect(self._show_time)
        self._clock.start()
        self._load()

    def _lay_out(self) -> None:
        self.panes = Panes(
            {
                "mentions": ("Mentions", self.mentions),
                "message": ("Message", self.message),
                "broadcast": ("Broadcast", self.broadcast),
                "log": ("Log", self.log),
            }
        )
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(8, 0, 8, 8)
        inner.addWidget(self.notice)
        inner.addWidget(self.strip)
        inner.addWidget(self.panes, 1)
        self.top = QVBoxLayout(self)
        self.top.setContentsMargins(0, 0, 0, 0)
        self.top.setSpacing(0)
        self.top.addWidget(ModeBand(self.desk.mode))
        self.top.addWidget(self.header)
        self.top.addWidget(self.foreign.strip)
        self.top.addWidget(body, 1)

    def _connect(self) -> None:
        bridge = self.bridge
        bridge.mentions_stored.connect(self.mentions.on_stored)
        self.mentions.sources_asked.connect(self.settings_asked)
        self.header.channels_asked.connect(self.settings_asked)
        self.mentions.needs_counted.connect(self.announcements.needs)
        bridge.mentions_judged.connect(self.mentions.on_judged)
        self.mentions.verdict_asked.connect(self.judging.judge)
        self.mentions.take_back_asked.connect(self.undoing.undo)
        bridge.log_grew.connect(self.log.on_grew)
        self.log.entry_asked.connect(self.recorder.show_entry)
        bridge.log_checked.connect(self.log.show_report)
        self.log.broken.connect(self.notice.problem)
        bridge.deliveries_changed.connect(self.load_past)
        bridge.deliveries_changed.connect(self.pack.reload)
        bridge.accounts_changed.connect(self.load_accounts)
        bridge.source_state.connect(self._on_source)
        bridge.plans_changed.connect(self.times.load)
        bridge.time_told.connect(self.times.on_told)
        self.strip.update_asked.connect(lambda alert: self.sending.follow(alert, Step.UPDATE))
        self.tasks.failed.connect(self.notice.error)
        self.message.changed.connect(self.refresh_readiness)
        self.message.filled.connect(self.go_on)
        self.message.put_aside.connect(self.aside.take)
        self.broadcast.changed.connect(self.refresh_readiness)
        self.broadcast.broadcast_asked.connect(self.sending.broadcast)
        self.broadcast.setup_asked.connect(self.settings_asked)
        self.broadcast.lead_on_asked.connect(self._lead_on)
        self.broadcast.board_asked.connect(self.board_asked)
        self.broadcast.later_asked.connect(self.times.ask_later)
        self.broadcast.card_made.connect(self._connect_card)
        self._connect_approvals()
        self.header.incident_asked.connect(self.ask_incident)
        self.header.incident_chosen.connect(self.choose_incident)
        bind_actions(self)

    def _connect_approvals(self) -> None:
        area = self.broadcast.approvals
        area.card_made.connect(self._connect_approval)
        area.seen_asked.connect(self.agreeing.notice_seen)
        area.change_asked.connect(self.agreeing.rewrite_by_id)
        self.broadcast.stop_asked.connect(self.sending.stop_all)
        self.broadcast.go_on_asked.connect(self.sending.ask_go_on)
        self.header.approvals_asked.connect(self.focus_approvals)
        self.bridge.approvals_changed.connect(self.agreeing.load_queue)
        self._queue_timer = QTimer(self)
        self._queue_timer.setInterval(QUEUE_MS)
        self._queue_timer.timeout.connect(self.agreeing.load_queue)
        self._queue_timer.start()

    def _connect_approval(self, card: ApprovalCard) -> None:
        card.decide_asked.connect(self.agreeing.decide)
        card.broadcast_asked.connect(self.sending.send_approved)
        card.change_asked.connect(self.agreeing.change)

    def focus_approvals(self) -> None:
        """Put the keyboard onto the queue; when it is empty, say so."""
        if not self.broadcast.focus_approvals():
            self.notice.good("Nothing waits for a second person.")

    def _connect_card(self, card: AlertCard) -> None:
        card.follow_asked.connect(self.sending.follow)
        card.retract_asked.connect(self.sending.ask_retract)
        card.look_asked.connect(self.sending.look)
        card.settle_asked.connect(self.sending.settle)
        card.again_asked.connect(self.sending.send_again)
        card.release_asked.connect(self.sending.ask_release)
        card.drop_asked.connect(self.sending.ask_drop)
        card.by_hand_asked.connect(self.pack.open_for)
        card.repeat_asked.connect(self.times.ask_repeat)
        card.link_asked.connect(open_address)

    def open_pack(self) -> None:
        """The newest alert, to be posted by hand."""
        card = next(iter(self.broadcast.cards.values()), None)
        self.pack.open_newest((card.alert, card.deliveries) if card else None)

    def _load(self) -> None:
        self.load_accounts()
        self.load_past()
        self.load_incidents()
        self.agreeing.load_queue()
        self.foreign.load()
        self.times.load()
        self.drafts.restore()
        troubles = [str(each) for each in self.desk.configuring.problems]
        troubles += self.desk.composing.template_problems
        if troubles:
            self.notice.problem(
                " ".join(troubles),
                "Go on with the others; have the files corrected by whoever wrote them.",
                "What is named here is left out. All the rest can be used.",
            )

    def load_accounts(self) -> None:
        """The channels may have changed."""
        self.broadcast.show_accounts(self.desk.composing.accounts())
        self.tasks.read(self.desk.composing.limits, self.sending.set_limits)
        self.tasks.read(self.desk.administering.unchecked, self.broadcast.mark_unchecked)
        self.tasks.read(self.desk.administering.accounts, self._know_accounts)
        self.refresh_readiness()

    def load_incidents(self) -> None:
        """Read the incidents, with how many alerts each has."""
        self.tasks.read(self.desk.composing.incidents, self._show_incidents)

    def load_past(self) -> None:
        """Read what was broadcast and how it went."""
        dispatch = self.desk.dispatch
        self.tasks.read(
            lambda: (dispatch.recent(), dispatch.last_broadcast_ms()), self.sending.show_past
        )

    def draft(self) -> Draft | None:
        """What would be sent now; None without a template."""
        template = self.message.template
        if template is None:
            return None
        return Draft(
            incident_id=self.incident.id if self.incident else "",
            template_id=template.id,
            step=self.message.step,
            values=self.message.form.values(),
            account_ids=self.broadcast.chosen(),
            references=self.message.follows.id if self.message.follows else "",
            expected_marker=self._expected_marker(),
            pictures=self.message.pictures.pictures(),
            key=self.message.key,
        )

    def _expected_marker(self) -> str:
        incident = self.incident
        return marker(incident.ref, incident.alerts + 1) if incident else SAMPLE_MARKER

    def seen(self) -> Seen:
        """What is being written, and whether it could be sent: for the coach of a drill."""
        template = self.message.template
        return Seen(template.id if template else "", self.broadcast.hold.isEnabled())

    def _lead_on(self, name: str) -> None:
        """A pane's button to the next step."""
        {"message": self.message.focus, "incident": self.ask_incident}[name]()

    def refresh_readiness(self) -> None:
        """Show each channel's text and whether the button may be held. Pure rules, no waiting."""
        self.sending.refresh()
        self.drafts.note()

    def ask_incident(self) -> None:
        """Ask for the name of a new incident."""
        ask_line(self, "Open an incident", "What happened, and where?", self._open_incident)

    def _open_incident(self, name: str) -> None:
        operator, composing = self.operator, self.desk.composing
        self.tasks.read(lambda: composing.open_incident(name, operator), self._opened)

    def _opened(self, incident: Incident) -> None:
        self.choose_incident(incident)
        if self.message.template and self.message.form.is_filled():
            self.broadcast.focus()
        else:
            self.message.focus()

    def go_on(self) -> None:
        """The form is filled in: to what is next, an incident to belong to or the button."""
        if self.incident is None:
            self.ask_incident()
        else:
            self.broadcast.focus()

    def choose_incident(self, incident: Incident) -> None:
        """Work on this incident from now on."""
        self.incident = incident
        self.load_incidents()
        self.refresh_readiness()

    def _show_incidents(self, incidents: list[Incident]) -> None:
        still_open = {each.id: each for each in incidents if each.closed_at is None}
        current = self.incident.id if self.incident else next(iter(still_open), "")
        self.incident = still_open.get(current, self.incident)
        self.header.show_incidents(incidents, self.incident)
        self._show_time()
        self.refresh_readiness()

    def _on_source(self, state: SourceState) -> None:
        self._states[state.account_id, state.part] = state
        self._show_states()

    def _know_accounts(self, accounts: list[Account]) -> None:
        ids, kind_of = {each.id for each in accounts}, self.desk.administering.kind
        self.mentions.show_listening(any(kind_of(each.kind).listens for each in accounts))
        self._states = {key: each for key, each in self._states.items() if key[0] in ids}
        self._show_states()

    def _show_states(self) -> None:
        troubles = [each for each in self._states.values() if not each.ok]
        known = {account_id for account_id, _ in self._states}
        failing = {each.account_id for each in troubles}
        words = [each.words for each in troubles]
        self.header.show_channels(len(known) - len(failing), len(known), words)
        self.mentions.show_sources(len(known), words)

    def _show_time(self) -> None:
        self.header.show_time(self.desk.clock.now(), self.incident, self.sending.last_ms)
        self.times.show_time()
        self.calls.tick()
