"""Exercise control on screen: the staff's window, the player's calls, NO DUFF and what follows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from crisisdesk.model.exercise import Inject, Method
from crisisdesk.rules.exercise.rumours import Curve
from crisisdesk.rules.exercise.standing import PublicNow
from crisisdesk.rules.exercise.story import State
from tests.ui.directed import Directed, words_on
from ui.exercise.debrief import Debrief
from ui.exercise.inject_form import InjectForm
from ui.exercise.public_panel import PublicPanel
from ui.exercise.timeline_table import Shown

CALL = Inject(
    "head", 0, Method.TELEPHONE, "Head teacher", "May they go home?",
    expected_action="Asks the fire service first.", data={"hold_back": "The boiler is broken."},
)  # fmt: skip


# Before the story


def test_nothing_is_played_before_the_briefing_is_read(
    qtbot: QtBot, tmp_path: Path, way_out: None
) -> None:
    made = Directed.__new__(Directed)
    made.begin = lambda **_: None  # type: ignore[method-assign]
    Directed.__init__(made, qtbot, tmp_path / "home")
    briefing = made.console.playing.room.briefing
    made.until(briefing.begin.isVisible, "the briefing")
    assert not made.desk.clock.running
    assert made.desk.exercising.scenario.codeword in words_on(briefing)
    assert made.window.windowTitle().startswith("EXERCISE")
    assert briefing.alone.isChecked()
    assert QApplication.focusWidget() is briefing.begin
    made.gone()


def test_alone_there_is_no_second_window_and_the_player_keeps_the_clock(alone: Directed) -> None:
    assert alone.console.playing.control is None
    assert alone.bar.buttons.isVisible()
    assert alone.logged("exercise.begun")[0]["words"] == "alone"


def test_with_a_staff_the_clock_is_theirs(staff: Directed) -> None:
    assert staff.control.isVisible()
    assert staff.control.windowTitle().startswith("EXERCISE")
    assert not staff.bar.buttons.isVisible()
    assert staff.control.bar.buttons.isVisible()
    assert staff.logged("exercise.begun")[0]["words"] == "with directing staff"


def test_closed_by_mistake_the_window_comes_back_by_key(staff: Directed) -> None:
    control = staff.control
    control.close()
    staff.window.activateWindow()
    staff.until(staff.window.isActiveWindow, "the player's window")
    staff.page.mentions.focus()
    staff.press("Ctrl+Shift+E")
    staff.until(control.isVisible, "exercise control again")


# The timeline


def test_an_inject_is_played_by_its_button_and_the_player_is_not_told(staff: Directed) -> None:
    staff.choose("severe-warning")
    assert "15 minutes" in staff.control.detail.expected.text() or staff.control.detail.line
    staff.click(staff.control.detail.play)
    staff.until(lambda: staff.state("severe-warning") is State.PLAYED, "it to be played")
    model = staff.page.log.model
    staff.desk.composing.note("seen", staff.desk.player)

    def shown() -> list[str]:
        return [str(model.index(row, 3).data()) for row in range(model.rowCount())]

    staff.until(lambda: any("seen" in each for each in shown()), "the note")
    assert not any("severe-warning" in each for each in shown())
    staff.until(lambda: not staff.control.detail.play.isEnabled(), "the button to know it")


def test_what_is_skipped_is_shown_as_skipped(staff: Directed) -> None:
    staff.choose("video-mill-lane")
    staff.click(staff.control.detail.skip)
    staff.until(lambda: staff.state("video-mill-lane") is State.SKIPPED, "it to be skipped")
    staff.control.timeline.shown.setCurrentIndex(list(Shown).index(Shown.OUT))
    staff.until(lambda: staff.control.timeline.model.rowCount() == 1, "the skipped one alone")


def test_an_inject_gets_other_words_and_a_time_that_makes_no_sense_is_said(
    staff: Directed,
) -> None:
    staff.choose("severe-warning")
    staff.click(staff.control.detail.change)
    (form,) = staff.control.findChildren(InjectForm)
    form.text.setPlainText("Leave Lower Town now.")
    form.at.setText("soon")
    staff.click(form.go)
    assert "41.5" in form.trouble.text()
    form.at.setText("9999")
    staff.click(form.go)
    staff.until(lambda: "outside the exercise" in form.trouble.text(), "the reason")
    form.at.setText("30")
    staff.click(form.go)
    staff.until(lambda: staff.logged("exercise.edited"), "the change")
    line = next(e for e in staff.desk.exercising.lines() if e.inject.id == "severe-warning")
    assert (line.inject.text, line.due) == ("Leave Lower Town now.", 1800)


def test_the_choice_follows_the_story_until_somebody_chooses(staff: Directed) -> None:
    timeline = staff.control.timeline
    assert timeline.line == timeline.next
    staff.choose("bridge-checked")
    staff.desk.controlling.fire(timeline.next.inject.id)  # type: ignore[union-attr]
    staff.control.on_story()
    before = timeline.next
    staff.until(lambda: timeline.next != before, "the next one")
    assert timeline.line is not None
    assert timeline.line.inject.id == "bridge-checked"


def test_the_timeline_is_searched(staff: Directed) -> None:
    staff.control.timeline.search.setText("no such words anywhere")
    staff.until(staff.control.timeline.nothing.isVisible, "that nothing fits")
    staff.control.timeline.search.setText("bridgetalk")
    staff.until(lambda: staff.control.timeline.model.rowCount() == 12, "the crowd")


# Networks and notes


def test_a_network_is_broken_and_mended(staff: Directed) -> None:
    panel = staff.control.channels
    staff.control.tabs.setCurrentWidget(panel)
    staff.click(panel.breaks["mail"])
    staff.until(lambda: "cannot be reached" in panel.states["mail"].text(), "it to be broken")
    staff.click(panel.mends["mail"])
    staff.until(lambda: panel.states["mail"].text() == "✓ works", "it to be mended")


def test_a_note_is_kept_with_what_it_is_about(staff: Directed) -> None:
    staff.choose("bridge-down")
    staff.control.observe()
    notes = staff.control.notes
    assert QApplication.focusWidget() is notes.words
    notes.about.setCurrentIndex(1)
    notes.rating.setCurrentIndex(1)
    notes.words.setText("Asked the police first.")
    QTest.keyClick(notes.words, Qt.Key.Key_Return)
    staff.until(lambda: not notes.words.text(), "it to be kept")
    kept = staff.logged("exercise.observed")[0]
    assert (kept["about"], kept["rating"]) == ("bridge-down", "went well")
    staff.until(lambda: "Asked the police first." in words_on(notes), "the note on screen")


# Calls


def test_alone_a_call_speaks_for_itself_and_its_note_is_a_decision(alone: Directed) -> None:
    alone.desk.exercising.play(CALL)
    card = alone.console.playing.room.calls
    alone.until(card.isVisible, "the card")
    assert "May they go home?" not in words_on(card)
    assert "EXERCISE" in card.who.text()
    alone.click(card.take_it)
    assert card.words.text() == "May they go home?"
    card.note.setText("Keep them inside")
    QTest.keyClick(card.note, Qt.Key.Key_Return)
    alone.until(lambda: alone.logged("decision.noted"), "the decision")
    assert alone.logged("decision.noted")[0]["words"] == (
        "Head teacher (telephone): Keep them inside"
    )
    assert not card.isVisible()


def test_calls_wait_for_each_other(alone: Directed) -> None:
    card = alone.console.playing.room.calls
    for name in ("Ann", "Bob", "Carys"):
        alone.desk.controlling.insert(Method.TELEPHONE, name, "Hello")
    alone.until(lambda: card.more.text() == "2 more waiting", "three calls")
    for name in ("Ann", "Bob", "Carys"):
        assert name in card.who.text()
        alone.click(card.take_it)
        alone.click(card.end)
    assert not card.isVisible()


def test_a_call_whose_end_cannot_be_logged_comes_back_with_its_note(
    alone: Directed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(alone.desk.telephoning, "ended", fail)
    alone.desk.exercising.play(CALL)
    card = alone.console.playing.room.calls
    alone.until(card.isVisible, "the card")
    alone.click(card.take_it)
    card.note.setText("Keep them inside")
    alone.click(card.end)
    alone.until(lambda: card.isVisible() and card.note.text(), "the card again")
    assert card.note.text() == "Keep them inside"
    assert alone.page.notice.isVisible()


def test_with_a_staff_the_role_player_rings_and_speaks(staff: Directed) -> None:
    staff.desk.exercising.play(CALL)
    roles, card = staff.control.roles, staff.console.playing.room.calls
    staff.until(lambda: roles.cards, "the role player's card")
    assert "(1)" in staff.control.tabs.tabText(staff.control.tabs.indexOf(roles))
    assert "The boiler is broken." in words_on(roles)
    assert not card.isVisible()
    staff.click(roles.cards[0].ring)
    staff.until(card.isVisible, "the telephone")
    staff.click(card.take_it)
    assert "May they go home?" not in words_on(card)
    assert "answered" in roles.cards[0].state.text()
    staff.click(card.end)
    assert "ended" in roles.cards[0].state.text()


def test_the_staffs_own_call_rings_at_once(staff: Directed) -> None:
    staff.control.ring()
    (form,) = staff.control.findChildren(InjectForm)
    form.who.setText("Councillor Beddoes")
    form.text.setPlainText("What shall I tell the street?")
    staff.click(form.go)
    card = staff.console.playing.room.calls
    staff.until(card.isVisible, "the telephone")
    assert "Councillor Beddoes" in card.who.text()
    assert len(staff.control.roles.cards) == 1


# Afterwards


def test_after_the_end_nobody_rings_and_what_is_being_said_may_be_noted(alone: Directed) -> None:
    card = alone.console.playing.room.calls
    for name in ("Ann", "Bob", "Carys"):
        alone.desk.controlling.insert(Method.TELEPHONE, name, "Hello")
    alone.until(lambda: card.more.text() == "2 more waiting", "three calls")
    alone.click(card.take_it)
    alone.click(alone.bar.end)
    alone.leave_debrief()
    alone.until(lambda: "ENDEX" in alone.page.notice.words, "the report")
    assert card.more.text() == ""
    assert card.note.isVisibleTo(card)
    card.end.click()
    assert card.call is None
    card.ring(CALL)
    assert card.call is None


def test_what_rings_at_the_end_is_silent_then(alone: Directed) -> None:
    card = alone.console.playing.room.calls
    alone.desk.controlling.insert(Method.TELEPHONE, "Ann", "Hello")
    alone.until(card.isVisible, "the call")
    card.stop_ringing()
    assert card.call is None
    assert card.isHidden()


def test_the_hot_debrief_is_asked_before_the_report_and_kept(alone: Directed) -> None:
    alone.desk.debriefing.questions = ("What went well?", "What did not?")
    alone.click(alone.bar.end)
    alone.until(lambda: alone.page.findChildren(Debrief), "the hot debrief")
    asked = alone.page.findChildren(Debrief)[0]
    assert not (alone.desk.paths.home / "report.json").exists()
    asked.fields["What went well?"].setPlainText("The first words.")
    alone.click(asked.keep)
    alone.until(lambda: "ENDEX" in alone.page.notice.words, "the report")
    kept = json.loads((alone.desk.paths.home / "debrief.json").read_text(encoding="utf-8"))
    assert kept["answers"][0] == {"question": "What went well?", "answer": "The first words."}


# The public


def test_mood_and_rumours_are_said_in_numbers(alone: Directed) -> None:
    scenario, begins = alone.desk.exercising.scenario, alone.desk.clock.now()
    panel = PublicPanel(scenario, begins)
    alone.qtbot.addWidget(panel)
    panel.show_public(PublicNow(0.1, 0.0, 0.4, ()))
    panel.show()
    assert panel.mood.text().startswith("Calm")
    assert "heard from us just now" in panel.silence.text()
    assert panel.nothing.isVisible()
    curve = Curve("bridge", ((60, 200), (75, 1400), (90, 1200)), 75, 1400, None)
    panel.show_public(PublicNow(0.9, 0.6, 31.0, (curve,)))
    assert "At its height" in panel.mood.text()
    assert "31 minutes" in panel.silence.text()
    view = panel.views["bridge"]
    assert "1,200 people believe it; peak 1,400" in view.believed.text()
    assert view.answered.text() == "Nobody has answered it."
    panel.show_public(PublicNow(0.9, 0.0, 1.0, (replace(curve, answered_at=95),)))
    assert "Answered at" in view.answered.text()


def test_the_window_shows_the_public_of_this_exercise(staff: Directed) -> None:
    staff.until(staff.control.public.mood.text, "the mood")
    assert "%" in staff.control.public.mood.text()


# By keyboard


def test_goals_that_do_not_fit_are_paged_from_the_tabs(staff: Directed) -> None:
    control = staff.control
    staff.until(control.goals.summary.text, "the goals")
    control.tabs.setCurrentWidget(control.goals)
    control.tabs.tabBar().setFocus()
    area = control.goals.findChild(QScrollArea)
    assert area is not None
    staff.until(lambda: area.verticalScrollBar().maximum() > 0, "more than fits")
    QTest.keyClick(control.tabs.tabBar(), Qt.Key.Key_PageDown)
    assert area.verticalScrollBar().value() > 0
    QTest.keyClick(control.tabs.tabBar(), Qt.Key.Key_PageUp)
    assert area.verticalScrollBar().value() == 0


def test_every_deed_of_the_staff_has_its_key(staff: Directed) -> None:
    control = staff.control
    control.activateWindow()
    staff.until(control.isActiveWindow, "the staff's window")
    control.timeline.table.setFocus()
    staff.choose("video-mill-lane")
    staff.press("Ctrl+Return")
    staff.until(lambda: staff.state("video-mill-lane") is State.PLAYED, "it to be played")
    staff.press("Ctrl+O")
    assert QApplication.focusWidget() is control.notes.words
    staff.press("Ctrl+P")
    staff.until(lambda: not staff.desk.clock.running, "PAUSEX")
    staff.press("Ctrl+N")
    staff.until(lambda: control.findChildren(InjectForm), "the form")


def test_who_plays_alone_is_not_shown_what_comes_next(alone: Directed) -> None:
    alone.page.mentions.focus()
    alone.press("Ctrl+Shift+E")
    alone.until(lambda: "You play alone" in alone.page.notice.words, "the reason")
    assert alone.console.playing.control is None


def test_a_key_for_calls_pressed_in_vain_says_so(alone: Directed) -> None:
    alone.page.mentions.focus()
    alone.press("Ctrl+Shift+T")
    alone.until(lambda: "Nobody calls" in alone.page.notice.words, "the reason")


def test_an_e_mail_needs_nobodys_voice(staff: Directed) -> None:
    staff.desk.exercising.play(replace(CALL, method=Method.EMAIL))
    card = staff.console.playing.room.calls
    staff.until(card.isVisible, "the e-mail")
    staff.click(card.take_it)
    assert card.words.text() == "May they go home?"


def test_help_opens_at_directing(staff: Directed) -> None:
    control = staff.control
    control.activateWindow()
    staff.until(control.isActiveWindow, "the staff's window")
    control.timeline.table.setFocus()
    staff.press("F1")
    staff.until(lambda: staff.console.help.guide, "the guide")
    guide = staff.console.help.guide
    assert guide is not None
    assert guide.name == "directing"
    guide.close()
