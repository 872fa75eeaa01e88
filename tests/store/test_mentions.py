"""Mentions by lane, page and search, newest first."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisisdesk.model.mention import Judgement, Label, Rejudged
from crisisdesk.store.database import Database
from crisisdesk.store.mentions import ALL, LANES, NewRow
from crisisdesk.store.unit import Unit


def row(
    number: int, text: str = "water", labels: Label = Label.NONE, author: str = "Ann"
) -> NewRow:
    return (
        number, "src", str(number), "@ann", author, text, "https://x.example", number * 10,
        number * 10 + 1, labels.value, 7, '["need: trapped"]', 0,
    )  # fmt: skip


def store(database: Database, rows: list[NewRow]) -> None:
    def add(unit: Unit) -> None:
        unit.mentions.add(rows)
        for lane, label in LANES.items():
            found = sum(1 for each in rows if lane == ALL or each[9] & label.value)
            unit.mentions.count_in({lane: found})

    database.write(add)


def search(database: Database, query: str, **more: int) -> list[int]:
    with database.read() as unit:
        return [mention.id for mention in unit.mentions.search(query, **more)]


def test_what_goes_in_comes_out(database: Database) -> None:
    store(database, [row(1, "Flöod", Label.NEED | Label.MEDIA)])
    with database.read() as unit:
        mention = unit.mentions.get(1)
        assert unit.mentions.get(2) is None
        assert unit.mentions.next_id() == 2
    assert mention is not None
    assert (mention.text, mention.labels) == ("Flöod", Label.NEED | Label.MEDIA)
    assert (mention.reasons, mention.urgency, mention.handled_by) == (("need: trapped",), 7, "")
    assert (mention.posted_at, mention.received_at) == (10, 11)


def test_the_first_id_is_one(database: Database) -> None:
    with database.read() as unit:
        assert unit.mentions.next_id() == 1
    store(database, [])


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 9))
def test_pages_by_key_cover_a_lane_without_gap_or_repeat(
    database: Database, total: int, size: int
) -> None:
    with database.read() as unit:
        first = unit.mentions.next_id()
    labels = [Label.NEED if number % 3 == 0 else Label.MEDIA for number in range(total)]
    store(database, [row(first + number, labels=labels[number]) for number in range(total)])
    for lane in (ALL, "need", "media", "rumour"):
        with database.read() as unit:
            whole = [each.id for each in unit.mentions.page(lane, limit=100_000)]
            walked: list[int] = []
            while page := unit.mentions.page(lane, walked[-1] if walked else None, size):
                assert len(page) <= size
                walked += [each.id for each in page]
        assert walked == whole == sorted(whole, reverse=True)
    with database.read() as unit:
        needs = unit.mentions.page("need", limit=100_000)
        assert all(Label.NEED in each.labels for each in needs)


def test_newer_gives_what_came_after(database: Database) -> None:
    store(database, [row(number, labels=Label(number % 2)) for number in range(1, 8)])
    with database.read() as unit:
        assert [each.id for each in unit.mentions.newer(ALL, 4)] == [7, 6, 5]
        assert [each.id for each in unit.mentions.newer("need", 4)] == [7, 5]
        assert [each.id for each in unit.mentions.newer(ALL, 0, limit=2)] == [7, 6]
        assert unit.mentions.newer(ALL, 7) == []


@pytest.mark.parametrize("lane", [lane for lane in LANES if lane != ALL])
def test_a_lane_is_read_by_its_own_index(database: Database, lane: str) -> None:
    with database.read() as unit:
        statement = (
            f"SELECT * FROM mention WHERE (labels & {LANES[lane].value}) <> 0 ORDER BY id DESC"
        )
        plan = unit.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    assert f"USING INDEX mention_{lane}" in str(plan)


def test_search_finds_all_words_and_the_last_as_a_beginning(database: Database) -> None:
    texts = [
        "The weir bridge is shut",
        "The bridge",
        "A weir",
        "Weirdly, bridges hold",
        "naïve café",
    ]
    store(database, [row(number, text) for number, text in enumerate(texts, 1)])
    assert search(database, "weir bridge") == [1]
    assert search(database, "bridge weir") == [1]
    assert search(database, "bridges weir") == [4]
    assert search(database, "bri") == [4, 2, 1]
    assert search(database, "ridge") == []
    assert search(database, "BRIDGE!") == [4, 2, 1]


@pytest.mark.parametrize("query", ["naive", "NAÏVE", "nai\u0308ve", "cafe", "café"])
def test_search_does_not_mind_accents(database: Database, query: str) -> None:
    store(database, [row(1, "A naïve café"), row(2, "nothing here")])
    assert search(database, query) == [1]


def test_search_finds_names_too_and_pages_by_key(database: Database) -> None:
    store(database, [row(number, "water", author="Bob Öz") for number in range(1, 6)])
    assert search(database, "oz") == [5, 4, 3, 2, 1]
    assert search(database, "oz", limit=2) == [5, 4]
    assert search(database, "oz", before=4, limit=2) == [3, 2]


@pytest.mark.parametrize(
    "query",
    [
        "", " ", '"', '""', '" OR "', "a AND", "NOT", "NEAR(a b)", "a*", "*", "text:water", "^a",
        "-water", "water)", "(", "water;DROP TABLE mention", "'", "%", "_", "\\", "🌊", "a🌊b",
        "\0", "a\0b", "\ud800", "𝔀ater", "ⅷ", "½", "क्षि", "ـــ", "ﷺ", "{water}", "+",
        "a b" * 500, "<->", "water & !x", "water:*", "|",
    ],
)  # fmt: skip
def test_no_query_is_too_hostile(database: Database, query: str) -> None:
    store(database, [row(1, "water"), row(2, "🌊 wave ½ ⅷ")])
    found = search(database, query)
    assert set(found) <= {1, 2}
    with database.read() as unit:
        assert unit.mentions.next_id() == 3


@given(st.text(max_size=30))
def test_no_text_breaks_search(database: Database, query: str) -> None:
    assert isinstance(search(database, query), list)


@given(st.lists(st.sampled_from(["weir", "bridge", "Öl", "don't", "sea-side", "x1"]), min_size=1))
def test_a_text_is_found_by_its_own_words(database: Database, words: list[str]) -> None:
    with database.read() as unit:
        number = unit.mentions.next_id()
    text = " ".join(words).replace("'", "") + f" {number}"
    store(database, [row(number, text)])
    assert search(database, f"{number} {words[0]}".replace("'", ""), limit=1000)[:1] == [number]


def test_an_apostrophe_in_a_text_does_not_hide_it(database: Database) -> None:
    store(database, [row(1, "We can't get out"), row(2, "We can’t get out")])
    assert search(database, "can't get") == [2, 1]


def test_known_names_only_what_this_source_gave(database: Database) -> None:
    store(database, [row(1), row(2)])
    with database.read() as unit:
        assert unit.mentions.known("src", ["1", "2", "3"]) == {"1", "2"}
        assert unit.mentions.known("other", ["1"]) == set()
        assert unit.mentions.known("src", []) == set()


def test_a_new_judgement_counts_in_every_lane_it_enters_and_leaves(database: Database) -> None:
    store(database, [row(1, labels=Label.NEED | Label.MEDIA), row(2, labels=Label.NEED)])

    def rejudge(unit: Unit) -> None:
        before = unit.mentions.judgements([1, 2, 99])
        assert set(before) == {1, 2}
        closed = Judgement(before[1].labels, before[1].reasons, "Sam")
        rumour = Judgement(Label.RUMOUR, ("because",))
        unit.mentions.rejudge([Rejudged(1, before[1], closed), Rejudged(2, before[2], rumour)])

    database.write(rejudge)
    with database.read() as unit:
        counts = unit.mentions.counts()
        first, second = unit.mentions.get(1), unit.mentions.get(2)
    assert first is not None
    assert second is not None
    assert (first.handled_by, first.labels) == ("Sam", Label.NEED | Label.MEDIA)
    assert (second.labels, second.reasons) == (Label.RUMOUR, ("because",))
    assert (counts["all"], counts["need"], counts["media"]) == ((2, 1), (1, 0), (1, 0))
    assert (counts["rumour"], counts["question"]) == ((1, 1), (0, 0))
