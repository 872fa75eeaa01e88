"""The alarm for a foreign post: seen on every screen, answered by a person, led on to a warning."""

from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel

from crisisdesk.model.delivery import OwnPost
from crisisdesk.model.events import ForeignPost
from crisisdesk.model.moment import from_iso
from crisisdesk.simnet.world import COUNCIL
from tests.ui.hostile import HOSTILE
from tests.ui.seat import Seat
from ui.console.foreign_post import TEMPLATE, AlarmStrip, alarm_words
from ui.dialogs.sign_in import SignIn
from ui.models.log_model import what

FALSE = "The dam has burst. Run for your lives"
NOW = from_iso("2026-08-20T04:30:00Z")


def strip(seat: Seat) -> AlarmStrip:
    return seat.page.foreign.strip


def watched(seat: Seat) -> None:
    """Wait for the first look at each account, which takes what stands there as known."""

    def kinds() -> int:
        return [e["action"] for e in seat.desk.reviewing.entries()].count("account.watched")

    seat.until(lambda: kinds() == 3, "the first looks")


def account_id(seat: Seat, kind: str = "mastodon") -> str:
    return next(r.account.id for r in seat.page.broadcast.rows if r.account.kind == kind)


def hijack(seat: Seat, text: str = FALSE, where: str = "") -> None:
    """Somebody else posts, and the next look comes; one under way is not waited for."""
    seat.world.mastodon.post(COUNCIL, text)
    place = where or account_id(seat)

    def noticed() -> bool:
        seat.desk.watching.visit(place)
        entries = seat.desk.reviewing.entries()
        return any(each["detail"].get("text") == text for each in entries)

    seat.until(noticed, "the desk to notice")


@pytest.fixture
def alarmed(seat: Seat) -> Seat:
    watched(seat)
    assert not strip(seat).isVisible()
    hijack(seat)
    seat.until(strip(seat).isVisible, "the alarm")
    return seat


def answers(seat: Seat) -> list[dict[str, object]]:
    entries = seat.desk.reviewing.entries()
    return [e["detail"] for e in entries if e["action"] == "account.foreign_post_answered"]


def test_the_alarm_says_what_stands_where(alarmed: Seat) -> None:
    words = strip(alarmed).words.text()
    assert "on our Mastodon account that did not come from this desk" in words
    assert f"“{FALSE}”" in words
    assert strip(alarmed).open.isVisible()
    assert not strip(alarmed).steps.isVisible()


def test_one_of_us_posted_it(alarmed: Seat) -> None:
    alarmed.click(strip(alarmed).ours)
    alarmed.answer(alarmed.page, "Kim, from the phone")
    alarmed.until(lambda: not strip(alarmed).isVisible(), "the strip to go")
    (detail,) = answers(alarmed)
    assert (detail["answer"], detail["words"]) == ("by hand", "Kim, from the phone")
    assert alarmed.desk.watching.unanswered() == []


def test_not_ours_leads_to_a_warning_on_the_other_channels(alarmed: Seat) -> None:
    page = alarmed.page
    alarmed.press("F5")
    assert QApplication.focusWidget() is strip(alarmed).ours
    alarmed.click(strip(alarmed).not_ours)
    assert "change this account's password" in strip(alarmed).steps.text()
    assert strip(alarmed).steps.isVisible()
    assert QApplication.focusWidget() is strip(alarmed).warn
    alarmed.click(strip(alarmed).warn)
    alarmed.until(lambda: not strip(alarmed).isVisible(), "the strip to go")
    assert page.message.template is not None
    assert page.message.template.id == TEMPLATE
    values = page.message.form.values()
    assert values["account_name"] == "our Mastodon account"
    assert values["since_time"]
    chosen = {row.account.kind for row in page.broadcast.rows if row.chosen}
    assert chosen == {"bluesky", "cap", "email"}
    assert answers(alarmed)[0]["answer"] == "not ours"


def test_only_logging_it_starts_no_message(alarmed: Seat) -> None:
    alarmed.click(strip(alarmed).not_ours)
    alarmed.click(strip(alarmed).back)
    assert not strip(alarmed).steps.isVisible()
    alarmed.click(strip(alarmed).not_ours)
    alarmed.click(strip(alarmed).only_log)
    alarmed.until(lambda: not strip(alarmed).isVisible(), "the strip to go")
    assert alarmed.page.message.template is None
    assert answers(alarmed)[0]["words"] == "nobody was warned"


def test_alarms_are_answered_one_after_the_other(alarmed: Seat) -> None:
    hijack(alarmed, "And the second bridge is gone")
    alarmed.until(lambda: strip(alarmed).more.text() == "1 more of these", "the second")
    assert FALSE in strip(alarmed).words.text()
    alarmed.click(strip(alarmed).ours)
    alarmed.answer(alarmed.page, "Kim")
    alarmed.until(lambda: "second bridge" in strip(alarmed).words.text(), "the second alone")
    assert strip(alarmed).more.text() == ""
    assert len(answers(alarmed)) == 1


def test_a_lost_account_is_answered_for_all_its_posts(alarmed: Seat) -> None:
    hijack(alarmed, "And the second bridge is gone")
    alarmed.until(lambda: strip(alarmed).more.text() == "1 more of these", "the second")
    alarmed.click(strip(alarmed).not_ours)
    hijack(alarmed, "And the third")
    alarmed.until(lambda: strip(alarmed).more.text() == "2 more of these", "the third")
    assert strip(alarmed).steps.isVisible()  # a new alarm does not take away what is being read
    alarmed.click(strip(alarmed).only_log)
    alarmed.until(lambda: not strip(alarmed).isVisible(), "the strip to go")
    assert [each["answer"] for each in answers(alarmed)] == ["not ours"] * 3


def test_an_alarm_does_not_take_the_keyboard(seat: Seat) -> None:
    watched(seat)
    seat.press("F6")
    before = QApplication.focusWidget()
    for text in (FALSE, "And the second bridge is gone"):
        hijack(seat, text)
        seat.until(strip(seat).isVisible, "the alarm")
        seat.write("x")
        assert QApplication.focusWidget() is before
    assert answers(seat) == []


def test_the_log_says_it_in_words(alarmed: Seat) -> None:
    newest = alarmed.desk.reviewing.entries(1)
    assert what(newest[0]) == f"Mastodon HOLDS A POST THAT IS NOT FROM THIS DESK: {FALSE}"


def test_what_somebody_answered_elsewhere_goes_with_a_word(alarmed: Seat) -> None:
    (alarm,) = alarmed.desk.watching.unanswered()
    post, operator = alarm.post.external_id, alarmed.page.operator
    alarmed.desk.watching.answer(alarm.account_id, post, operator, True, "me")
    alarmed.click(strip(alarmed).ours)
    alarmed.answer(alarmed.page, "Kim")
    alarmed.until(lambda: not strip(alarmed).isVisible(), "the strip to go")
    assert "answered already" in alarmed.page.notice.words


def test_an_unanswered_alarm_is_there_again_after_a_restart(alarmed: Seat) -> None:
    alarmed.restart()
    alarmed.take()
    alarmed.until(strip(alarmed).isVisible, "the alarm of the last run")
    assert FALSE in strip(alarmed).words.text()


def test_a_locked_desk_says_so_without_the_foreign_words(alarmed: Seat) -> None:
    alarmed.press("Ctrl+L")
    alarmed.until(lambda: isinstance(alarmed.shown, SignIn), "the lock")
    card = alarmed.shown
    assert isinstance(card, SignIn)
    assert "did not come from this desk" in card.notice.words
    assert FALSE not in card.notice.words


def test_an_alarm_at_a_locked_desk_is_shown_on_the_lock(seat: Seat) -> None:
    watched(seat)
    where = account_id(seat)
    seat.press("Ctrl+L")
    seat.until(lambda: isinstance(seat.shown, SignIn), "the lock")
    card = seat.shown
    assert isinstance(card, SignIn)
    assert card.notice.words == ""
    hijack(seat, where=where)
    seat.until(lambda: "did not come from this desk" in card.notice.words, "the alarm")


def test_only_web_addresses_are_opened(alarmed: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    alarmed.click(strip(alarmed).open)
    assert urlsplit(opened[0].toString()).scheme == "https"
    strip(alarmed).show_alarm("words", "file:///etc/passwd", 0)
    assert not strip(alarmed).open.isVisible()


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_words_are_shown_and_never_interpreted(seat: Seat, text: str) -> None:
    alarm = ForeignPost("a", text, OwnPost("1", text, "", NOW))
    words = alarm_words(alarm, NOW)
    strip(seat).show_alarm(words, "", 0)
    assert strip(seat).words.textFormat() == strip(seat).words.textFormat().PlainText
    assert "\n" not in words
    assert len(words) < 700
    assert all(isinstance(each, QLabel) for each in strip(seat).findChildren(QLabel))


def test_words_for_a_changed_an_empty_and_an_old_post() -> None:
    old = OwnPost("1", "", "", from_iso("2026-08-17T04:12:00Z"))
    words = alarm_words(ForeignPost("a", "Mastodon", old), NOW)
    assert "“no words, perhaps a picture”" in words
    assert "August 2026" in words
    changed = alarm_words(ForeignPost("a", "Mastodon", old, changed=True), NOW)
    assert "were changed, not by this desk" in changed
