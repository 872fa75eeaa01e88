"""Hearing: the list stays quick, true and in place, whatever comes in."""

import threading
import time

import pytest
from PySide6.QtWidgets import QMessageBox

from crisisdesk.model.mention import Item
from tests.ui.mentions import NOON, item
from tests.ui.seat import Seat
from ui.models import mentions_model
from ui.models.mentions_model import MENTION

BURST, SECONDS, AT_ONCE = 2_000, 1.5, 100
"""Mentions a second, for how long, and how many a source brings at once."""


def shown(seat: Seat) -> list[str]:
    """The texts in the list, from the top."""
    model = seat.page.mentions.model
    return [model.index(row, 0).data(MENTION).text for row in range(model.rowCount())]


def hear(seat: Seat, *texts: str) -> None:
    """Mentions come in one after the other, and are on screen."""
    for number, text in enumerate(texts):
        seat.desk.intake.accept([item(hash(text) % 10**9 + number, text)])
    seat.until(lambda: set(texts) <= set(shown(seat)), f"{texts} in {shown(seat)}")


def lane_text(seat: Seat, lane: str) -> str:
    """What a lane's button says."""
    return seat.page.mentions.lanes[lane].text()


def test_at_first_it_says_what_will_happen(seat: Seat) -> None:
    pane = seat.page.mentions
    seat.until(pane.empty.isVisible, "the words for an empty list")
    assert not pane.table.isVisible()
    assert "by themselves" in pane.empty.said


def test_a_burst_is_counted_and_shown_with_few_refreshes(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2,000 a second through the real intake: the screen asks as often as it can show."""
    pane, reviewing = seat.page.mentions, seat.desk.reviewing
    asked: list[str] = []
    newer, counts = reviewing.newer, reviewing.counts
    monkeypatch.setattr(reviewing, "newer", lambda *args: (asked.append("newer"), newer(*args))[1])
    monkeypatch.setattr(reviewing, "counts", lambda: (asked.append("counts"), counts())[1])
    number = int(BURST * SECONDS)
    started = time.monotonic()
    thread = threading.Thread(target=pour, args=(seat, number))
    thread.start()
    seat.until(lambda: not thread.is_alive(), "the burst to end")
    seat.until(lambda: lane_text(seat, "all") == f"All {number:,}", "the count")
    seat.until(lambda: shown(seat)[:1] == [f"smoke number {number - 1}"], "the newest on top")
    took = time.monotonic() - started
    frames = took * 20 + 5
    assert asked.count("newer") <= frames
    assert asked.count("counts") <= took * 4 + 5
    stored = reviewing.counts()
    assert stored["all"][0] == number
    assert sum(seat.desk.intake.per_minute()) == number
    assert pane.rate.text().endswith("/min")


def pour(seat: Seat, number: int) -> None:
    """Bring so many mentions at an even pace, in batches, from another thread."""
    pause = threading.Event()
    begun = time.monotonic()
    for first in range(0, number, AT_ONCE):
        due = begun + first / BURST
        pause.wait(max(0.0, due - time.monotonic()))
        batch = [item(each, f"smoke number {each}") for each in range(first, first + AT_ONCE)]
        seat.desk.intake.accept(batch)


def test_a_reader_who_scrolled_down_keeps_the_place(seat: Seat) -> None:
    seat.desk.intake.accept([item(each, f"old {each}") for each in range(60)])
    pane = seat.page.mentions
    seat.until(lambda: len(shown(seat)) == 60, "the old ones")
    seat.press("F2")
    bar = pane.table.verticalScrollBar()
    seat.until(lambda: bar.maximum() > 0, "the list to be laid out")
    row_height = pane.table.verticalHeader().defaultSectionSize()
    bar.setValue(row_height * 10)
    top = pane.table.indexAt(pane.table.viewport().rect().topLeft()).data(MENTION).text
    seat.desk.intake.accept([item(1000 + each, f"new {each}") for each in range(3)])
    seat.until(lambda: len(shown(seat)) == 63, "the new ones")
    assert pane.table.indexAt(pane.table.viewport().rect().topLeft()).data(MENTION).text == top
    assert pane.newer.isVisible()
    assert "3 new" in pane.newer.text()
    seat.desk.intake.accept([item(2000, "new again")])
    seat.until(lambda: "4 new" in pane.newer.text(), "the count of what waits above")
    seat.click(pane.newer)
    seat.until(lambda: bar.value() == 0 and not pane.newer.isVisible(), "the newest end")
    assert shown(seat)[0] == "new again"


def read_anew(seat: Seat) -> None:
    """Have the list read from its newest end, and wait for just that answer."""
    pane = seat.page.mentions
    seat.until(lambda: not pane._asking, "no other answer on its way")
    pane.model.replace([])
    pane.reload()
    seat.until(lambda: len(shown(seat)) == 200, "one page")


def test_older_ones_come_when_scrolled_to(seat: Seat) -> None:
    for first in range(0, 500, 100):
        seat.desk.intake.accept([item(each, f"text {each}") for each in range(first, first + 100)])
    pane = seat.page.mentions
    seat.until(lambda: lane_text(seat, "all") == "All 500", "the count")
    read_anew(seat)
    bar = pane.table.verticalScrollBar()
    while len(shown(seat)) < 500:
        before = len(shown(seat))
        seat.until(lambda: bar.value() < bar.maximum(), "the list to be laid out")
        bar.setValue(bar.maximum())
        seat.until(lambda before=before: len(shown(seat)) > before, "older ones")
    assert shown(seat) == [f"text {each}" for each in range(499, -1, -1)]


def test_older_ones_are_asked_for_again_when_the_end_has_moved(seat: Seat) -> None:
    for first in range(0, 300, 100):
        seat.desk.intake.accept([item(each, f"text {each}") for each in range(first, first + 100)])
    pane = seat.page.mentions
    seat.until(lambda: lane_text(seat, "all") == "All 300", "the count")
    read_anew(seat)
    bar = pane.table.verticalScrollBar()
    seat.until(lambda: bar.maximum() > 0, "the list to be laid out")
    pane._no_more = True  # an answer is on its way, to what was the end before
    bar.setValue(bar.maximum())
    pane._add_older([], pane.model.oldest_id + 1)
    seat.until(lambda: len(shown(seat)) == 300, "older ones")


def test_an_answer_that_comes_late_doubles_nothing(seat: Seat) -> None:
    seat.desk.intake.accept([item(each, f"text {each}") for each in range(5)])
    pane = seat.page.mentions
    seat.until(lambda: len(shown(seat)) == 5, "the mentions")
    late = seat.desk.reviewing.newer("all", 2, 200)
    pane._add_newer(late, "all")
    assert shown(seat) == [f"text {each}" for each in range(4, -1, -1)]


def test_lanes_show_what_they_are_named_for(seat: Seat) -> None:
    hear(
        seat,
        "Help, we are trapped in the flat and water is rising",
        "Is the weir bridge open?",
        "Nice weather today",
    )
    pane = seat.page.mentions
    seat.click(pane.lanes["need"])
    seat.until(lambda: len(shown(seat)) == 1, "the needs alone")
    assert "trapped" in shown(seat)[0]
    seat.until(lambda: lane_text(seat, "need") == "Needs 1", "the count of needs")
    seat.click(pane.lanes["question"])
    seat.until(lambda: shown(seat) == ["Is the weir bridge open?"], "the questions alone")
    seat.click(pane.lanes["all"])
    seat.until(lambda: len(shown(seat)) == 3, "everything")


def test_a_lane_takes_only_its_own_new_ones(seat: Seat) -> None:
    pane = seat.page.mentions
    seat.click(pane.lanes["question"])
    seat.desk.intake.accept([item(1, "Nice weather today"), item(2, "Is it safe?")])
    seat.until(lambda: shown(seat) == ["Is it safe?"], "the question")
    seat.until(lambda: lane_text(seat, "all") == "All 2", "the count of all")


def test_search_finds_by_words_and_lets_go(seat: Seat) -> None:
    hear(seat, "Smoke over Mill Lane", "Mill Lane is fine", "Smoke in Ward 3")
    seat.press("Ctrl+F")
    seat.write("mill smoke")
    seat.until(lambda: shown(seat) == ["Smoke over Mill Lane"], "what was searched for")
    seat.desk.intake.accept([item(77, "Something else")])
    seat.type(seat.page.mentions.search, "nowhere")
    seat.until(seat.page.mentions.empty.isVisible, "nothing found")
    assert "No mention" in seat.page.mentions.empty.said
    seat.type(seat.page.mentions.search, "")
    seat.until(lambda: len(shown(seat)) == 4, "everything again")


def test_hostile_search_words_are_words(seat: Seat) -> None:
    hear(seat, "Smoke over Mill Lane")
    for words in ('"', "mill OR", "NEAR(", "a*b", "--", "'; drop table mention; --"):
        seat.type(seat.page.mentions.search, words)
        seat.until(
            lambda words=words: not seat.page.mentions._search_timer.isActive(), "the search"
        )
        assert not seat.page.notice.isVisible(), seat.page.notice.words
    seat.type(seat.page.mentions.search, "smoke")
    seat.until(lambda: shown(seat) == ["Smoke over Mill Lane"], "what was searched for")


def test_a_mention_is_handled_by_key_alone(seat: Seat) -> None:
    hear(seat, "Help, we are trapped in the flat and water is rising")
    pane = seat.page.mentions
    seat.until(lambda: lane_text(seat, "need") == "Needs 1", "one open need")
    seat.press("F2")
    seat.until(lambda: pane.detail.mention, "the mention in full")
    seat.press("Ctrl+H")
    seat.until(pane.detail.handled.isVisible, "it is handled")
    assert "Jo Officer" in pane.detail.handled.text()
    seat.until(lambda: lane_text(seat, "need") == "Needs 0", "no open need")
    seat.press("Ctrl+H")
    entries = seat.desk.reviewing.entries()
    assert [each["action"] for each in entries].count("mention.handled") == 1


def test_the_same_words_are_counted(seat: Seat) -> None:
    text = "The dam at Upper Weir has burst, share this"
    hear(seat, text)
    seat.desk.intake.accept([item(each, text) for each in range(500, 504)])
    seat.until(lambda: len(shown(seat)) == 5, "the repeats")
    seat.press("F2")
    detail = seat.page.mentions.detail
    seat.until(lambda: "said 5 times" in detail._repeats.text(), "how often it was said")


def test_a_post_is_opened_only_after_its_address_was_read(seat: Seat) -> None:
    url = "https://xn--80ak6aa92e.com/p/1"
    seat.desk.intake.accept([Item("mastodon", "9", "look", NOON, author="x", url=url)])
    seat.until(lambda: shown(seat) == ["look"], "the mention")
    seat.press("F2")
    detail = seat.page.mentions.detail
    seat.until(detail.open.isVisible, "the way to the post")
    assert detail.open.accessibleName() == "Open xn--80ak6aa92e.com…"
    assert "xn--80ak6aa92e.com" in detail.open.toolTip()
    opened: list[str] = []
    detail.open_asked.disconnect()
    detail.open_asked.connect(opened.append)
    seat.click(detail.open)
    box = detail.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert url in box.text()
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    seat.click(box.button(QMessageBox.StandardButton.Open))
    assert opened == [url]


def test_an_address_that_is_no_web_page_is_never_offered(seat: Seat) -> None:
    seat.desk.intake.accept([Item("mastodon", "9", "look", NOON, url="javascript:alert(1)")])
    seat.until(lambda: shown(seat) == ["look"], "the mention")
    seat.press("F2")
    detail = seat.page.mentions.detail
    seat.until(detail.isVisible, "the detail")
    assert not detail.open.isVisible()


def test_what_is_read_stays_in_sight_when_its_row_is_let_go(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions_model, "MOST_ROWS", 50)
    seat.desk.intake.accept([item(each, f"old {each}") for each in range(40)])
    pane = seat.page.mentions
    seat.until(lambda: len(shown(seat)) == 40, "the old ones")
    seat.press("F2")
    seat.press("Ctrl+End")
    seat.until(lambda: pane.detail.mention, "the oldest in full")
    read = pane.detail.mention
    assert read is not None
    seat.desk.intake.accept([item(1000 + each, f"new {each}") for each in range(30)])
    seat.until(lambda: shown(seat)[0] == "new 29", "the new ones")
    assert pane.model.row_of(read.id) < 0
    assert pane.detail.mention == read
    assert pane.detail.isVisible()
    assert not pane.table.currentIndex().isValid(), "no other one is chosen instead"
