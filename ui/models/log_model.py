"""Log entries as table rows: when, who, what, in words."""

from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtGui import Qt

from crisisdesk.model.mode import Mode
from crisisdesk.rules.plain_words import counted
from crisisdesk.rules.showing import one_line
from ui.theme import EXERCISE

COLUMNS = ("No.", "Time", "Who", "What")
CLOCK, DATED = "%H:%M:%S", "%Y-%m-%d %H:%M:%S"
_Index = QModelIndex | QPersistentModelIndex

WORDS = {
    "desk.opened": "desk opened",
    "desk.closed": "desk closed",
    "desk.backed_up": "backed up",
    "desk.not_backed_up": "NO BACKUP",
    "operator.added": "operator added",
    "operator.signed_in": "signed in",
    "operator.signed_out": "signed out",
    "operator.refused": "sign-in refused",
    "organisation.named": "named the organisation",
    "account.added": "channel added",
    "account.changed": "channel changed",
    "account.removed": "channel removed",
    "log.broken": "THE LOG IS BROKEN",
    "log.anchored": "handed a checkpoint to others",
    "log.not_anchored": "could not hand on a checkpoint",
    "setting.changed": "setting changed",
    "setting.unusable": "setting cannot be used",
    "setting.found": "setting changed in the file",
    "mentions.removing": "removes old mentions",
    "mentions.removed": "removed old mentions",
    "account.watched": "is watched from now on",
    "account.counted": "counts our posts",
    "account.foreign_post": "HOLDS A POST THAT IS NOT FROM THIS DESK",
    "account.foreign_post_answered": "foreign post answered",
    "incident.opened": "opened incident",
    "alert.composed": "composed",
    "alert.claimed_by_hand": "goes out by hand",
    "alert.handed_over": "handed over for posting by hand",
    "alert.retracting": "retracts",
    "broadcast.started": "broadcast",
    "approval.asked": "asked a second person",
    "approval.given": "approved",
    "approval.glass_broken": "BROKE THE GLASS",
    "approval.refused": "wrong passphrase for an approval",
    "approval.returned": "sent back",
    "approval.rejected": "rejected",
    "approval.withdrawn": "withdrew a request",
    "approval.wrong_code": "wrong code",
    "codes.printed": "printed new codes",
    "notice.seen": "saw a notice",
    "desk.stopped": "STOPPED EVERYTHING",
    "desk.went_on": "let the desk go on",
    "operator.role_changed": "role changed",
    "operator.passphrase_changed": "new passphrase",
    "operator.key_made": "approval key made",
    "operator.left": "removed",
    "alert.expired": "expired, still in public",
    "plan.made": "planned",
    "plan.started": "planned message begins",
    "plan.repeated": "repeated",
    "plan.done": "plan done",
    "plan.held": "plan held",
    "plan.missed": "PLAN MISSED",
    "plan.released": "plan released",
    "plan.dropped": "plan dropped",
    "promise.made": "promised",
    "promise.kept": "promise kept",
    "promise.missed": "PROMISE MISSED",
    "promise.dropped": "promise dropped",
    "clock.stepped": "CLOCK",
    "clock.trusted": "says the clock is right",
    "mention.handled": "handled a mention",
    "mention.judged": "judged a mention",
    "mention.restored": "took back a verdict",
    "decision.noted": "decided",
    "information.noted": "noted",
    "action.noted": "did",
    "methane.noted": "METHANE",
    "handover.noted": "handed over",
    "handover.offered": "hand-over brief",
    "handover.signed": "signed for the hand-over",
    "entry.redacted": "TOOK WORDS AWAY",
    "exercise.inject": "inject",
    "exercise.started": "STARTEX",
    "exercise.begun": "the story begins",
    "exercise.fired": "played at once",
    "exercise.skipped": "skipped",
    "exercise.edited": "changed an inject",
    "exercise.inserted": "added an inject",
    "exercise.broken": "broke a network",
    "exercise.mended": "mended a network",
    "exercise.observed": "observed",
    "exercise.paused": "PAUSEX",
    "exercise.resumed": "went on after PAUSEX",
    "exercise.speed": "story speed",
    "exercise.no_duff": "NO DUFF: A REAL EVENT STOPPED THE EXERCISE",
    "exercise.real_event": "the real event",
    "call.answered": "answered",
    "call.ended": "ended the call",
    "exercise.ended": "ENDEX",
    "exercise.measured": "measured, and wrote the report",
    "gate.refused": "GATE REFUSED",
}

SAID = ("headline", "words", "evidence", "by", "reason", "name", "id", "event", "why", "text", "to")
"""Where an entry's own words stand, the most telling first."""


class LogModel(QAbstractTableModel):
    """Rows are dicts as `Reviewing.entries` gives them."""

    def __init__(self, parent: QObject | None = None, *, dates: bool = False) -> None:
        super().__init__(parent)
        self._rows: list[dict[str, Any]] = []
        self._time_form = DATED if dates else CLOCK
        self._marks_rows = dates  # in review, where live logs and exercises look alike

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return f"entry {index.row() + 1:,} of {len(self._rows):,} shown"
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return None
        entry = self._rows[index.row()]
        words = _cell(entry, index.column(), self._time_form)
        if self._marks_rows and index.column() == len(COLUMNS) - 1 and _of_exercise(entry):
            words = f"{EXERCISE} · {words}"
        # A tip that looks like HTML would be formatted.
        return words if role == Qt.ItemDataRole.DisplayRole else Qt.convertFromPlainText(words)

    def without_dates(self) -> None:
        """Every entry is of one day, which is told elsewhere."""
        self._time_form = CLOCK
        if self._rows:
            end = self.index(len(self._rows) - 1, 1)
            self.dataChanged.emit(self.index(0, 1), end)

    @property
    def of_exercise(self) -> bool:
        """Whether any of these entries was written in an exercise."""
        return any(_of_exercise(each) for each in self._rows)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def seq_at(self, index: _Index) -> int:
        """The number of the entry in that row."""
        return int(self._rows[index.row()]["seq"])

    def replace(self, rows: list[dict[str, Any]]) -> None:
        """Show these entries, newest first. Those that stand there already are left alone."""
        newest = self._rows[0] if self._rows else None
        new = rows.index(newest) if newest in rows else 0
        if not new or rows[new:] != self._rows[: len(rows) - new]:
            self._replace_all(rows)
            return
        self.beginInsertRows(QModelIndex(), 0, new - 1)
        self._rows = rows[:new] + self._rows
        self.endInsertRows()
        if len(self._rows) > len(rows):
            self.beginRemoveRows(QModelIndex(), len(rows), len(self._rows) - 1)
            del self._rows[len(rows) :]
            self.endRemoveRows()

    def rows(self) -> list[dict[str, Any]]:
        """The entries that are shown, newest first."""
        return self._rows

    def append(self, rows: list[dict[str, Any]]) -> None:
        """Add older entries at the end."""
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows = self._rows + rows
            self.endInsertRows()

    def _replace_all(self, rows: list[dict[str, Any]]) -> None:
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()


def _of_exercise(entry: dict[str, Any]) -> bool:
    return entry.get("mode") == Mode.EXERCISE


def _cell(entry: dict[str, Any], column: int, time_form: str) -> str:
    if column == 0:
        return str(entry.get("seq", ""))
    if column == 1:
        return _time(str(entry.get("at", "")), time_form)
    if column == 2:
        return one_line(str(entry.get("actor", "")), 60)
    return what(entry)


def _time(text: str, form: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone().strftime(form)
    except ValueError:
        return text


def what(entry: dict[str, Any]) -> str:
    """One entry in words."""
    action, found = str(entry.get("action", "")), entry.get("detail")
    detail = found if isinstance(found, dict) else {}  # a changed entry may hold anything
    words = WORDS.get(action, action.removeprefix("delivery.").replace("_", " "))
    if detail.get("kind") == "not_to_act":
        words = "decided not to act"
    if corrects := detail.get("corrects"):
        words = f"puts entry {corrects} right, {words}"
    if detail.get("late"):
        words = f"late entry, {words}"
    if name := detail.get("channel_name"):
        words = f"{name} {words}"
    said = next(
        (str(detail[key]) for key in SAID if detail.get(key)),
        "",
    )
    channels = detail.get("channels")
    to = f" to {counted(len(channels), 'channel')}" if isinstance(channels, list) else ""
    return one_line(f"{words}{to}: {said}" if said else words, 300)
