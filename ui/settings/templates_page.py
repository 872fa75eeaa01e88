"""Templates: every one to look at in full, and what is wrong in the organisation's own folder."""

from functools import partial
from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QSplitter, QWidget

from crisisdesk.desk import Desk
from crisisdesk.rules.template_samples import samples
from crisisdesk.system.template_files import TemplateFile, check_templates, make_folder
from ui.leaving import open_address
from ui.settings.template_view import TemplateView
from ui.tasks import Tasks
from ui.theme import SPACE_PAGE, SPACE_WIDE
from ui.widgets.announcing import announce
from ui.widgets.notice import Notice
from ui.widgets.parts import button, clear, column, label, row

LIST_WIDTH, VIEW_WIDTH = 260, 620
FILE = Qt.ItemDataRole.UserRole


class TemplatesPage(QWidget):
    """Reads the files, and changes none: that is for an editor, and for approval."""

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        super().__init__()
        self._desk = desk
        self._tasks = tasks
        self.files: list[TemplateFile] = []
        self.folder = button("Open the folder", self._open_folder, icon="folder")
        self.again = button("Check again", self.check, icon="refresh")
        self.notice = Notice()
        self.problems = column(space=4)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search templates")
        self.search.setAccessibleName("Search templates")
        self.search.textChanged.connect(lambda _: self._fill())
        self.list = QListWidget()
        self.list.setAccessibleName("Templates")
        self.list.setWordWrap(True)
        self.list.currentItemChanged.connect(self._on_current)
        self.view = TemplateView()
        self._lay_out()
        self.check()

    def _lay_out(self) -> None:
        words = (
            "What you may say, agreed beforehand. Your own templates lie in a folder on this "
            "computer and win over a built-in one with the same id. The desk uses changed files "
            "from its next start; a changed template has to be approved again."
        )
        left = QWidget()
        left.setLayout(column(self.search, self.list))
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(left)
        across.addWidget(self.view)
        across.setSizes([LIST_WIDTH, VIEW_WIDTH])
        across.setStretchFactor(1, 1)
        across.setChildrenCollapsible(False)
        box = column(label("Templates", "title"), label(words, "muted", wrap=True))
        box.addLayout(row(self.folder, self.again, None))
        box.addWidget(self.notice)
        box.addLayout(self.problems)
        box.addWidget(across, 1)
        box.setContentsMargins(SPACE_PAGE, SPACE_PAGE, SPACE_WIDE, SPACE_WIDE)
        self.setLayout(box)

    def check(self) -> None:
        """Read every file again."""
        own = self._desk.paths.templates
        self.again.setEnabled(False)
        self._tasks.read(lambda: check_templates(own), self._show, self._failed)

    def _show(self, files: list[TemplateFile]) -> None:
        if not shiboken6.isValid(self):
            return
        self.again.setEnabled(True)
        self.files = files
        bad = [each for each in files if each.problem]
        clear(self.problems)
        for each in bad:
            self.problems.addWidget(label(f"! {each}", "problem", wrap=True))
        own = sum(each.own for each in files)
        self.notice.hide()
        if bad:
            announce(self.list, f"{len(bad)} template files cannot be used", urgent=True)
        else:
            self.notice.good(f"Every template can be used: {len(files) - own} built in, {own} own.")
        self._fill()

    def _failed(self, error: Exception) -> None:
        if shiboken6.isValid(self):
            self.again.setEnabled(True)
            self.notice.error(error)

    def _fill(self) -> None:
        words = self.search.text().lower().split()
        self.list.clear()
        own = {each.template.id for each in self.files if each.own and each.template}
        for each in self.files:
            if each.template and _matches(each, words):
                replaced = not each.own and each.template.id in own
                item = QListWidgetItem(f"{each.template.name}\n{_origin(each, replaced=replaced)}")
                item.setData(FILE, (each, replaced))
                self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        file, replaced = item.data(FILE)
        kinds = [each for each in self._desk.administering.kinds() if each.publishes]
        made = samples(
            file.template, [each.kind for each in kinds], self._desk.composing.organisation
        )
        origin = f"{_origin(file, replaced=replaced)} ({Path(file.name).name})"
        titles = {each.kind: each.title for each in kinds}
        self.view.show_template(file.template, origin, made, titles)

    def _open_folder(self) -> None:
        folder = self._desk.paths.templates
        self._tasks.read(partial(make_folder, folder), _show_in_system, self._failed)


def _show_in_system(folder: Path) -> None:
    open_address(QUrl.fromLocalFile(str(folder)))


def _origin(file: TemplateFile, *, replaced: bool) -> str:
    if file.own:
        return "your own"
    return "built in, replaced by your own" if replaced else "built in"


def _matches(file: TemplateFile, words: list[str]) -> bool:
    template = file.template
    if template is None:
        return False
    said = " ".join((template.name, template.summary, template.id, *template.keywords)).lower()
    return all(word in said for word in words)
