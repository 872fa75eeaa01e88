"""Replaying files: every good line, every bad one by its number, and no crash."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput
from crisisdesk.model.mention import Item
from crisisdesk.sources.replay import Replayed, replay

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
NOW_MS = 1_787_216_400_000


def line(**fields: Any) -> bytes:
    return json.dumps(
        {"id": "1", "text": "x", "created_at": "2026-08-20T09:00:00Z"} | fields
    ).encode()


def read(file: Path) -> tuple[list[Item], dict[int, str]]:
    results = list(replay(file, lambda: NOW))
    items = [each.item for each in results if each.item]
    return items, {each.bad.number: each.bad.problem for each in results if each.bad}


@pytest.mark.parametrize("name", ["traffic.jsonl", "traffic.jsonl.gz"])
def test_plain_and_packed(tmp_path: Path, name: str) -> None:
    full = line(
        author="ann", author_name="Ann 🌊", url="https://a.example.org", text="Dŵr", more=[1]
    )
    data = full + b"\n\n" + line(id="2") + b"\r\n" + line(id="3")
    file = tmp_path / name
    file.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    items, bad = read(file)
    assert bad == {}
    assert items[0] == Item(
        f"replay:{name}", "1", "Dŵr", NOW_MS, "ann", "Ann 🌊", "https://a.example.org"
    )
    assert [each.ext_id for each in items] == ["1", "2", "3"]


def test_the_mark_of_a_file_from_windows_costs_no_mention(tmp_path: Path) -> None:
    file = tmp_path / "traffic.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + line() + b"\r\n" + line(id="2"))
    items, bad = read(file)
    assert (len(items), bad) == (2, {})


def test_bad_lines_are_named_by_number_and_passed_over(tmp_path: Path) -> None:
    bad_lines = [
        b"{", b"[]", b"null", b"\xff\xfe", line(id=None), line(id=1.5), line(text=None),
        line(created_at="soon"), b'{"id": "1"}', b'{"text": "x"}', line()[:-5],
        b'{"id": "1", "text": "\\ud800"}',
    ]  # fmt: skip
    lines = [part for each in bad_lines for part in (each, line())]
    (tmp_path / "f.jsonl").write_bytes(b"\n".join(lines))
    items, bad = read(tmp_path / "f.jsonl")
    assert len(items) == len(bad_lines)
    assert list(bad) == list(range(1, 2 * len(bad_lines), 2))
    assert all(bad.values())


@pytest.mark.parametrize(
    ("created", "ms"),
    [
        ("2026-08-20T09:00:00Z", NOW_MS),
        ("2026-08-20T10:00:00+01:00", NOW_MS),
        ("2026-08-20T09:00:00", NOW_MS),
        ("2026-08-20T09:00:00.25Z", NOW_MS + 250),
        (None, NOW_MS),
    ],
)
def test_times_without_a_zone_are_utc(tmp_path: Path, created: str | None, ms: int) -> None:
    (tmp_path / "f.jsonl").write_bytes(line(created_at=created))
    (item,), bad = read(tmp_path / "f.jsonl")
    assert (item.posted_at, bad) == (ms, {})


def test_ids_may_be_numbers(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_bytes(line(id=1234567890123456789) + b"\n" + line(id=0))
    items, _ = read(tmp_path / "f.jsonl")
    assert [each.ext_id for each in items] == ["1234567890123456789", "0"]


def test_offset_grows_to_the_size(tmp_path: Path) -> None:
    file = tmp_path / "f.jsonl"
    file.write_bytes(b"\n".join([line()] * 2000))
    offsets = [each.offset for each in replay(file, lambda: NOW)]
    assert offsets == sorted(offsets)
    assert offsets[-1] == file.stat().st_size


@pytest.mark.parametrize("what", ["missing", "folder"])
def test_file_that_cannot_be_opened(tmp_path: Path, what: str) -> None:
    file = tmp_path / "f.jsonl"
    if what == "folder":
        file.mkdir()
    with pytest.raises(BadInput, match="cannot be read"):
        read(file)


def packed() -> bytes:
    return gzip.compress(
        b"\n".join(line(id=str(number), text="x" * number) for number in range(999))
    )


@pytest.mark.parametrize("damage", ["cut", "no gzip", "flipped", "wrong sum"])
def test_damaged_pack_is_told_after_the_good_lines(tmp_path: Path, damage: str) -> None:
    data = packed()
    half = len(data) // 2
    (tmp_path / "f.gz").write_bytes(
        {
            "cut": data[:half],
            "no gzip": b"plain text",
            "flipped": data[:half] + bytes(255 - each for each in data[half:]),
            "wrong sum": data[:-8] + b"\0" * 8,
        }[damage]
    )
    seen: list[Replayed] = []
    with pytest.raises(BadInput, match="cannot be read"):
        seen.extend(replay(tmp_path / "f.gz", lambda: NOW))
    assert bool(seen) == (damage != "no gzip")


@given(st.binary(max_size=300), st.booleans())
def test_no_file_breaks_the_reader(tmp_path: Path, data: bytes, as_gzip: bool) -> None:
    file = tmp_path / ("f.gz" if as_gzip else "f.jsonl")
    file.write_bytes(data)
    try:
        items, bad = read(file)
    except BadInput:
        assert as_gzip
    else:
        assert len(items) + len(bad) <= data.count(b"\n") + 1 or as_gzip
