"""The dispatch pack on screen: copy, print or save every text, and log who takes it.

Copying, printing and saving need no log. Logging does, and says so when it fails.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery
from crisisdesk.model.errors import StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.model.operator import Operator
from crisisdesk.rules.handing import HandOver
from crisisdesk.rules.pack_papers import phone_script
from crisisdesk.rules.packing import Pack
from crisisdesk.rules.showing import one_line
from crisisdesk.services.handing_over import HandingOver
from crisisdesk.system.program_log import explained
from ui.dialogs.asking import ask_line
from ui.dialogs.hand_over_form import HandOverForm
from ui.dialogs.pack_block import ChannelBlock, CopyButton, TextBlock
from ui.dialogs.pack_saving import PackSaving
from ui.tasks import Tasks
from ui.theme import Theme
from ui.widgets.flow import flowing
from ui.widgets.mode_band import ModeBand
from ui.widgets.notice import Notice
from ui.widgets.parts import button, clear, column, label, pane, row, scrolling

SIZE = (1120, 660)
SIDE = 340
LONGEST_HEADLINE = 120
_PRINTS = "A sheet with a check list, then each text on a page of its own"
_ON_PAPER = "Copying, printing and saving still work. Write down on paper who takes what, and when."


class PackDialog(QDialog):
    """One for each console; it is filled anew each time it opens."""

    def __init__(
        self,
        handing_over: HandingOver,
        mode: Mode,
        tasks: Tasks,
        operator: Operator,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._handing_over = handing_over
        self._mode = mode
        self._tasks = tasks
        self._operator = operator
        self._known: tuple[Alert, Sequence[Delivery]] | None = None
        self._built = False
        self.pack: Pack | None = None
        self.blocks: dict[tuple[str, str], ChannelBlock] = {}
        self.script: TextBlock | None = None
        parent.installEventFilter(self)

    def open_for(self, alert: Alert, deliveries: Sequence[Delivery]) -> None:
        """Open the pack of an alert; what is given serves where the database cannot be read."""
        self._known = (alert, deliveries)
        self._tasks.read(lambda: self._handing_over.pack(alert.id), self._begin, self._unread)

    def open_newest(self, known: tuple[Alert, Sequence[Delivery]] | None = None) -> None:
        """Open the pack of the newest alert in force."""
        self._known = known
        self._tasks.read(self._handing_over.newest_pack, self._begin, self._unread)

    def reload(self) -> None:
        """Deliveries may have changed; nothing jumps under the officer's hands."""
        if self.isVisible() and self.pack:
            alert_id = self.pack.alert_id
            self._tasks.read(lambda: self._handing_over.pack(alert_id), self._go_on, self._failed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A locked desk shows no pack: it goes with the console's page."""
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and self.isVisible():
            self.reject()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._built = True
        self.setWindowTitle("Post by hand")
        room = self.screen().availableSize()
        self.resize(QSize(Theme.scaled(SIZE[0]), Theme.scaled(SIZE[1])).boundedTo(room))
        self.notice = Notice()
        self._headline = label(role="choice", wrap=True)
        self._reference = label(role="strong", wrap=True)
        self._warnings = label(role="problem", wrap=True)
        self.form = HandOverForm(allowed=self._operator.role.may_broadcast)
        self.form.asked.connect(self._hand_over)
        outer = QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(ModeBand(self._mode))
        inner = column(self._headline, self._reference, self._warnings, self.notice, space=6)
        self._list = column(space=10)
        across = row(scrolling(self._list))
        across.addWidget(self._make_side())
        inner.addLayout(across)
        inner.setContentsMargins(14, 10, 14, 14)
        outer.addLayout(inner)
        self.setLayout(outer)
        self.form.go.setDefault(True)  # Enter in a line is for this form, not for another button

    def _make_side(self) -> QWidget:
        self.saving = PackSaving(self, self._handing_over, self._tasks, self._failed)
        self.saving.done.connect(self.notice.good)
        self.save = button("Save as files…", lambda: self.saving.choose_folder(self.pack))
        self.print = button("Print…", lambda: self.saving.print(self.pack), tip=_PRINTS)
        self.close_button = button("Close", self.reject)
        side = column(label("THE WHOLE PACK", "heading"))
        side.addWidget(flowing(self.save, self.print))
        side.addSpacing(10)
        side.addWidget(scrolling(column(self.form, None)), 1)
        side.addLayout(row(None, self.close_button))
        made = pane(side, "pane", 12)
        made.setFixedWidth(min(Theme.scaled(SIDE), self.width() * 2 // 5))
        return made

    def _begin(self, pack: Pack) -> None:
        if not self._built:
            self._build()
        self.notice.hide()
        self.form.done()
        self._rebuild(pack)
        self._go_on(pack)
        self.open()
        next(iter(self.blocks.values())).copies[0].setFocus()

    def _rebuild(self, pack: Pack) -> None:
        clear(self._list)
        self.blocks = {}
        for part in pack.parts:
            block = ChannelBlock(part)
            block.posted_asked.connect(self._ask_posted)
            block.not_posted_asked.connect(self._ask_not_posted)
            self.blocks[part.account_id, part.language] = block
        self.script = TextBlock("Phone script: to read it out to a radio station or control room",
                                phone_script(pack))  # fmt: skip
        for each in (*self.blocks.values(), self.script):
            self._list.addWidget(each)
            for copy in each.copies:
                copy.copied.connect(self._copy)
        self._list.addStretch(1)

    def _go_on(self, pack: Pack) -> None:
        self.pack = pack
        self._headline.setText(one_line(pack.headline, LONGEST_HEADLINE))
        self._reference.setText(f"{pack.step} · {pack.marker} · post it only until {pack.until}")
        self._warnings.setText("\n".join(f"! {each}" for each in pack.warnings))
        self._warnings.setVisible(bool(pack.warnings))
        for part in pack.parts:
            self.blocks[part.account_id, part.language].show_part(part)
        self.form.show_pack(pack)

    def _copy(self, pressed: CopyButton) -> None:
        QApplication.clipboard().setText(pressed.text_to_copy)
        for block in (*self.blocks.values(), self.script):
            for each in block.copies if block else ():
                each.show_copied(now=each is pressed)

    def _unread(self, error: Exception) -> None:
        """The database is gone, the texts are not: what the console shows is enough."""
        if isinstance(error, StoreError) and self._known:
            self._begin(self._handing_over.remembered(*self._known))
        else:
            self._tasks.fail(error)

    def _failed(self, error: Exception) -> None:
        self.form.busy(busy=False)
        told = explained(error)
        to_do = _ON_PAPER if isinstance(error, StoreError) else told.to_do
        self.notice.problem(told.problem, to_do, told.meaning, told.detail)

    def _change(self, act: Callable[[], object], done: str) -> None:
        """Change something, then say so and look again."""

        def then(_: object) -> None:
            self.form.busy(busy=False)
            self.notice.good(done)
            self.reload()

        self.form.busy(busy=True)
        self._tasks.read(act, then, self._failed)

    def _hand_over(self, task: HandOver) -> None:
        if self.pack is None:
            return
        alert_id, operator = self.pack.alert_id, self._operator
        names = [each.part.name for each in self.blocks.values()
                 if each.part.account_id in task.account_ids]  # fmt: skip
        done = f"Logged: {task.to_name} posts it on {', '.join(dict.fromkeys(names))}. "

        def act() -> None:
            self._handing_over.hand_over(
                alert_id, task.account_ids, task.to_name, task.how, operator,
                although_unknown=bool(task.reason), reason=task.reason,
            )  # fmt: skip

        self._change(act, f"{done}The desk does not send these any more.")

    def _ask_posted(self, delivery_id: str) -> None:
        def report(words: str) -> None:
            link = words if words.startswith(("https://", "http://")) else ""
            self._change(
                lambda: self._handing_over.posted(
                    delivery_id, self._operator, "" if link else words, link
                ),
                "Logged: it is out.",
            )

        question = "Who saw it, and where? Paste its web address, or say it in words."
        ask_line(self, "Posted", question, report)

    def _ask_not_posted(self, delivery_id: str) -> None:
        def report(words: str) -> None:
            self._change(
                lambda: self._handing_over.not_posted(delivery_id, self._operator, words),
                "Logged: it is not out. Somebody else can take it.",
            )

        ask_line(self, "Not posted", "Why was it not posted?", report)
