"""`crisisdesk report`: benchmarks and months from a log, as text, for programs and as a page."""

import shutil
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from crisisdesk.model.moment import from_iso
from crisisdesk.services.logbooks import read_entries
from tests.cli.calling import crisisdesk
from tests.cli.test_report_papers import opened, tags


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


def test_a_page_over_a_log_that_it_reads_is_refused(night: Path, tmp_path: Path) -> None:
    export = tmp_path / "log.jsonl"
    assert crisisdesk("log", "export", night, "--out", export).code == 0
    before = export.read_bytes()
    for words in (
        ("benchmarks", export, "--out", export),
        ("benchmarks", night, "--beside", export, "--out", export),
        ("month", "2026-02", export, "--out", export),
    ):
        called = crisisdesk("report", *words)
        assert called.code == 1
        assert "is the log itself" in called.err
    assert export.read_bytes() == before


def test_no_such_incident_or_log_is_said(night: Path, tmp_path: Path) -> None:
    called = crisisdesk("report", "benchmarks", night, "--incident", "ZZZZ")
    assert called.code == 1
    assert "no incident ZZZZ" in called.err
    assert crisisdesk("report", "benchmarks", tmp_path / "nowhere").code == 1


def test_a_month_as_text_and_as_a_page(night: Path, tmp_path: Path) -> None:
    called = crisisdesk("report", "month", "2026-02", night)
    assert called.code == 0, called.err
    assert called.out.startswith("February 2026, beside January 2026")
    assert "Messages sent: " in called.out
    assert "Exercises held: not known" in called.out
    page = tmp_path / "month.html"
    called = crisisdesk("report", "month", "2026-02", night, "--out", page)
    assert called.out.strip() == f"Written to {page}."
    assert "EXERCISE EXERCISE EXERCISE" in page.read_text(encoding="utf-8")


def test_a_month_of_an_export_knows_no_mentions_and_of_a_desk_its_exercises(
    night: Path, tmp_path: Path
) -> None:
    export = tmp_path / "log.jsonl"
    assert crisisdesk("log", "export", night, "--out", export).code == 0
    called = crisisdesk("report", "month", "2026-02", export)
    assert "Mentions heard: not known" in called.out
    home = tmp_path / "home"
    (home / "exercises").mkdir(parents=True)
    shutil.copy(night / "desk.db", home)
    called = crisisdesk("report", "month", "2026-03", "--data", home)
    assert "no entry of March 2026" in called.out
    assert "Exercises held: none" in called.out


def test_what_is_no_month_is_refused(night: Path) -> None:
    called = crisisdesk("report", "month", "November", night)
    assert called.code == 1
    assert "as in 2026-11" in called.err


@pytest.mark.parametrize(
    ("words", "figures"), [(("benchmarks",), 0), (("month", "2026-02"), 1)], ids=["one", "month"]
)
def test_the_papers_are_tagged_for_screen_readers(
    words: tuple[str, ...], figures: int, night: Path, tmp_path: Path
) -> None:
    out = tmp_path / "paper.pdf"
    called = crisisdesk("report", *words, night, "--out", out)
    assert (called.code, called.out.strip()) == (0, f"Written to {out}.")
    found, inside = tags(out.read_bytes()), opened(out.read_bytes())
    assert b"/Lang (en-GB)" in inside
    assert found["H1"] == 1
    assert found["H2"] >= 2
    assert found["TH"] > found["Table"] >= 2
    assert found["Figure"] == figures
    assert (b"/Alt (Days of February 2026" in inside) == bool(figures)


def test_an_exercise_counts_through_the_story_and_right_before_its_end(night: Path) -> None:
    entries = read_entries(night)
    counted = [each for each in entries if each["action"] == "account.counted"]
    assert {each["detail"]["kind"] for each in counted} == {"mastodon", "bluesky"}
    ended = next(each["at"] for each in entries if each["action"] == "exercise.ended")
    last = from_iso(counted[-1]["at"])
    assert from_iso(ended) - last <= timedelta(seconds=1)
    likes = [sum(post["likes"] for post in each["detail"]["posts"]) for each in counted]
    assert likes[-1] > likes[0]
