"""The autopilot without a script: a strategy for any scenario, a list of events included."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crisisdesk.model.exercise import Act
from crisisdesk.rules.exercise.manner import GOOD, POOR, script
from crisisdesk.services.logbooks import read_entries
from tests.cli.calling import crisisdesk

SCENARIO = """
id = "bare"
name = "A bare list"
summary = "What a list of events comes to."
codeword = "Grey Otter"
length_minutes = 60
incident_name = "Burst main, Hill Road"
watch_terms = ["RiversideWater"]
places = ["Hill Road"]

[[goals]]
id = "words"
words = "First words"
after = "post-1"
do = "broadcast"
within_minutes = 15
"""

POST = """
[[injects]]
id = "post-{number}"
at = {minute}
method = "{method}"
from = "{who}"
text = "{text}"
"""

POSTS = (
    (0, "mastodon", "jo_hill", "@riverside there is water pouring down Hill Road, is it safe?"),
    (5, "mastodon", "leah_m", "@riverside my mum is trapped in the cellar, water coming in, help"),
    (20, "bluesky", "sharer.test", "Apparently the tap water is poisoned, share #RiversideWater"),
    (25, "telephone", "Radio Wend", "Can somebody talk to us live in ten minutes?"),
    (30, "mastodon", "gwen", "@riverside when will the water be back on in School Lane?"),
)


def bare(folder: Path) -> Path:
    folder.mkdir()
    posts = (
        POST.format(number=number, minute=minute, method=method, who=who, text=text)
        for number, (minute, method, who, text) in enumerate(POSTS, 1)
    )
    (folder / "scenario.toml").write_text(SCENARIO + "".join(posts), encoding="utf-8")
    return folder


Played = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The log that an officer leaves."""
    home = tmp_path_factory.mktemp("bare")
    scenario, logs = bare(home / "scenario"), dict[str, list[dict[str, Any]]]()

    def log(officer: str) -> list[dict[str, Any]]:
        if officer not in logs:
            words = ("--speed", "max", "--autopilot", officer, "--out", home / officer)
            called = crisisdesk("exercise", "run", scenario, *words)
            assert (called.code, called.said) == (0, [])
            logs[officer] = read_entries(home / officer)
        return logs[officer]

    return log


def minutes(log: list[dict[str, Any]], action: str) -> list[int]:
    return [entry["mono"] // 60_000 for entry in log if entry["action"] == action]


def test_a_good_officer_needs_no_script(played: Played) -> None:
    log = played("good")
    assert minutes(log, "incident.opened")[0] <= 1
    said = minutes(log, "broadcast.started")
    assert said[0] <= 10
    assert all(after - before <= 40 for before, after in zip(said, [*said[1:], 60], strict=True))
    assert not minutes(log, "promise.missed")
    assert len(minutes(log, "call.ended")) == 1
    assert minutes(log, "handover.noted")[0] >= 55
    noted = minutes(log, "decision.noted")
    assert len(noted) >= 4


def test_a_good_officer_passes_a_call_for_help_on_within_minutes(played: Played) -> None:
    told = [e for e in played("good") if e["detail"].get("words", "").startswith("Passed to")]
    assert told[0]["mono"] // 60_000 in range(6, 11)


def test_a_poor_officer_is_late_and_leaves_it_at_that(played: Played) -> None:
    log = played("poor")
    assert minutes(log, "incident.opened")[0] >= 25
    assert minutes(log, "broadcast.started")[0] >= 30
    for never in ("decision.noted", "handover.noted", "call.answered"):
        assert not minutes(log, never)


def test_what_an_officer_cannot_do_is_told_at_the_end_and_stops_nothing(tmp_path: Path) -> None:
    scenario = bare(tmp_path / "scenario")
    for act in ('do = "broadcast"\ntemplate = "unheard-of"', 'do = "handle"\nmatch = "nobody"'):
        with (scenario / "scenario.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n[[autopilot.good]]\nat = 12\n{act}\n")
    words = ("--speed", "max", "--autopilot", "good", "--out", tmp_path / "out")
    called = crisisdesk("exercise", "run", scenario, *words)
    assert called.code == 0
    first, second = [line for line in called.said if line.startswith("The autopilot could not")]
    assert "broadcast unheard-of at 12 min: There is no template 'unheard-of'." in first
    assert "handle at 12 min: No open mention says 'nobody'" in second
    assert minutes(read_entries(tmp_path / "out"), "handover.noted")


@pytest.mark.parametrize("seed", range(20))
def test_a_script_keeps_its_order_whoever_plays_it(seed: int) -> None:
    acts = [Act(60 * minute, "handle", match=str(minute)) for minute in (9, 3, 3, 50, 7)]
    for manner, begins in ((GOOD, 0), (POOR, 1600)):
        planned = script(acts, manner, begins, Random(seed))
        assert [act for _, act in planned] == sorted(acts, key=lambda act: act.at)
        assert sorted(at for at, _ in planned) == [at for at, _ in planned]
        assert all(at >= max(act.at, begins) for at, act in planned)
    assert [at for at, _ in script(acts, GOOD, 0, Random(seed))] == [180, 180, 420, 540, 3000]


def test_a_poor_officer_leaves_out_what_takes_care() -> None:
    acts = [Act(0, "note", words="why"), Act(0, "settle"), Act(0, "broadcast", "x", "cancel")]
    assert script(acts, POOR, 0, Random(1)) == []
    assert len(script(acts, GOOD, 0, Random(1))) == 3
