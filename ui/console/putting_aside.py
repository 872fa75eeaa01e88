"""A message that made room for another can be brought back: a slip loses no words."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from crisisdesk.model.alert import Alert
from crisisdesk.model.media import Picture
from crisisdesk.model.template import Step
from ui.actions import key_of

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


@dataclass(frozen=True, slots=True)
class Written:
    """What stood in the form. `key` is the message's, "" once it was sent."""

    template_id: str
    step: Step
    follows: Alert | None
    values: dict[str, str]
    pictures: tuple[Picture, ...]
    key: str


class PuttingAside(QObject):
    """Takes what the form gives up, and offers it again."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page

    def take(self, written: Written) -> None:
        """The form makes room; its channels are still chosen as they were."""
        page = self._page
        bring = partial(self._bring_back, written, page.broadcast.chosen())
        page.undoing.add(bring)
        if written.key:
            page.notice.good(
                "The message that you were writing is put aside.",
                (f"Bring it back ({key_of('undo')})", partial(page.undoing.take_back, bring)),
            )

    def _bring_back(self, written: Written, account_ids: tuple[str, ...]) -> None:
        page = self._page
        page.broadcast.lock_to(None)
        page.message.put_back(written)
        if written.follows:
            page.broadcast.lock_to(account_ids)
        else:
            page.broadcast.choose(account_ids)
        page.refresh_readiness()
        if written.key:
            page.notice.good("Your message is here again.")
        else:
            page.notice.problem(
                "These are the words of a message that was sent: it stays sent.",
                "To put it right, use Update or Correct on its card, on the right.",
            )
