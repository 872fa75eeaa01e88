"""The only crossing from the core's threads to the screen: events, gathered frame by frame."""

from collections import deque
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from crisisdesk.model.events import (
    AccountsChanged,
    AlertExpired,
    ApprovalChanged,
    CallCame,
    ClockStepped,
    DeliveryChanged,
    ExerciseTold,
    ForeignPost,
    LogChecked,
    LogGrew,
    MentionsJudged,
    MentionsRemoved,
    MentionsStored,
    NoDuff,
    PlanChanged,
    PromiseNear,
    SettingsChanged,
    SourceState,
    StopChanged,
    StoryMoved,
)
from crisisdesk.model.mention import Label
from crisisdesk.system.bus import Bus

FRAME_MS = 50


class Bridge(QObject):
    """Subscribes to the bus and tells the screen, at most twenty times a second."""

    mentions_stored = Signal()
    needs_stored = Signal()
    mentions_judged = Signal(object)
    deliveries_changed = Signal()
    delivery_moved = Signal(object)
    approvals_changed = Signal()
    log_grew = Signal()
    log_checked = Signal(object)
    source_state = Signal(object)
    accounts_changed = Signal()
    exercise_told = Signal(object)
    call_came = Signal(object)
    story_moved = Signal(object)
    no_duff = Signal(object)
    foreign_post = Signal(object)
    plans_changed = Signal()
    plan_moved = Signal(object)
    time_told = Signal(object)
    settings_changed = Signal(str)

    _woken = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Any] = deque()
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self._flush)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        for kind in (
            MentionsStored,
            MentionsJudged,
            DeliveryChanged,
            LogChecked,
            LogGrew,
            SourceState,
            AccountsChanged,
            ExerciseTold,
            CallCame,
            StoryMoved,
            NoDuff,
            ApprovalChanged,
            StopChanged,
            ForeignPost,
            PlanChanged,
            PromiseNear,
            AlertExpired,
            ClockStepped,
            SettingsChanged,
            MentionsRemoved,
        ):
            bus.subscribe(kind, self._take)

    def _take(self, event: Any) -> None:
        """Called in any thread. Only the first event of a frame wakes the screen."""
        first = not self._waiting
        self._waiting.append(event)
        if first:
            self._woken.emit()

    @Slot()
    def _wake(self) -> None:
        if not self._frame.isActive():
            self._frame.start()

    @Slot()
    def _flush(self) -> None:
        stored = needed = grew = sent = asked = planned = False
        for _ in range(len(self._waiting)):
            event = self._waiting.popleft()
            stored = stored or isinstance(event, MentionsStored | MentionsRemoved)
            needed = needed or (isinstance(event, MentionsStored) and Label.NEED in event.labels)
            grew = grew or isinstance(event, LogGrew)
            sent = sent or isinstance(event, DeliveryChanged)
            asked = asked or isinstance(event, ApprovalChanged | StopChanged)
            planned = planned or isinstance(event, PlanChanged)
            self._tell(event)
        if stored:
            self.mentions_stored.emit()
        if needed:
            self.needs_stored.emit()
        if grew:
            self.log_grew.emit()
        if sent:
            self.deliveries_changed.emit()
        if asked:
            self.approvals_changed.emit()
        if planned:
            self.plans_changed.emit()
        if self._waiting:
            self._frame.start()

    def _tell(self, event: Any) -> None:
        if isinstance(event, MentionsJudged):
            self.mentions_judged.emit(event.mention_ids)
        elif isinstance(event, SettingsChanged):
            self.settings_changed.emit(event.key)
        elif isinstance(event, AccountsChanged):
            self.accounts_changed.emit()
        elif isinstance(event, LogChecked):
            self.log_checked.emit(event.report)
        elif name := _TOLD_WHOLE.get(type(event)):
            getattr(self, name).emit(event)


_TOLD_WHOLE = {
    SourceState: "source_state",
    ExerciseTold: "exercise_told",
    CallCame: "call_came",
    StoryMoved: "story_moved",
    NoDuff: "no_duff",
    DeliveryChanged: "delivery_moved",
    PlanChanged: "plan_moved",
    ForeignPost: "foreign_post",
    PromiseNear: "time_told",
    AlertExpired: "time_told",
    ClockStepped: "time_told",
}
"""Events that the screen gets as they are, by the name of the signal."""
