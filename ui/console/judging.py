"""Between a verdict on mentions and the store, and back again when it was a slip."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.model.mention import Mention, Rejudged, Verdict
from ui.console.verdict_bar import WORDS
from ui.widgets.announcing import announce

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


@dataclass(slots=True)
class _Given:
    """A verdict that was asked for. `changes` is None until it is written; a hand quicker than the
    disk may not want it any more by then."""

    changes: tuple[Rejudged, ...] | None = None
    unwanted: bool = False


class Judging(QObject):
    """Gives verdicts and takes them back; both stand in the log."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page

    def judge(self, mentions: Sequence[Mention], verdict: Verdict) -> None:
        """Give a verdict on these."""
        page, operator = self._page, self._page.operator
        ids, given = [each.id for each in mentions], _Given()
        page.undoing.add(partial(self._take_back, given))
        page.tasks.read(
            lambda: page.desk.triaging.judge(ids, verdict, operator),
            lambda changes: self._written(given, changes),
        )
        announce(page.mentions.table, f"{WORDS[verdict]}: {_number(len(ids))}")

    def _written(self, given: _Given, changes: tuple[Rejudged, ...]) -> None:
        given.changes = changes
        if given.unwanted:
            self._restore(changes)

    def _take_back(self, given: _Given) -> None:
        if given.changes is None:
            given.unwanted = True
        else:
            self._restore(given.changes)

    def _restore(self, changes: tuple[Rejudged, ...]) -> None:
        page, operator = self._page, self._page.operator
        page.tasks.read(
            lambda: page.desk.triaging.take_back(changes, operator),
            lambda back: self._restored(back, len(changes)),
        )

    def _restored(self, back: tuple[Rejudged, ...], asked: int) -> None:
        page = self._page
        page.mentions.table.choose({each.mention_id for each in back})
        left = asked - len(back)
        words = f"Verdict taken back: {_number(len(back))}."
        if left:
            page.notice.problem(
                f"{words} {_number(left)} not.",
                "Look at them: somebody has judged them anew since.",
            )
        else:
            page.notice.good(words)


def _number(number: int) -> str:
    return "1 mention" if number == 1 else f"{number:,} mentions"
