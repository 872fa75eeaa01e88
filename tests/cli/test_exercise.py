"""`crisisdesk exercise run`: a whole night, played in seconds, told truly."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import html

from crisisdesk.config import resource_names
from crisisdesk.rules.exercise.crowds import expand
from crisisdesk.services.logbooks import read_entries
from tests.cli.calling import ROOT, crisisdesk
from tests.cli.conftest import Packs, Played, play
from tests.rules.packs import PACKS

SHIPPED = sorted(resource_names("scenarios"))


def report_of(played: Played) -> dict[str, Any]:
    return dict(json.loads((played.folder / "report.json").read_text()))


def example() -> str:
    """The scenario that the guide to scenarios shows."""
    return (ROOT / "docs" / "scenarios.md").read_text().split("```toml\n")[1].split("```")[0]


def injects(played: Played) -> list[tuple[int, str]]:
    """(story milliseconds, id) of everything that was played."""
    return [
        (entry["mono"], entry["detail"]["id"])
        for entry in read_entries(played.folder)
        if entry["action"] == "exercise.inject"
    ]


def scripted(played: Played) -> list[tuple[int, str]]:
    """The same of what comes whatever the officer does."""
    fixed = {
        each.id
        for each in expand(PACKS["night-flood"])
        if not (each.on or each.after or each.only_if or each.unless)
    }
    return [(at, name) for at, name in injects(played) if name in fixed]


def test_a_good_officer_meets_every_goal(good_night: Played) -> None:
    report = report_of(good_night)
    assert good_night.called.code == 0
    assert report["goals_met"] == len(report["goals"]) >= 20
    assert all(goal["met"] and goal["seconds"] <= goal["allowed"] for goal in report["goals"])


def test_a_poor_officer_meets_clearly_fewer(good_night: Played, poor_night: Played) -> None:
    assert poor_night.called.code == 0
    assert report_of(poor_night)["goals_met"] <= report_of(good_night)["goals_met"] // 2


def test_the_last_words_name_goals_log_and_report(good_night: Played) -> None:
    report = report_of(good_night)
    entries = len(read_entries(good_night.folder))
    goals = f"{report['goals_met']} of {len(report['goals'])} goals met"
    assert good_night.called.out.splitlines() == [
        f"{goals}, {report['mentions']} mentions.",
        f"Log intact, {entries} entries. Report: {good_night.folder / 'report.html'}",
    ]
    assert "100%" in good_night.called.err


def test_the_log_of_either_officer_is_intact(good_night: Played, poor_night: Played) -> None:
    for played in (good_night, poor_night):
        called = crisisdesk("log", "verify", played.folder)
        assert called.code == 0
        entries = len(read_entries(played.folder))
        assert called.out.startswith(f"intact: {entries} entries, signed up to entry {entries}.")


def test_the_export_beside_the_log_says_the_same(good_night: Played) -> None:
    assert crisisdesk("log", "verify", good_night.folder / "log.jsonl").code == 0
    assert read_entries(good_night.folder / "log.jsonl") == read_entries(good_night.folder)


def test_the_report_in_words_lists_every_goal(good_night: Played, poor_night: Played) -> None:
    for played in (good_night, poor_night):
        report, page = report_of(played), html.parse(str(played.folder / "report.html"))
        cells = [" ".join(each.text_content().split()) for each in page.iter("th", "td")]
        assert all(" ".join(goal["words"].split()) in cells for goal in report["goals"])
        assert cells.count("met") == report["goals_met"]
        assert cells.count("not met") == len(report["goals"]) - report["goals_met"]


def test_the_good_officer_scores_clearly_above_the_poor_one(
    good_night: Played, poor_night: Played
) -> None:
    good, poor = report_of(good_night), report_of(poor_night)
    assert good["score"] >= poor["score"] + 30
    below = {each["id"]: each["score"] for each in poor["measures"]}
    assert all(each["score"] >= below.get(each["id"], 0) for each in good["measures"])


def test_the_report_is_made_as_pdf_too(good_night: Played) -> None:
    assert (good_night.folder / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert good_night.called.said == []


def test_the_same_seed_writes_the_same_report(good_night: Played, tmp_path: Path) -> None:
    again = play(tmp_path / "again", "--autopilot")
    for name in ("report.json", "report.html", "report.pdf"):
        assert (again.folder / name).read_bytes() == (good_night.folder / name).read_bytes(), name


def test_an_action_is_added_and_the_record_stays_whole(tmp_path: Path) -> None:
    run = ("exercise", "run", "first-drill", "--speed", "max", "--player", "Jo Officer")
    home = tmp_path / "desk"
    folder = home / "exercises" / "20260101-120000-first-drill"
    assert crisisdesk(*run, "--out", folder).code == 0
    words = ("--action", "Print <b>numbers</b>", "--owner", "Ann", "--due", "2026-01-31")
    assert crisisdesk("exercise", "improve", folder, *words).code == 0
    assert "Print &lt;b&gt;numbers&lt;/b&gt;" in (folder / "report.html").read_text()
    none = crisisdesk("exercise", "actions", "--data", tmp_path / "elsewhere").out
    assert none == "No improvement action is kept on this computer.\n"
    listed = crisisdesk("exercise", "actions", "--data", home).out
    assert listed.startswith("2026-01-31  OVERDUE  Ann: Print <b>numbers</b>")
    assert crisisdesk("log", "verify", folder).code == 0
    other = crisisdesk("exercise", "done", folder, "--action", "Print")
    known = "Name it as it stands: “Print <b>numbers</b>”."
    assert other.said == [f"crisisdesk: There is no action “Print” here. {known}"]
    done = ("exercise", "done", folder, "--action", "Print <b>numbers</b>")
    assert crisisdesk(*done).code == 0
    assert crisisdesk("exercise", "actions", "--data", home).out.startswith("2026-01-31  done ")
    assert "<td>done</td>" in (folder / "report.html").read_text()
    assert crisisdesk(*done, "--undo").code == 0
    assert "OVERDUE" in crisisdesk("exercise", "actions", "--data", home).out
    wrong = crisisdesk("exercise", "improve", folder, *words[:-1], "soon")
    assert wrong.said == ["crisisdesk: 'soon' is no date. Write it as in 2026-03-31."]


def test_practice_is_told_by_the_runs_themselves(tmp_path: Path) -> None:
    nobody = crisisdesk("exercise", "practice", "--data", tmp_path)
    assert (nobody.code, nobody.out.startswith("Nobody has played")) == (0, True)
    for stamp, player in (("20200101-120000", "Jo Officer"), ("20200105-120000", "Ann Second")):
        folder = tmp_path / "exercises" / f"{stamp}-first-drill"
        run = ("exercise", "run", "first-drill", "--speed", "max", "--player", player)
        assert crisisdesk(*run, "--out", folder).code == 0
    told = crisisdesk("exercise", "practice", "--data", tmp_path)
    assert told.code == 1
    assert [line.split(":")[0] for line in told.out.splitlines()] == ["Jo Officer", "Ann Second"]
    assert "overdue" in told.out


def test_every_entry_says_that_it_was_an_exercise(good_night: Played) -> None:
    assert {entry["mode"] for entry in read_entries(good_night.folder)} == {"exercise"}
    cap = list((good_night.folder / "cap").glob("*.xml"))
    assert cap
    assert all(b"<status>Exercise</status>" in file.read_bytes() for file in cap)


def test_the_same_seed_tells_the_same_story(
    good_night: Played, poor_night: Played, tmp_path: Path
) -> None:
    other = play(tmp_path / "other", "--seed", "7", "--autopilot")
    times, others = ({name: at for at, name in injects(each)} for each in (good_night, other))
    assert scripted(good_night) == scripted(poor_night)
    assert others.keys() == times.keys()
    assert others != times
    assert report_of(other)["goals_met"] == len(report_of(other)["goals"])


def test_without_an_officer_nothing_is_said(tmp_path: Path) -> None:
    played = play(tmp_path / "alone")
    report = report_of(played)
    assert played.called.code == 0
    assert report["goals_met"] == 0
    assert {goal["seconds"] for goal in report["goals"]} == {None}
    assert not list((played.folder / "cap").glob("*.xml"))


def test_by_the_clock_the_good_officer_does_as_well(good_night: Played, tmp_path: Path) -> None:
    called = crisisdesk(
        *("exercise", "run", "night-flood", "--speed", "5000", "--autopilot", "good"),
        *("--out", tmp_path / "clock"),
    )
    played = Played(tmp_path / "clock", called)
    assert called.code == 0
    assert {name for _, name in scripted(played)} == {name for _, name in scripted(good_night)}
    assert crisisdesk("log", "verify", played.folder).code == 0


@pytest.mark.parametrize(
    ("officer", "wanted"), [("good", "6 of 6 goals met, "), ("poor", "0 of 6 goals met, ")]
)
def test_the_first_drill_can_be_played_well_and_badly(
    packs: Packs, officer: str, wanted: str
) -> None:
    played = packs.played("first-drill", officer)
    assert played.called.code == 0
    assert played.called.out.startswith(wanted)
    assert played.called.said == []
    assert crisisdesk("log", "verify", played.folder).code == 0


def test_the_first_drill_leaves_one_channel_in_doubt(packs: Packs) -> None:
    told = [
        (entry["action"], entry["actor"])
        for entry in read_entries(packs.played("first-drill", "good").folder)
        if entry["detail"].get("channel_name") == "E-mail list"
    ]
    assert ("delivery.unknown", "desk") in told
    assert ("delivery.confirmed", "Duty officer") in told


def test_a_scenario_of_ones_own_is_played(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "scenario.toml").write_text(example(), encoding="utf-8")
    called = crisisdesk(
        *("exercise", "run", tmp_path / "own", "--speed", "max", "--autopilot"),
        *("--out", tmp_path / "out"),
    )
    assert called.code == 0
    assert called.out.startswith("2 of 2 goals met, 10 mentions.")


def test_a_folder_that_holds_an_exercise_is_refused(good_night: Played) -> None:
    before = {file: file.read_bytes() for file in good_night.folder.iterdir() if file.is_file()}
    again = play(good_night.folder, "--autopilot")
    assert again.called.code == 1
    assert again.called.said == [
        f"crisisdesk: {good_night.folder} holds an exercise already. Choose an empty folder."
    ]
    after = {file: file.read_bytes() for file in good_night.folder.iterdir() if file.is_file()}
    assert after == before


@pytest.mark.parametrize("day", ["1971-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_can_be_played(day: str, tmp_path: Path) -> None:
    words = ("--speed", "max", "--autopilot", "--day", day)
    called = crisisdesk("exercise", "run", "first-drill", *words, "--out", tmp_path / "out")
    assert called.code == 0, called.err
    assert called.out.startswith("6 of 6 goals met")


def test_a_folder_that_holds_anything_is_refused_and_keeps_it(tmp_path: Path) -> None:
    mine = tmp_path / "report.html"
    mine.write_text("mine")
    called = crisisdesk("exercise", "run", "first-drill", "--speed", "max", "--out", tmp_path)
    assert called.code == 1
    assert f"The folder {tmp_path} is not empty. Choose an empty or a new one." in called.err
    assert [*tmp_path.iterdir()] == [mine]
    assert mine.read_text() == "mine"


def test_a_folder_that_cannot_be_used_names_the_option_that_chose_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    called = crisisdesk("exercise", "run", "first-drill", "--out", tmp_path / "file")
    assert called.code == 1
    assert "Choose another one with --out DIR." in called.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("atlantis",),
            f"There is no scenario 'atlantis'. Choose one of: {', '.join(SHIPPED)}.",
        ),
        (("night-flood", "--speed", "0"), "--speed '0' is no speed. Give a number above 0, or max"),
        (("night-flood", "--speed", "nan"), "--speed 'nan' is no speed."),
        (("night-flood", "--speed", "fast"), "--speed 'fast' is no speed."),
        (("night-flood", "--speed", "-3"), "--speed '-3' is no speed."),
        (("night-flood", "--speed", "10001"), "at the most 10000."),
        (("night-flood", "--day", "tomorrow"), "--day 'tomorrow' is no day."),
        (("night-flood", "--day", ""), "--day '' is no day."),
        (("night-flood", "--day", "0001-01-01"), "Choose one from 1971 to 2199."),
        (("night-flood", "--day", "2200-01-01"), "Choose one from 1971 to 2199."),
        (("night-flood", "--seed", "9" * 20, "--speed", "max"), "--seed has too many digits."),
        (("night-flood", "--seed", "-" + "9" * 20, "--speed", "max"), "too many digits."),
    ],
)
def test_a_call_that_makes_no_sense_leaves_nothing(
    words: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    called = crisisdesk("exercise", "run", *words, "--out", tmp_path / "out")
    assert called.code == 1
    assert expected in called.err
    assert not (tmp_path / "out").exists()


def test_an_unfit_scenario_is_named(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    for content in (b"name = ", b"\xff", example().replace("length_minutes", "size").encode()):
        (tmp_path / "own" / "scenario.toml").write_bytes(content)
        called = crisisdesk("exercise", "run", tmp_path / "own", "--out", tmp_path / "out")
        assert called.code == 1
        assert called.err.startswith("crisisdesk: ")


def test_the_report_counts_what_the_log_holds(good_night: Played) -> None:
    report = report_of(good_night)
    actions = [entry["action"] for entry in read_entries(good_night.folder)]
    assert report["log_entries"] == len(actions) - 2  # what comes after the report
    assert actions[-2:] == ["exercise.measured", "desk.closed"]
    assert actions.count("exercise.started") == actions.count("exercise.ended") == 1
    assert orjson.loads((good_night.folder / "report.json").read_bytes()) == report
