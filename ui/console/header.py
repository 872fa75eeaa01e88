"""The line on top: mode, incident, silence, channels, who is here."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.rules.plain_words import needing_a_second
from crisisdesk.rules.showing import one_line
from crisisdesk.rules.timing import SILENCE
from ui import icons
from ui.actions import MENU, key_of, on_screen, tip_of, words_of
from ui.theme import SPACE_WIDE
from ui.widgets.clocks import age, clock_time, length, since
from ui.widgets.elided import ElidedButton
from ui.widgets.flow import Flow, flowing
from ui.widgets.parts import button, label, literal, restyle, row, set_tip
from ui.widgets.tips import give_tip

LONGEST_NAME = 34
QUIET_TIP = "No sound and no notice of the desktop. Press to be called again."
SILENCE_SECONDS = SILENCE.total_seconds()
"""From then on silence is shown as a problem."""


class Header(QWidget):
    """Shows what it is told; the menus only ask."""

    incident_asked = Signal()
    incident_chosen = Signal(object)
    approvals_asked = Signal()
    loud_asked = Signal()
    palette_asked = Signal()
    channels_asked = Signal()

    def __init__(self, mode: Mode, operator: Operator) -> None:
        super().__init__()
        self._mode = mode
        self.mode_chip = label(
            *(("■ LIVE", "live") if mode is Mode.LIVE else ("◆ EXERCISE", "exercise"))
        )
        self.incident = ElidedButton()
        self.timer = label("", "strong")
        self.approvals = button("", self.approvals_asked.emit, "alarm")
        self.approvals.hide()
        self.quiet = button("", self.loud_asked.emit, icon="quiet", tip=QUIET_TIP)
        self.quiet.hide()
        self.silence = label("", "muted")
        self.promise = label("", "muted")
        self.channels = button("", self.channels_asked.emit, "quiet", icon="channels")
        find = f"Find ({key_of('palette')})"
        self.finder = button(find, self.palette_asked.emit, "quiet", icon="palette")
        give_tip(self.finder, tip_of("palette"))
        self.who = QPushButton(literal(f"{operator.name} ▾"))
        self.who.setMenu(QMenu(self))
        self.who.menu().aboutToShow.connect(self.fill_menu)
        told = (self.approvals, self.quiet, self.silence, self.promise, self.channels)
        box = Flow(
            _group(self.mode_chip, self.incident, self.timer),
            flowing(*told, self.finder, self.who, space=SPACE_WIDE),
            spread=True,
        )
        box.setContentsMargins(10, 6, 10, 6)
        self.setLayout(box)
        self.show_incidents([], None)

    def fill_menu(self) -> None:
        """Offer what can be done now, as the table of actions names it."""
        menu = self.who.menu()
        menu.clear()
        offered = {each.action.id: each for each in on_screen(self.window()) if not each.why_not()}
        for name in MENU:
            if name in offered:
                icon = icons.icon(offered[name].action.icon)
                action = QAction(icon, f"{words_of(name)}\t{key_of(name)}".strip(), menu)
                action.triggered.connect(lambda _=False, each=offered[name]: each.go())
                menu.addAction(action)

    def show_incidents(self, incidents: list[Incident], current: Incident | None) -> None:
        """Show the current incident and offer the others."""
        self.incident.say(
            f"{one_line(current.name, LONGEST_NAME)} · Ref {current.ref}  ▾"
            if current
            else "Open an incident ▾"
        )
        known = f"Incident {current.name} · Ref {current.ref}" if current else "Open an incident"
        self.incident.setAccessibleName(known)
        menu = QMenu(self)
        new = QAction(f"Open a new incident…\t{key_of('incident')}", menu)
        new.triggered.connect(lambda _=False: self.incident_asked.emit())
        menu.addAction(new)
        for each in incidents:
            if each.closed_at is None and (current is None or each.id != current.id):
                action = QAction(literal(f"{each.name} · Ref {each.ref}"), menu)
                action.triggered.connect(lambda _=False, it=each: self.incident_chosen.emit(it))
                menu.addAction(action)
        before = self.incident.menu()
        self.incident.setMenu(menu)
        if before:
            before.deleteLater()

    def show_approvals(self, waiting: int, approved: int) -> None:
        """Say how many messages wait for a second person, or are approved and not sent."""
        words = [needing_a_second(waiting)] if waiting else []
        words += [f"{approved} approved, not sent"] if approved else []
        self.approvals.setText(f"‖ {' · '.join(words)} ({key_of('approvals')})")
        self.approvals.setVisible(bool(words))

    def show_quiet(self, until: datetime | None) -> None:
        """Say until when nothing calls; None while everything does."""
        self.quiet.setText(f"Quiet until {clock_time(until)}" if until else "")
        self.quiet.setVisible(until is not None)

    def show_time(self, now: datetime, incident: Incident | None, last_ms: int) -> None:
        """Show how long the incident lasts and how long the public has heard nothing."""
        running = (now - incident.opened_at).total_seconds() if incident else 0.0
        self.timer.setText(since(running) if incident else "")
        silent = (now.timestamp() - last_ms / 1000) if last_ms else 0.0
        spoken = bool(last_ms) and (incident is None or silent <= running)
        if spoken:
            self.silence.setText(
                f"last public update {age(silent)} ago".replace("now ago", "just now")
            )
        else:
            self.silence.setText("no public update yet" if incident else "")
        waiting = silent if spoken else running
        late = incident is not None and waiting > SILENCE_SECONDS
        restyle(self.silence, "role", "problem" if late else "muted")

    def show_promise(self, now: datetime, due: datetime | None) -> None:
        """Show when the next promised update is due, or for how long it has been overdue."""
        late = (now - due).total_seconds() if due else -1.0
        words = f"next promised {clock_time(due)}" if due else ""
        self.promise.setText(f"promise overdue {length(late)}" if late >= 0 else words)
        self.promise.setVisible(bool(words))
        restyle(self.promise, "role", "problem" if late >= 0 else "muted")

    def show_channels(self, working: int, number: int, troubles: list[str]) -> None:
        """Show how many accounts work; the tool tip says what is wrong with the others."""
        self.channels.setText(f"{working}/{number} accounts ok" if number else "")
        self.channels.setVisible(bool(number))
        set_tip(self.channels, "\n".join(troubles) or "Channels and sources")
        restyle(self.channels, "tone", "danger" if working < number else "")


def _group(*parts: QWidget) -> QWidget:
    """What stays together when the line breaks."""
    made = QWidget()
    made.setLayout(row(*parts, space=SPACE_WIDE))
    return made
