"""Handing the desk on: the brief in one action, and after the signature somebody else sits here."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from crisisdesk.model.brief import Brief, Offered
from crisisdesk.model.operator import Operator
from ui.dialogs.hand_over_sheet import HandOverSheet

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


class HandingOn(QObject):
    """Leads through it."""

    taken_over = Signal(object)
    """The Operator who sits at the desk from now on."""

    def __init__(self, page: "ConsolePage") -> None:
        super().__init__(page)
        self._page = page
        self._incident_id = ""
        self.sheet: HandOverSheet | None = None

    def why_not(self) -> str:
        """Why the desk cannot be handed over; "" when it can."""
        role = self._page.operator.role
        return "" if role.may_record else f"A {role} does not hand the desk over."

    def open(self) -> None:
        """Gather the brief and show it."""
        page = self._page
        self._incident_id = page.incident.id if page.incident else ""
        page.tasks.read(self._gather, self._show)

    def _gather(self) -> tuple[Brief, list[Operator] | None]:
        desk, operator = self._page.desk, self._page.operator
        brief = desk.briefing.brief(operator, {}, self._incident_id)
        if desk.simulated_taker:
            return brief, None
        people = desk.people.operators()
        return brief, [each for each in people if each.id != operator.id and each.public_key]

    def _show(self, found: tuple[Brief, list[Operator] | None]) -> None:
        if self.sheet:
            self.sheet.close()
            self.sheet.deleteLater()
        sheet = HandOverSheet(self._page, *found)
        sheet.offer_asked.connect(self._offer)
        self.sheet = sheet
        sheet.show()
        sheet.activateWindow()

    def _offer(self, added: Mapping[str, str]) -> None:
        page, sheet = self._page, self.sheet
        if sheet:
            page.tasks.read(partial(self._log, added), self._offered, sheet.failed)

    def _log(self, added: Mapping[str, str]) -> Offered:
        briefing, operator = self._page.desk.briefing, self._page.operator
        brief = briefing.brief(operator, added, self._incident_id)
        return briefing.offer(brief, operator, self._incident_id)

    def _offered(self, offered: Offered) -> None:
        if self.sheet:
            self.sheet.offered(offered)
            self.sheet.sign_asked.connect(partial(self._sign, offered))

    def _sign(self, offered: Offered, taker: Operator | None, passphrase: str) -> None:
        desk, giver, sheet = self._page.desk, self._page.operator, self.sheet
        simulated = desk.simulated_taker

        def sign() -> Operator:
            if simulated:
                return simulated(offered)
            return desk.briefing.sign(offered, giver, taker or giver, passphrase)

        if sheet:
            self._page.tasks.read(sign, self._signed, sheet.failed)

    def _signed(self, taker: Operator) -> None:
        page = self._page
        if self.sheet:
            self.sheet.close()
            self.sheet.deleteLater()
            self.sheet = None
        if page.desk.simulated_taker:
            page.notice.good(f"{taker.name} has signed for the hand-over.")
        else:
            self.taken_over.emit(taker)
