"""A pane with nothing to show says why, and has one button to the next step."""

from PySide6.QtWidgets import QApplication

from tests.ui.hands import open_question
from tests.ui.seat import Seat
from ui.settings.first_account import FirstAccount
from ui.widgets.state_view import PaneState


def test_without_an_account_both_panes_lead_to_the_guide(new_seat: Seat) -> None:
    new_seat.prepare(kinds=())
    page = new_seat.take()
    guide = new_seat.shown
    assert isinstance(guide, FirstAccount)
    new_seat.click(guide.later)
    mentions, broadcast = page.mentions.empty, page.broadcast.nothing
    new_seat.until(lambda: mentions.headline.text() == "Nobody listens yet", "the words")
    assert broadcast.headline.text() == "No channel is set up yet"
    assert not page.broadcast.lead_on.isVisible()
    for view in (mentions, broadcast):
        new_seat.click(view.action)
        assert new_seat.shown is guide
        new_seat.click(guide.later)


def test_with_channels_that_only_speak_nobody_listens(new_seat: Seat) -> None:
    new_seat.prepare(kinds=("cap",))
    page = new_seat.take()
    view = page.mentions.empty
    new_seat.until(lambda: view.headline.text() == "Nobody listens yet", "the words")
    assert view.state is PaneState.EMPTY
    new_seat.click(view.action)
    assert new_seat.shown is not page


def test_with_a_source_mentions_are_waited_for(seat: Seat) -> None:
    view = seat.page.mentions.empty
    seat.until(lambda: view.headline.text() == "Nothing here yet", "the words")
    assert not view.action.isVisible()


def test_without_a_template_one_button_leads_to_the_list(seat: Seat) -> None:
    pane = seat.page.broadcast
    seat.until(pane.lead_on.isVisible, "the button")
    assert pane.lead_on.text() == "Choose a template (F3)"
    seat.click(pane.lead_on)
    assert QApplication.focusWidget() is seat.page.message.search


def test_without_an_incident_one_button_opens_one(seat: Seat) -> None:
    seat.page.message.start("road-closure")
    pane = seat.page.broadcast
    seat.until(lambda: pane.lead_on.text() == "Open an incident (Ctrl+I)", "the button")
    seat.click(pane.lead_on)
    seat.until(lambda: open_question(seat.page), "the question")
    seat.answer(seat.page, "Flood at the weir")
    seat.until(lambda: not pane.lead_on.isVisible(), "the button to go")


def test_a_template_that_is_not_found_leads_back_to_all(seat: Seat) -> None:
    message = seat.page.message
    seat.press("F3")
    seat.write("zeppelin")
    assert message.none.isVisible()
    assert not message.list.isVisible()
    seat.click(message.none.action)
    assert message.list.count() > 3
    assert message.list.isVisible()
    assert not message.none.isVisible()
