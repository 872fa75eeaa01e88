"""An exercise cannot be taken for the real thing, and nothing leaves the computer."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from crisisdesk import config
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.events import ExerciseTold
from crisisdesk.model.mention import Item
from crisisdesk.services.logbooks import read_entries
from tests.ui.hands import Hands, sweep
from tests.ui.mentions import NOON
from tests.ui.seat import ROAD
from ui.app import Console
from ui.console.console_page import ConsolePage
from ui.exercise.control_bar import ControlBar
from ui.exercise.debrief import Debrief
from ui.widgets.mode_band import ModeBand
from ui.widgets.wrapping import WrappingLabel


class Exercise(Hands):
    """One exercise on screen, in this process, whose gate stays open for the other tests."""

    def __init__(
        self, qtbot: QtBot, home: Path, scenario: str = "night-flood", *, directed: bool = False
    ) -> None:
        self.console = Console(config.paths(str(home)))
        super().__init__(qtbot, self.console.window)
        self.window.show()
        self.window.activateWindow()
        self.console.open_exercise(scenario)
        self.until(lambda: self.console.page, "the briefing")
        self.begin(directed=directed)

    def begin(self, *, directed: bool) -> None:
        """Read the briefing, and press what begins it."""
        briefing = self.console.playing.room.briefing
        self.until(briefing.begin.isVisible, "the briefing")
        briefing.directed.setChecked(directed)
        self.click(briefing.begin)
        self.until(self.page.isVisible, "the console")

    @property
    def page(self) -> ConsolePage:
        """The player's console."""
        assert self.console.page is not None
        return self.console.page

    @property
    def desk(self) -> ExerciseDesk:
        """The desk behind it."""
        assert isinstance(self.console.desk, ExerciseDesk)
        return self.console.desk

    @property
    def bar(self) -> ControlBar:
        """The line of exercise control."""
        found = self.page.findChild(ControlBar)
        assert isinstance(found, ControlBar)
        return found

    def leave_debrief(self) -> None:
        """Answer nothing, where anything is asked."""
        if self.desk.debriefing.questions:
            self.until(lambda: self.page.findChildren(Debrief), "the hot debrief")
            self.page.findChildren(Debrief)[0].reject()

    def gone(self) -> None:
        """Leave no thread and no window behind."""
        self.window.leave()
        self.console.close()
        self.window.deleteLater()
        sweep()


@pytest.fixture
def exercise(qtbot: QtBot, tmp_path: Path, way_out: None) -> Iterator[Exercise]:
    """The gate would stay closed for every later test of this process."""
    made = Exercise(qtbot, tmp_path / "home")
    yield made
    made.gone()


def test_it_says_exercise_by_words_on_a_wide_band(exercise: Exercise) -> None:
    (band,) = exercise.page.findChildren(ModeBand)
    assert band.accessibleName().startswith("EXERCISE")
    assert band.width() == exercise.page.width()
    assert band.height() >= 24
    assert "EXERCISE" in exercise.page.header.mode_chip.text()
    assert exercise.window.windowTitle().startswith("EXERCISE")


def test_nothing_on_screen_says_live(exercise: Exercise) -> None:
    said = [each.text() for each in exercise.page.findChildren(QPushButton)]
    assert not any("LIVE" in each for each in said)


def test_a_broadcast_goes_to_the_simulation_and_says_so(exercise: Exercise) -> None:
    exercise.press("Ctrl+I")
    exercise.answer(exercise.page, "Flood at the weir")
    exercise.until(lambda: exercise.page.incident, "the incident")
    exercise.page.message.start("road-closure", dict(ROAD))
    pane = exercise.page.broadcast
    exercise.until(pane.hold.isEnabled, pane.problems.text())
    assert pane.sentence.text().startswith("EXERCISE: ")
    assert "No real person" in pane.sentence.text()
    exercise.press("F4")
    exercise.until(lambda: QApplication.focusWidget() is pane.hold, "the keyboard on the button")
    exercise.hold(lambda: pane.cards)
    (card,) = pane.cards.values()
    exercise.until(
        lambda: (
            sorted(each.text() for each in pane.cards[card.alert.id].states.values())
            == ["● accepted", "✓ confirmed", "✓ confirmed", "✓ confirmed"]
        ),
        "every channel's truth",
    )
    assert all("EXERCISE" in part.text for part in card.alert.rendered)
    buttons = pane.cards[card.alert.id].findChildren(QPushButton)
    assert "↗" not in [each.text() for each in buttons]


def test_a_pack_says_exercise_too(exercise: Exercise, tmp_path: Path) -> None:
    exercise.press("Ctrl+I")
    exercise.answer(exercise.page, "Flood at the weir")
    exercise.until(lambda: exercise.page.incident, "the incident")
    exercise.page.message.start("road-closure", dict(ROAD))
    pane = exercise.page.broadcast
    exercise.until(pane.hold.isEnabled, pane.problems.text())
    exercise.press("F4")
    exercise.hold(lambda: pane.cards)
    exercise.press("F9")
    pack = exercise.page.pack
    exercise.until(pack.isVisible, "the pack")
    (band,) = pack.findChildren(ModeBand)
    assert band.accessibleName().startswith("EXERCISE")
    assert all("EXERCISE" in each.text.toPlainText() for each in pack.blocks.values())
    assert pack.pack
    pack.saving.save_into(pack.pack, tmp_path)
    exercise.until(lambda: "files are in" in pack.notice.words, "the files")
    assert all(file.name.startswith("EXERCISE-") for file in tmp_path.glob("EXERCISE-*/*"))
    assert list(tmp_path.glob("EXERCISE-*/EXERCISE-sheet.html"))
    pack.reject()


def test_no_browser_is_offered(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    url = "https://mastodon.exercise.invalid/p/1"
    exercise.desk.intake.accept([Item("mastodon", "x1", "look here", NOON, url=url)])
    pane = exercise.page.mentions
    exercise.type(pane.search, "look here")
    exercise.until(lambda: pane.model.rowCount() == 1, "the mention")
    exercise.press("F2")
    exercise.until(pane.detail.isVisible, "the detail")
    assert not pane.detail.open.isVisible()
    assert opened == []


def test_pause_holds_the_story_and_it_goes_on(exercise: Exercise) -> None:
    exercise.click(exercise.bar.pause)
    exercise.until(lambda: exercise.bar.pause.text() == "Go on", "PAUSEX")
    assert not exercise.desk.clock.running
    exercise.until(lambda: exercise.bar.story.text().endswith("PAUSED"), "the word for it")
    stands = exercise.desk.clock.elapsed()
    exercise.click(exercise.bar.pause)
    exercise.until(lambda: exercise.desk.clock.elapsed() > stands, "the story to go on")
    exercise.until(lambda: "PAUSEX" in exercise.bar.pause.text(), "the button's words")
    exercise.until(lambda: "PAUSED" not in exercise.bar.story.text(), "the word to go")


def test_what_exercise_control_says_can_be_read_without_a_mouse(exercise: Exercise) -> None:
    words = (
        "Exercise control, for IT: the mail server was restarted at 01:58 and may still drop it."
    )
    exercise.page.bridge.exercise_told.emit(ExerciseTold(60, words))
    told = exercise.bar.told
    assert isinstance(told, WrappingLabel)
    exercise.until(lambda: told.height() >= told.heightForWidth(told.width()), "room for it")
    assert "".join(told.lines()) == words


def test_endex_writes_the_report(exercise: Exercise) -> None:
    exercise.click(exercise.bar.end)
    exercise.leave_debrief()
    exercise.until(lambda: "ENDEX" in exercise.page.notice.words, "the words for the end")
    report = json.loads((exercise.desk.paths.home / "report.json").read_text())
    assert report["scenario"] == "night-flood"
    assert f"{report['goals_met']} of {len(report['goals'])}" in exercise.page.notice.words
    assert not exercise.bar.end.isEnabled()
    assert not exercise.bar.pause.isEnabled()
    actions = [each["action"] for each in exercise.desk.reviewing.entries()]
    assert actions.count("exercise.ended") == 1


def test_injects_are_not_given_away_in_the_log(exercise: Exercise) -> None:
    reviewing = exercise.desk.reviewing
    exercise.until(
        lambda: any(each["action"] == "exercise.started" for each in reviewing.entries()), "STARTEX"
    )
    exercise.desk.database.write(
        lambda unit: unit.log.append(
            "exercise.inject", actor="exercise control", detail={"id": "x"}
        )
    )
    exercise.desk.composing.note("seen", exercise.desk.player)
    model = exercise.page.log.model

    def shown() -> list[str]:
        return [str(model.index(row, 3).data()) for row in range(model.rowCount())]

    exercise.until(lambda: any("seen" in each for each in shown()), "the note")
    assert not any("inject" in each or "dam" in each for each in shown())


def test_a_scenario_that_does_not_exist_is_said(
    qtbot: QtBot, tmp_path: Path, way_out: None
) -> None:
    console = Console(config.paths(str(tmp_path)))
    hands = Hands(qtbot, console.window)
    console.window.show()
    console.open_exercise("no-such-night")
    hands.until(console.start_page.opening.back.isVisible, "the reason")
    assert "night-flood" in console.start_page.opening.view.words.text()
    console.window.leave()
    console.window.deleteLater()
    sweep()


REAL = """
import importlib, socket, subprocess, sys
from PySide6.QtCore import QProcess, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from crisisdesk import config
from crisisdesk.model.errors import GateClosed
from crisisdesk.net import gate
from ui.app import Console
from ui.exercise.control_bar import ControlBar
from ui.exercise.debrief import Debrief
from ui.theme import Theme
from shiboken6 import isValid

app = QApplication(sys.argv[:1])
Theme.apply(app, "dark")
console = Console(config.paths(sys.argv[1]))
console.window.show()
console.open_exercise("night-flood", 600.0)

def reach_out():
    from PySide6 import QtNetwork

WAYS = (
    socket.socket,
    lambda: subprocess.Popen(["true"]),
    QProcess,
    lambda: QProcess.startDetached("true", []),
    lambda: QDesktopServices.openUrl(QUrl("https://example.org/")),
    reach_out,
    lambda: importlib.import_module("PySide6.QtDBus"),
    lambda: importlib.import_module("keyring"),
)

def refused(act):
    try:
        act()
    except GateClosed:
        return True
    return False

def look():
    page = console.page
    if page is None:
        return
    briefing = console.playing.room.briefing
    if not page.isVisible() and isValid(briefing) and briefing.begin.isEnabled():
        briefing.begin.click()
    for asked in page.findChildren(Debrief):
        asked.reject()
    if page.mentions.model.rowCount() >= 3 and page.findChild(ControlBar).end.isEnabled():
        print("closed" if gate.is_closed() else "open")
        print(*(refused(act) for act in WAYS))
        print("keyring" in sys.modules)
        page.findChild(ControlBar).end.click()
    if "ENDEX" in page.notice.words:
        console.window.leave()
        app.quit()

watch = QTimer()
watch.timeout.connect(look)
watch.start(20)
app.exec()
console.close()
print(console.desk.paths.home)
"""


def test_a_whole_exercise_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The real gate: closed while the public speaks, and for good."""
    done = subprocess.run(
        [sys.executable, "-c", REAL, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    gate_is, attempts, keyring, home = done.stdout.split("\n")[:4]
    assert (gate_is, attempts, keyring) == ("closed", " ".join(["True"] * 8), "False")
    actions = [each["action"] for each in read_entries(Path(home))]
    assert actions.count("gate.refused") == 8
    assert (Path(home) / "report.html").is_file()
    checked = subprocess.run(
        [sys.executable, "-m", "crisisdesk", "log", "verify", home],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert checked.stdout.startswith("intact"), checked.stdout
