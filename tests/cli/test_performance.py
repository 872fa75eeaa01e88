"""`crisisdesk report`: benchmarks and months from a log, as text, for programs and as a page."""

from pathlib import Path

import orjson

from tests.cli.calling import crisisdesk


def test_benchmarks_of_an_exercise_beside_another(night: Path, tmp_path: Path) -> None:
    called = crisisdesk("report", "benchmarks", night, "--beside", night)
    assert called.code == 0, called.err
    assert "First statement:" in called.out
    assert "own incidents before: none yet" in called.out
    assert "of 1" in called.out
    assert "A comparison of unlike events" in called.out


def test_benchmarks_for_programs_and_as_a_page(night: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    called = crisisdesk("report", "benchmarks", night, "--json", "--out", page)
    assert called.code == 0, called.err
    shown = orjson.loads(called.out[: called.out.rindex("}") + 1])
    assert shown["episode"]["exercise"] is True
    assert {"first_statement", "silence"} <= {each["id"] for each in shown["benchmarks"]}
    assert "EXERCISE EXERCISE EXERCISE" in page.read_text(encoding="utf-8")


def test_no_such_incident_or_log_is_said(night: Path, tmp_path: Path) -> None:
    called = crisisdesk("report", "benchmarks", night, "--incident", "ZZZZ")
    assert called.code == 1
    assert "no incident ZZZZ" in called.err
    assert crisisdesk("report", "benchmarks", tmp_path / "nowhere").code == 1
