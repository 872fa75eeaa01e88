"""Events lists as people keep them: CSV of every habit, Excel workbooks, and neither."""

import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Method
from crisisdesk.system.events_list_files import read_events_list

HEADER = ["Serial", "Time", "From", "To", "Method", "Inject", "Expected action"]
ROWS: list[list[Any]] = [
    ["1", "10:00", "Control", "Duty officer", "Phone", "Winds of 80 mph expected", "Open incident"],
    ["2", "10:05", "Jo (resident)", "", "Twitter", "Tree down in Mill Lane", ""],
    ["3", "10:20", "Weather office", "", "Press release", "Red warning", "Alert"],
]
TIMES = [0, 5 * 60, 20 * 60]
METHODS = [Method.TELEPHONE, Method.MASTODON, Method.FEED]


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_text(delimiter: str = ",", newline: str = "\n") -> str:
    return newline.join(delimiter.join(row) for row in [HEADER, *ROWS])


def workbook(path: Path, rows: list[list[Any]], before: list[list[Any]] | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in before or []:
        sheet.append(row)
    if before:
        sheet = book.create_sheet("MEL")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("encoding", "delimiter", "newline"),
    [
        ("utf-8", ",", "\n"),
        ("utf-8-sig", ",", "\r\n"),
        ("utf-16", "\t", "\r\n"),
        ("cp1252", ";", "\r\n"),
    ],
)
def test_every_habit_of_csv_is_read(
    tmp_path: Path, encoding: str, delimiter: str, newline: str
) -> None:
    file = written(tmp_path / "storm_list.csv", csv_text(delimiter, newline), encoding)
    pack, understood = read_events_list(file, codeword="Gull")
    assert [each.at for each in pack.scenario.injects] == TIMES
    assert [each.method for each in pack.scenario.injects] == METHODS
    assert (pack.scenario.name, pack.scenario.codeword) == ("storm list", "Gull")
    assert understood.injects == 3


def test_an_excel_workbook_is_read_from_the_sheet_that_has_the_list(tmp_path: Path) -> None:
    rows = [["Exercise STORM"], [], HEADER, *ROWS]
    file = workbook(tmp_path / "storm.xlsx", rows, before=[["Contacts"], ["Jo", "01234"]])
    pack, understood = read_events_list(file, "Storm")
    assert [each.at for each in pack.scenario.injects] == TIMES
    assert pack.scenario.injects[0].expected_action == "Open incident"
    assert understood.columns["text"] == "Inject"


@pytest.mark.parametrize(
    "cells",
    [
        [time(10, 0), time(10, 5), time(10, 20)],
        [datetime(2026, 2, 3, 10, each) for each in (0, 5, 20)],  # noqa: DTZ001 - as Excel has it
        [timedelta(), timedelta(minutes=5), timedelta(minutes=20)],
        [0, 5, 20],
        [10 / 24, 10 / 24 + 5 / 1440, 10 / 24 + 20 / 1440],
        ["T+0", "T+5", "T+0:20"],
        ["STARTEX", "+5 min", "T + 20"],
        ["1000 hrs", "1005hrs", "1020h"],
    ],
    ids=lambda each: str(each[1]),
)
def test_times_are_understood_however_they_are_kept(tmp_path: Path, cells: list[Any]) -> None:
    rows = [[row[0], cell, *row[2:]] for row, cell in zip(ROWS, cells, strict=True)]
    pack, _ = read_events_list(workbook(tmp_path / "list.xlsx", [HEADER, *rows]))
    assert [each.at for each in pack.scenario.injects] == TIMES


def test_a_list_over_midnight_goes_on(tmp_path: Path) -> None:
    rows = [[*ROWS[0]], [*ROWS[1]]]
    rows[0][1], rows[1][1] = "23:50", "00:10"
    text = "\n".join(",".join(row) for row in [HEADER, *rows])
    pack, _ = read_events_list(written(tmp_path / "night.csv", text))
    assert [each.at for each in pack.scenario.injects] == [0, 20 * 60]


def test_everything_that_was_guessed_or_left_out_is_said(tmp_path: Path) -> None:
    text = "\n".join(
        [
            "Time,From,How,Message,Notes",
            "0,Control,pigeon,Good evening,",
            "soon,Control,phone,When?,",
            "5,,phone,,a row without words",
            "6,Jo,mastodon,Tree down,",
            "7,Jo,bluesky," + "long " * 80 + ",",
            "800,Jo,,Late,",
            ",,,,",
        ]
    )
    pack, understood = read_events_list(written(tmp_path / "list.csv", text))
    assert understood.ignored == ("Notes",)
    said = {remark.row: remark.words for remark in understood.remarks if remark.row < 7}
    assert said == {
        2: "the method “pigeon” is not known; it comes in person, on a card",
        3: "the time “soon” cannot be read; left out",
        4: "has no words to play; left out",
        5: "@riverside was put before it, so that it is found",
        6: "is too long for bluesky; it comes as an e-mail",
    }
    assert [r.words for r in understood.remarks if r.row == 7] == [
        "comes 13 hours after the start: check it",
        "no method is given; it comes in person, on a card",
    ]
    assert [each.text for each in pack.scenario.injects][1] == "@riverside Tree down"


def test_what_looks_like_a_formula_or_markup_stays_mere_text(tmp_path: Path) -> None:
    text = 'Time,From,How,Inject\n0,=cmd|calc,phone,""""""" ]] {x} = \'[[injects]]\' <b>"\n'
    pack, _ = read_events_list(written(tmp_path / "list.csv", text))
    assert pack.scenario.injects[0].sender == "=cmd|calc"
    assert pack.scenario.injects[0].text == '""" ]] {x} = \'[[injects]]\' <b>'


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("list.doc", b"Time,Inject", "neither CSV nor an Excel workbook"),
        ("list.csv", b"", "None of the first 20 rows"),
        ("list.csv", b"Name,Address\nJo,Mill Lane\n", "None of the first 20 rows"),
        ("list.csv", b"Time,Inject\n,\n", "No row of the list"),
        ("list.csv", b"Time,Inject\n" + b"1,x\n" * 2_001, "more than 2,000 rows"),
        ("list.csv", b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ("list.csv", b"Time,Inject\n0,a\0b\n", "control character"),
        ("list.csv", b'Time,Inject\n0,"' + b"x" * 200_000 + b'"\n', "is no CSV"),
        ("list.xlsx", b"not a workbook", "cannot be read as an Excel workbook"),
        ("list.xlsx", b"PK\x03\x04 cut", "cannot be read as an Excel workbook"),
    ],
)
def test_what_is_no_events_list_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_events_list(tmp_path / name)
    assert reason in caught.value.problem


def test_a_workbook_that_unpacks_to_far_more_is_refused_unread(tmp_path: Path) -> None:
    file = workbook(tmp_path / "list.xlsx", [HEADER, *ROWS])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"xl/media/{number}", b"\0" * 10_000_000)
    with pytest.raises(BadInput, match="unpacks to more than"):
        read_events_list(file)


def test_a_file_that_is_not_there_or_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"list\.csv cannot be read"):
        read_events_list(tmp_path / "list.csv")
    (tmp_path / "list.csv").mkdir()
    with pytest.raises(BadInput, match=r"list\.csv cannot be read: Is a directory"):
        read_events_list(tmp_path / "list.csv")
