"""The simulated public: seeded, never the same line twice, and it reacts to what is done."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Crowd, Method
from crisisdesk.model.mention import Label
from crisisdesk.rules.exercise.public import Public
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.rules.exercise.speaking import US, Post
from crisisdesk.rules.normal import words_of
from crisisdesk.rules.triage import Rules
from crisisdesk.simnet.world import COUNCIL
from crisisdesk.system.phrase_files import load_book
from tests.rules.public_town import ESCALATES, HOUR, RUMOUR, broadcast, played, public, run, town

BOTH = ("mastodon", "bluesky")
ESCALATED = [f"@riverside {words}" for words in ESCALATES]


@given(seed=st.integers(0, 2**31), every=st.sampled_from([1, 7, 15, 60, 600]))
@settings(max_examples=10)
def test_the_same_seed_says_the_same_however_often_it_is_looked_at(seed: int, every: int) -> None:
    scenario = town(300, 1)
    deeds = broadcast(1500, "rumour-correction", *BOTH)
    done = {"answer": 1500}
    looked = run(scenario, deeds, done, seed)[1]
    assert looked == run(scenario, deeds, done, seed, every)[1]
    assert looked != run(scenario, deeds, done, seed + 1)[1]


def test_another_process_with_another_hash_seed_says_the_same() -> None:
    code = (
        "from tests.rules.public_town import run, town\n"
        "print(hash(''.join(p.text + p.handle for p in run(town(300, 1))[1]).encode()) and "
        "__import__('hashlib').sha256(repr(run(town(300, 1))[1]).encode()).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_a_day_at_full_load_has_no_line_twice() -> None:
    scenario = town(5000, 24)
    told = played(scenario) | {f"stirred-{number}": number * 600 for number in range(144)}
    crowd, lines = public(scenario), list[str]()
    for now in range(0, 24 * HOUR, HOUR):
        lines += [each.text for each in crowd.step(now, [], told, {})]
    assert len(lines) > 100_000
    assert len(set(lines)) == len(lines)
    bare = {
        words_of(each.replace("@riverside.test", "").replace("@riverside", "")) for each in lines
    }
    assert len(bare) > 0.999 * len(lines), "where our name stands makes no other line"


def test_one_phrasing_without_a_gap_is_still_said_in_many_ways() -> None:
    said = run(town(2400, 2, ("Mill Bridge is down",)))[1]
    assert sum("mill bridge" in each.text.lower() for each in said) > 300
    assert len({each.text for each in said}) == len(said)


def test_everything_said_is_found_by_the_desk_and_fits_its_network() -> None:
    for each in run(town(2000, 1))[1]:
        found = each.answers or US[each.method] in each.text.split()
        assert found or "#riversideflood" in each.text.lower()
        assert len(each.text) <= 300
        assert each.handle.endswith(".test") == (each.method is Method.BLUESKY)
    assert {Method.MASTODON: f"@{COUNCIL}", Method.BLUESKY: f"@{COUNCIL}.test"} == US


def test_posts_come_in_order_within_the_time_that_was_looked_at() -> None:
    times = [each.at for each in run(town(2000, 1))[1]]
    assert times == sorted(times)
    assert times[0] > 0
    assert times[-1] <= HOUR


def test_a_person_keeps_network_name_and_followers() -> None:
    said = run(town(2000, 1))[1]
    people = {(each.handle, each.method, each.name, each.followers) for each in said}
    assert len(people) == len({each.handle for each in said})
    assert max(Counter(each.handle for each in said).values()) > 1


# ---- Needs ------------------------------------------------------------------------------------


def calls(said: list[Post]) -> list[tuple[int, str]]:
    return [(each.at, each.text) for each in said if each.handle == "leah_m"]


def test_an_unheard_need_is_said_again_word_for_word_and_others_join_in() -> None:
    crowd, said = run(town(0, 1))
    assert [text for _, text in calls(said)] == ESCALATED
    assert any("@leah_m" in each.text and each.handle != "leah_m" for each in said)
    assert any("@leah_m" in each.text and each.handle == "wendlive.test" for each in said)
    assert crowd.asked_again["mum"] > len(ESCALATES)


@given(answered=st.integers(600, 3000))
@settings(max_examples=25)
def test_a_need_that_was_answered_never_gets_louder_again(answered: int) -> None:
    said = run(town(0, 1), done={"reached": answered})[1]
    later = [each for each in said if each.at > answered and "@leah_m" in each.text]
    assert later == []
    assert not any(at > answered and text in ESCALATED for at, text in calls(said))
    assert len([at for at, _ in calls(said) if at > answered]) == 1, "it says thanks once"


def test_a_need_by_telephone_rings_again() -> None:
    scenario = town(0, 1)
    injects = [
        replace(each, method=Method.TELEPHONE, sender="Brookview care home")
        if each.id == "call"
        else each
        for each in scenario.injects
    ]
    said = run(replace(scenario, injects=tuple(injects)))[1]
    rung = [each for each in said if each.method is Method.TELEPHONE]
    assert [(each.handle, each.text) for each in rung] == [
        ("Brookview care home", words) for words in ESCALATES
    ]


# ---- The crowd --------------------------------------------------------------------------------


def counted(said: list[Post], of: str, since: int, until: int) -> int:
    return sum(of in each.text.lower() for each in said if since <= each.at < until)


def test_nobody_speaks_where_the_scenario_has_no_public() -> None:
    quiet = replace(town(0), rumours=(), questions=(), needs=())
    assert run(quiet)[1] == []


def test_the_crowd_grows_with_the_story_and_cools_down_after_the_all_clear() -> None:
    scenario = replace(town(3000, 3), rumours=(), questions=())
    storm = played(scenario) | {f"more-{n}": 600 + 60 * n for n in range(30)}
    deeds = broadcast(7200, "flood-severe", *BOTH, step="all_clear")
    crowd, said = public(scenario), list[Post]()
    for now in range(0, scenario.length, 15):
        said += crowd.step(now, deeds, storm, {})
    per_hour = [
        sum(start <= each.at < start + 600 for each in said) * 6 for start in (0, 2400, 9600)
    ]
    assert per_hour[0] < per_hour[1] > per_hour[2]


def test_silence_makes_angry_and_a_message_makes_grateful() -> None:
    scenario = replace(town(3000, 2), rumours=(), questions=())
    deeds = broadcast(4500, "flood-severe", *BOTH)
    said = run(scenario, deeds)[1]
    assert counted(said, "thank", 4500, 5100) > 5 * (1 + counted(said, "thank", 3000, 3600) // 3)
    assert counted(said, "mill bridge is open", 4500, 6000) > 10, "people pass our headline on"
    assert counted(said, "mill bridge is open", 0, 4500) == 0


def test_a_question_drops_after_the_answer_and_comes_back_with_a_broken_promise() -> None:
    scenario = replace(town(0, 3), rumours=(), needs=())
    deeds = [*broadcast(3600, "flood-severe", *BOTH), Deed(7200, "promise_missed")]
    said = run(scenario, deeds, {"told": 3600})[1]
    before, after, again = (
        sum(start <= each.at < start + 1800 for each in said) for start in (1800, 5000, 8000)
    )
    assert after < before / 4 < again


def test_an_answer_that_no_network_took_is_no_answer() -> None:
    scenario = replace(town(0, 2), needs=(), rumours=())
    unheard = [Deed(1800, "broadcast", "alert", "flood-severe", "Stay in")]
    assert run(scenario, unheard, {"told": 1800})[1] == run(scenario)[1]


# ---- What it is written from --------------------------------------------------------------------


def test_a_gap_that_nothing_fills_is_refused_by_its_name() -> None:
    scenario = replace(town(), crowd=Crowd(10, 10, ("Look at the {unheard_of}",)))
    with pytest.raises(BadInput, match="unheard_of"):
        public(scenario)


@pytest.mark.parametrize("gap", ["caller", "headline", "said"])
def test_a_gap_that_only_the_program_fills_is_refused_in_a_scenario(gap: str) -> None:
    scenario = replace(town(), crowd=Crowd(10, 10, ("Look: {it}",), {"it": (f"the {{{gap}}}",)}))
    with pytest.raises(BadInput, match=gap):
        public(scenario)


def test_gaps_of_the_scenario_come_before_those_of_the_program() -> None:
    crowd = Crowd(600, 600, ("{opener} look",), {"opener": ("Zounds,",), "street": ("Elm Row",)})
    said = run(replace(town(0, 1), crowd=crowd, rumours=(), questions=(), needs=()))[1]
    assert any("zounds, look" in each.text.lower() for each in said)
    asked = [each.text.lower() for each in said if "?" in each.text]
    assert not any("zounds" in each for each in asked), "the program's sentences keep their own"
    assert not any("mill lane" in each.text.lower() for each in said)


def test_only_what_the_story_is_about_is_seen() -> None:
    flood, fire = (
        town(),
        replace(town(), name="Factory fire", summary="Smoke", incident_name="Fire"),
    )
    fire = replace(fire, rumours=(), watch_terms=())
    assert "sandbags going down" in load_book(flood)["sight"]
    assert "sandbags going down" not in load_book(fire)["sight"]
    assert "x2 black smoke" in load_book(fire)["sight"]


def test_the_public_is_told_what_it_does() -> None:
    crowd = Public(town(), load_book(town()), 1)
    assert crowd.curves == ()
    crowd.step(HOUR, [], played(town()), {})
    (curve,) = crowd.curves
    assert curve.rumour == RUMOUR.id
    assert curve.samples[0][0] == 300
    assert curve.peak == max(people for _, people in curve.samples)


def labelled(said: list[Post], label: Label) -> float:
    """The share of these that the desk's own triage gives this label."""
    rules = Rules(town().watch_terms, town().places)
    return sum(label in rules.judge(each.text).labels for each in said) / len(said)


def test_triage_finds_rumours_and_questions_and_takes_the_crowd_for_no_need() -> None:
    everything = replace(town(3000, 2), needs=())
    claims = ("bridge is down", "has collapsed", "lost the bridge")
    said = run(everything)[1]
    rumoured = [each for each in said if any(claim in each.text.lower() for claim in claims)]
    asked = run(replace(town(0, 2), rumours=(), needs=()))[1]
    crowd = run(replace(everything, rumours=(), questions=()))[1]
    assert labelled(rumoured, Label.RUMOUR) > 0.5, "though none of its phrasings says so"
    assert labelled(asked, Label.QUESTION) > 0.95
    assert labelled(crowd, Label.NEED) < 0.01


def test_a_crowd_that_says_the_same_says_it_in_many_ways() -> None:
    crowd = public(town())
    inject = replace(
        town().injects[1], text="@riverside HELP https://A.example/B.jpg #RiversideFlood"
    )
    said = [crowd.words(inject, 600) for _ in range(60)]
    assert said[0] == inject.text
    assert len({words_of(each) for each in said}) == len(said)
    assert all(each.startswith("@riverside ") for each in said)
    assert all(each.endswith(" #RiversideFlood") for each in said)
    assert all("https://A.example/B.jpg " in each for each in said)


def test_a_crowd_never_says_more_than_a_network_takes() -> None:
    crowd = public(town())
    long = "@riverside " + "water is coming in everywhere and nobody knows why " * 5
    inject = replace(town().injects[1], text=f"{long}#RiversideFlood")
    assert 270 < len(inject.text) <= 300
    assert all(len(crowd.words(inject, 600)) <= 300 for _ in range(60))
