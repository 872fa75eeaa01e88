"""The good officer beats the poor one: by every measure, in every shipped scenario, for any seed.

A slice, with `tests/cli/test_packs.py`; `make soak ARGS=officers` plays twenty seeds of each.
"""

from tests.soak.officers import Pair, pairs, problems


def test_the_good_officer_beats_the_poor_one_by_every_measure() -> None:
    wanted = [("first-drill", 1), ("factory-fire", 1)]
    found = list(pairs(wanted))
    assert [(each.pack, each.seed) for each in found] == wanted
    assert [problem for each in found for problem in problems(each)] == []


def pair(good: dict[str, int], poor: dict[str, int], **more: list[str]) -> Pair:
    failures = more.get("failures", [])
    return Pair(
        "night",
        1,
        {"scores": good, "total": 90, "failures": failures},
        {"scores": poor, "total": 30, "failures": []},
    )


def test_what_is_no_better_is_told() -> None:
    assert problems(pair({"silence": 90}, {"silence": 20})) == []
    assert problems(pair({"silence": 90}, {})) == []
    for good, poor in ((20, 20), (20, 90), (100, 100)):
        (problem,) = problems(pair({"silence": good}, {"silence": poor}))
        assert problem.startswith(f"night, seed 1: silence {good}, poor {poor}")


def test_what_the_desk_settles_by_itself_may_be_as_good() -> None:
    assert problems(pair({"doubts": 100}, {"doubts": 100})) == []
    assert len(problems(pair({"doubts": 90}, {"doubts": 90}))) == 1


def test_what_a_good_officer_cannot_do_is_told() -> None:
    (problem,) = problems(pair({}, {}, failures=["handle at 3 min: No such mention."]))
    assert "could not handle at 3 min" in problem
