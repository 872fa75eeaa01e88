"""docs/accessibility.md names every criterion of WCAG 2.2 A and AA, and only tests that exist."""

import re
from functools import cache

import pytest

from crisisdesk.config import RESOURCES

ROOT = RESOURCES.parent
A = [
    "1.1.1",
    "1.2.1",
    "1.2.2",
    "1.2.3",
    "1.3.1",
    "1.3.2",
    "1.3.3",
    "1.4.1",
    "1.4.2",
    "2.1.1",
    "2.1.2",
    "2.1.4",
    "2.2.1",
    "2.2.2",
    "2.3.1",
    "2.4.1",
    "2.4.2",
    "2.4.3",
    "2.4.4",
    "2.5.1",
    "2.5.2",
    "2.5.3",
    "2.5.4",
    "3.1.1",
    "3.2.1",
    "3.2.2",
    "3.2.6",
    "3.3.1",
    "3.3.2",
    "3.3.7",
    "4.1.2",
]
AA = [
    "1.2.4",
    "1.2.5",
    "1.3.4",
    "1.3.5",
    "1.4.3",
    "1.4.4",
    "1.4.5",
    "1.4.10",
    "1.4.11",
    "1.4.12",
    "1.4.13",
    "2.4.5",
    "2.4.6",
    "2.4.7",
    "2.4.11",
    "2.5.7",
    "2.5.8",
    "3.1.2",
    "3.2.3",
    "3.2.4",
    "3.3.3",
    "3.3.4",
    "3.3.8",
    "4.1.3",
]
"""W3C Recommendation of 12 December 2024; 4.1.1 was taken out of it."""

RESULTS = ("met", "not met", "not applicable")


@cache
def table() -> dict[str, list[str]]:
    """The cells of each line by its criterion's number."""
    text = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| (\d\.\d\.\d+) (.*) \|$", text, re.MULTILINE)
    assert len(lines) == len({number for number, _ in lines})
    return {number: [cell.strip() for cell in rest.split(" | ")] for number, rest in lines}


def test_every_criterion_has_its_line_and_level() -> None:
    levels = dict.fromkeys(A, "A") | dict.fromkeys(AA, "AA")
    assert {number: cells[1] for number, cells in table().items()} == levels


@pytest.mark.parametrize("number", A + AA)
def test_a_line_gives_its_result_a_reason_and_tests_that_exist(number: str) -> None:
    _, _, result, why, tests = (*table()[number], "")[:5]
    assert result in RESULTS
    assert len(why) > 10
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
    assert named or result == "not applicable"
    for file, name in named:
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_what_is_not_met_is_said_before_the_table() -> None:
    text = (ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8")
    said = text.partition("## The table")[0]
    missing = [n for n, cells in table().items() if cells[2] == "not met" and n not in said]
    assert missing == []
