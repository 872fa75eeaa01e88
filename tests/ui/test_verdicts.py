"""A surge of mentions is worked through with one key each, and a slip is taken back."""

import pytest
from PySide6.QtWidgets import QApplication

from crisisdesk.model.mention import Label, Mention, Verdict
from crisisdesk.model.operator import Role
from tests.ui.conftest import Said
from tests.ui.mentions import item
from tests.ui.seat import PASSPHRASE, Seat
from tests.ui.test_mentions_pane import lane_text
from ui.actions import key_of
from ui.console.mentions_table import NAMES
from ui.console.verdict_bar import WORDS

LETTERS = {
    "N": Label.NEED,
    "R": Label.RUMOUR,
    "Q": Label.QUESTION,
    "E": Label.EYEWITNESS,
    "M": Label.MEDIA,
}


def heard(seat: Seat, number: int) -> None:
    """So many mentions are in the list, the keyboard at the newest."""
    seat.desk.intake.accept([item(each, f"Where is road {each}?") for each in range(1, number + 1)])
    pane = seat.page.mentions
    seat.until(lambda: pane.model.rowCount() == number, "the mentions")
    seat.press("F2")
    seat.until(lambda: pane.detail.mention, "the newest in detail")


def stored(seat: Seat, number: int) -> Mention:
    found = seat.desk.reviewing.mention(number)
    assert found is not None
    return found[0]


def current(seat: Seat) -> int:
    """The id of the mention that has the keyboard."""
    mention = seat.page.mentions.detail.mention
    assert mention is not None
    return mention.id


def actions_logged(seat: Seat) -> list[str]:
    return [each["action"] for each in reversed(seat.desk.reviewing.entries())]


@pytest.mark.parametrize("letter", LETTERS)
def test_one_letter_is_one_verdict_and_the_next_is_chosen(seat: Seat, letter: str) -> None:
    heard(seat, 3)
    seat.press(letter)
    judged = "judged by Jo Officer"
    seat.until(lambda: stored(seat, 3).reasons[0].startswith(judged), "the verdict")
    assert stored(seat, 3).labels is LETTERS[letter]
    assert current(seat) == 2


def test_nothing_for_us_and_handled_close_it(seat: Seat) -> None:
    heard(seat, 2)
    seat.press("X")
    seat.press("H")
    seat.until(lambda: stored(seat, 1).handled_by == "Jo Officer", "both")
    assert stored(seat, 2).labels is Label.NONE
    assert stored(seat, 1).labels is Label.QUESTION
    seat.until(lambda: lane_text(seat, "question") == "Questions 0", "the counts to follow")


def test_every_letter_stands_on_its_button(seat: Seat) -> None:
    bar = seat.page.mentions.detail.verdicts
    for verdict, made in bar.buttons.items():
        assert made.text() == f"{WORDS[verdict]} ({key_of(NAMES[verdict])})"
    assert "(U)" in bar.take_back.text()


def test_a_click_does_the_same(seat: Seat) -> None:
    heard(seat, 2)
    seat.click(seat.page.mentions.detail.verdicts.buttons[Verdict.RUMOUR])
    seat.until(lambda: stored(seat, 2).labels is Label.RUMOUR, "the verdict")
    assert current(seat) == 1


def test_letters_are_letters_everywhere_else(seat: Seat) -> None:
    heard(seat, 2)
    seat.press("Ctrl+F")
    seat.write("nrx")
    assert seat.page.mentions.search.text() == "nrx"
    seat.press("F4")
    seat.press("N")
    assert "mention.judged" not in actions_logged(seat)


def test_a_letter_that_is_no_verdict_does_not_jump_about(seat: Seat) -> None:
    heard(seat, 3)
    seat.press("I")
    seat.press("Shift+N")
    assert current(seat) == 3
    assert "mention.judged" not in actions_logged(seat)


@pytest.mark.parametrize("key", ["U", "Ctrl+Z"])
def test_a_verdict_is_taken_back_by_key(seat: Seat, key: str) -> None:
    heard(seat, 2)
    before = stored(seat, 2)
    seat.press("X")
    seat.until(lambda: stored(seat, 2) != before, "the verdict")
    seat.press(key)
    seat.until(lambda: stored(seat, 2) == before, "it to be taken back")
    seat.until(lambda: current(seat) == 2, "the keyboard to be at it again")
    of_mentions = [each for each in actions_logged(seat) if each.startswith("mention.")]
    assert of_mentions == ["mention.judged", "mention.restored"]
    seat.until(lambda: "taken back" in seat.page.notice.words, "the words")


def test_a_hand_quicker_than_the_disk_takes_back_the_right_one(seat: Seat) -> None:
    heard(seat, 3)
    before = stored(seat, 2)
    seat.press("N")
    seat.press("X")
    seat.press("U")
    seat.until(lambda: actions_logged(seat).count("mention.restored") == 1, "one taken back")
    assert stored(seat, 2) == before
    assert stored(seat, 3).labels is Label.NEED


def test_many_at_once_and_back(seat: Seat) -> None:
    heard(seat, 6)
    seat.press("Shift+Down")
    seat.press("Shift+Down")
    bar = seat.page.mentions.detail.verdicts
    assert bar.number.isVisible()
    assert bar.number.text().startswith("3 mentions")
    seat.press("M")
    seat.until(lambda: actions_logged(seat).count("mention.judged") == 3, "all three")
    assert [stored(seat, each).labels for each in (6, 5, 4)] == [Label.MEDIA] * 3
    assert stored(seat, 3).labels is Label.QUESTION
    assert current(seat) == 3
    assert not bar.number.isVisible()
    seat.press("U")
    seat.until(lambda: actions_logged(seat).count("mention.restored") == 3, "all back")
    seat.until(lambda: len(seat.page.mentions.table.chosen()) == 3, "them to be chosen again")
    assert {each.id for each in seat.page.mentions.table.chosen()} == {4, 5, 6}


def test_at_the_end_of_the_list_the_last_stays_chosen(seat: Seat) -> None:
    heard(seat, 1)
    seat.press("N")
    seat.until(lambda: stored(seat, 1).labels is Label.NEED, "the verdict")
    assert current(seat) == 1


def test_what_is_handled_is_passed_over(seat: Seat) -> None:
    heard(seat, 3)
    seat.desk.triaging.judge([2], Verdict.HANDLED, seat.page.operator)
    seat.until(lambda: seat.page.mentions.model._rows[1].handled_by, "it to be shown as handled")
    seat.press("N")
    assert current(seat) == 1


def test_nothing_moves_under_the_hand_while_it_works(seat: Seat) -> None:
    heard(seat, 30)
    seat.press("Down")
    at = seat.page.mentions.table.currentIndex
    before = seat.page.mentions.table.visualRect(at()).top()
    seat.desk.intake.accept([item(each, f"new {each}") for each in range(100, 105)])
    seat.until(lambda: seat.page.mentions.model.rowCount() == 35, "the new ones")
    assert current(seat) == 29
    assert abs(seat.page.mentions.table.visualRect(at()).top() - before) < 8
    seat.press("N")
    seat.until(lambda: stored(seat, 29).labels is Label.NEED, "the verdict")


def test_a_flood_waits_while_the_hand_works(seat: Seat) -> None:
    heard(seat, 30)
    pane = seat.page.mentions
    pane._insert([*reversed(seat.desk.reviewing.page("all", limit=30))] * 7)
    assert pane.model.rowCount() == 30
    assert "or more new" in pane.newer.text()
    assert current(seat) == 30


def test_ctrl_z_in_a_text_is_the_texts_own(seat: Seat) -> None:
    heard(seat, 2)
    seat.press("X")
    seat.until(lambda: stored(seat, 2).handled_by, "the verdict")
    seat.press("F6")
    seat.write("abc")
    seat.press("Ctrl+Z")
    assert seat.page.log.note.text() == ""
    assert "mention.restored" not in actions_logged(seat)


def test_with_nothing_to_take_back_it_says_so(seat: Seat) -> None:
    heard(seat, 1)
    seat.press("Ctrl+Z")
    assert "no step to take back" in seat.page.notice.words


def test_who_only_reads_judges_nothing(new_seat: Seat) -> None:
    seat = new_seat
    seat.prepare(())
    desk = seat._open(seat.console.paths)
    (person,) = desk.people.operators()
    second = desk.people.add_operator("Kim", Role.ADMINISTRATOR, PASSPHRASE, person)
    desk.people.set_role(person.id, Role.AUDITOR, second)
    desk.close()
    seat.take()
    heard(seat, 1)
    seat.press("N")
    seat.press("Ctrl+H")
    assert "only reads" in seat.page.notice.words
    assert not seat.page.mentions.detail.verdicts.isEnabled()
    assert "mention.judged" not in actions_logged(seat)
    assert QApplication.focusWidget() is seat.page.mentions.table


def test_a_verdict_is_said(seat: Seat, said: Said) -> None:
    heard(seat, 3)
    seat.press("Shift+Down")
    seat.press("X")
    assert ("Not for us: 2 mentions", False) in said
