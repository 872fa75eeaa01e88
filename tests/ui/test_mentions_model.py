"""The rows of the list stay what they are while it grows at both ends."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

import crisisdesk
from crisisdesk.model.mention import Label
from tests.ui.mentions import NOON, mention, mentions
from ui.delegates.spoken import spoken
from ui.models import mentions_model
from ui.models.log_model import WORDS, LogModel, what
from ui.models.mentions_model import MENTION, MentionsModel


@pytest.fixture
def model(qtmodeltester: ModelTester) -> MentionsModel:
    """Watched by Qt's own model tester at every change."""
    made = MentionsModel()
    qtmodeltester.check(made)
    return made


def ids(model: MentionsModel) -> list[int]:
    """The ids of the rows from the top."""
    return [model.index(row, 0).data(MENTION).id for row in range(model.rowCount())]


def test_new_ones_stand_on_top_and_old_ones_below(model: MentionsModel) -> None:
    model.replace(mentions(12, 10))
    model.prepend(mentions(15, 13))
    model.append(mentions(9, 8))
    assert ids(model) == [15, 14, 13, 12, 11, 10, 9, 8]
    assert (model.newest_id, model.oldest_id) == (15, 8)


def test_nothing_is_added_for_nothing(model: MentionsModel) -> None:
    model.prepend([])
    model.append([])
    assert (model.rowCount(), model.newest_id, model.oldest_id) == (0, 0, 0)


def test_the_oldest_are_let_go(model: MentionsModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mentions_model, "MOST_ROWS", 50)
    model.replace(mentions(40, 1))
    model.prepend(mentions(70, 41))
    assert ids(model) == list(range(70, 20, -1))
    model.prepend(mentions(200, 71))
    assert ids(model) == list(range(200, 150, -1))


def test_one_row_changes_in_its_place(model: MentionsModel) -> None:
    model.replace(mentions(3, 1))
    changed: list[int] = []
    model.dataChanged.connect(lambda top, _bottom: changed.append(top.row()))
    model.update([mention(2, handled_by="Jo"), mention(99, handled_by="Jo")])
    assert changed == [1]
    assert model.index(1, 0).data(MENTION).handled_by == "Jo"
    assert (model.row_of(2), model.row_of(99)) == (1, -1)


def test_a_screen_reader_hears_label_name_and_words_and_which_row() -> None:
    model = MentionsModel(None, lambda each: spoken(each, NOON + 60_000))
    more = mention(1, text="Help\nus", author="ann", labels=Label.NEED | Label.QUESTION)
    model.replace([mention(2), more])
    index = model.index(1, 0)
    heard = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard.startswith("need, question. ann says: Help us. ")
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "row 2 of 2"


def logged() -> set[str]:
    """Every action that the core writes or reads of a log, by how its words are written."""
    kinds = {each.partition(".")[0] for each in WORDS} | {"log"}
    named = re.compile(rf'"((?:{"|".join(sorted(kinds))})\.[a-z_]+)"')
    files = Path(crisisdesk.__file__).parent.rglob("*.py")
    return {each for file in files for each in named.findall(file.read_text(encoding="utf-8"))}


def test_every_entry_is_told_in_words() -> None:
    names = {"alert.id", "desk.db", "desk.id", "desk.lock", "exercise.invalid", "exercise.key"}
    names |= {"incident.id", "log.jsonl", "methane.hazards", "methane.location", "operator.id"}
    assert {"log.broken", "alert.claimed_by_hand"} <= logged()
    assert logged() - names - set(WORDS) == set()


@pytest.mark.parametrize("detail", [[1], "words", 5, {"channels": [[]], "words": []}])
def test_an_entry_that_somebody_changed_is_shown_as_far_as_it_goes(detail: object) -> None:
    assert what({"seq": 1, "action": "desk.opened", "detail": detail}).startswith("desk opened")


def test_log_model_shows_any_entry(qtmodeltester: ModelTester) -> None:
    model = LogModel()
    qtmodeltester.check(model)
    model.replace(
        [
            {"seq": 2, "at": "not a time", "actor": "x" * 500, "action": "", "detail": None},
            {"seq": 1, "action": "broadcast.started", "detail": {"headline": "a\nb" * 400}},
        ]
    )
    cells = [[str(model.index(row, col).data()) for col in range(4)] for row in range(2)]
    assert cells[0][1] == "not a time"
    assert "\n" not in cells[1][3]
    assert all(len(cell) <= 301 for row in cells for cell in row)
    model.replace([])
    assert model.rowCount() == 0


def entry(seq: int) -> dict[str, object]:
    """A log entry."""
    return {"seq": seq, "action": "decision.noted", "actor": "Jo", "detail": {"text": str(seq)}}


def test_entries_that_are_shown_stay_where_the_log_grows(qtmodeltester: ModelTester) -> None:
    model, told = LogModel(), []
    qtmodeltester.check(model)
    model.modelReset.connect(lambda: told.append("all anew"))
    model.rowsInserted.connect(lambda _, first, last: told.append((first, last)))
    model.replace([entry(seq) for seq in (3, 2, 1)])
    model.replace([entry(seq) for seq in (3, 2, 1)])
    assert told == ["all anew"]
    model.replace([entry(seq) for seq in (5, 4, 3)])
    assert told == ["all anew", (0, 1)]
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["5", "4", "3"]
    model.replace([entry(seq) for seq in (9, 8, 7)])
    assert told[2:] == ["all anew"]
