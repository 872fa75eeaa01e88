"""A log opened to be looked at: whatever lies there, nothing of it is changed."""

import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from crisisdesk.config import DATABASE_NAME
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.rules.replay import Replay
from crisisdesk.services.disclosing import write_bundle
from crisisdesk.services.logbooks import export_jsonl, read_entries
from crisisdesk.services.replaying import Replaying
from crisisdesk.store.database import Database
from tests.cli.calling import crisisdesk


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A played drill with its database."""
    out = tmp_path_factory.mktemp("drill") / "out"
    done = crisisdesk(
        "exercise", "run", "first-drill", "--speed", "max", "--autopilot", "--out", out
    )
    assert done.code == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: sha256(each.read_bytes()).digest() for each in folder.glob("*.*")}


def test_a_desk_is_read_and_not_a_byte_is_changed(drill: Path) -> None:
    before = contents(drill)
    replaying, told = Replaying(drill), list[int]()
    replay = replaying.load(lambda so_far: told.append(so_far.last))
    entries = read_entries(drill)
    assert replay.last == told[-1] == len(entries)
    assert replaying.entries(limit=10_000) == entries[::-1]
    assert (
        sum(number for _, number in replaying.per_minute()) == replaying.heard(1 << 60).total > 10
    )
    replaying.close()
    assert contents(drill) == before


def test_an_export_is_read_like_a_desk_but_holds_no_mentions(drill: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.jsonl"
    export_jsonl(drill, out)
    desk, export = Replaying(drill), Replaying(out)
    assert export.load().moment(40) == desk.load().moment(40)
    assert export.entries(limit=10_000) == desk.entries(limit=10_000)
    assert (export.per_minute(), export.heard(1 << 60).total) == ([], 0)
    export.close()
    assert out.exists()


def test_a_bundle_is_read_like_the_log_in_it(drill: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.zip"
    write_bundle(drill / DATABASE_NAME, out)
    desk, bundle = Replaying(drill), Replaying(out)
    assert list(bundle.bodies()) == list(desk.bodies())
    assert bundle.load().moment(40) == desk.load().moment(40)
    bundle.close()


def test_a_zip_without_a_log_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("holiday.txt", "sand")
    with pytest.raises(BadInput, match="no bundle of a log"):
        Replaying(tmp_path / "other.zip")


def test_entries_are_found_by_words_and_by_kind_page_by_page(drill: Path) -> None:
    replaying = Replaying(drill)
    found = replaying.entries("HILL ROAD")
    assert found
    assert all("hill road" in str(each).lower() for each in found)
    decisions = replaying.entries(actions=["decision.", "incident."])
    assert {each["action"] for each in decisions} == {"decision.noted", "incident.opened"}
    first = replaying.entries(limit=5)
    then = replaying.entries(before=first[-1]["seq"], limit=5)
    assert [each["seq"] for each in first + then] == list(
        range(first[0]["seq"], first[0]["seq"] - 10, -1)
    )
    assert replaying.entries("no entry says this") == []


def test_what_was_heard_then_knows_nothing_of_later(drill: Path) -> None:
    replaying = Replaying(drill)
    minutes = replaying.per_minute()
    early, late = replaying.heard(minutes[0][0] + 60_000), replaying.heard(1 << 60)
    assert early.total < late.total
    assert late.counts["need"] >= 1
    assert any("wheelchair" in words for _, _, words in late.needs)


def test_what_is_no_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        Replaying(tmp_path / "nothing")
    (tmp_path / "other.db").write_bytes(b"SQLite format 3\0" + b"\0" * 100)
    with pytest.raises(StoreError):
        Replaying(tmp_path / "other.db").load()


def test_a_torn_export_is_shown_as_far_as_it_goes(drill: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.jsonl"
    export_jsonl(drill, out)
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:-5]) + b'{"torn')
    replay: Replay = Replaying(out).load()
    assert 0 < replay.last < len(lines)


@pytest.mark.parametrize("name", ["Ŷsbyty Dŵr", "Ärztehaus", "Émile", "Ωmega", "HILL Road"])
@pytest.mark.parametrize("typed", [str, str.lower, str.upper])
def test_an_entry_is_found_however_its_letters_are_written(
    database: Database, database_file: Path, name: str, typed: Callable[[str], str]
) -> None:
    database.write(
        lambda unit: unit.log.append("decision.noted", actor="Sam", detail={"words": f"At {name}."})
    )
    database.write(lambda unit: unit.log.append("incident.opened", actor="Sam", subject=name))
    found = Replaying(database_file).entries(typed(name.split(maxsplit=1)[0]))
    assert [each["seq"] for each in found] == [2, 1]


def test_words_that_no_text_can_hold_are_found_nowhere(
    database: Database, database_file: Path
) -> None:
    database.write(lambda unit: unit.log.append("decision.noted", actor="Sam"))
    assert Replaying(database_file).entries("\ud800") == []
