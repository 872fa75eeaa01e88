"""Ctrl+K: whatever can be asked for is found by a few letters."""

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from tests.ui.conftest import Said
from tests.ui.seat import Seat
from ui import actions
from ui.dialogs.palette import Palette
from ui.models.choices_model import SHOWN, Choice, ChoicesModel
from ui.settings.accounts_page import AccountsPage
from ui.theme import Theme

IN_EXERCISES = {
    "answer", "briefing", "control", "no-duff",
    "play", "change", "insert", "ring", "observe", "pause",
}  # fmt: skip


def opened(seat: Seat) -> Palette:
    """The palette, opened by its key."""
    seat.press("Ctrl+K")
    return shown(seat)


def shown(seat: Seat) -> Palette:
    """The palette, once the keyboard is in it."""
    seat.until(lambda: on_screen(seat), "the palette")
    palette = on_screen(seat)
    assert palette is not None
    seat.until(lambda: QApplication.focusWidget() is palette.line, "the keyboard in it")
    return palette


def on_screen(seat: Seat) -> Palette | None:
    return next((each for each in seat.window.findChildren(Palette) if each.isVisible()), None)


def offered(palette: Palette) -> list[Choice]:
    """What is in the list, from the top."""
    model = palette.model
    return [model._shown[row] for row in range(model.rowCount())]


def notes(palette: Palette) -> set[str]:
    return {each.note for each in palette.model._all}


def test_the_header_names_the_key_and_opens_it_too(seat: Seat) -> None:
    assert "Ctrl+K" in seat.page.header.finder.text()
    seat.click(seat.page.header.finder)
    shown(seat)
    seat.press("Escape")
    seat.until(lambda: not on_screen(seat), "it to go")


def test_every_action_of_the_table_is_offered_or_belongs_elsewhere(seat: Seat) -> None:
    palette = opened(seat)
    words = {each.words for each in palette.model._all}
    elsewhere = {"palette", "back", "done", "unjudge", "coach", "end", *IN_EXERCISES}
    missing = {
        each.id for each in actions.TABLE if each.id not in elsewhere and each.words not in words
    }
    assert missing == set()


def test_an_action_is_done_by_a_few_letters(seat: Seat) -> None:
    palette = opened(seat)
    seat.write("channels sou")
    current = palette.current()
    assert current is not None
    assert current.words == "Channels and sources"
    seat.press("Return")
    seat.until(lambda: isinstance(seat.shown, AccountsPage), "the page")


def test_choosing_a_template_starts_it(seat: Seat) -> None:
    palette = opened(seat)
    seat.write("road")
    current = palette.current()
    assert current is not None
    assert current.note == "template"
    seat.press("Return")
    template = seat.page.message.template
    assert template is not None
    assert template.id == "road-closure"
    assert seat.page.message.form.isAncestorOf(seat.focus())


def test_a_template_is_found_by_what_it_is_for(seat: Seat) -> None:
    opened(seat)
    seat.write("hijack")
    seat.press("Return")
    assert seat.page.message.template is not None
    assert seat.page.message.template.id == "account-lost"


def test_choosing_an_incident_switches_to_it(seat: Seat) -> None:
    seat.open_incident("Flood at the weir")
    seat.open_incident("Gas leak in Mill Lane")
    page = seat.page
    seat.until(lambda: page.incident and "Gas" in page.incident.name, "the second incident")
    palette = opened(seat)
    seat.until(lambda: "incident" in notes(palette), "the incidents")
    seat.write("weir")
    seat.press("Return")
    assert seat.page.incident is not None
    assert seat.page.incident.name == "Flood at the weir"


def test_arrows_move_in_the_list_and_stop_at_its_ends(seat: Seat) -> None:
    palette = opened(seat)
    first = palette.current()
    seat.press("Up")
    assert palette.current() is first
    seat.press("Down")
    assert palette.table.currentIndex().row() == 1
    seat.press("PgDown")
    assert palette.table.currentIndex().row() == 9
    seat.press("PgUp")
    seat.press("Up")
    assert palette.current() is first
    assert QApplication.focusWidget() is palette.line


def test_what_cannot_be_done_now_says_why_and_does_nothing(seat: Seat) -> None:
    palette = opened(seat)
    seat.write("send later")
    current = palette.current()
    assert current is not None
    assert "template" in current.why_not
    assert palette.note.text() == f"Not now: {current.why_not}"
    seat.press("Return")
    assert palette.isVisible()


def test_nothing_found_says_so(seat: Seat) -> None:
    palette = opened(seat)
    seat.write("zzz")
    assert palette.current() is None
    assert "Nothing" in palette.note.text()
    seat.press("Return")
    assert palette.isVisible()


def test_escape_leaves_everything_as_it_was(seat: Seat) -> None:
    seat.press("F6")
    opened(seat)
    seat.write("road")
    seat.press("Escape")
    seat.until(lambda: not on_screen(seat), "it to go")
    assert seat.page.message.template is None
    seat.window.activateWindow()
    seat.until(lambda: QApplication.focusWidget() is seat.page.log.note, "the keyboard back")


def test_while_locked_it_offers_nothing_of_the_desk(seat: Seat) -> None:
    seat.console.lock()
    palette = opened(seat)
    assert "template" not in notes(palette)
    assert {each.words for each in palette.model._all} <= {
        each.words for each in actions.TABLE if each.where is actions.Where.ANYWHERE
    }


def test_a_screen_reader_hears_the_row(seat: Seat) -> None:
    palette = opened(seat)
    interface = QAccessible.queryAccessibleInterface(palette.line)
    assert interface is not None
    assert "Find" in interface.text(QAccessible.Text.Name)
    assert "Enter" in interface.text(QAccessible.Text.Description)
    row = palette.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert row == "Mentions, F2"


def test_ten_thousand_incidents_open_at_once_and_are_all_found(seat: Seat) -> None:
    opened_at = datetime(2026, 1, 1, tzinfo=UTC)

    def add(unit: object) -> None:
        for number in range(10_000):
            when = opened_at + timedelta(minutes=number)
            name = f"Incident number {number} in ward {number % 40}"
            incident = Incident(f"i{number}", f"R{number}", name, when, "Jo Officer")
            unit.incidents.add(incident, Mode.LIVE)  # type: ignore[attr-defined]

    seat.desk.database.write(add)
    palette = opened(seat)
    assert palette.model.rowCount() <= SHOWN
    seat.until(lambda: "incident" in notes(palette), "the incidents")
    assert palette.model.rowCount() <= SHOWN
    seat.write("incident 77 ward")
    assert palette.model.found > SHOWN
    assert "more" in palette.note.text()
    seat.write(" 7777")
    current = palette.current()
    assert current is not None
    assert current.words == "Incident number 7777 in ward 17 · Ref R7777"
    seat.press("Return")
    seat.until(lambda: seat.page.incident and seat.page.incident.id == "i7777", "the incident")


def test_what_cannot_be_done_comes_last_and_muted() -> None:
    model = ChoicesModel()
    model.add([Choice("Stop", "F10", print, why_not="It is stopped."), Choice("Start", "", print)])
    model.narrow("st")
    assert [model.index(row, 0).data() for row in range(2)] == ["Start", "Stop"]
    assert model._shown[1].spoken == "Stop, F10. Not now: It is stopped."
    muted = Qt.ItemDataRole.ForegroundRole
    assert model.index(1, 0).data(muted) == Theme.colour("muted")
    assert model.index(0, 0).data(muted) is None


def test_what_would_be_done_is_said_while_the_keyboard_stays_in_the_line(
    seat: Seat, said: Said
) -> None:
    opened(seat)
    seat.press("Down")
    assert said[-1] == ("Message: choose a template, fill it in, F3", False)
    seat.write("zzz")
    assert said[-1][0] == "Nothing has all these words."
