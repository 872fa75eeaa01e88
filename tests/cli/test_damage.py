"""`crisisdesk log verify` on damaged, foreign and missing files: an answer, never a traceback."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.config import CHECKPOINTS_NAME, DATABASE_NAME, Paths
from crisisdesk.desk import open_live
from crisisdesk.model.audit import Fault
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.logbooks import export_jsonl, verify_logbook
from crisisdesk.system.secrets import MemorySecrets
from tests.cli.calling import crisisdesk
from tests.cli.conftest import Played

Row = tuple[int, bytes, bytes, bytes]


def desk_officer() -> Operator:
    return Operator("1", "Sam", Role.SENDER)


def rows_of(database: Path) -> list[Row]:
    """The log as SQLite alone reads it."""
    uri = f"file:{database}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        return connection.execute(
            "SELECT seq, CAST(prev AS BLOB), CAST(hash AS BLOB), CAST(body AS BLOB) "
            "FROM log_entry ORDER BY seq"
        ).fetchall()


def verdict(path: Path) -> bool:
    """Whether the command would answer 0. Anything but its own errors comes through."""
    try:
        return verify_logbook(path).intact
    except CrisisDeskError:
        return False


class Whole:
    """A folder to damage the night's database in, with what it held undamaged."""

    def __init__(self, folder: Path, night: Path) -> None:
        shutil.copy(night / CHECKPOINTS_NAME, folder)
        self.folder = folder
        self.content = (night / DATABASE_NAME).read_bytes()
        self.database = folder / DATABASE_NAME
        self.rows = rows_of(night / DATABASE_NAME)

    def change(self, offset: int, change: int) -> None:
        """Damage one byte; the command must find it, or it changed no entry."""
        damaged = bytearray(self.content)
        damaged[offset] ^= change
        self.judge(bytes(damaged))

    def judge(self, damaged: bytes) -> None:
        """Put this in the database's place."""
        self.database.write_bytes(damaged)
        if verdict(self.folder):
            assert rows_of(self.database) == self.rows
        assert self.database.read_bytes() == damaged


@pytest.fixture(scope="module")
def whole(good_night: Played, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The good night, to be damaged and mended again and again."""
    return Whole(tmp_path_factory.mktemp("damage"), good_night.folder)


@settings(max_examples=300)
@given(place=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_one_changed_byte_is_found_or_changed_no_entry(
    whole: Whole, place: float, change: int
) -> None:
    whole.change(int(place * len(whole.content)), change)


@settings(max_examples=200)
@given(page=st.integers(0), place=st.integers(0, 60), change=st.integers(1, 255))
def test_one_changed_byte_in_the_head_of_a_page_is_found_or_changed_no_entry(
    whole: Whole, page: int, place: int, change: int
) -> None:
    size = int.from_bytes(whole.content[16:18], "big")  # as SQLite's file format says
    whole.change(page % (len(whole.content) // size) * size + place, change)


def test_a_changed_byte_inside_a_body_names_its_entry(night: Path) -> None:
    database = night / DATABASE_NAME
    content = database.read_bytes()
    for seq, _, _, body in rows_of(database)[::9]:
        at = content.find(body)
        assert at > 0, f"entry {seq} does not lie in one piece"
        for offset in (at, at + len(body) // 2, at + len(body) - 1):
            damaged = bytearray(content)
            damaged[offset] ^= 1
            database.write_bytes(damaged)
            found = verify_logbook(night).findings
            assert (found[0].seq, found[0].fault) == (seq, Fault.EDITED)


@settings(max_examples=150)
@given(keep=st.floats(0, 1, exclude_max=True))
def test_a_database_cut_short_is_found(whole: Whole, keep: float) -> None:
    whole.judge(whole.content[: int(keep * len(whole.content))])


@settings(max_examples=200)
@given(place=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255))
def test_one_changed_byte_of_the_checkpoints_beside_is_an_answer(
    whole: Whole, place: float, change: int
) -> None:
    whole.database.write_bytes(whole.content)
    kept = whole.folder / CHECKPOINTS_NAME
    good = kept.read_bytes()
    damaged = bytearray(good)
    damaged[int(place * len(good))] ^= change
    kept.write_bytes(damaged)
    try:
        verdict(whole.folder)
    finally:
        kept.write_bytes(good)
    assert verdict(whole.folder)


def no_database(folder: Path) -> Path:
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff" + bytes(5000))
    return folder / "photo.jpg"


def another_database(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")
    return folder / "other.db"


def odd_log_table(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "odd.db")) as connection:
        connection.execute("CREATE TABLE log_entry (words TEXT)")
    return folder / "odd.db"


def empty_file(folder: Path) -> Path:
    (folder / "empty.db").touch()
    return folder / "empty.db"


def folder_without_log(folder: Path) -> Path:
    (folder / "notes").mkdir()
    return folder / "notes"


def other_json(folder: Path) -> Path:
    (folder / "package.json").write_text('{"name": "other"}\n')
    return folder / "package.json"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder / "nowhere", "There is no file or folder"),
        (no_database, "cannot be read: file is not a database"),
        (another_database, "holds no log of CrisisDesk"),
        (odd_log_table, "no such column"),
        (empty_file, "holds no log of CrisisDesk"),
        (folder_without_log, "holds no log"),
        (other_json, "Line 1 is not a log line"),
    ],
)
def test_what_is_no_log_is_called_so(
    make: Callable[[Path], Path], words: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for command in (("log", "verify", path), ("log", "export", path, "--out", tmp_path / "out")):
        called = crisisdesk(*command)
        assert called.code == 1
        assert words in called.out + called.err or command[1] == "export"
    (tmp_path / "out").unlink(missing_ok=True)
    assert {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()} == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--anchors", "nowhere.jsonl"), "There is no file nowhere.jsonl."),
        (("--key", ""), "'' is no public key."),
        (("--key", "abc"), "A public key has 64 hexadecimal digits."),
        (("--key", "zz" * 32), "A public key has 64 hexadecimal digits."),
    ],
)
def test_an_unfit_option_is_named(words: tuple[str, ...], said: str, night: Path) -> None:
    called = crisisdesk("log", "verify", night, *words)
    assert called.code == 1
    assert said in called.err


def test_damaged_checkpoints_are_named_by_file_and_number(night: Path) -> None:
    with (night / CHECKPOINTS_NAME).open("ab") as kept:
        kept.write(b"crisisdesk/")
    number = (night / CHECKPOINTS_NAME).read_bytes().count("— ".encode()) + 1
    called = crisisdesk("log", "verify", night)
    assert called.code == 1
    assert f"{night / CHECKPOINTS_NAME}: checkpoint {number} is not whole" in called.err


def test_a_folder_that_may_only_be_read_is_verified_and_left_alone(night: Path) -> None:
    before = {file: file.read_bytes() for file in night.iterdir()}
    for file in night.iterdir():
        file.chmod(0o400)
    night.chmod(0o500)
    try:
        called = crisisdesk("log", "verify", night)
    finally:
        night.chmod(0o700)
    assert called.code == 0
    assert {file: file.read_bytes() for file in night.iterdir()} == before


def test_an_export_goes_nowhere_it_cannot(night: Path, tmp_path: Path) -> None:
    called = crisisdesk("log", "export", night, "--out", tmp_path / "no" / "folder" / "log.jsonl")
    assert called.code == 1
    assert "cannot be written: No such file or directory" in called.err


def test_an_export_is_written_verified_and_says_so(night: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.jsonl"
    called = crisisdesk("log", "export", night, "--format", "jsonl", "--out", out)
    report = verify_logbook(night)
    assert called.code == 0
    assert called.out.startswith(f"{report.entries} entries and ")
    assert called.out.endswith("read back and verified.\n")
    assert crisisdesk("log", "verify", out).out.startswith(f"intact: {report.entries} entries")
    export_jsonl(night, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()


def test_the_log_of_a_running_desk_is_verified_as_it_grows(tmp_path: Path) -> None:
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    try:
        for size in (1, 4):
            while len(desk.reviewing.entries()) < size:
                desk.composing.note("still running", desk_officer())
            assert (tmp_path / "desk" / f"{DATABASE_NAME}-wal").stat().st_size > 0
            called = crisisdesk("log", "verify", tmp_path / "desk")
            assert called.code == 0
            assert called.out.startswith(f"intact: {size} entries")
        desk.composing.note("nobody was disturbed", desk_officer())
    finally:
        desk.close()
    assert verify_logbook(tmp_path / "desk").entries == 6


def test_the_log_of_a_desk_that_died_is_verified(tmp_path: Path) -> None:
    desk = open_live(Paths(tmp_path / "desk"), MemorySecrets())
    desk.composing.note("the last words", desk_officer())
    shutil.copytree(tmp_path / "desk", tmp_path / "died")  # with what is not in the file yet
    desk.close()
    assert (tmp_path / "died" / f"{DATABASE_NAME}-wal").exists()
    report = verify_logbook(tmp_path / "died")
    assert (report.entries, report.intact) == (2, True)
