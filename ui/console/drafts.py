"""Between what is being typed and the disk: kept at every keystroke, there again after a crash."""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from crisisdesk.model.draft import SAMPLE_MARKER, Draft, Restored, Unfinished
from crisisdesk.model.errors import AlreadyComposed, CrisisDeskError
from crisisdesk.model.incident import Incident
from ui.actions import key_of
from ui.console.putting_aside import Written
from ui.dialogs.kept_words import KeptWords
from ui.dialogs.once import open_once
from ui.keeping import Keeping
from ui.widgets.clocks import clock_seconds
from ui.widgets.parts import restyle

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage

LATE_MS = 1000
"""A write that takes longer is said; a shorter one would only flicker."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look into the database brought back."""

    restored: Restored | None
    incident: Incident | None
    account_ids: tuple[str, ...]


class Drafts(QObject):
    """Takes every change of the console, and brings the last one back at the next start."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self._ready = False
        self._message: Draft | None = None
        self._failing = False
        desk, tasks = page.desk, page.tasks
        self.keeping: Keeping[Unfinished] = Keeping(
            tasks, lambda what: desk.drafting.keep(what, page.operator), self._on_kept, self
        )
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(LATE_MS)
        self._late.timeout.connect(self._show)
        page.log.note.textChanged.connect(self.note)
        page.recorder.changed.connect(self.note)

    def note(self) -> None:
        """Something was typed, chosen or taken away."""
        if not self._ready:
            return
        self.keeping.put(self._unfinished())
        if not self.keeping.safe and not self._late.isActive():
            self._late.start()

    def finished(self, draft: Draft) -> None:
        """This message is sent, asked for or planned: make room for the next one.

        Whoever has begun another one meanwhile keeps it.
        """
        if self._message and self._message.key == draft.key:
            self._message = None
        if self._page.message.key == draft.key:
            self._page.message.done()
            self._page.broadcast.lock_to(None)
        self.note()

    def not_finished(self, draft: Draft, error: Exception) -> None:
        """It did not go out: the same words may be tried again as another message.

        But not what another desk of this operator has sent meanwhile.
        """
        message = self._page.message
        if message.key == draft.key and not isinstance(error, AlreadyComposed):
            message.renew()
        self.note()

    def flush(self) -> None:
        """At the very end: what was typed last is written before the desk closes."""
        try:
            self.keeping.flush()
        except CrisisDeskError as error:
            log.error("what was typed last could not be kept: %s", error)

    def _unfinished(self) -> Unfinished:
        """What is put aside for another template stays kept until a new message is begun."""
        page = self._page
        draft = page.draft()
        if draft:
            self._message = replace(draft, expected_marker=SAMPLE_MARKER)
        incident = page.incident.id if page.incident else ""
        note, record = page.log.note.text(), page.recorder.unfinished()
        return Unfinished(self._message, note, incident, record)

    def _on_kept(self, error: Exception | None) -> None:
        if error and not self._failing:
            self._page.notice.problem(
                "What you type is not on disk.",
                "Go on: it can still be sent, and saving is tried again all the time.",
                "If the program ends now, the last words are lost.",
                str(error),
            )
        self._failing = error is not None
        if self.keeping.safe or error:
            self._late.stop()
            self._show()

    def _show(self) -> None:
        shown = self._page.message.kept
        at = self.keeping.kept_at
        safe = self.keeping.safe and at is not None
        shown.setText(f"✓ saved {clock_seconds(at)}" if safe and at else "! not saved")
        restyle(shown, "tone", "muted" if safe else "warn")

    # After a new start

    def restore(self) -> None:
        """Bring back what this operator had begun."""
        self._page.tasks.read(self._look, self._bring_back, self._not_found)

    def _look(self) -> _Found:
        desk, operator = self._page.desk, self._page.operator
        restored = desk.drafting.restore(operator)
        if restored is None:
            return _Found(None, None, ())
        what = restored.what
        follows = restored.follows
        reached = desk.composing.followers(follows.id) if follows else ()
        wanted = what.message.incident_id if what.message else ""
        still_open = {each.id: each for each in desk.composing.incidents() if not each.closed_at}
        found = still_open.get(wanted) or still_open.get(what.incident_id)
        return _Found(restored, found, reached)

    def _not_found(self, error: Exception) -> None:
        self._ready = True
        self._page.notice.error(error)

    def _bring_back(self, found: _Found) -> None:
        if found.restored is None or self._fill(found.restored, found):
            self._begin()

    def _begin(self) -> None:
        """From now on what is typed replaces what was kept."""
        self._ready = True
        self.note()

    def _fill(self, restored: Restored, found: _Found) -> bool:
        """Put back what has a place. False while words that have none are still looked at."""
        page, what = self._page, restored.what
        lost = restored.lost
        if found.incident:
            page.choose_incident(found.incident)
        if what.note and not page.log.note.text():
            page.log.note.setText(what.note)
        if what.record:
            page.recorder.take_back(what.record)
        back = _named(restored)
        remarks = list(restored.remarks)
        if what.message and page.message.template is not None:
            remarks.append("You had begun another message already: copy the old words.")
            lost = lost or _lines(what.message)
        elif what.message:
            remarks += self._fill_message(what.message, found)
        self._tell(back, remarks, restored)
        if not lost:
            return True
        dialog = KeptWords(page, " ".join(remarks), lost)
        dialog.finished.connect(lambda _: self._begin())
        open_once(dialog)
        return False

    def _fill_message(self, draft: Draft, found: _Found) -> list[str]:
        """Put the message into the form; sentences about what could not be as it was."""
        page, restored = self._page, found.restored
        follows = restored.follows if restored else None
        known = {each.account.id for each in page.broadcast.rows}
        page.broadcast.lock_to(None)
        page.message.put_back(
            Written(draft.template_id, draft.step, follows, draft.values, draft.pictures, draft.key)
        )
        if follows:
            page.broadcast.lock_to(found.account_ids)
            gone = set(found.account_ids) != set(draft.account_ids)
        else:
            page.broadcast.choose(draft.account_ids)
            gone = not set(draft.account_ids) <= known
        page.refresh_readiness()
        remarks = ["Look at the channels: they are not those of before."] if gone else []
        if draft.incident_id and not found.incident:
            remarks.append("Its incident is closed: open one, or choose another.")
        return remarks

    def _tell(self, back: str, remarks: list[str], restored: Restored) -> None:
        moment = restored.saved_at.astimezone()
        today = moment.date() == self._page.desk.clock.now().astimezone().date()
        when = f"{moment:%H:%M:%S}" if today else f"{moment.day} {moment:%B, %H:%M:%S}"
        words = f"Back as it was saved at {when}: {back}." if back else ""
        if remarks:
            told = " ".join(filter(None, (words, *remarks)))
            self._page.notice.problem(told, "Read it before you go on.")
        elif words:
            self._page.notice.good(words)


def _named(restored: Restored) -> str:
    """What came back, in words."""
    what, found = restored.what, []
    if what.message:
        step = what.message.step.words.lower()
        about = f" for {restored.follows.marker}" if restored.follows else ""
        found.append(f"the {step}{about} that you were writing")
    if what.message and what.message.pictures:
        number = len(what.message.pictures)
        found.append("its picture" if number == 1 else f"its {number} pictures")
    if what.note:
        found.append("the decision that you were noting")
    if what.record:
        found.append(f"the entry that you were writing ({key_of('record')})")
    return ", ".join(found)


def _lines(draft: Draft) -> str:
    return "\n".join(value for value in draft.values.values() if value.strip())
