"""The offline guide: a window beside the work, that never stops it."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import (
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui import actions
from ui.dialogs.guide_pages import CONTENTS, search, text_of, title_of
from ui.theme import SPACE, SPACE_WIDE, Theme, marked
from ui.widgets.announcing import announce
from ui.widgets.notice import Notice
from ui.widgets.parts import button, column, label, row

SIZE = (980, 700)
LIST_WIDTH = 280
NARROW = 760
PAGE = Qt.ItemDataRole.UserRole
LEADS_OUT = "The guide opens nothing outside it. The address is:"


class Guide(QWidget):
    """Pages on the left, the one that is read on the right."""

    name = ""
    """The page that is shown."""

    def __init__(self, print_card: Callable[[], object]) -> None:
        super().__init__()
        self._past: list[str] = []
        self._to_come: list[str] = []
        self.setWindowTitle(marked("CrisisDesk guide"))
        wanted = QSize(Theme.scaled(SIZE[0]), Theme.scaled(SIZE[1]))
        self.resize(wanted.boundedTo(self.screen().availableSize()))
        self._make_parts(print_card)
        self._lay_out()
        self._bind_keys()
        self._list("")

    def _make_parts(self, print_card: Callable[[], object]) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the guide (Ctrl+F)")
        self.search.setAccessibleName("Search the guide")
        self.search.setAccessibleDescription("Enter opens the first page that has all the words")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._list)
        self.search.returnPressed.connect(self._open_first)
        self.pages = QListWidget()
        self.pages.setAccessibleName("Pages of the guide")
        self.pages.setWordWrap(True)
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.itemActivated.connect(self._open_item)
        self.pages.itemClicked.connect(self._open_item)
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.back = button("Back", self.go_back, tip="Back (Alt+Left)", icon="back")
        self.forward = button("Forward", self.go_forward, tip="Forward (Alt+Right)")
        self.card = button(actions.words_of("card"), print_card, icon="print")
        self.done = button("Close (Esc)", self.close)
        self.notice = Notice()
        self.note = label("", "muted", wrap=True)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note.hide()

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        left.setLayout(column(self.search, self.pages))
        reading = column()
        reading.addLayout(row(self.back, self.forward, None, self.card, self.done))
        reading.addWidget(self.notice)
        reading.addWidget(self.text, 1)
        reading.addWidget(self.note)
        right.setLayout(reading)
        self._parted = QSplitter()
        self._parted.setChildrenCollapsible(False)
        self._parted.setHandleWidth(SPACE)
        self._parted.addWidget(left)
        self._parted.addWidget(right)
        self._parted.setStretchFactor(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        box.addWidget(self._parted)
        self._part()

    def _part(self) -> None:
        """The pages beside the text, or above it where the window is narrow for its letters."""
        narrow = self.width() < Theme.scaled(NARROW)
        wanted = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        self._parted.setOrientation(wanted)
        whole = self.height() if narrow else self.width()
        share = min(Theme.scaled(LIST_WIDTH), whole // (4 if narrow else 3))
        self._parted.setSizes([share, whole - share])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self._parted.orientation() is Qt.Orientation.Vertical
        if narrow != (self.width() < Theme.scaled(NARROW)):
            self._part()

    def _bind_keys(self) -> None:
        for key, act in (
            ("Esc", self.close),
            (actions.key_of("help"), self.close),
            ("Ctrl+F", self._to_search),
            ("Alt+Left", self.go_back),
            ("Alt+Right", self.go_forward),
        ):
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def open_at(self, name: str) -> None:
        """Show a page, in front, with the keyboard in its text."""
        self.search.clear()
        self.show_page(name)
        self.show()
        self.raise_()
        self.activateWindow()
        self.text.setFocus()

    def show_page(self, name: str) -> None:
        """Show a page; the one before can be gone back to."""
        if name == self.name:
            return
        if self.name:
            self._past.append(self.name)
        self._to_come.clear()
        self._show(name)

    def go_back(self) -> None:
        """The page read before."""
        self._go(self._past, self._to_come)

    def go_forward(self) -> None:
        """The page gone back from."""
        self._go(self._to_come, self._past)

    def _go(self, taken: list[str], kept: list[str]) -> None:
        if taken:
            kept.append(self.name)
            self._show(taken.pop())

    def _show(self, name: str) -> None:
        self.name = name
        self.note.hide()
        self._write()
        self.text.setAccessibleName(f"Guide: {title_of(name)}")
        self.back.setEnabled(bool(self._past))
        self.forward.setEnabled(bool(self._to_come))
        self._mark_in_list()
        self._mark_words()
        announce(self, title_of(name))

    def _write(self) -> None:
        option = QTextOption()
        option.setTextDirection(self.layoutDirection())
        self.text.document().setDefaultTextOption(option)
        self.text.document().setDocumentMargin(SPACE_WIDE)
        self.text.setMarkdown(text_of(self.name))
        _underline_links(self.text.document())

    def _list(self, typed: str) -> None:
        """All pages, or those that have what is typed, each with where it says it."""
        self.pages.clear()
        for found in search(typed):
            words = f"{found.title}\n{found.snippet}" if found.snippet else found.title
            item = QListWidgetItem(words)
            item.setData(PAGE, found.name)
            self.pages.addItem(item)
        if not self.pages.count():
            nothing = QListWidgetItem("Nothing in the guide has all of these words. Try fewer.")
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.pages.addItem(nothing)
        self._mark_in_list()
        if typed:
            self.pages.scrollToTop()

    def _mark_in_list(self) -> None:
        for line in range(self.pages.count()):
            if self.pages.item(line).data(PAGE) == self.name:
                self.pages.setCurrentRow(line)

    def _mark_words(self) -> None:
        """Show where the page says what was searched for, and go to the first place."""
        marks: list[QTextEdit.ExtraSelection] = []
        for word in self.search.text().split():
            cursor = self.text.document().find(word)
            while not cursor.isNull():
                marks.append(_mark(cursor))
                cursor = self.text.document().find(word, cursor)
        self.text.setExtraSelections(marks)
        if marks:
            first = QTextCursor(min((each.cursor for each in marks), key=QTextCursor.position))
            first.clearSelection()
            self.text.setTextCursor(first)

    def _open_first(self) -> None:
        self._open_item(self.pages.item(0))

    def _open_item(self, item: QListWidgetItem) -> None:
        if name := item.data(PAGE):
            if name == self.name:
                self._mark_words()
            self.show_page(name)
            self.text.setFocus()

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _follow(self, url: QUrl) -> None:
        name = url.path().removesuffix(".md")
        if url.isRelative() and name in CONTENTS:
            self.show_page(name)
        else:
            self.note.setText(f"{LEADS_OUT} {url.toString()}")
            self.note.show()
            announce(self, self.note.text())

    def changeEvent(self, event: QEvent) -> None:
        """Another theme, text size or direction: written anew at the same place."""
        super().changeEvent(event)
        kinds = (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange)
        if event.type() in kinds and self.name:
            bar = self.text.verticalScrollBar()
            share = bar.value() / max(1, bar.maximum())
            self._write()
            self._part()
            bar.setValue(round(share * bar.maximum()))


def _mark(cursor: QTextCursor) -> QTextEdit.ExtraSelection:
    found = QTextEdit.ExtraSelection()
    found.cursor = cursor
    found.format.setBackground(Theme.colour("select"))
    return found


def _underline_links(document: QTextDocument) -> None:
    """Colour alone would not show them to everybody."""
    under = QTextCharFormat()
    under.setFontUnderline(True)
    cursor = QTextCursor(document)
    for start, end in list(_links(document)):
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(under)


def _links(document: QTextDocument) -> Iterator[tuple[int, int]]:
    block = document.begin()
    while block.isValid():
        steps = block.begin()
        while not steps.atEnd():
            piece = steps.fragment()
            if piece.charFormat().isAnchor():
                yield piece.position(), piece.position() + piece.length()
            steps += 1
        block = block.next()
