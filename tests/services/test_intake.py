"""Listening: every item once, judged with reasons, and the cursor never ahead of the items."""

import gzip
import json
import os
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.account import Account
from crisisdesk.model.errors import NotSent, StoreError
from crisisdesk.model.events import MentionsStored, SourceState
from crisisdesk.model.mention import Item, Label
from crisisdesk.model.moment import from_ms
from crisisdesk.rules.triage import Rules
from crisisdesk.services.intake import LONGEST_TEXT, Intake
from crisisdesk.simnet.faults import Fault
from crisisdesk.sources.base import Batch, Source
from crisisdesk.sources.registry import make_sources
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import ALL
from crisisdesk.system.bus import Bus
from tests.town import HandClock, Town, secrets_of


def item(ext_id: str, text: str = "The river is high at the old mill", source: str = "s") -> Item:
    return Item(
        source, ext_id, text, 1_000, f"@{ext_id}", f"Name {ext_id}", f"https://x.example/{ext_id}"
    )


def stored(town: Town, lane: str = ALL) -> list[str]:
    with town.database.read() as unit:
        return [mention.ext_id for mention in unit.mentions.page(lane)]


class Pages(Source):
    """A source that hands out what it is given, by position; "" is the first page."""

    def __init__(self, town: Town, pages: dict[str, Batch | Exception]) -> None:
        super().__init__(Account("feed-1", "feed", "Feed"), {}, town.net, "pages")
        self.pages = pages

    def fetch(self, cursor: str) -> Batch:
        page = self.pages[cursor]
        if isinstance(page, Exception):
            raise page
        return page


def test_stores_each_item_once(town: Town) -> None:
    assert town.intake.accept([item("1"), item("2"), item("1")]) == 2
    assert town.intake.accept([item("2"), item("3")]) == 1
    assert town.intake.accept([item("1", source="other")]) == 1
    assert stored(town) == ["1", "3", "2", "1"]


@given(st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=6), st.uuids())
def test_whatever_overlaps_each_item_is_stored_once(
    database: Database, clock: HandClock, batches: list[list[int]], source: UUID
) -> None:
    intake = Intake(database, Rules(), Bus(), clock.now)
    wanted = {str(number) for batch in batches for number in batch}
    with database.read() as unit:
        known = unit.mentions.known(str(source), sorted(wanted))
    new = sum(
        intake.accept([item(str(number), source=str(source)) for number in batch])
        for batch in batches
    )
    assert new == len(wanted - known)
    with database.read() as unit:
        assert unit.mentions.known(str(source), sorted(wanted)) == wanted


def test_two_sources_at_once_lose_and_double_nothing(town: Town) -> None:
    items = [item(str(number)) for number in range(200)]
    counts: list[int] = []

    def bring() -> None:
        tens = [items[start : start + 10] for start in range(0, 200, 10)]
        counts.append(sum(town.intake.accept(ten) for ten in tens))

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(counts) == 200
    assert Counter(stored(town)) == Counter({each.ext_id: 1 for each in items})


def test_the_same_words_point_at_the_first_who_said_them(town: Town) -> None:
    town.intake.accept(
        [item("1", "Water is coming over the wall!"), item("2", "Another thing entirely here")]
    )
    town.intake.accept(
        [
            item("3", "RT @ann: water is coming over the WALL https://t.example/1"),
            item("4", "Water   is coming over the wall."),
            item("5", "short"),
            item("6", "short"),
        ]
    )
    with town.database.read() as unit:
        repeats = {each.ext_id: each.repeats for each in unit.mentions.page()}
        assert repeats == {"1": 0, "2": 0, "3": 1, "4": 1, "5": 0, "6": 0}
        assert unit.mentions.repeats_of(1) == 2


def test_repeats_within_one_batch_are_seen_too(town: Town) -> None:
    town.intake.accept(
        [item(str(number), "The bridge at the weir is moving") for number in range(3)]
    )
    with town.database.read() as unit:
        assert sorted(each.repeats for each in unit.mentions.page()) == [0, 1, 1]


def test_triage_says_why(town: Town) -> None:
    town.intake.accept([item("1", "We are trapped by the weir in Riverside, please send help!")])
    with town.database.read() as unit:
        (mention,) = unit.mentions.page("need")
    assert Label.NEED in mention.labels
    assert mention.urgency >= 80
    assert any(reason.startswith("need: ") and "trapped" in reason for reason in mention.reasons)
    assert {"watch term: weir", "place: riverside"} <= set(mention.reasons)


def test_a_very_long_text_is_cut(town: Town) -> None:
    town.intake.accept([item("1", "a" * (LONGEST_TEXT + 1)), item("2", "b" * LONGEST_TEXT)])
    with town.database.read() as unit:
        second, first = unit.mentions.page()
    assert (len(first.text), first.text[-2:]) == (LONGEST_TEXT + 2, " …")
    assert len(second.text) == LONGEST_TEXT
    assert first.url.endswith("/1")


@pytest.mark.parametrize("strange", ["\0", "\ud83d", "a\0b\udfffc"])
def test_no_character_stops_a_source(town: Town, strange: str) -> None:
    odd = Item("s", f"1{strange}", f"water {strange}", 1, strange, strange, strange)
    assert town.intake.accept([odd, item("2")], ("s", "cursor")) == 2
    assert town.intake.accept([odd]) == 0
    with town.database.read() as unit:
        found = unit.mentions.get(1)
        assert unit.accounts.cursor("s") == "cursor"
    assert found is not None
    assert found.text == "water " + strange.translate(dict.fromkeys((0, 0xD83D, 0xDFFF), "\ufffd"))


def test_news_comes_after_the_commit_and_names_the_labels(town: Town) -> None:
    heard: list[tuple[MentionsStored, int]] = []

    def listen(event: MentionsStored) -> None:
        with town.database.read() as unit:
            heard.append((event, unit.mentions.counts()[ALL][0]))

    town.bus.subscribe(MentionsStored, listen)
    town.intake.accept([item("1", "We are trapped"), item("2", "Lovely weather for ducks today")])
    town.intake.accept([item("1")])
    assert heard == [(MentionsStored(2, 2, Label.NEED), 2)]


def test_counts_arrivals_by_the_minute(town: Town) -> None:
    town.intake.accept([item("1"), item("2")])
    town.clock.go_on(minutes=2)
    town.intake.accept([item("3")])
    assert town.intake.per_minute(4) == [0, 2, 0, 1]
    town.clock.go_on(minutes=3)
    assert town.intake.per_minute(4) == [1, 0, 0, 0]


# Cursors


def test_a_visit_reads_every_page_and_remembers_where_it_stopped(town: Town) -> None:
    heard: list[SourceState] = []
    town.bus.subscribe(SourceState, heard.append)
    pages = Pages(
        town,
        {
            "": Batch((item("1"), item("2")), "a", more=True),
            "a": Batch((item("3"),), "b", more=False),
            "b": Batch((), "b"),
        },
    )
    assert town.intake.visit(pages) == 3
    assert town.intake.visit(pages) == 0
    with town.database.read() as unit:
        assert unit.accounts.cursor("feed-1/pages") == "b"
    assert [(each.account_id, each.ok) for each in heard] == [("feed-1", True)] * 2


def test_a_failing_source_is_reported_and_keeps_what_came_before(town: Town) -> None:
    heard: list[SourceState] = []
    town.bus.subscribe(SourceState, heard.append)
    gone = NotSent("roads.example could not be reached.", "Try again.")
    pages = Pages(town, {"": Batch((item("1"),), "a", more=True), "a": gone})
    assert town.intake.visit(pages) == 1
    assert (heard[0].ok, "could not be reached" in heard[0].words) == (False, True)
    pages.pages["a"] = Batch((item("1"), item("2")), "b")
    assert town.intake.visit(pages) == 1
    assert (heard[1].ok, stored(town)) == (True, ["2", "1"])


@pytest.mark.parametrize(
    "error", [ValueError("year 0 is out of range"), StoreError("The disk is full.", "Free some.")]
)
def test_whatever_fails_nobody_is_told_that_we_listen(town: Town, error: Exception) -> None:
    heard: list[SourceState] = []
    town.bus.subscribe(SourceState, heard.append)
    with pytest.raises(type(error)):
        town.intake.visit(Pages(town, {"": error}))
    assert [each.ok for each in heard] == [False]
    assert str(error) in heard[0].words


@pytest.mark.parametrize("posted_at", [-62_135_647_200_000, -1, 253_402_351_199_000, 1 << 62])
def test_a_time_that_nobody_can_show_is_that_of_its_coming(town: Town, posted_at: int) -> None:
    """On some networks whoever posts writes it."""
    town.intake.accept([replace(item("1"), posted_at=posted_at)])
    with town.database.read() as unit:
        (found,) = unit.mentions.page(ALL)
    assert from_ms(found.posted_at) == town.clock.now()


def test_the_cursor_never_runs_ahead_of_the_items(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Pages(town, {"": Batch((item("1"), item("2")), "a"), "a": Batch((), "a")})

    def die(*_: object) -> None:
        raise StoreError("The disk is full.", "Free some space.")

    with monkeypatch.context() as during:
        during.setattr("crisisdesk.store.mentions.Mentions.count_in", die)
        with pytest.raises(StoreError):
            town.intake.visit(pages)
    with monkeypatch.context() as during:
        during.setattr("crisisdesk.store.accounts.Accounts.move_cursor", die)
        with pytest.raises(StoreError):
            town.intake.visit(pages)
    town.restart()
    with town.database.read() as unit:
        assert (unit.accounts.cursor("feed-1/pages"), unit.mentions.counts()[ALL]) == ("", (0, 0))
    assert town.intake.visit(pages) == 2
    assert stored(town) == ["2", "1"]


def test_real_sources_bring_each_post_once_across_restarts(town: Town) -> None:
    account = Account(
        "masto", "mastodon", "Mastodon", {"server": "https://social.example", "hashtags": "flood"}
    )
    texts = [f"@council is street {number} closed? #flood" for number in range(45)]
    for number, text in enumerate(texts):
        town.clock.go_on(seconds=1)
        town.mastodon.post("ann", text)
        if number % 15 == 14:
            _visit_all(town, account)
            town.restart()
    _visit_all(town, account)
    with town.database.read() as unit:
        found = [mention.text for mention in unit.mentions.page()]
    assert set(found) == set(texts)
    assert all(count <= 2 for count in Counter(found).values())


def _visit_all(town: Town, account: Account) -> None:
    for source in make_sources(account, secrets_of(account), town.net, town.clock.now):
        town.intake.visit(source)
        source.close()


def test_a_captive_portal_in_front_of_a_source_is_reported(town: Town) -> None:
    heard: list[SourceState] = []
    town.bus.subscribe(SourceState, heard.append)
    town.mastodon.faults.add(Fault("html", "GET ", times=-1))
    account = Account("masto", "mastodon", "M", {"server": "https://social.example"})
    _visit_all(town, account)
    assert [each.ok for each in heard] == [False] * len(heard)
    assert heard
    assert stored(town) == []


# Labelled tweets of real crises


def labelled() -> list[dict[str, str]]:
    shared = Path(os.environ.get("CRISISDESK_SHARED", Path(__file__).parents[3] / "shared"))
    file = shared / "data" / "crisislex" / "t26_labelled.jsonl.gz"
    if not file.exists():
        words = f"{file} is not there; set CRISISDESK_SHARED to the folder with the reference data"
        if os.environ.get("CI") == "true":
            pytest.fail(words, pytrace=False)
        pytest.skip(words)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.shared
def test_triage_leans_the_right_way_on_labelled_crises() -> None:
    """No figure to boast of: only that labels follow what people marked, not the reverse."""
    rules = Rules()
    by_source: dict[str, list[Label]] = {}
    by_kind: dict[str, list[Label]] = {}
    by_use: dict[str, list[Label]] = {}
    for line in labelled():
        triage = rules.judge(line["text"])
        by_source.setdefault(line["source"], []).append(triage.labels)
        by_kind.setdefault(line["information_type"], []).append(triage.labels)
        by_use.setdefault(line["informativeness"], []).append(triage.labels)
        assert 0 <= triage.urgency <= 100
        assert bool(triage.labels) <= bool(triage.reasons)

    def share(found: list[Label], label: Label) -> float:
        return sum(label in each for each in found) / len(found)

    need, media = Label.NEED, Label.MEDIA
    assert share(by_use["Not related"], need) < 0.001
    assert share(by_source["Eyewitness"], need) > 5 * share(by_source["Media"], need)
    assert share(by_source["Media"], media) > 5 * share(by_source["Eyewitness"], media)
    sympathy = share(by_kind["Sympathy and support"], need)
    assert share(by_kind["Affected individuals"], need) > 3 * sympathy
