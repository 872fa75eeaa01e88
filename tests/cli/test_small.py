"""`triage`, `count`, `cap validate`, and how the command line answers calls it cannot follow."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk import __version__
from crisisdesk.cli import COMMANDS
from crisisdesk.cli.main import build_parser
from crisisdesk.rules.counting import COUNTERS
from crisisdesk.rules.triage import Rules
from tests.cli.calling import crisisdesk
from tests.contract.cap_documents import FULL


def test_triage_judges_each_line() -> None:
    typed = (
        '{"id":1,"text":"Help! We are trapped on the roof in Mill Lane"}\n'
        "\n"
        '{"id":"b","text":"Is the Weir bridge open?","extra":[1,2]}\n'
        '{"id":null,"text":"lovely day"}\n'
    )
    called = crisisdesk("triage", "--watch", "weir", "--place", "mill lane", typed=typed)
    assert called.code == 0
    assert called.err == ""
    assert [orjson.loads(line) for line in called.out.splitlines()] == [
        {
            "id": 1,
            "labels": ["need"],
            "scores": {"need": 85, "eyewitness": 25, "urgency": 87},
            "reasons": ["need: trapped, help", "place: mill lane"],
        },
        {
            "id": "b",
            "labels": ["question"],
            "scores": {"question": 80, "urgency": 25},
            "reasons": ["question: is the, a question mark", "watch term: weir"],
        },
        {"id": None, "labels": [], "scores": {"urgency": 0}, "reasons": []},
    ]


def test_triage_names_and_skips_bad_lines() -> None:
    typed = (
        b'{"id":1,"text":"fire"}\n{"id":2}\nnot json\n{"text":"no id"}\n"a text"\n'
        b'{"id":3,"text":7}\n\xff\xfe\n{"id":4,"text":"smoke"}'
    )
    called = crisisdesk("triage", typed=typed)
    assert called.code == 1
    assert [orjson.loads(line)["id"] for line in called.out.splitlines()] == [1, 4]
    assert called.said == [f"line {n}: needs id and text; skipped" for n in (2, 3, 4, 5, 6, 7)]


def test_triage_says_what_the_rules_say() -> None:
    texts = ["people trapped", "RT @a: is it true?", "", "water 💧 in Mill Lane " * 50]
    typed = b"".join(orjson.dumps({"id": n, "text": t}) + b"\n" for n, t in enumerate(texts))
    rules = Rules()
    for line, text in zip(crisisdesk("triage", typed=typed).out.splitlines(), texts, strict=True):
        judged, said = rules.judge(text), orjson.loads(line)
        assert said["scores"]["urgency"] == judged.urgency
        assert tuple(said["reasons"]) == judged.reasons
        assert said["labels"] == list(judged.labels.words)


@pytest.mark.parametrize(
    ("channel", "lengths"),
    [("mastodon", [3, 26, 0]), ("bluesky", [3, 39, 0]), ("email", [3, 41, 0]), ("cap", [3, 41, 0])],
)
def test_count_writes_a_length_a_line(channel: str, lengths: list[int]) -> None:
    texts = ["abc", "é👨‍👩 https://example.org/a/very/long/path", ""]
    typed = b"\n".join(orjson.dumps(text) for text in texts)
    called = crisisdesk("count", channel, typed=typed)
    assert (called.code, called.err) == (0, "")
    assert called.out == "".join(f"{length}\n" for length in lengths)


def test_count_names_and_skips_bad_lines() -> None:
    called = crisisdesk("count", "email", typed=b'"a"\n5\n["b"]\nb\n"\\ud83d"\n\xff\n"cd"\n')
    assert called.code == 1
    assert called.out == "1\n2\n"
    assert called.said == [f"line {n}: is no JSON string; skipped" for n in (2, 3, 4, 5, 6)]


@settings(max_examples=3)
@given(st.lists(st.text(), min_size=50, max_size=50))
def test_count_counts_like_the_desk(texts: list[str]) -> None:
    typed = b"\n".join(orjson.dumps(text) for text in texts)
    for name in ("mastodon", "bluesky"):
        called = crisisdesk("count", name, typed=typed)
        assert called.out.split() == [str(COUNTERS[name](text)) for text in texts]


def test_count_names_the_channels_there_are() -> None:
    called = crisisdesk("count", "fax", typed='"a"\n')
    assert (called.code, called.out) == (1, "")
    assert called.said == [
        "crisisdesk: 'fax' is no channel. Choose one of: mastodon, bluesky, email, cap."
    ]


def test_a_valid_cap_message(tmp_path: Path) -> None:
    file = tmp_path / "full.xml"
    file.write_text(FULL, encoding="utf-8")
    called = crisisdesk("cap", "validate", file)
    assert called.code == 0
    assert called.out.splitlines()[-1] == f"{file}: valid CAP 1.2"
    assert "error: " not in called.out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<status>Exercise</status>", "<status>Drill</status>", "Drill"),
        ("<sender>duty@example.org</sender>", "", "sender"),
        ("52,0 52,1 51,1 52,0", "52,0 52,1 51,1 52,9", "The polygon is not closed."),
        ("</alert>", "", "the whole message"),
        ("<alert", '<!DOCTYPE a [<!ENTITY e SYSTEM "/etc/passwd">]><alert', "the whole message"),
        ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", "1.2"),
    ],
)
def test_an_invalid_cap_message_is_explained(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.xml"
    file.write_text(FULL.replace(old, new), encoding="utf-8")
    called = crisisdesk("cap", "validate", file)
    assert called.code == 1
    *found, last = called.out.splitlines()
    assert last == f"{file}: not valid CAP 1.2"
    assert any(line.startswith("error: ") and words in line for line in found)


def test_a_warning_alone_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "plain.xml"
    file.write_text(FULL.replace("<language>en-GB</language>", ""), encoding="utf-8")
    called = crisisdesk("cap", "validate", file)
    assert called.code == 0
    assert "warning: " in called.out
    assert "No language is given" in called.out


@pytest.mark.parametrize("name", ["missing.xml", "."])
def test_a_cap_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    called = crisisdesk("cap", "validate", tmp_path / name)
    assert (called.code, called.out) == (1, "")
    assert "cannot be read" in called.err


def test_the_mark_of_a_text_from_windows_is_passed_over() -> None:
    mark = b"\xef\xbb\xbf"
    called = crisisdesk("triage", typed=mark + b'{"id":1,"text":"trapped"}\r\n')
    assert (called.code, called.err) == (0, "")
    assert crisisdesk("count", "mastodon", typed=mark + b'"abc"\n').out == "3\n"


def test_no_command_shows_all_of_them() -> None:
    called = crisisdesk()
    assert (called.code, called.out) == (2, "")
    assert all(name in called.err for name in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ("sing",),
        ("log",),
        ("log", "verify"),
        ("exercise", "run", "night-flood"),
        ("exercise", "run", "night-flood", "--autopilot", "lazy", "--out", "x"),
        ("exercise", "run", "night-flood", "--seed", "x", "--out", "x"),
        ("count",),
        ("log", "export", ".", "--format", "docx", "--out", "x"),
    ],
)
def test_a_wrong_call_shows_its_usage(words: tuple[str, ...]) -> None:
    called = crisisdesk(*words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("usage: crisisdesk")


def test_every_argument_is_told_of() -> None:
    assert all(name in crisisdesk("count", "--help").out for name in COUNTERS)

    def look(parser: argparse.ArgumentParser, name: str) -> Iterator[str]:
        for each in parser._actions:
            if isinstance(each, argparse._SubParsersAction):
                for word, inner in each.choices.items():
                    yield from look(inner, f"{name} {word}")
            elif not each.help:
                yield f"{name}: {each.dest}"

    assert [*look(build_parser(), "crisisdesk")] == []


def test_help_and_version() -> None:
    assert crisisdesk("--version").out == f"CrisisDesk {__version__}\n"
    shown = " ".join(crisisdesk("--help").out.split())
    for option in ("--live", "--exercise SCENARIO", "--review LOG", "--data DIR"):
        assert option in shown
