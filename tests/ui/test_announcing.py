"""What a screen reader is told by itself, and how often."""

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crisisdesk.model.mention import Label
from crisisdesk.rules.calling import Kind
from tests.ui.conftest import Said
from tests.ui.mentions import NOON, item, mention
from tests.ui.seat import Seat
from ui.delegates.spoken import spoken
from ui.widgets import announcing
from ui.widgets.announcing import Gathered, announce
from ui.widgets.notice import Notice


@pytest.fixture
def speaker(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_problem_is_urgent_and_good_news_waits(qtbot: QtBot, said: Said) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.problem("The disk is full.", "Make room.")
    notice.good("Saved.")
    assert said == [("The disk is full. Make room.", True), ("Saved.", False)]


def test_nothing_is_said_where_nothing_listens_or_there_is_nothing(
    speaker: QWidget, said: Said
) -> None:
    announce(speaker, " ")
    QAccessible.setActive(False)
    announce(speaker, "words")
    assert said == []


def test_news_that_come_together_are_one_announcement(
    qtbot: QtBot, speaker: QWidget, said: Said
) -> None:
    gathered = Gathered(speaker)
    gathered.tell("mastodon", "Mastodon: sending")
    gathered.tell("mail", "Press list: sending")
    gathered.tell("mastodon", "Mastodon: accepted")
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("Mastodon: accepted. Press list: sending", False)]


def test_after_one_the_next_waits_its_turn(
    qtbot: QtBot, speaker: QWidget, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "REST_MS", 300)
    gathered = Gathered(speaker, urgent=True)
    gathered.tell("needs", "1")
    qtbot.waitUntil(lambda: bool(said))
    for number in range(500):
        gathered.tell("needs", str(number))
    assert len(said) == 1
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1] == ("499", True)


def test_the_first_look_at_the_desk_is_no_news(seat: Seat, said: Said) -> None:
    seat.page.announcements.needs(3)
    seat.page.announcements.needs(2)
    assert said == []


def test_a_new_need_is_said_at_once(seat: Seat, said: Said) -> None:
    seat.until(lambda: seat.page.announcements.counted, "the first count")
    seat.desk.intake.accept([item(1, "help, we are trapped upstairs in Mill Lane, water rising")])
    seat.until(lambda: said, "the announcement")
    assert said == [("New need. 1 need is open", True)]


def test_every_channel_is_said_as_it_goes(seat: Seat, said: Said) -> None:
    seat.open_incident()
    seat.write_road_closure()
    seat.broadcast()

    def heard() -> bool:
        everything = ". ".join(words for words, _ in said)
        names = [row.account.name for row in seat.page.broadcast.rows]
        assert len(names) == 4
        return all(f"{name}: " in everything for name in names) and "confirmed" in everything

    seat.until(heard, "every channel")
    assert not any(urgent for _, urgent in said)


def test_a_stop_is_said_once(seat: Seat, said: Said) -> None:
    seat.press("F10")
    seat.until(lambda: said, "the announcement")
    seat.page.agreeing.load_queue()
    seat.until(seat.page.broadcast.go_on.isVisible, "the way on")
    (stopped,) = [words for words, urgent in said if urgent]
    assert stopped.startswith("Everything is stopped by Jo Officer at ")


def test_approvals_are_said(seat: Seat, qtbot: QtBot, said: Said) -> None:
    news = seat.page.announcements
    news.approvals(0, 0)
    news.approvals(1, 0)
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("1 waiting for a second person", False)]


def test_what_an_officer_is_called_for_is_said_once(seat: Seat, qtbot: QtBot, said: Said) -> None:
    tell = seat.page.calls.calling.tell
    tell(Kind.PROMISE, "p1", "the update promised by 04:00")
    tell(Kind.LOG, "log", "is said by the notice")
    qtbot.waitUntil(lambda: bool(said))
    assert said == [("A promised update is overdue: the update promised by 04:00", True)]


def test_a_channel_tells_count_and_fit(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    row = next(each for each in seat.page.broadcast.rows if each.account.kind == "bluesky")
    heard = QAccessible.queryAccessibleInterface(row.box)
    assert heard.text(QAccessible.Text.Name) == "Bluesky"
    assert heard.text(QAccessible.Text.Description) == row.count.text()
    assert heard.text(QAccessible.Text.Description).endswith("/300 characters")
    assert heard.state().checked


def test_a_mention_is_said_as_it_is_shown() -> None:
    need = mention(
        1, "Trapped\nupstairs", author="ann", labels=Label.NEED, reasons=("trapped", "place")
    )
    assert spoken(need, NOON + 5 * 60_000) == (
        "need. ann says: Trapped upstairs. why: trapped · place. from mastodon. 4 min ago."
    )
    done = mention(2, "Thanks", handled_by="Jo Officer")
    assert spoken(done, NOON) == (
        "no label. handled by Jo Officer. somebody says: Thanks. from mastodon. now."
    )
