"""A notice: what happened, what it means, what to do, each on a line of its own."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from crisisdesk.model.errors import AnswerLost, NotSent
from ui.widgets.notice import Notice


@pytest.fixture
def notice(qtbot: QtBot) -> Iterator[Notice]:
    """A notice that says nothing yet."""
    made = Notice()
    qtbot.addWidget(made)
    yield made
    made.close()


def lines(notice: Notice) -> list[tuple[str, str]]:
    """(words, look) of every line that is shown, from the top."""
    shown = [each for each in notice.findChildren(QLabel) if each.isVisibleTo(notice)]
    shown.sort(key=lambda each: each.mapTo(notice, each.rect().topLeft()).y())
    return [(each.text(), each.property("role")) for each in shown]


def test_it_is_hidden_until_there_is_something_to_say(notice: Notice) -> None:
    assert notice.isHidden()
    assert notice.words == ""


def test_each_part_has_a_line_and_what_to_do_stands_out(notice: Notice) -> None:
    notice.error(NotSent("The server is away.", "Use another channel."))
    notice.adjustSize()
    told, roles = zip(*lines(notice), strict=True)
    assert told == ("! The server is away.", "Nothing was sent.", "Use another channel.")
    assert roles[2] == "strong"
    assert notice.words == "! The server is away. Nothing was sent. Use another channel."


def test_a_line_that_says_nothing_takes_no_room(notice: Notice) -> None:
    notice.error(AnswerLost("No answer came.", "Look."))
    notice.problem("The name is empty.", "Type one.")
    assert len(lines(notice)) == 2
    notice.good("Saved.")
    assert lines(notice) == [("✓ Saved.", "good")]


def test_what_waits_does_not_look_like_what_is_done(notice: Notice) -> None:
    notice.waiting("Not sent yet: Ref K7Q3-1 waits for a second person.")
    assert lines(notice) == [("‖ Not sent yet: Ref K7Q3-1 waits for a second person.", "warn")]


def test_what_nobody_thought_of_says_what_to_do_and_only_its_kind(notice: Notice) -> None:
    notice.error(KeyError("Help, trapped in flat 12"))
    assert "Look at the log and at each channel" in notice.words
    assert "KeyError" in notice.words
    assert "flat 12" not in notice.words


def test_foreign_words_are_shown_as_they_are(notice: Notice) -> None:
    notice.problem("<b>x</b> is no name.", "Type another.")
    assert lines(notice)[0][0] == "! <b>x</b> is no name."
