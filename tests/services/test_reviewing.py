"""Reading back: what a person looks at is what was stored and logged."""

from crisisdesk.model.mention import Item
from crisisdesk.services.reviewing import Reviewing
from crisisdesk.store.mentions import ALL
from tests.town import SENDER, Town


def filled(town: Town) -> Reviewing:
    texts = ["Water in Mill Lane", "Is the bridge open?", "Water in Mill Lane", "Trapped, help!"]
    town.intake.accept(
        [Item("test", str(n), text, n, "jo", "Jo", "") for n, text in enumerate(texts)]
    )
    return Reviewing(town.database)


def test_mentions_are_paged_newest_first(town: Town) -> None:
    review = filled(town)
    everything = review.page()
    assert everything[0].text == "Trapped, help!"
    assert review.page(limit=2) == everything[:2]
    assert review.page(before=everything[1].id) == everything[2:]
    assert review.newer(ALL, everything[2].id) == everything[:2]
    assert review.counts()["all"] == (4, 4)
    assert [each.text for each in review.page("need")] == ["Trapped, help!"]


def test_mentions_are_found_by_all_their_words(town: Town) -> None:
    review = filled(town)
    assert [each.ext_id for each in review.search("mill water")] == ["2", "0"]
    assert review.search("mill bridge") == []
    assert review.search("mill", limit=1)[0].ext_id == "2"


def test_a_mention_comes_with_its_repeats(town: Town) -> None:
    review = filled(town)
    first = next(each for each in review.page() if each.ext_id == "0")
    found = review.mention(first.id)
    assert found is not None
    assert found == (first, 1)
    assert review.mention(10_000) is None


def test_the_log_is_read_newest_first_and_verifies(town: Town) -> None:
    review = filled(town)
    town.composing.note("one", SENDER)
    town.composing.note("two", SENDER)
    newest = review.entries(limit=2)
    assert [each["detail"]["words"] for each in newest] == ["two", "one"]
    assert newest[0]["seq"] == newest[1]["seq"] + 1
    assert review.entries(limit=1, before=newest[0]["seq"]) == newest[1:]
    report = review.verify()
    assert (report.intact, report.entries) == (True, newest[0]["seq"])
    checkpoint = review.newest_checkpoint()
    assert (checkpoint.seq if checkpoint else 0) == report.anchored_to
