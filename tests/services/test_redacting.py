"""Redacting: words go for good, out of the file too; the entry, the chain and every proof stay."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from crisisdesk.model.audit import Signer
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.record import Record, RecordKind
from crisisdesk.model.redaction import LegalBasis, Redaction
from crisisdesk.rules.commitments import stub
from crisisdesk.rules.redacting import signature_holds
from crisisdesk.services.disclosing import write_bundle
from crisisdesk.services.logbooks import export_jsonl, read_entries, verify_logbook
from crisisdesk.services.people import People
from crisisdesk.services.recording import Recording
from crisisdesk.services.redacting import Redacting
from crisisdesk.store.attachments import Attachments
from crisisdesk.store.backup import back_up
from crisisdesk.store.database import Database
from crisisdesk.store.schema import notice, own_post
from crisisdesk.store.unit import Unit
from tests.town import HandClock

LOGGIST = Operator("o-1", "L. Loggist", Role.SENDER)
PHRASE = "four quiet herons"
SAID = "Call from Margaret Ellis, 4 Weir Street, 01632 960 123: on oxygen, alone."
LEFT = "Call from a resident of Weir Street: on oxygen, alone."
PERSONAL = (b"Margaret Ellis", b"960 123")


@pytest.fixture
def files(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "attachments")


@pytest.fixture
def recording(database: Database, clock: HandClock, files: Attachments) -> Recording:
    return Recording(database, files, clock.now)


@pytest.fixture
def redacting(database: Database, files: Attachments, tmp_path: Path) -> Redacting:
    return Redacting(database, files, lambda: str(tmp_path / "backups"))


@pytest.fixture
def admin(database: Database, clock: HandClock) -> Operator:
    """The first person at a desk is its administrator."""
    return People(database, clock.now).add_operator("A. Admin", Role.ADMINISTRATOR, PHRASE)


@pytest.fixture
def said(recording: Recording, database: Database, signer: Signer) -> int:
    detail = {"desk_key": signer.public_key.hex()}
    database.write(lambda unit: unit.log.append("desk.opened", actor="desk", detail=detail))
    record = Record(RecordKind.INFORMATION, SAID, rationale="Ellis must be moved.")
    return recording.record(record, LOGGIST)


def asked(seq: int, *paths: str, **more: object) -> Redaction:
    made = Redaction(seq, paths or ("words",), LegalBasis.TOO_MUCH, "Name and number not needed.")
    return replace(made, **more)  # type: ignore[arg-type]


def on_disk(file: Path) -> bytes:
    return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))


def test_what_can_go_is_named(redacting: Redacting, said: int) -> None:
    parts = redacting.parts(said)
    assert [(each.path, each.words) for each in parts] == [
        ("words", SAID),
        ("rationale", "Ellis must be moved."),
    ]


def test_words_go_and_leave_a_stub_that_is_accounted_for(
    admin: Operator, redacting: Redacting, recording: Recording, said: int, database_file: Path
) -> None:
    before = verify_logbook(database_file)
    done = redacting.redact(asked(said, left={"words": LEFT}), admin, PHRASE)
    assert recording.entry(said)["detail"]["words"] == stub(done.seq)
    assert recording.entry(said)["detail"]["rationale"] == "Ellis must be moved."
    account = recording.entry(done.seq)
    assert (account["action"], account["actor"]) == ("entry.redacted", "A. Admin")
    detail = account["detail"]
    assert (detail["entry"], detail["fields"], detail["basis"]) == (said, ["words"], "too much")
    assert signature_holds(detail)
    assert not signature_holds(detail | {"entry": 1})
    assert (detail["reason"], detail["left"]) == ("Name and number not needed.", {"words": LEFT})
    after = verify_logbook(database_file)
    assert after.intact
    assert (after.entries, after.redacted) == (before.entries + 1, 1)


def test_they_are_out_of_the_file_and_of_its_write_ahead_log(
    admin: Operator, redacting: Redacting, said: int, database: Database, database_file: Path
) -> None:
    assert all(each in on_disk(database_file) for each in PERSONAL)
    done = redacting.redact(asked(said, "words", "rationale"), admin, PHRASE)
    assert done.scrubbed
    assert not any(each in on_disk(database_file) for each in (*PERSONAL, b"Ellis"))
    database.close()
    assert not any(each in on_disk(database_file) for each in (*PERSONAL, b"Ellis"))


def test_whoever_reads_meanwhile_only_delays_it(
    admin: Operator, redacting: Redacting, said: int, database: Database, database_file: Path
) -> None:
    with database.read() as unit:
        unit.log.head()
        assert not redacting.redact(asked(said), admin, PHRASE).scrubbed
    assert database.scrub()
    assert not any(each in on_disk(database_file) for each in PERSONAL)


def test_checkpoints_from_before_hold_and_exports_say_what_went(
    admin: Operator,
    redacting: Redacting,
    said: int,
    database: Database,
    database_file: Path,
    tmp_path: Path,
) -> None:
    anchor = tmp_path / "elsewhere.txt"
    database.write(lambda unit: unit.log.seal())
    with database.read() as unit:
        newest = unit.log.newest_checkpoint()
    assert newest
    anchor.write_text(f"{newest.note}\n", encoding="utf-8")
    redacting.redact(asked(said), admin, PHRASE)
    assert verify_logbook(database_file, [anchor]).anchored_to >= said
    report = export_jsonl(database_file, tmp_path / "log.jsonl")
    assert (report.intact, report.redacted) == (True, 1)
    assert not any(each in (tmp_path / "log.jsonl").read_bytes() for each in PERSONAL)
    assert stub(read_entries(tmp_path / "log.jsonl")[-1]["seq"]) in str(
        read_entries(tmp_path / "log.jsonl")
    )
    assert write_bundle(database_file, tmp_path / "bundle.zip").intact


def test_an_attached_file_goes_with_its_entry_unless_another_has_it(
    admin: Operator, recording: Recording, redacting: Redacting, files: Attachments, tmp_path: Path
) -> None:
    (tmp_path / "Ellis.txt").write_bytes(b"Margaret Ellis")
    attached = recording.attach(tmp_path / "Ellis.txt")
    record = Record(RecordKind.INFORMATION, "A letter.", attachments=(attached,))
    first, second = recording.record(record, LOGGIST), recording.record(record, LOGGIST)
    paths = ("attachments.1.name", "attachments.1.sha256")
    redacting.redact(asked(first, *paths), admin, PHRASE)
    assert files.holds(attached.sha256)
    redacting.redact(asked(second, *paths), admin, PHRASE)
    assert not files.holds(attached.sha256)
    assert "Ellis" not in str(recording.entry(second))


def test_backups_from_before_are_counted(
    admin: Operator,
    redacting: Redacting,
    said: int,
    database_file: Path,
    files: Attachments,
    tmp_path: Path,
    clock: HandClock,
) -> None:
    back_up(database_file, tmp_path / "attachments", tmp_path / "backups", clock.now())
    assert redacting.redact(asked(said), admin, PHRASE).backups == 1


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.ADMINISTRATOR])
def test_only_an_administrator_takes_words_away(
    redacting: Redacting, said: int, role: Role, database: Database
) -> None:
    with pytest.raises(Refused):
        redacting.redact(asked(said), Operator("o-3", "X", role), PHRASE)
    assert len(redacting.parts(said)) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"paths": ()}, "Nothing is chosen"),
        ({"reason": " "}, "reason is missing"),
        ({"reason": "x" * 5001}, "longer than"),
        ({"paths": ("kind",)}, "no words under kind"),
        ({"seq": 99}, "no entry 99"),
        ({"left": {"words": SAID}}, "Nothing was taken out"),
        ({"left": {"rationale": "x"}}, "must be of what is taken away"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_goes(
    admin: Operator, redacting: Redacting, said: int, change: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        redacting.redact(replace(asked(said), **change), admin, PHRASE)  # type: ignore[arg-type]
    assert len(redacting.parts(said)) == 2


def test_what_is_gone_cannot_go_again(admin: Operator, redacting: Redacting, said: int) -> None:
    redacting.redact(asked(said), admin, PHRASE)
    with pytest.raises(BadInput, match="no words under words"):
        redacting.redact(asked(said), admin, PHRASE)


def test_the_account_itself_can_be_redacted(
    admin: Operator, redacting: Redacting, said: int
) -> None:
    """Its reason named the person after all."""
    done = redacting.redact(asked(said, reason="Mrs Ellis asked."), admin, PHRASE)
    again = redacting.redact(asked(done.seq, "reason"), admin, PHRASE)
    assert again.seq == done.seq + 1


def test_a_wrong_passphrase_takes_nothing_away(
    admin: Operator, redacting: Redacting, said: int
) -> None:
    with pytest.raises(Refused):
        redacting.redact(asked(said), admin, "wrong")
    assert len(redacting.parts(said)) == 2


def test_who_is_no_administrator_any_more_takes_nothing_away(
    admin: Operator, redacting: Redacting, said: int, database: Database, clock: HandClock
) -> None:
    people = People(database, clock.now)
    other = people.add_operator("B. Other", Role.ADMINISTRATOR, PHRASE, admin)
    people.set_role(admin.id, Role.SENDER, other)
    with pytest.raises(Refused, match="no administrator any more"):
        redacting.redact(asked(said), admin, PHRASE)
    assert len(redacting.parts(said)) == 2


def test_entries_that_repeat_the_words_are_named(
    admin: Operator, redacting: Redacting, recording: Recording, said: int
) -> None:
    brief = recording.record(Record(RecordKind.INFORMATION, f"Handed over: {SAID}"), LOGGIST)
    assert redacting.redact(asked(said), admin, PHRASE).repeated == (brief,)


def test_what_an_entry_says_twice_goes_twice(
    admin: Operator, redacting: Redacting, recording: Recording
) -> None:
    letters = (("casualties", "Margaret Ellis, on oxygen"),)
    seq = recording.record(Record(RecordKind.METHANE, "", methane=letters), LOGGIST)
    with pytest.raises(BadInput, match="says the same words again"):
        redacting.redact(asked(seq, "methane.casualties"), admin, PHRASE)
    redacting.redact(asked(seq, "methane.casualties", "words"), admin, PHRASE)
    assert "Ellis" not in str(recording.entry(seq))


def test_an_attached_file_goes_from_the_folder_of_backups_too(
    admin: Operator,
    recording: Recording,
    redacting: Redacting,
    database_file: Path,
    tmp_path: Path,
    clock: HandClock,
) -> None:
    (tmp_path / "Ellis.txt").write_bytes(b"Margaret Ellis")
    attached = recording.attach(tmp_path / "Ellis.txt")
    seq = recording.record(Record(RecordKind.INFORMATION, "A.", attachments=(attached,)), LOGGIST)
    back_up(database_file, tmp_path / "attachments", tmp_path / "backups", clock.now())
    paths = ("attachments.1.name", "attachments.1.sha256")
    assert redacting.redact(asked(seq, *paths), admin, PHRASE).trouble == ""
    assert not [*tmp_path.rglob(attached.sha256)]


def test_a_file_that_an_old_entry_names_in_the_chain_stays(
    admin: Operator,
    recording: Recording,
    redacting: Redacting,
    files: Attachments,
    tmp_path: Path,
    database: Database,
) -> None:
    (tmp_path / "map.txt").write_bytes(b"a map")
    attached = recording.attach(tmp_path / "map.txt")
    old = {"kept": [{"sha256": attached.sha256}]}
    database.write(lambda unit: unit.log.append("information.noted", actor="Sam", detail=old))
    seq = recording.record(Record(RecordKind.INFORMATION, "A.", attachments=(attached,)), LOGGIST)
    redacting.redact(asked(seq, "attachments.1.name", "attachments.1.sha256"), admin, PHRASE)
    assert files.holds(attached.sha256)


def test_the_tables_of_the_desk_do_not_repeat_the_words(
    admin: Operator, redacting: Redacting, said: int, database: Database, database_file: Path
) -> None:
    def repeat(unit: Unit) -> None:
        told = {"id": "n", "operator_id": admin.id, "kind": "sent back", "made_at": 0}
        unit.connection.execute(insert(notice), told | {"words": f"Sent back: {SAID}"})
        post = {"account_id": "a", "external_id": "1", "verdict": "ours", "url": ""}
        unit.connection.execute(
            insert(own_post), post | {"text": "Ellis", "posted_at": 0, "first_seen_at": 0}
        )

    database.write(repeat)
    done = redacting.redact(asked(said), admin, PHRASE)
    with database.read() as unit:
        assert unit.connection.scalar(select(notice.c.words)) == f"Sent back: {stub(done.seq)}"
        assert unit.connection.scalar(select(own_post.c.text)) == "Ellis"
    assert not any(each in on_disk(database_file) for each in PERSONAL)
