"""Backups: made while the desk is written to, whole or not there, and put back as they were."""

import resource
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.config import CHECKPOINTS_NAME
from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.mode import Mode
from crisisdesk.services.backing_up import BackingUp
from crisisdesk.services.logbooks import read_entries, verify_logbook
from crisisdesk.store.backup import KEPT, back_up, backups, drop_old, made_at, restore
from crisisdesk.store.database import Database

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


class Home:
    """A desk's folder with a database that is in use."""

    def __init__(self, folder: Path, signer: Signer, desk: str = "desk-1") -> None:
        self.folder = folder
        folder.mkdir()
        stamp = Stamp(desk, "boot-1", Mode.LIVE, lambda: NOW, lambda: 0)
        self.file, self.attachments = folder / "desk.db", folder / "attachments"
        self.database = Database(f"sqlite:///{self.file}", stamp, signer)
        self.write("desk.opened", desk_key=signer.public_key.hex())

    def write(self, action: str, **detail: str) -> None:
        self.database.write(
            lambda unit: unit.log.append(action, actor="Jo", detail=detail, weighty=True)
        )

    def back_up(self, folder: Path, now: datetime = NOW) -> Path:
        return back_up(self.file, self.attachments, folder, now)


@pytest.fixture
def home(tmp_path: Path, signer: Signer) -> Home:
    return Home(tmp_path / "home", signer)


def test_a_copy_holds_what_was_committed_and_verifies(home: Home, tmp_path: Path) -> None:
    home.write("decision.noted", words="Open the centre.")
    home.attachments.mkdir()
    (home.attachments / "ab12").write_bytes(b"a plan")
    made = home.back_up(tmp_path / "copies")
    home.write("decision.noted", words="Close it.")
    assert [each["action"] for each in read_entries(made)] == ["desk.opened", "decision.noted"]
    assert verify_logbook(made).intact
    assert (tmp_path / "copies" / "attachments" / "ab12").read_bytes() == b"a plan"
    assert made_at(made) == NOW
    assert made.stat().st_mode & 0o77 == 0


def test_a_desk_that_is_written_to_meanwhile_is_copied_whole(home: Home, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            home.write("mention.handled", words="x" * 200)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            made = home.back_up(tmp_path / "copies", NOW + timedelta(seconds=number))
            assert verify_logbook(made).intact
    finally:
        stop.set()
        writer.join()
    lengths = [len(read_entries(each)) for each in backups(tmp_path / "copies")]
    assert lengths == sorted(lengths, reverse=True)


def test_a_backup_is_put_back_and_what_was_there_is_kept(home: Home, tmp_path: Path) -> None:
    home.write("decision.noted", words="Before.")
    made = home.back_up(tmp_path / "copies")
    home.write("decision.noted", words="Lost.")
    home.database.close()
    old = restore(made, home.file, home.attachments, NOW)
    assert [e["detail"].get("words") for e in read_entries(home.folder)] == [None, "Before."]
    assert old is not None
    assert [e["detail"].get("words") for e in read_entries(old)] == [None, "Before.", "Lost."]


def test_a_database_that_somebody_has_open_is_never_moved_away(home: Home, tmp_path: Path) -> None:
    made = home.back_up(tmp_path / "copies")
    home.write("decision.noted", words="Somebody listens.")
    with pytest.raises(StoreError, match=r"Another program has .*desk\.db open"):
        restore(made, home.file, home.attachments, NOW)
    home.write("decision.noted", words="And goes on.")
    assert len(read_entries(home.file)) == 3
    assert not [*home.folder.glob("*before*"), *home.folder.glob("*restoring*")]
    home.database.close()
    assert restore(made, home.file, home.attachments, NOW) is not None


def test_an_empty_place_gets_the_backup_and_nothing_else(home: Home, tmp_path: Path) -> None:
    made = home.back_up(tmp_path / "copies")
    new = tmp_path / "new" / "desk.db"
    assert restore(made, new, tmp_path / "new" / "attachments", NOW) is None
    assert verify_logbook(new).intact
    assert [each.name for each in new.parent.iterdir()] == ["desk.db"]


def test_what_stands_in_a_write_ahead_log_is_put_back_too(home: Home, tmp_path: Path) -> None:
    """As beside what an earlier restore has moved aside, or a desk's files that were copied."""
    home.write("decision.noted", words="Only in the write-ahead log.")
    kept = tmp_path / "kept.db"
    for suffix in ("", "-wal"):
        shutil.copy(f"{home.file}{suffix}", f"{kept}{suffix}")
    new = tmp_path / "new" / "desk.db"
    restore(kept, new, tmp_path / "new" / "attachments", NOW)
    assert len(read_entries(new)) == 2
    assert verify_logbook(new).intact
    assert new.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize(
    "in_the_way", [f"{CHECKPOINTS_NAME}.before-20260203T040506Z", "attachments"]
)
def test_where_a_backup_cannot_be_put_back_the_desk_is_as_before(
    home: Home, tmp_path: Path, in_the_way: str
) -> None:
    (tmp_path / "copies" / "attachments").mkdir(parents=True)
    made = home.back_up(tmp_path / "copies")
    (tmp_path / "copies" / "attachments" / "ab12").write_bytes(b"a plan")
    home.write("decision.noted", words="Not in the backup.")
    if in_the_way == "attachments":
        home.attachments.write_text("a file where a folder should be")
    else:
        (home.folder / in_the_way).mkdir()
    (home.folder / CHECKPOINTS_NAME).touch()
    home.database.close()
    with pytest.raises(StoreError, match="could not be put back"):
        restore(made, home.file, home.attachments, NOW)
    assert len(read_entries(home.file)) == 2
    assert verify_logbook(home.file).intact
    assert not [*home.folder.glob("*restoring*")]


@pytest.mark.parametrize("lost", [False, True])
def test_a_desk_that_was_put_back_verifies_again(home: Home, tmp_path: Path, lost: bool) -> None:
    """Checkpoints beside it are of what was there before, and go aside with that."""
    made = home.back_up(tmp_path / "copies")
    home.write("decision.noted", words="Not in the backup.")
    with home.database.read() as unit:
        notes = "".join(f"{each.note}\n" for each in unit.log.checkpoints())
    (home.folder / CHECKPOINTS_NAME).write_text(notes, encoding="utf-8")
    home.database.close()
    if lost:
        home.file.unlink()
    old = restore(made, home.file, home.attachments, NOW)
    assert verify_logbook(home.folder).intact
    kept = home.folder / f"{CHECKPOINTS_NAME}.before-20260203T040506Z"
    assert kept.read_text(encoding="utf-8") == notes
    assert not verify_logbook(home.folder, [kept]).intact
    assert (old is None) == lost
    assert lost or verify_logbook(old or made, [kept]).intact


def test_what_is_no_backup_changes_nothing(home: Home, tmp_path: Path) -> None:
    home.database.close()
    before = home.file.read_bytes()
    whole = home.back_up(tmp_path / "copies").read_bytes()
    for name, content in (("junk", b"junk"), ("cut", whole[: len(whole) // 2]), ("empty", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadInput, match="no backup"):
            restore(tmp_path / name, home.file, home.attachments, NOW)
    assert home.file.read_bytes() == before
    assert not list(home.folder.glob("*restoring*"))


def test_a_folder_that_cannot_be_used_is_said_and_nothing_is_left(
    home: Home, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="could not be made"):
        home.back_up(tmp_path / "file")
    home.back_up(tmp_path / "copies")
    (home.folder / "broken.db").write_bytes(b"junk" * 1000)
    with pytest.raises(StoreError):
        back_up(
            home.folder / "broken.db", home.attachments, tmp_path / "copies", NOW + timedelta(1)
        )
    assert len(list((tmp_path / "copies").iterdir())) == 1


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The system refuses to write further, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_not_called_a_bad_backup_and_nothing_is_left(
    home: Home, tmp_path: Path
) -> None:
    made = home.back_up(tmp_path / "copies")
    new = tmp_path / "new" / "desk.db"
    with files_of_at_most(60_000):
        with pytest.raises(StoreError, match="could not be put back"):
            restore(made, new, tmp_path / "new" / "attachments", NOW)
        with pytest.raises(StoreError, match="could not be made"):
            home.back_up(tmp_path / "more")
    assert [*new.parent.iterdir(), *(tmp_path / "more").iterdir()] == []


def test_only_the_newest_stay_and_other_files_are_left_alone(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    made = home.back_up(folder)
    for number in range(1, KEPT + 3):
        at = NOW + timedelta(days=number)
        (folder / f"desk-{at:%Y%m%dT%H%M%SZ}.db").write_bytes(b"")
    (folder / "desk-notes.txt").write_text("mine")
    (folder / "desk-99999999T999999Z.db").write_text("not of any time")
    drop_old(folder)
    assert len(backups(folder)) == KEPT
    assert not made.exists()
    assert (folder / "desk-notes.txt").exists()
    assert (folder / "desk-99999999T999999Z.db").exists()


def test_two_desks_may_copy_to_one_folder(home: Home, tmp_path: Path, signer: Signer) -> None:
    other, clock = Home(tmp_path / "other", signer, "desk-2"), [NOW]
    folder = tmp_path / "share"
    both = [
        BackingUp(
            each.database, each.file, each.attachments, lambda: clock[0], lambda: (str(folder), 24)
        )
        for each in (home, other)
    ]
    made = [each.look() for each in both]
    assert None not in made
    assert len(set(made)) == 2
    for days in range(1, KEPT + 2):
        clock[0] = NOW + timedelta(days=days)
        assert both[0].look() is not None
    assert len(backups(folder, "desk-1")) == KEPT
    assert backups(folder, "desk-2") == [made[1]]
    assert made_at(backups(folder, "desk-2")[0]) == NOW
    assert verify_logbook(backups(folder, "desk-2")[0]).intact


def test_a_copy_from_a_clock_that_was_wrong_keeps_no_other_from_being_made(
    home: Home, tmp_path: Path
) -> None:
    folder, clock = tmp_path / "copies", [NOW + timedelta(days=4000)]
    backing_up = BackingUp(
        home.database, home.file, home.attachments, lambda: clock[0], lambda: (str(folder), 24)
    )
    assert backing_up.look() is not None
    clock[0] = NOW
    assert backing_up.look() is not None
    clock[0] += timedelta(hours=1)
    assert backing_up.look() is None
    clock[0] += timedelta(hours=24)
    assert backing_up.look() is not None


def test_a_copy_is_made_when_it_is_due_and_a_failure_is_logged_once(
    home: Home, tmp_path: Path
) -> None:
    clock, wanted = [NOW], [str(tmp_path / "copies")]
    backing_up = BackingUp(
        home.database, home.file, home.attachments, lambda: clock[0], lambda: (wanted[0], 24)
    )
    assert backing_up.look() is not None
    clock[0] += timedelta(hours=23)
    assert backing_up.look() is None
    clock[0] += timedelta(hours=1)
    assert backing_up.look() is not None
    (tmp_path / "file").write_text("")
    wanted[0] = str(tmp_path / "file")
    assert backing_up.look() is backing_up.look() is None
    actions = [each["action"] for each in read_entries(home.folder)]
    assert actions == ["desk.opened", "desk.backed_up", "desk.backed_up", "desk.not_backed_up"]
    wanted[0] = ""
    assert backing_up.look() is None
