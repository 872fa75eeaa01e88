"""People and roles on screen: adding, changing, printed codes; only an administrator may."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QPushButton

from crisisdesk.model.operator import Role
from tests.ui.seat import NAME, PASSPHRASE, Seat
from ui.dialogs.code_sheet import CodeSheet, write_sheet
from ui.settings.people_page import PeoplePage

OTHER = "five loud magpies"


@pytest.fixture
def people(seat: Seat) -> PeoplePage:
    """The page, open over the console."""
    seat.console.open_people()
    seat.until(lambda: isinstance(seat.shown, PeoplePage), "the page")
    page = seat.shown
    assert isinstance(page, PeoplePage)
    return page


def add(seat: Seat, page: PeoplePage, name: str = "Ann Second") -> None:
    """By keyboard alone; the role offered first is the one that is missing most."""
    seat.type(page.name, name)
    seat.type(page.passphrase, OTHER)
    seat.press("Return")
    seat.until(lambda: name in page.notice.words, "the notice")


def named(page: PeoplePage, name: str, kind: type = QPushButton) -> list:  # type: ignore[type-arg]
    return [each for each in page.findChildren(kind) if each.accessibleName() == name]


def test_an_approver_is_added_and_can_sign_in(seat: Seat, people: PeoplePage) -> None:
    add(seat, people)
    roles = {each.name: each.role for each in seat.desk.people.operators()}
    assert roles == {NAME: Role.ADMINISTRATOR, "Ann Second": Role.APPROVER}
    assert seat.desk.people.sign_in("Ann Second", OTHER).public_key
    assert people.passphrase.text() == ""


def test_what_is_wrong_is_said(seat: Seat, people: PeoplePage) -> None:
    seat.type(people.name, NAME)
    seat.type(people.passphrase, OTHER)
    seat.click(people.add)
    seat.until(lambda: "already somebody" in people.notice.words, "the refusal")


def test_a_role_is_changed(seat: Seat, people: PeoplePage) -> None:
    add(seat, people)
    seat.until(lambda: named(people, "Role of Ann Second", QComboBox), "her role")
    box = named(people, "Role of Ann Second", QComboBox)[0]
    box.setCurrentText("sender")
    box.activated.emit(box.currentIndex())
    seat.until(lambda: "is sender" in people.notice.words, "the change")
    assert {each.role for each in seat.desk.people.operators()} == {
        Role.ADMINISTRATOR,
        Role.SENDER,
    }


def test_the_last_administrator_stays(seat: Seat, people: PeoplePage) -> None:
    seat.until(lambda: named(people, f"Role of {NAME}", QComboBox), "the role")
    box = named(people, f"Role of {NAME}", QComboBox)[0]
    box.setCurrentText("viewer")
    box.activated.emit(box.currentIndex())
    seat.until(lambda: "only administrator" in people.notice.words, "the refusal")


def test_codes_are_shown_once_and_printed(seat: Seat, people: PeoplePage, tmp_path: Path) -> None:
    add(seat, people)
    seat.until(lambda: named(people, "Print codes… Ann Second"), "her codes")
    seat.click(named(people, "Print codes… Ann Second")[0])
    seat.answer(people, OTHER)
    seat.until(lambda: people.findChildren(CodeSheet), "the sheet")
    sheet = people.findChildren(CodeSheet)[0]
    assert len(sheet.lines.toPlainText().splitlines()) == 30
    write_sheet(sheet._codes, "Riverside & Council", str(tmp_path / "codes.pdf"))
    assert (tmp_path / "codes.pdf").read_bytes().startswith(b"%PDF")
    sheet.reject()
    assert seat.desk.approving.approvers()[0][1] == 30


def test_somebody_elses_passphrase_prints_nothing(seat: Seat, people: PeoplePage) -> None:
    add(seat, people)
    seat.until(lambda: named(people, "Print codes… Ann Second"), "her codes")
    seat.click(named(people, "Print codes… Ann Second")[0])
    seat.answer(people, PASSPHRASE)
    seat.until(lambda: "does not open" in people.notice.words, "the refusal")
    assert seat.desk.approving.approvers()[0][1] == 0
