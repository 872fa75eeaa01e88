"""A zip that is damaged, encrypted or packed in another way is refused in words."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crisisdesk.model.audit import Signer
from crisisdesk.model.errors import BadInput
from crisisdesk.services.answering_requests import check_disclosure, is_disclosure
from crisisdesk.services.disclosing import write_bundle
from crisisdesk.services.logbooks import read_entries, verify_logbook
from crisisdesk.services.replaying import Replaying
from crisisdesk.store.database import Database
from crisisdesk.system.pack_files import open_pack
from tests.rules.verifier import shipped

CENTRAL = b"PK\x01\x02"


def torn(content: bytearray) -> None:
    """The first file in it, in the middle of what is packed."""
    for place in range(200, 260):
        content[place] ^= 0xFF


def encrypted(content: bytearray) -> None:
    content[6] |= 1
    content[content.find(CENTRAL) + 8] |= 1


def packed_as(method: int) -> Callable[[bytearray], None]:
    def change(content: bytearray) -> None:
        struct.pack_into("<H", content, 8, method)
        struct.pack_into("<H", content, content.find(CENTRAL) + 10, method)

    return change


def without_index(content: bytearray) -> None:
    content[content.find(CENTRAL)] ^= 0xFF


WAYS = {
    "torn": torn,
    "encrypted": encrypted,
    "packed in an unknown way": packed_as(99),
    "said to be lzma": packed_as(14),
    "said to be bzip2": packed_as(12),
    "without an index": without_index,
}


def damaged(file: Path, way: str) -> Path:
    content = bytearray(file.read_bytes())
    WAYS[way](content)
    file.write_bytes(content)
    assert zipfile.is_zipfile(file)
    return file


@pytest.fixture
def bundle(database: Database, database_file: Path, signer: Signer, tmp_path: Path) -> Path:
    key = {"desk_key": signer.public_key.hex()}
    for number in range(20):
        detail = key | {"words": f"Word {number} of many"}
        database.write(
            lambda unit, detail=detail: unit.log.append(  # type: ignore[misc]
                "decision.noted", actor="Sam", detail=detail, weighty=True
            )
        )
    write_bundle(database_file, tmp_path / "bundle.zip")
    return tmp_path / "bundle.zip"


def said_of(bundle: Path) -> str:
    """Some of a torn log can still be read, and is told of."""
    try:
        return verify_logbook(bundle).findings[-1].words
    except BadInput as error:
        return error.problem


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_bundle(
    bundle: Path, way: str, capsys: pytest.CaptureFixture[str], database_file: Path
) -> None:
    damaged(bundle, way)
    assert shipped().main([str(bundle)]) == 1
    assert "is damaged" in capsys.readouterr().out
    for read in (read_entries, Replaying):
        with pytest.raises(BadInput, match=r"is damaged|cannot be read"):
            read(bundle)
    assert "is damaged" in said_of(bundle)
    with pytest.raises(BadInput, match="is damaged"):
        verify_logbook(database_file, [bundle])


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_disclosure(tmp_path: Path, way: str) -> None:
    file = tmp_path / "disclosure.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("disclosure/1.tlog-proof", bytes(range(256)) * 20)
        made.writestr("disclosure/disclosure.html", "")
    damaged(file, way)
    if way == "without an index":
        with pytest.raises(BadInput, match="is damaged"):
            is_disclosure(file)
    with pytest.raises(BadInput):
        check_disclosure(file, bytes(32))


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_pack(tmp_path: Path, way: str) -> None:
    file = tmp_path / "pack.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("scenario.toml", bytes(range(256)) * 20)
    with pytest.raises(BadInput, match=r"damaged|encrypted"):
        open_pack(damaged(file, way))


@pytest.mark.parametrize("name", ["log.jsonl", "growth.jsonl"])
def test_a_zip_that_unpacks_to_far_too_much_is_not_unpacked(tmp_path: Path, name: str) -> None:
    """It would fill the memory, or the disk, of a desk that may be at work."""
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for each in {name, "log.jsonl", "disclosure.html", "1.tlog-proof"}:
            made.writestr(f"log/{each}", b" " * (80_000_000 if each == name else 0))
    assert file.stat().st_size < 100_000
    for read in (read_entries, Replaying, verify_logbook, is_disclosure):
        with pytest.raises(BadInput, match="unpacks to 80 MB"):
            read(file)
    with pytest.raises(BadInput, match="unpacks to 80 MB"):
        check_disclosure(file, bytes(32))
