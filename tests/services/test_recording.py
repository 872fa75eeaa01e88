"""Recording: what a loggist writes is kept as written, and put right only by a linked entry."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.model.errors import BadInput, Refused, StoreError
from crisisdesk.model.moment import iso
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.record import JdmStage, Record, RecordKind
from crisisdesk.rules.recording import LATE, LONGEST, corrects, lines_of, record_of
from crisisdesk.services.recording import Recording
from crisisdesk.store.attachments import LARGEST, Attachments
from crisisdesk.store.database import Database
from tests.town import HandClock

LOGGIST = Operator("o-1", "L. Loggist", Role.SENDER)


@pytest.fixture
def recording(database: Database, clock: HandClock, tmp_path: Path) -> Recording:
    return Recording(database, Attachments(tmp_path / "attachments"), clock.now)


def bodies(database: Database) -> list[bytes]:
    with database.read() as unit:
        return [row[3] for row in unit.log.rows()]


def decision(**more: object) -> Record:
    return Record(RecordKind.DECISION, "Open the rest centre.", **more)  # type: ignore[arg-type]


def test_an_entry_comes_back_as_it_was_written(recording: Recording, clock: HandClock) -> None:
    happened = clock.now() - timedelta(minutes=2)
    written = decision(
        decided_by="G. Gold",
        occurred_at=happened,
        known="River at 3.1 m.",
        options="1 wait 2 open now",
        rationale="People are leaving already.",
        stage=JdmStage.ACTION,
        methane=(("exact_location", "Mill Lane"),),
    )
    seq = recording.record(written, LOGGIST, "i-1")
    entry = recording.entry(seq)
    assert record_of(entry) == written
    assert (entry["actor"], entry["subject"]) == ("L. Loggist", "incident i-1")
    assert (entry["occurred"], entry["at"]) == (iso(happened), iso(clock.now()))
    assert "late" not in entry["detail"]


@pytest.mark.parametrize(("after", "late"), [(LATE, False), (LATE + timedelta(seconds=1), True)])
def test_what_is_written_down_well_afterwards_is_marked(
    recording: Recording, clock: HandClock, after: timedelta, late: bool
) -> None:
    seq = recording.record(decision(occurred_at=clock.now() - after), LOGGIST)
    entry = recording.entry(seq)
    assert entry["detail"].get("late", False) is late
    assert dict(lines_of(entry))["Happened"].endswith("(late entry)") is late


def test_a_correction_is_linked_and_leaves_the_first_entry_alone(
    recording: Recording, database: Database
) -> None:
    first = recording.record(decision(), LOGGIST)
    before = bodies(database)
    again = recording.record(decision(corrects=first, why_corrected="Wrong centre."), LOGGIST)
    assert bodies(database)[: len(before)] == before
    assert recording.entry(first)["corrected_by"] == [again]
    assert recording.entry(again)["corrected_by"] == []
    assert ("Corrects entry", str(first)) in lines_of(recording.entry(again))


def test_what_the_desk_wrote_itself_is_not_corrected(
    recording: Recording, database: Database
) -> None:
    seq = database.write(lambda unit: unit.log.append("desk.opened", actor="desk"))
    with pytest.raises(BadInput, match="not written by a person"):
        recording.record(decision(corrects=seq, why_corrected="No."), LOGGIST)
    with pytest.raises(BadInput, match="no entry 999"):
        recording.record(decision(corrects=999, why_corrected="No."), LOGGIST)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (Record(RecordKind.DECISION, "  "), "is empty"),
        (Record(RecordKind.METHANE, "", methane=(("type", " "),)), "is empty"),
        (Record(RecordKind.NOT_TO_ACT, "Wait."), "needs its reason"),
        (Record(RecordKind.DECISION, "Wait.", corrects=1), "A correction needs its reason"),
        (Record(RecordKind.DECISION, "x" * (LONGEST + 1)), "longer than"),
    ],
)
def test_what_is_no_entry_is_refused_and_not_logged(
    recording: Recording, database: Database, record: Record, reason: str
) -> None:
    before = bodies(database)
    with pytest.raises(BadInput, match=reason):
        recording.record(record, LOGGIST)
    assert bodies(database) == before


def test_the_future_cannot_be_recorded(recording: Recording, clock: HandClock) -> None:
    with pytest.raises(BadInput, match="later than now"):
        recording.record(decision(occurred_at=clock.now() + timedelta(minutes=2)), LOGGIST)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR])
def test_who_only_reads_does_not_write(recording: Recording, role: Role) -> None:
    with pytest.raises(Refused, match=role):
        recording.record(decision(), Operator("o-2", "V", role))


def test_a_methane_report_without_words_of_its_own_says_its_letters(recording: Recording) -> None:
    letters = (("major_incident", "Declared 02:10"), ("hazards", "Deep water"))
    seq = recording.record(Record(RecordKind.METHANE, "", methane=letters), LOGGIST)
    entry = recording.entry(seq)
    assert entry["detail"]["words"] == "Major incident: Declared 02:10; Hazards: Deep water"
    assert ("Hazards", "Deep water") in lines_of(entry)


def test_attachments_are_kept_by_their_hash_and_a_changed_one_is_found_out(
    recording: Recording, tmp_path: Path
) -> None:
    paper = tmp_path / "plan.txt"
    paper.write_text("The plan.")
    attached = recording.attach(paper)
    assert recording.attach(paper) == attached
    seq = recording.record(decision(attachments=(attached,)), LOGGIST)
    paper.unlink()
    assert recording.attached(attached).read_text() == "The plan."
    assert json.dumps(recording.entry(seq)).count(attached.sha256) == 1
    recording.attached(attached).write_text("Another plan.")
    with pytest.raises(StoreError, match="missing or was changed"):
        recording.attached(attached)


def test_a_file_that_is_too_large_or_not_there_is_refused(
    recording: Recording, tmp_path: Path
) -> None:
    large = tmp_path / "film.mp4"
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(BadInput, match="larger than"):
        recording.attach(large)
    with pytest.raises(BadInput, match="cannot be read"):
        recording.attach(tmp_path / "nothing")
    assert not (tmp_path / "attachments").exists()


def test_a_note_from_an_older_version_is_a_decision() -> None:
    old = {"action": "decision.noted", "at": "2026-01-01T00:00:00.000Z", "detail": {"words": "x"}}
    found = record_of(old | {"occurred": old["at"]})
    assert found == Record(RecordKind.DECISION, "x")
    assert record_of({"action": "desk.opened"}) is None


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"action": "decision.noted", "detail": ["a", "list"]},
        {"action": "decision.noted", "detail": {"kind": "owl"}},
        {"action": "decision.noted", "detail": {"attachments": [{"path": "/etc"}]}},
        {"action": "decision.noted", "detail": {"corrects": "x"}, "occurred": "never"},
    ],
)
def test_an_entry_that_nobody_here_wrote_is_shown_all_the_same(entry: dict[str, object]) -> None:
    assert lines_of(entry)
    assert corrects(entry) == 0
