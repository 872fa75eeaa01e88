"""The coach of the ten-minute drill: it sees what was done, says what comes next, and is quiet."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from crisisdesk.config import BROADCAST_BY, resource, resource_names
from crisisdesk.model.delivery import DeliveryState
from tests.ui.test_exercise import Exercise
from ui import actions
from ui.exercise import coach as coaching
from ui.exercise.coach import Coach, filled
from ui.exercise.result import Result
from ui.models.mentions_model import MENTION

ROAD = {
    "road_name": "Hill Road",
    "area_name": "Riverside",
    "reason": "a burst water main",
    "since_time": "02:00",
    "next_update_at": "03:00",
    "more_info_url": "https://riverside.example/roads",
}
QUICK = 120.0


class Drill(Exercise):
    """The ten-minute drill on screen."""

    @property
    def coach(self) -> Coach:
        """The strip."""
        found = self.page.findChild(Coach)
        assert isinstance(found, Coach)
        return found

    def come(self, inject: str) -> None:
        """Let the story go on quickly until this was played."""
        played = self.desk.exercising.played_at
        self.desk.set_speed(QUICK)
        self.until(lambda: inject in played, f"the inject {inject}")
        self.desk.set_speed(1.0)

    def ticked(self, lesson: str) -> None:
        """Wait until the coach has seen it."""
        self.until(lambda: lesson in self.coach.done, f"the coach to tick off {lesson}")

    def says(self, words: str) -> None:
        """Wait until the coach says this."""
        self.until(lambda: words in self.coach.words.text(), f"the coach to say {words!r}")

    def handle(self, words: str) -> None:
        """Mark the post with these words as handled, by keyboard."""
        pane = self.page.mentions
        self.until(lambda: self._row(words) >= 0, f"the post {words!r}")
        self.press("F2")
        pane.table.selectRow(self._row(words))
        self.until(lambda: pane.detail.isVisible() and words in self._shown(), "the post")
        self.press("Ctrl+H")

    def _row(self, words: str) -> int:
        model = self.page.mentions.model
        texts = [model.index(row, 0).data(MENTION).text for row in range(model.rowCount())]
        return next((row for row, text in enumerate(texts) if words in text), -1)

    def _shown(self) -> str:
        mention = self.page.mentions.detail.mention
        return mention.text if mention else ""

    def send(self) -> None:
        """Onto the button, and hold."""
        pane = self.page.broadcast
        before = set(pane.cards)
        self.until(pane.hold.isEnabled, pane.problems.text())
        self.press("F4")
        self.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
        self.hold(lambda: set(pane.cards) - before)


@pytest.fixture
def drill(qtbot: QtBot, tmp_path: Path, way_out: None) -> Iterator[Drill]:
    """The gate would stay closed for every later test of this process."""
    made = Drill(qtbot, tmp_path / "home", "first-drill")
    yield made
    made.gone()


def buttons(drill: Drill, text: str) -> list[QPushButton]:
    found = drill.page.findChildren(QPushButton)
    return [each for each in found if each.text() == text and each.isVisible()]


def test_the_whole_drill_by_what_the_coach_says(drill: Drill) -> None:
    drill.says("Press Ctrl+I")
    drill.press("Ctrl+I")
    drill.answer(drill.page, "Burst main, Hill Road")
    drill.ticked("open")
    drill.come("need-cellar")
    drill.says("Somebody cannot get out")
    drill.handle("he cannot get out")
    drill.ticked("need")
    drill.says("Press F3")
    drill.press("F3")
    drill.write("road")
    drill.press("Return")
    drill.ticked("choose")
    drill.says("Fill in the form")
    for name, value in ROAD.items():
        drill.type(drill.page.message.form.editors()[name], value)
    drill.ticked("fill")
    drill.says("Press F4")
    drill.send()
    drill.ticked("alert")
    settle_mail(drill)
    drill.come("question-drive")
    drill.says("is safe to drive")
    drill.handle("is it safe to drive")
    drill.ticked("question")
    drill.come("tap-rumour")
    drill.says("Press F6")
    drill.press("F6")
    drill.write("Not posting yet: the water company is asked first")
    drill.press("Return")
    drill.ticked("rumour")
    drill.come("wrong-road")
    drill.says("press “Correct”")
    (card,) = drill.page.broadcast.cards.values()
    drill.click(card.correct)
    drill.until(drill.page.broadcast.hold.isEnabled, "the correction")
    drill.send()
    drill.ticked("correct")
    drill.says("To see how it went, press Ctrl+K")
    drill.click(drill.coach.end)
    drill.until(lambda: drill.page.findChildren(Result), "the result")
    check_result(drill)


def settle_mail(drill: Drill) -> None:
    drill.says("The mail server broke off")
    drill.until(lambda: buttons(drill, "I see it"), "the unknown delivery")
    (card,) = drill.page.broadcast.cards.values()
    states = {each.state for each in card.deliveries}
    assert DeliveryState.UNKNOWN in states
    drill.click(buttons(drill, "I see it")[0])
    drill.ticked("unknown")


def check_result(drill: Drill) -> None:
    (result,) = drill.page.findChildren(Result)
    drill.until(result.isVisible, "the result on screen")
    folder = drill.desk.paths.home
    report = json.loads((folder / "report.json").read_text())
    said = "\n".join(each.text() for each in result.findChildren(QLabel))
    assert report["goals_met"] == 6
    assert "6 of 6 goals met: well done" in said
    assert "correcting our own mistake in two actions" in said
    assert result.place.text() == str(folder / "report.html")
    assert not drill.coach.isVisible()
    result.reject()


def test_what_is_done_in_another_order_is_ticked_off_too(drill: Drill) -> None:
    drill.come("need-cellar")
    drill.handle("he cannot get out")
    drill.ticked("need")
    drill.says("Press Ctrl+I")
    assert drill.coach.step.text() == "1 of 9 done"
    assert drill.coach.marks.text() == "✓"


def test_it_ticks_off_nothing_that_was_not_done(drill: Drill) -> None:
    drill.come("question-drive")
    drill.desk.composing.note("just looking", drill.desk.player)
    drill.until(
        lambda: any("just looking" in str(each) for each in drill.desk.reviewing.entries()), "it"
    )
    drill.until(lambda: not drill.coach._asking, "the coach to have looked")
    assert drill.coach.done == frozenset()


def test_it_is_put_away_and_brought_back_by_key(drill: Drill) -> None:
    assert drill.coach.strip.isVisible()
    drill.press("F12")
    assert not drill.coach.strip.isVisible()
    assert drill.coach.show_it.isVisible()
    drill.press("Ctrl+I")
    drill.answer(drill.page, "Burst main")
    drill.ticked("open")
    assert not drill.coach.strip.isVisible()
    drill.press("F12")
    assert drill.coach.strip.isVisible()
    drill.click(drill.coach.hide_it)
    drill.click(drill.coach.show_it)
    assert drill.coach.strip.isVisible()


def test_it_is_read_out(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(coaching, "announce", lambda _who, words: said.append(words))
    drill.press("Ctrl+I")
    drill.answer(drill.page, "Burst main")
    drill.until(lambda: said, "the next lesson")
    assert said[-1].startswith("Coach: ")
    assert drill.coach.words.text() in said[-1]
    drill.press("F12")
    number = len(said)
    drill.come("need-cellar")
    drill.says("Somebody cannot get out")
    assert len(said) == number


def test_it_never_takes_the_keyboard(drill: Drill) -> None:
    drill.page.log.note.setFocus()
    drill.come("need-cellar")
    drill.desk.composing.open_incident("Burst main", drill.desk.player)
    drill.ticked("open")
    assert QApplication.focusWidget() is drill.page.log.note


def test_ending_early_says_how_it_went(drill: Drill) -> None:
    drill.click(drill.bar.end)
    drill.until(lambda: drill.page.findChildren(Result), "the result")
    (result,) = drill.page.findChildren(Result)
    assert "of" in result.headline.text()
    assert "WHAT YOU PRACTISED" not in [each.text() for each in result.findChildren(QLabel)]
    drill.click(result.leave)
    drill.until(lambda: not drill.window.isVisible(), "the window to close")


def test_the_log_is_read_from_the_result(drill: Drill) -> None:
    drill.click(drill.bar.end)
    drill.until(lambda: drill.page.findChildren(Result), "the result")
    (result,) = drill.page.findChildren(Result)
    drill.click(result.review)
    drill.until(lambda: not drill.page.isVisible(), "the review")


def test_a_long_exercise_has_no_coach(qtbot: QtBot, tmp_path: Path, way_out: None) -> None:
    made = Exercise(qtbot, tmp_path / "home")
    assert not made.page.findChildren(Coach)
    made.gone()


@pytest.mark.parametrize("way", BROADCAST_BY)
def test_it_says_how_the_button_is_really_worked(way: str) -> None:
    said = filled("Press {broadcast}, then {hold}.", way)
    assert said == f"Press F4, then {coaching.HOLD_WORDS[way]}."
    assert ("twice" in said) == (way == "two presses")


def test_a_name_nobody_knows_stays_as_it_is() -> None:
    assert filled("Press {nothing} {mentions.key} {}", "hold") == (
        "Press {nothing} {mentions.key} {}"
    )


@pytest.mark.parametrize("name", resource_names("scenarios"))
def test_every_key_that_lessons_name_is_there(name: str) -> None:
    data = tomllib.loads(resource("scenarios", name, "scenario.toml").decode())
    known = {each.id for each in actions.TABLE if each.key} | {"hold"}
    for lesson in data.get("coach", []):
        assert set(re.findall(r"\{(\w+)\}", lesson["words"])) <= known


def test_the_strip_is_small_enough_to_work_below_it(drill: Drill) -> None:
    drill.window.resize(1366, 768)
    assert drill.coach.height() < 768 / 6
    assert drill.coach.focusPolicy() is Qt.FocusPolicy.NoFocus
