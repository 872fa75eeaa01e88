"""What is walked in spans and joined is what one walk finds, or nothing is said at all."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.audit import Checkpoint, Entry
from crisisdesk.rules import spans as module
from crisisdesk.rules.chain import Row, Walk, verify, wanted
from crisisdesk.rules.spans import Span, joined, spans
from tests.rules.test_chain import DESK, STRANGER, chain, mutated, sealed
from tests.rules.test_checkpoints import sealed as sealed_tree

SPAN = 8


@pytest.fixture(autouse=True, scope="module")
def _short_spans() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPAN", SPAN)
        yield


def rows_of(entries: list[Entry]) -> list[Row]:
    return [(each.seq, each.prev, each.hash, each.body) for each in entries]


def walked(rows: list[Row], asked: dict[int, bool], edge: int) -> Walk | None:
    """In two parts, as two processes would; the second begins `edge` spans on."""
    roots = any(asked.values())
    parts: list[Span | None] = []
    for after, part in ((0, rows[: edge * SPAN]), (edge * SPAN, rows[edge * SPAN :])):
        parts += spans(part, after, asked, roots=roots)
    return joined(parts, asked)


def checkpoints_of(entries: list[Entry], numbers: set[int]) -> list[Checkpoint]:
    return [sealed_tree(entries, each) for each in sorted(numbers) if each <= len(entries)]


@given(st.integers(1, 40), st.sets(st.integers(1, 40)), st.integers(0, 5), st.booleans())
def test_a_sound_log_is_reported_alike(
    length: int, signed: set[int], edge: int, roots: bool
) -> None:
    entries = chain(length)
    kept = checkpoints_of(entries, signed)
    walk = walked(rows_of(entries), wanted(kept, roots=roots), edge)
    assert walk is not None
    report = verify([], kept, roots=roots, walked=walk)
    assert report == verify(entries, kept, roots=roots)
    assert report.intact
    assert report.roots == (len(kept) if roots else 0)


@given(st.data(), st.integers(0, 4))
def test_whatever_is_wrong_with_an_entry_nothing_is_joined(data: st.DataObject, edge: int) -> None:
    entries = mutated(chain(30), data)
    intact = verify(entries).intact
    assert (walked(rows_of(entries), {}, edge) is not None) == intact


def test_a_checkpoint_of_other_entries_is_found_in_what_is_joined() -> None:
    entries = chain(30)
    lying = replace(sealed_tree(entries, 20), root=bytes(32))
    other = sealed(replace(entries[12], hash=bytes(32)))
    kept = [sealed_tree(entries, 9), other, lying, sealed(entries[28], STRANGER)]
    walk = walked(rows_of(entries), wanted(kept, roots=True), 2)
    report = verify([], kept, walked=walk)
    assert report == verify(entries, kept)
    assert [each.seq for each in report.findings] == [13, 20, 29]


def test_parts_of_two_logs_are_not_joined() -> None:
    one, other = rows_of(chain(32)), rows_of(chain(32, word="other"))
    assert walked(one[:16] + other[16:], {}, 2) is None


def test_parts_that_leave_entries_out_or_come_twice_are_not_joined() -> None:
    parts = [*spans(rows_of(chain(32)), 0, {}, roots=False)]
    assert joined(parts, {}) is not None
    assert joined([parts[0], *parts[2:]], {}) is None
    assert joined([parts[0], *parts], {}) is None
    assert joined(parts[1:], {}) is None


def test_keys_are_found_in_every_part() -> None:
    entries = chain(8) + chain(8, STRANGER)
    first, second = rows_of(entries[:8]), rows_of(entries[8:])
    found = [*spans(first, 0, {}, roots=False), *spans(second, 0, {}, roots=False)]
    assert [each.keys for each in found if each] == [{DESK.public_key}, {STRANGER.public_key}]
