"""The log as a file: what is written is read back, and what is damaged is named by its line."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.audit import Checkpoint, Entry
from crisisdesk.model.errors import BadInput
from crisisdesk.rules.chain import GENESIS, canonical, entry_hash, verify
from crisisdesk.rules.jsonl import (
    checkpoint_line,
    checkpoints_in,
    entry_line,
    header_line,
    read_lines,
)
from tests.rules.test_chain import chain, sealed
from tests.rules.test_checkpoints import sealed as sealed_as_note
from tests.rules.verifier import shipped

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


def written(entries: list[Entry], checkpoints: list[Checkpoint]) -> list[bytes]:
    return [
        header_line(),
        *map(entry_line, entries),
        *map(checkpoint_line, checkpoints),
    ]


def split(lines: list[bytes]) -> tuple[list[Entry], list[Checkpoint]]:
    found = list(read_lines(lines))
    return (
        [each for each in found if isinstance(each, Entry)],
        [each for each in found if isinstance(each, Checkpoint)],
    )


@given(st.lists(st.dictionaries(texts, texts | st.integers(-(2**63), 2**63 - 1)), max_size=6))
def test_an_export_reads_back_and_verifies(bodies: list[dict[str, object]]) -> None:
    entries = chain(1)
    for body in bodies:
        content, prev, seq = canonical(body), entries[-1].hash, entries[-1].seq + 1
        entries.append(Entry(seq, prev, entry_hash(seq, prev, content), content))
    checkpoints = [sealed(entries[-1])]
    lines = written(entries, checkpoints)
    assert all(line.count(b"\n") == 1 for line in lines)
    assert all(orjson.loads(line) for line in lines)
    assert split(lines) == (entries, checkpoints)
    report = verify(*split(lines))
    assert (report.intact, report.anchored_to) == (True, len(entries))


@given(st.integers(0, 3), st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_byte_is_found_by_reader_or_verifier(line: int, at: int, flip: int) -> None:
    entries = chain(3)
    lines = written(entries, [sealed(entries[2])])[1:]
    old = lines[line]
    at %= len(old) - 1
    lines[line] = old[:at] + bytes([old[at] ^ flip]) + old[at + 1 :]
    try:
        found = split(lines)
    except BadInput as error:
        assert f"Line {line + 1} " in error.problem  # noqa: PT017 - either way is right
        return
    if found != (entries, [sealed(entries[2])]):
        report = verify(*found)
        assert not report.intact or report.anchored_to < 3


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"\n",
        b'{"crisisdesk_log":2,"keys":[]}\n',
        b'{"crisisdesk_log":1}\n',
        b"[]",
        b"5",
        b'"text"',
        b"null",
        b"{}",
        b'{"seq":1}',
        b'{"seq":1,"prev":"zz","hash":"00","entry":{}}',
        b'{"seq":"x","prev":"","hash":"","entry":{}}',
        b'{"seq":1,"prev":"","hash":"","entry":{"a":1.5}}',
        b'{"seq":1,"prev":"","hash":"","entry":5}',
        b'{"checkpoint":{"seq":1}}',
        b'{"checkpoint":[]}',
        b'{"crisisdesk_log":3}',
        b'{"seq":-1,"prev":"%b","hash":"%b","entry":{}}' % (b"00" * 32, b"00" * 32),
        b'{"seq":1.5,"prev":"%b","hash":"%b","entry":{}}' % (b"00" * 32, b"00" * 32),
        b'{"seq":1,"prev":"00","hash":"%b","entry":{}}' % (b"00" * 32),
        b'{"entry":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"seq":1,"prev":"%b","hash":"%b","entry":%b}'
        % (b"00" * 32, b"00" * 32, b'{"a":' + b"[" * 990 + b"]" * 990 + b"}"),
        b"\xff\xfe",
    ],
)
def test_a_line_that_is_no_log_line_is_named(line: bytes) -> None:
    good = entry_line(chain(1)[0])
    with pytest.raises(BadInput, match="Line 2 "):
        list(read_lines([good, line]))


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(line: bytes) -> None:
    try:
        found = list(read_lines([line]))
    except BadInput:
        return
    assert all(isinstance(each, Entry | Checkpoint) for each in found)


def test_an_empty_file_is_an_empty_log() -> None:
    assert list(read_lines([])) == []
    assert verify([]).head == GENESIS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"n":2', b'"n":2,"n":2'),
        (b'"n":2', b'"n": 2'),
        (b'"n":2', b'"\\u006e":2'),
        (b'"action":"noted"', b'"action":"forged","action":"noted"'),
        (b',"seq":2}', b',"seq":2,"seq":2}'),
        (b',"seq":2}', b',"seq":2,"x":"read me"}'),
        (b'{"entry":', b'{"seq":2,"entry":'),
    ],
)
def test_a_line_that_others_would_read_otherwise_is_refused(old: bytes, new: bytes) -> None:
    """Its meaning to us would be the same, and its hash would hold."""
    good = entry_line(chain(2)[1])
    assert old in good
    with pytest.raises(BadInput, match="one form"):
        list(read_lines([good.replace(old, new, 1)]))


def test_an_export_of_the_first_format_is_still_read() -> None:
    entries = chain(3)
    lines = [canonical({"crisisdesk_log": 1, "keys": [], "origin": "desk-1"}) + b"\n"]
    lines += [checkpoint_line(sealed(entries[2])), *map(entry_line, entries)]
    assert split(lines) == (entries, [sealed(entries[2])])


def test_checkpoints_are_written_as_the_notes_they_are() -> None:
    entries = chain(3)
    kept = [sealed(entries[1]), sealed_as_note(entries, 3)]
    assert split(written(entries, kept)) == (entries, kept)


def test_checkpoints_are_found_without_reading_the_rest() -> None:
    entries = chain(3)
    kept = [sealed(entries[1]), sealed_as_note(entries, 3)]
    lines = [*written(entries, kept), b'{"entry":', b'{"checkpoint":{}}\n', b"\xff"]
    assert [found for line in lines for found in checkpoints_in(line)] == kept


@pytest.mark.parametrize("change", [b" ", b'{"checkpoint":{"seq":3}}\n'])
def test_a_checkpoint_in_another_form_is_passed_over_and_named_by_the_reader(change: bytes) -> None:
    line = change + checkpoint_line(sealed(chain(3)[2]))
    assert list(checkpoints_in(line)) == []
    with pytest.raises(BadInput, match="Line 1 "):
        list(read_lines([line]))


@pytest.mark.parametrize("field", ["key", "note"])
@pytest.mark.parametrize("value", [{}, [], 5, None, "", "00", "zz"])
def test_a_checkpoint_with_another_kind_of_value_is_named(field: str, value: object) -> None:
    """The reader that is shipped refuses it too."""
    line = orjson.loads(checkpoint_line(sealed_as_note(chain(3), 3)))
    line["checkpoint"][field] = value
    spoilt = orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n"
    with pytest.raises(BadInput, match="Line 1 is not a log line"):
        list(read_lines([spoilt]))
    assert shipped().Log(spoilt, "log.jsonl").problems
