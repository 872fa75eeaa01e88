"""No cell of an exported table is a formula, whatever somebody wrote into the log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.spreadsheet import COLUMNS, row_of, safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "  =", "＝", "＠"])
def test_what_would_be_a_formula_is_text(start: str) -> None:
    assert safe_cell(f"{start}cmd|'/c calc'!A1") == f"'{start}cmd|'/c calc'!A1"


@given(st.text())
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) in (text, f"'{text}")
    assert not safe_cell(text).lstrip(" ").startswith(("=", "+", "-", "@"))


def test_every_cell_of_a_row_is_safe() -> None:
    entry = dict.fromkeys(COLUMNS, "=1+1")
    row = row_of(7, b"\1", entry)
    assert row[COLUMNS.index("seq")] == "7"
    assert row[COLUMNS.index("hash")] == "01"
    assert [cell for cell in row if cell.startswith("=")] == []
