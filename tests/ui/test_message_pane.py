"""Saying: a template is found, filled in, and kept while it is written."""

from PySide6.QtWidgets import QApplication, QPlainTextEdit

from crisisdesk.model.template import Step
from tests.ui.seat import ROAD, Seat


def offered(seat: Seat) -> list[str]:
    """The templates in the list."""
    found = seat.page.message.list
    return [found.item(row).text().partition("\n")[0] for row in range(found.count())]


def preview(seat: Seat, name: str) -> str:
    """The text that a channel gets, as shown."""
    tabs = seat.page.message.previews
    titles = [tabs.tabText(index).removeprefix("! ") for index in range(tabs.count())]
    reader = tabs.widget(titles.index(name))
    assert isinstance(reader, QPlainTextEdit)
    return reader.toPlainText()


def test_a_template_is_found_by_what_happened(seat: Seat) -> None:
    assert len(offered(seat)) == len(seat.desk.composing.templates)
    seat.press("F3")
    seat.write("FLOOD evac")
    assert offered(seat) == ["Severe flood warning"]
    seat.press("Return")
    assert seat.page.message.template is not None
    assert seat.page.message.template.id == "flood-severe"
    seat.press("Ctrl+T")
    assert seat.page.message.template is None
    assert len(offered(seat)) == len(seat.desk.composing.templates)


def test_words_that_fit_nothing_choose_nothing(seat: Seat) -> None:
    seat.press("F3")
    seat.write("volcano")
    seat.press("Return")
    assert offered(seat) == []
    assert seat.page.message.template is None


def test_the_keyboard_goes_to_the_first_empty_field(seat: Seat) -> None:
    seat.page.message.start("road-closure", {"road_name": "Weir Bridge"})
    editors = seat.page.message.form.editors()
    assert QApplication.focusWidget() is editors["area_name"]
    seat.press("F2")
    seat.press("F3")
    assert QApplication.focusWidget() is editors["area_name"]


def test_every_channel_shows_its_exact_text_as_it_is_typed(seat: Seat) -> None:
    seat.page.message.start("road-closure", dict(ROAD))
    seat.type(seat.page.message.form.editors()["road_name"], "Mill Bridge")
    for name in ("Bluesky", "Mastodon", "Press list", "CAP feed"):
        assert "Mill Bridge" in preview(seat, name)
        assert "Weir Bridge" not in preview(seat, name)
    counts = {row.account.name: row.count.text() for row in seat.page.broadcast.rows}
    assert counts["Bluesky"].startswith(f"{len(preview(seat, 'Bluesky'))}/300")
    assert "/500" in counts["Mastodon"]


def test_what_is_wrong_is_said_beside_its_field(seat: Seat) -> None:
    seat.page.message.start("road-closure", dict(ROAD))
    form = seat.page.message.form
    seat.type(form.editors()["since_time"], "half past three")
    problem = form._problems["since_time"]
    seat.until(problem.isVisible, "the problem")
    assert problem.text()
    assert not seat.page.broadcast.hold.isEnabled()
    seat.type(form.editors()["since_time"], "03:40")
    assert not problem.isVisible()


def test_too_long_is_said_on_the_tab_and_the_count(seat: Seat) -> None:
    seat.open_incident()
    seat.page.message.start("road-closure", dict(ROAD))
    editors = seat.page.message.form.editors()
    for name, width in (("road_name", 60), ("area_name", 80), ("reason", 60), ("action_now", 120)):
        seat.type(editors[name], "x" * width)
    tabs = seat.page.message.previews
    titles = [tabs.tabText(index) for index in range(tabs.count())]
    assert "! Bluesky" in titles
    assert "too long for Bluesky" in seat.why_not()
    row = next(each for each in seat.page.broadcast.rows if each.account.kind == "bluesky")
    assert row.count.text().startswith("✕")
    assert row.count.property("tone") == "danger"
    row.box.setChecked(False)
    assert "too long for Bluesky" not in seat.why_not()


def test_a_new_alert_can_only_begin_as_an_alert(seat: Seat) -> None:
    seat.page.message.start("road-closure", dict(ROAD))
    steps = seat.page.message.steps
    assert {step for step, made in steps.items() if made.isEnabled()} == {Step.ALERT}
    assert steps[Step.ALERT].isChecked()
