"""How many keys lie between an idle console and the public."""

import pytest
from PySide6.QtWidgets import QApplication

from crisisdesk.config import RESOURCES
from tests.ui.seat import ROAD, Seat

MOST = 6
SIREN = "siren-test"


class Counted:
    """Presses keys and counts what a hand does: a key, a word, a hold."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.actions: list[str] = []

    def press(self, key: str) -> None:
        """One key."""
        self.actions.append(key)
        self.seat.press(key)

    def word(self, text: str) -> None:
        """A word or two, typed in one go."""
        self.actions.append(f"“{text}”")
        self.seat.write(text)

    def hold(self) -> None:
        """Hold Space until the message is on its way."""
        self.actions.append("Space held")
        page = self.seat.page
        self.seat.hold(lambda: page.sending.busy or page.broadcast.cards)


@pytest.fixture
def ready(new_seat: Seat) -> Counted:
    """An idle console with an incident, and a template of our own that needs nothing typed."""
    seat = new_seat
    folder = seat.console.paths.templates
    folder.mkdir(parents=True)
    text = RESOURCES.joinpath("templates", "road-closure.toml").read_text(encoding="utf-8")
    text = text.replace('id = "road-closure"', f'id = "{SIREN}"', 1)
    text = text.replace('name = "Road closure"', 'name = "Weir Bridge closed"', 1)
    for name, value in ROAD.items():
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\ndefault = "{value}"\n', 1)
    (folder / f"{SIREN}.toml").write_text(text, encoding="utf-8")
    seat.prepare()
    seat.take()
    seat.open_incident()
    seat.press("F6")
    return Counted(seat)


def test_from_idle_to_the_public_in_six_actions_where_defaults_suffice(ready: Counted) -> None:
    seat = ready.seat
    ready.press("F3")
    ready.word("weir closed")
    ready.press("Return")
    ready.press("Return")
    hold = seat.page.broadcast.hold
    assert QApplication.focusWidget() is hold, seat.why_not()
    ready.hold()
    seat.until(lambda: seat.page.broadcast.cards, "the card")
    (card,) = seat.page.broadcast.cards.values()
    assert card.alert.template_id == SIREN
    seat.until_state(card.alert, "mastodon", "✓ confirmed")
    assert len(ready.actions) <= MOST, ready.actions


def test_with_six_things_to_type_it_is_enter_after_each_and_no_other_key(ready: Counted) -> None:
    seat = ready.seat
    ready.press("F3")
    ready.word("road cl")
    seat.page.message.list.setCurrentRow(0)
    ready.press("Return")
    assert seat.page.message.template is not None
    assert seat.page.message.template.id == "road-closure"
    form = seat.page.message.form
    for name, value in ROAD.items():
        assert QApplication.focusWidget() is form.editors()[name], f"{name} is next"
        ready.word(value)
        ready.press("Return")
    assert QApplication.focusWidget() is seat.page.broadcast.hold, seat.why_not()
    ready.hold()
    seat.until(lambda: seat.page.broadcast.cards, "the card")
    typed = 2 * len(ROAD)
    assert len(ready.actions) - typed <= MOST - 2, ready.actions


def test_enter_goes_back_to_what_is_still_empty(ready: Counted) -> None:
    seat = ready.seat
    seat.page.message.start("road-closure", ROAD | {"reason": "", "next_update_at": "soon"})
    editors = seat.page.message.form.editors()
    editors["more_info_url"].setFocus()
    seat.press("Return")
    assert QApplication.focusWidget() is editors["reason"]
    seat.write("a fallen tree")
    seat.press("Return")
    assert QApplication.focusWidget() is editors["next_update_at"], "what is wrong needs a hand too"


def test_without_an_incident_enter_asks_for_it_and_then_leads_to_the_button(
    new_seat: Seat,
) -> None:
    seat = new_seat
    seat.prepare()
    seat.take()
    seat.page.message.start("road-closure", dict(ROAD))
    seat.press("Return")
    seat.answer(seat.page, "Flood at the weir")
    hold = seat.page.broadcast.hold
    seat.until(lambda: QApplication.focusWidget() is hold, "the keyboard on the button")
    assert hold.isEnabled()
