"""The same store on PostgreSQL, as several desks share it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import StoreError
from crisisdesk.model.mention import Label, Verdict
from crisisdesk.model.operator import Role
from crisisdesk.model.record import Record, RecordKind
from crisisdesk.model.redaction import LegalBasis, Redaction
from crisisdesk.rules.chain import verify
from crisisdesk.rules.commitments import stub
from crisisdesk.rules.triage import Rules
from crisisdesk.services.intake import Intake
from crisisdesk.services.people import People
from crisisdesk.services.recording import Recording
from crisisdesk.services.redacting import Redacting
from crisisdesk.services.triaging import Triaging
from crisisdesk.store import upgrade
from crisisdesk.store.attachments import Attachments
from crisisdesk.store.database import Database
from crisisdesk.store.migrations import HEAD
from crisisdesk.store.unit import Unit
from crisisdesk.system.bus import Bus
from tests.pictures import two_pictures
from tests.services.test_intake import item
from tests.services.test_triaging import recount
from tests.store.conftest import Open
from tests.store.test_mentions import row, search, store
from tests.store.test_upgrade import differences
from tests.town import SENDER, HandClock

pytestmark = pytest.mark.server


@pytest.fixture
def shared(empty_postgres: str, stamp: Stamp, signer: Signer) -> Iterator[Database]:
    """A new database on the server; its log must verify when the test is over."""
    opened = Database(empty_postgres, stamp, signer)
    yield opened
    with opened.read() as unit:
        report = verify(unit.log.rows(), unit.log.checkpoints(), trusted_key=signer.public_key)
    opened.close()
    assert report.intact, report.findings


def note(unit: Unit) -> int:
    return unit.log.append("noted", actor="t", detail={"words": "ä"})


def test_migrations_and_schema_agree(shared: Database) -> None:
    with shared.read() as unit:
        assert upgrade.version_of(unit.connection) == HEAD
        assert differences(unit) == []
    assert not shared.is_sqlite


def test_two_desks_write_one_unbroken_chain(
    shared: Database, empty_postgres: str, open_database: Open
) -> None:
    other = open_database(empty_postgres)

    def work(mine: Database) -> None:
        for _ in range(20):
            mine.write(note)

    crowd = [threading.Thread(target=work, args=(each,)) for each in (shared, other) * 4]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(60)
    with other.read() as unit:
        assert unit.log.head()[0] == 160
        assert unit.log.newest_checkpoint() is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET body = '' WHERE seq = 2",
        "DELETE FROM log_entry WHERE seq = 3",
        "TRUNCATE log_entry",
        "INSERT INTO log_entry VALUES (2, '', 'x', '')",
        "INSERT INTO log_entry VALUES (5, '', 'x', '')",
        "INSERT INTO log_entry SELECT 4, prev, hash, body FROM log_entry WHERE seq = 2",
        "INSERT INTO log_entry VALUES (2, '', 'x', '') ON CONFLICT (seq) DO UPDATE SET body = ''",
        "UPDATE checkpoint SET seq = 1",
        "DELETE FROM checkpoint",
        "TRUNCATE checkpoint",
        "DELETE FROM opening WHERE seq = 2",
        "TRUNCATE opening",
        "UPDATE opening SET words = 'nobody' WHERE seq = 2",
        "UPDATE opening SET key = '', redacted = 1 WHERE seq = 2",
        "INSERT INTO opening VALUES (2, 'x', 'x', 'late', 0)",
    ],
)
def test_postgresql_itself_refuses_to_change_the_log(
    shared: Database, empty_postgres: str, statement: str
) -> None:
    shared.write(lambda unit: [note(unit), note(unit)])
    shared.write(lambda unit: unit.log.append("weighty", actor="t", weighty=True))
    with shared.read() as unit:
        before = list(unit.log.rows()), unit.log.checkpoints()
    url = empty_postgres.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as other, pytest.raises(psycopg.Error):
        other.execute(statement)
    with shared.read() as unit:
        assert (list(unit.log.rows()), unit.log.checkpoints()) == before


def test_a_reader_sees_one_state_and_cannot_write(shared: Database) -> None:
    shared.write(note)
    with shared.read() as unit:
        assert unit.log.head()[0] == 1
        shared.write(note)
        assert len(list(unit.log.rows())) == 1
    with pytest.raises(StoreError), shared.read() as unit:
        unit.accounts.set_value("a", "1")


def test_a_refusal_of_the_server_is_a_store_error(shared: Database) -> None:
    with pytest.raises(StoreError):
        shared.write(lambda unit: unit.connection.exec_driver_sql("SELECT 1 / 0").close())
    assert shared.write(note) == 1


def test_a_server_that_is_not_there_is_a_store_error(open_database: Open) -> None:
    with pytest.raises(StoreError):
        open_database("postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=3")


def test_search_and_lanes(shared: Database) -> None:
    texts = ["The weir bridge is shut", "The bridge", "We can't get out"]
    labels = [Label.NEED, Label.NONE, Label.NEED | Label.MEDIA]
    rows = [row(number, texts[number - 1], labels[number - 1]) for number in (1, 2, 3)]
    store(shared, rows)
    assert search(shared, "bri") == [2, 1]
    assert search(shared, "weir bri") == [1]
    assert search(shared, "can't") == [3]
    assert search(shared, "ann", before=3, limit=1) == [2]
    with shared.read() as unit:
        assert [each.id for each in unit.mentions.page("need")] == [3, 1]
        assert [each.id for each in unit.mentions.newer("media", 0)] == [3]
        assert unit.mentions.counts() == recount(unit)


@pytest.mark.parametrize(
    "query",
    ["'", '"', "a & !b", "a:*", "<->", "(", "|", "\\", "%", "🌊", "\0", "\ud800", "½", "क्षि"],
)
def test_no_query_is_too_hostile(shared: Database, query: str) -> None:
    store(shared, [row(1, "water")])
    assert set(search(shared, query)) <= {1}


def test_intake_from_two_desks_stores_each_item_once(
    shared: Database, empty_postgres: str, open_database: Open, clock: HandClock
) -> None:
    desks = [
        Intake(each, Rules(), Bus(), clock.now) for each in (shared, open_database(empty_postgres))
    ]
    items = [item(str(number), "We are trapped") for number in range(60)]
    counts: list[int] = []

    def bring(desk: Intake) -> None:
        tens = [items[start : start + 10] for start in range(0, 60, 10)]
        counts.append(sum(desk.accept(ten, ("s", "1")) for ten in tens))

    crowd = [threading.Thread(target=bring, args=(desk,)) for desk in desks]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join(60)
    assert sum(counts) == 60
    first, second = (Triaging(each, Bus()) for each in (shared, open_database(empty_postgres)))
    assert len(first.judge([1, 2], Verdict.HANDLED, SENDER)) == 2
    assert second.judge([1, 2], Verdict.HANDLED, SENDER) == ()
    assert len(second.judge([1, 3], Verdict.RUMOUR, SENDER)) == 2
    with shared.read() as unit:
        assert unit.mentions.counts() == recount(unit)


def test_a_text_with_a_nul_does_not_stop_the_intake(shared: Database, clock: HandClock) -> None:
    intake = Intake(shared, Rules(), Bus(), clock.now)
    assert intake.accept([item("1", "water\0 is coming"), item("2", "half \ud83d emoji")]) == 2
    assert search(shared, "coming") == [1]


def test_pictures_come_back_byte_for_byte(shared: Database) -> None:
    for _ in range(2):
        for each in two_pictures():
            shared.write(lambda unit, one=each: unit.media.add(one))
    with shared.read() as unit:
        found = tuple(unit.media.get(each.image) for each in two_pictures())
    assert found == two_pictures()


def test_personal_words_go_from_a_shared_server_too(
    shared: Database, clock: HandClock, tmp_path: Path
) -> None:
    files = Attachments(tmp_path)
    recording, redacting = Recording(shared, files, clock.now), Redacting(shared, files, str)
    people = People(shared, clock.now)
    admin = people.add_operator("A. Admin", Role.ADMINISTRATOR, "four quiet herons")
    seq = recording.record(Record(RecordKind.INFORMATION, "Call from Mrs Ellis."), admin)
    asked = Redaction(seq, ("words",), LegalBasis.TOO_MUCH, "A name.")
    done = redacting.redact(asked, admin, "four quiet herons")
    assert done.repeated == ()
    assert not done.scrubbed  # the server does so when it comes to it
    assert recording.entry(seq)["detail"]["words"] == stub(done.seq)
