"""The report: every figure from the log, every link inside, every word of the exercise escaped."""

import base64
import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from crisisdesk.model.errors import BadInput
from crisisdesk.rules.exercise.comparing import PastRun, compare, in_a_line
from crisisdesk.rules.exercise.improving import improvement, packed, unpacked
from crisisdesk.rules.exercise.report import Circumstances, Report, measures_of, report_of
from crisisdesk.rules.exercise.report_page import report_page
from crisisdesk.rules.exercise.report_words import MOST_ADVICE, band
from crisisdesk.rules.exercise.run import Run
from crisisdesk.rules.exercise.scoring import Deed
from crisisdesk.rules.exercise.timeline_plot import BARS, Plot, bar_seconds, posts_in_bars
from tests.rules.small_logs import ALL, OFFICER, SmallLog
from tests.rules.test_measuring import PLAYED, STORY

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
DEBRIEF = [{"question": "What went well?", "answer": HOSTILE}]
SVG = "{http://www.w3.org/2000/svg}"


def a_run() -> Report:
    """A run with everything in it that the page has a place for."""
    log = SmallLog()
    log.add(1, "exercise.inject", "Exercise control", id="need")
    log.add(2, "exercise.inject", "Exercise control", id="claim")
    sent = log.say(5, "1", text=f"Flood in Mill Lane. {HOSTILE}")
    log.say(9, "2", "update", follows="1", elements=ALL[:3])
    log.say(30, "3", "cancel", follows="2", out=False)
    log.deliver(30, "3", "unknown")
    log.promise(5, "1", due=8, kept=9)
    log.add(12, "decision.noted", OFFICER, words=f"Wait. {HOSTILE}")
    observed: dict[str, Any] = {"about": "claim", "rating": "went well"}
    log.add(13, "exercise.observed", "Exercise control", words=f"Calm {HOSTILE}", **observed)
    log.add(14, "mention.handled", OFFICER, "mention 9", words="Rang 999.", to="need, handled")
    entries = log.end(120)
    deeds = (Deed(840, "handle", "need", seq=1), Deed(300, "broadcast", "alert", seq=sent))
    told = Circumstances(player=f"Jo {HOSTILE}", mentions=3, posts=(60, 61, 7000))
    return report_of(entries, Run(STORY, deeds, PLAYED), told)


REPORT = a_run()


def page(report: Report = REPORT, **more: Any) -> html.HtmlElement:
    return html.document_fromstring(report_page(report, **more))


def test_it_is_whole_after_a_way_through_json() -> None:
    again = orjson.loads(orjson.dumps(REPORT))
    assert report_page(again) == report_page(REPORT)
    assert [each.id for each in measures_of(again)] == [each["id"] for each in REPORT["measures"]]


def test_words_from_the_exercise_are_shown_and_never_read_as_html() -> None:
    action = improvement(HOSTILE, HOSTILE, "2026-03-31")
    made = page(debrief=DEBRIEF, improving=[action])
    assert not list(made.iter("script"))
    assert all(
        each.get("src", "").startswith("data:image/svg+xml;base64,") for each in made.iter("img")
    )
    assert made.text_content().count(HOSTILE) >= 6


def test_it_loads_nothing_and_runs_nothing() -> None:
    raw = report_page(REPORT)
    (policy,) = page().xpath("//meta[@http-equiv]/@content")
    assert "default-src 'none'" in policy
    assert "http" not in raw.replace("http-equiv", "")
    assert not page().xpath("//link | //iframe | //object | //@onload")


def test_the_record_tells_an_inject_as_it_was_played() -> None:
    """Exercise control may have given it other words."""
    log = SmallLog()
    log.add(1, "exercise.edited", "Exercise control", id="need", text="Help at 9 Mill Lane")
    log.add(2, "exercise.inject", "Exercise control", id="need")
    log.add(3, "exercise.inject", "Exercise control", id="claim")
    made = report_of(log.end(10), Run(STORY, (), PLAYED), Circumstances())
    told = [words for _, _, _, words in made["record"]]
    assert any(each.endswith(": Help at 9 Mill Lane") for each in told)
    own = {each.id: each.text for each in STORY.injects}
    assert not any(own["need"] in each for each in told)
    assert any(own["claim"] in each for each in told)


def test_headings_go_down_one_step_at_a_time_and_tables_have_heads() -> None:
    made = page(debrief=DEBRIEF)
    levels = [int(each.tag[1]) for each in made.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert made.get("lang") == "en-GB"
    for table in made.iter("table"):
        assert table.find("caption") is not None
        assert table.xpath("./thead/tr/th[@scope='col']")
        assert all(row.xpath("./th[@scope='row']") for row in table.xpath("./tbody/tr"))


def test_the_picture_has_words() -> None:
    (picture,) = page().iter("img")
    assert "3 posts" in picture.get("alt", "")
    assert "3 messages" in picture.get("alt", "")


def test_every_link_leads_to_an_entry_in_the_page() -> None:
    made = page()
    targets = set(made.xpath("//@id"))
    links = [each[1:] for each in made.xpath("//a/@href")]
    assert links
    assert set(links) <= targets


def test_it_says_exercise_at_both_ends_and_on_each_printed_page() -> None:
    raw = report_page(REPORT)
    assert page().xpath("string(//header)").startswith("EXERCISE EXERCISE EXERCISE")
    assert page().xpath("string(//footer)").strip() == "EXERCISE EXERCISE EXERCISE"
    assert '@top-center { content: "EXERCISE EXERCISE EXERCISE"' in raw
    assert '@bottom-left { content: "EXERCISE' in raw


def test_the_weakest_comes_first_with_what_to_do() -> None:
    assert 0 < len(REPORT["advice"]) <= MOST_ADVICE
    assert len(REPORT["summary"]) == 3
    by_id = {each["id"]: each for each in REPORT["measures"]}
    costs = [
        by_id[each["measure"]]["weight"] * (100 - by_id[each["measure"]]["score"])
        for each in REPORT["advice"]
        if each["measure"] != "goals"
    ]
    assert costs == sorted(costs, reverse=True)


def test_a_message_shows_what_it_does_not_say() -> None:
    said = page().text_content()
    assert "Missing – Bluesky: no time, no action, no next update" in said
    assert "Never certainly in public" in said


def test_what_was_never_sent_is_said_plainly() -> None:
    empty = report_of(SmallLog().end(120), Run(STORY, (), {}), Circumstances())
    assert "No message was sent." in page(empty).text_content()
    assert empty["phases"] == [[0, 7200, "No word from us"]]
    stopped = report_of(SmallLog().end(1), Run(STORY, (), {}), Circumstances())
    assert stopped["score"] is None
    assert "before anything could be measured" in page(stopped).text_content()


def picture(report: Report) -> etree._Element:
    return etree.fromstring(Plot(report).svg().encode())


def test_the_timeline_is_sound_svg_that_stays_inside_its_frame() -> None:
    drawn = picture(REPORT)
    width, height = (float(drawn.get(name, "0")) for name in ("width", "height"))
    for each in drawn.iter(f"{SVG}rect", f"{SVG}text"):
        if each.getparent().tag == f"{SVG}pattern":
            continue
        x, y = float(each.get("x", "0")), float(each.get("y", "0"))
        assert 0 <= x <= width
        assert 0 <= y <= height
        assert x + float(each.get("width", "0")) <= width + 1
    (source,) = page().xpath("//img/@src")
    embedded = base64.b64decode(source.partition("base64,")[2])
    assert embedded.decode() == Plot(REPORT).svg()


def test_the_timeline_needs_no_colour() -> None:
    colours = set(re.findall(r"#[0-9a-f]{6}", Plot(REPORT).svg()))
    assert all(each[1:3] == each[3:5] == each[5:7] for each in colours)


@given(st.lists(st.integers(-60, 20_000)), st.integers(60, 20_000))
def test_every_post_is_in_one_bar(moments: list[int], length: int) -> None:
    bars = posts_in_bars(moments, length)
    assert sum(bars) == len(moments)
    assert 1 <= len(bars) <= BARS
    assert bar_seconds(length) % 60 == 0


PAST = [
    PastRun(None, "s", "S", player, score, {"needs": score})
    for player, score in (("Jo", 50), ("Ann", 90), ("JO ", 60), ("Ann", 70))
]


def test_a_run_stands_beside_ones_own_and_everybodys() -> None:
    now = PastRun(None, "s", "S", "jo", 68, {"needs": 80, "rumours": 10})
    found = compare(now, PAST, ["20260101-000000-x: it was changed."])
    assert found is not None
    total = found.total
    assert (total.now, total.last, total.own_middle, total.all_middle) == (68, 60, 50, 60)
    assert [each.last for each in found.lines] == [60, None]
    assert (found.own, found.every) == (2, 4)
    assert in_a_line(found) == (
        "8 more than your last run; the middle of 4 runs here before is 60."
    )
    said = page(comparison=found).text_content()
    assert "20260101-000000-x: it was changed." in said
    assert "68 (+8)" in said


def test_nothing_earlier_is_nothing_to_say() -> None:
    assert compare(PAST[0], [], []) is None
    assert in_a_line(None) == ""


def test_an_action_needs_words_somebody_and_a_date() -> None:
    for words in (("", "Ann", "2026-03-31"), ("Do", " ", "2026-03-31"), ("Do", "Ann", "soon")):
        with pytest.raises(BadInput):
            improvement(*words)
    made = improvement(" Print  numbers ", "Ann", "2026-03-31")
    assert (made.action, made.done) == ("Print numbers", False)
    assert not made.overdue(date(2026, 3, 31))
    assert made.overdue(date(2026, 4, 1))
    assert unpacked(packed([made])) == (made,)


@pytest.mark.parametrize("spoilt", [None, [], {}, {"improvements": [{"action": "x"}]}])
def test_a_spoilt_list_of_actions_is_refused(spoilt: Any) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        unpacked(spoilt)


def test_a_score_in_a_word() -> None:
    words: Sequence[str] = [band(each) for each in (None, 0, 60, 80, 90)]
    assert words == ["not measured", "needs work", "sound, with gaps", "good", "very good"]
