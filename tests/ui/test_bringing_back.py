"""A message that made room by a slip is there again, words, channels and all."""

from crisisdesk.model.template import Step
from tests.ui.seat import ROAD, Seat


def begun(seat: Seat) -> dict[str, str]:
    """A message is half written, for two channels."""
    seat.open_incident()
    seat.page.message.start("road-closure")
    seat.page.message.form.set_value("road_name", "Weir Bridge")
    seat.choose("cap", "email")
    return seat.page.message.form.values()


def test_another_template_by_a_slip(seat: Seat) -> None:
    values, message = begun(seat), seat.page.message
    key, chosen = message.key, seat.page.broadcast.chosen()
    seat.press("Ctrl+T")
    assert message.template is None
    notice = seat.page.notice
    assert "put aside" in notice.words
    assert "Ctrl+Z" in notice.offer.text()
    seat.click(notice.offer)
    assert message.template is not None
    assert (message.form.values(), message.key) == (values, key)
    assert seat.page.broadcast.chosen() == chosen
    assert seat.page.undoing.why_not(), "it is brought back once"


def test_by_key_and_there_and_back(seat: Seat) -> None:
    begun(seat)
    message = seat.page.message
    message.start("power-cut")
    message.form.set_value("area_name", "Weir Street")
    seat.page.broadcast.focus()
    seat.press("Ctrl+Z")
    assert message.template is not None
    assert message.template.id == "road-closure"
    seat.page.broadcast.focus()
    seat.press("Ctrl+Z")
    assert message.template.id == "power-cut"
    assert message.form.values()["area_name"] == "Weir Street"


def test_what_nobody_wrote_is_not_offered(seat: Seat) -> None:
    seat.page.message.start("road-closure")
    seat.press("Ctrl+T")
    assert not seat.page.notice.isVisible()
    assert seat.page.undoing.why_not()


def test_a_follow_up_comes_back_with_its_alert_and_its_channels(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    card = seat.broadcast()
    seat.until_state(card.alert, "mastodon", "✓ confirmed")
    seat.page.sending.follow(card.alert, Step.UPDATE)
    message = seat.page.message
    seat.until(lambda: message.follows, "the update")
    message.form.set_value("what_changed", "the water is falling")
    chosen = seat.page.broadcast.chosen()
    message.choose_template()
    assert message.follows is None
    seat.click(seat.page.notice.offer)
    assert message.follows is not None
    assert message.follows.id == card.alert.id
    assert message.step is Step.UPDATE
    assert seat.page.broadcast.chosen() == chosen
    assert not any(each.box.isEnabled() for each in seat.page.broadcast.rows)


def test_the_words_of_a_sent_message_come_back_as_another_one(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    key = seat.page.message.key
    seat.broadcast()
    seat.until(lambda: seat.page.message.template is None, "room for the next")
    assert not seat.page.notice.offer.isVisible(), "nobody shall think that sending can be undone"
    seat.page.log.note.clearFocus()
    seat.page.mentions.lanes["all"].setFocus()
    seat.press("Ctrl+Z")
    assert seat.page.message.form.values()["road_name"] == ROAD["road_name"]
    assert seat.page.message.key != key
    assert "stays sent" in seat.page.notice.words
