"""Filling templates, and refusing files that cannot be used."""

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.config import resource
from crisisdesk.model.errors import BadInput
from crisisdesk.model.template import FieldType, Step, TemplateField
from crisisdesk.rules.templating import (
    fill,
    missing,
    placeholders,
    problem_with,
    read_template,
    used_fields,
    variant,
)

DATA = tomllib.loads(resource("templates", "road-closure.toml").decode())
TEMPLATE = read_template(DATA, "road-closure.toml")


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("{a} is {b}", {"a": "It", "b": "shut"}, "It is shut"),
        ("{a}", {"a": "  spaced  "}, "spaced"),
        ("{a}", {}, ""),
        ("x[[ by {a}]].", {"a": "rail"}, "x by rail."),
        ("x[[ by {a}]].", {"a": " "}, "x."),
        ("x[[ {a} {b}]]", {"a": "1"}, "x"),
        ("[[plain]]", {}, "plain"),
        ("a[[\n{x}\n]]b", {"x": "1"}, "a\n1\nb"),
        ("line  \n\n end \n", {}, "line\n\n end"),
        ("{a}", {"a": "{b}", "b": "no"}, "{b}"),
        ("{a}", {"a": "[[{b}]]", "b": "no"}, "[[{b}]]"),
        ("{A} {1} {", {"A": "x"}, "{A} {1} {"),
    ],
)
def test_fill(text: str, values: dict[str, str], filled: str) -> None:
    assert fill(text, values) == filled


@given(st.text(), st.text())
def test_values_are_never_read_as_gaps(first: str, second: str) -> None:
    whole = fill("<{a}|{b}>", {"a": first, "b": second})
    expected = f"<{first.strip()}|{second.strip()}>"
    assert whole == "\n".join(line.rstrip() for line in expected.splitlines())


def test_missing_names_what_this_step_needs() -> None:
    empty = {field.name for field in missing(TEMPLATE, Step.ALERT, {})}
    assert {"road_name", "reason"} <= empty
    assert "diversion" not in empty
    assert "what_was_wrong" not in empty
    assert "what_was_wrong" in {field.name for field in missing(TEMPLATE, Step.CANCEL, {})}
    values = {field.name: field.example for field in TEMPLATE.fields}
    assert [missing(TEMPLATE, step, values) for step in Step] == [[], [], [], []]


def test_the_desks_own_gaps_are_no_fields() -> None:
    assert used_fields(TEMPLATE, Step.ALERT).isdisjoint({"ref", "sent_time", "sender_name"})
    assert placeholders("{a} {b_c} {D} {a}") == {"a", "b_c"}


@pytest.mark.parametrize(
    ("kind", "value", "fine"),
    [
        (FieldType.TEXT, "anything", True),
        (FieldType.TEXT, "x" * 201, False),
        (FieldType.TEXT, "x" * 200 + "  ", True),
        (FieldType.TIME, "14:30", True),
        (FieldType.TIME, "3.05 today", True),
        (FieldType.TIME, "24:00", False),
        (FieldType.TIME, "12:60", False),
        (FieldType.TIME, "noon", False),
        (FieldType.URL, "https://www.example.org/page", True),
        (FieldType.URL, "http://a.example", True),
        (FieldType.URL, "ftp://a.example", False),
        (FieldType.URL, "javascript:alert(1)", False),
        (FieldType.URL, "https://localhost", False),
        (FieldType.URL, "https://a.example/x y", False),
        (FieldType.URL, "https://[a.example", False),
        (FieldType.CHOICE, "red", True),
        (FieldType.CHOICE, "blue", False),
        (FieldType.CHOICE, "", True),
    ],
)
def test_problems_with_values(kind: FieldType, value: str, fine: bool) -> None:
    field = TemplateField("x", "X", kind, choices=("red", "green"))
    assert (problem_with(field, value) == "") == fine


@given(st.sampled_from(list(FieldType)), st.text())
def test_no_value_is_too_strange_to_judge(kind: FieldType, value: str) -> None:
    assert isinstance(problem_with(TemplateField("x", "X", kind), value), str)


def test_a_channel_without_words_of_its_own_gets_the_default() -> None:
    wording = TEMPLATE.wordings[Step.ALERT]["en"]
    assert variant(wording, "mastodon") == wording.variants["default"]
    assert variant(wording, "bluesky") == wording.variants["bluesky"] != wording.variants["default"]


def test_codes_of_a_step_override_those_of_the_template() -> None:
    assert TEMPLATE.codes[Step.ALERT].expires_minutes == 360
    assert TEMPLATE.codes[Step.ALL_CLEAR].expires_minutes == 120
    assert TEMPLATE.codes[Step.ALL_CLEAR].event == TEMPLATE.codes[Step.ALERT].event


def broken(*path: str, value: object = None) -> dict[str, Any]:
    """The template with one entry set to a value, or left out."""
    data = copy.deepcopy(DATA)
    inner: Any = data
    for name in path[:-1]:
        inner = inner[name]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "is missing"),
        (broken("cancel"), "'cancel' is missing"),
        (broken("alert", "en"), "'en' is missing"),
        (broken("alert", "en", "default"), "'default' is missing"),
        (broken("alert", "en", "default", value=" "), "'default' text is empty"),
        (broken("alert", "en", "default", value="{nobody_knows}"), "no field defines"),
        (broken("cap", "urgency", value="Soon"), "Soon"),
        (broken("cap", "expires_minutes", value=0), "above 0"),
        (broken("cap", "expires_minutes", value=10**15), "527,040 at most"),
        (broken("version", value="x"), "invalid literal"),
        (broken("fields", value=["text"]), "cannot be used"),
        (broken("languages", value=5), "cannot be used"),
        (broken("alert", value=5), "cannot be used"),
        (broken("alert", "en", value=5), "cannot be used"),
        (broken("languages", value=["en", "cy"]), "'cy' is missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(data: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=r"own\.toml") as caught:
        read_template(data, "own.toml")
    assert words in caught.value.problem
