"""However many posts came while we were away, and wherever we died: each comes exactly once."""

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crisisdesk.model.errors import NetworkError
from crisisdesk.simnet.faults import Fault, FaultKind
from crisisdesk.sources import bluesky, mastodon
from tests.sources.conftest import Listening

STREAMS = {
    "mastodon mentions": ("mastodon", 0),
    "mastodon tag": ("mastodon", 1),
    "bluesky mentions": ("bluesky", 0),
    "bluesky search": ("bluesky", 1),
}
SETTINGS = {"mastodon": {"hashtags": "#flood"}, "bluesky": {"search": "flood"}}


def post(listening: Listening, kind: str, number: int) -> str:
    if kind == "mastodon":
        text = f"@council #flood {number}"
        listening.mastodon.post("neighbour", text)
    else:
        text = f"@council.example flood {number}"
        listening.bluesky.post("neighbour.example", text)
    return text


VISITS = st.lists(st.tuples(st.integers(0, 25), st.integers(1, 4)), min_size=1, max_size=6)


@pytest.mark.parametrize("stream", STREAMS)
@given(visits=VISITS)
@example(visits=[(0, 1), (25, 1), (0, 4)])
@example(visits=[(3, 1), (25, 1), (25, 1), (0, 1)])
@settings(max_examples=30)
def test_nothing_is_missed_and_nothing_comes_twice(
    new_listening: Callable[[], Listening], stream: str, visits: list[tuple[int, int]]
) -> None:
    """Each visit: so many new posts, then so many pages before the program dies."""
    kind, place = STREAMS[stream]
    listening = new_listening()
    with pytest.MonkeyPatch.context() as patch:  # small pages make many of them
        patch.setattr(mastodon, "PAGE", 5)
        patch.setattr(bluesky, "PAGE", 5)
        posted: list[str] = []
        for round_, (arrived, pages) in enumerate(visits):
            new = [post(listening, kind, 100 * round_ + each) for each in range(arrived)]
            # Of what lay there before the very first visit only the newest page is wanted.
            posted += new[-5:] if round_ == 0 else new
            source = listening.sources(kind, **SETTINGS[kind])[place]
            listening.visit(source, pages)
            source.close()
        last = listening.sources(kind, **SETTINGS[kind])[place]
        for _ in range(2):
            listening.visit(last)
        last.close()
    assert sorted(listening.texts(last)) == sorted(posted)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_page_that_failed_is_asked_for_again(listening: Listening, stream: str) -> None:
    kind, place = STREAMS[stream]
    source = listening.sources(kind, **SETTINGS[kind])[place]
    first = post(listening, kind, 1)
    listening.visit(source)
    later = [post(listening, kind, number) for number in range(2, 130)]
    sim = {"mastodon": listening.mastodon, "bluesky": listening.bluesky}[kind]
    faults: list[FaultKind] = ["refuse", "timeout", "html", "truncate", "empty"]
    for fault in faults:
        sim.faults.add(Fault(fault, "GET"))
        with pytest.raises(NetworkError):
            listening.visit(source)
    listening.visit(source)
    assert sorted(listening.texts(source)) == sorted([first, *later])


def test_first_visit_brings_the_newest_page_only(listening: Listening) -> None:
    for number in range(60):
        post(listening, "mastodon", number)
    source = listening.sources("mastodon")[0]
    listening.visit(source)
    assert listening.texts(source) == [f"@council #flood {number}" for number in range(20, 60)]


def test_deleted_posts_break_no_walk(listening: Listening) -> None:
    source = listening.sources("mastodon", hashtags="flood")[1]
    post(listening, "mastodon", 1)
    listening.visit(source)
    listening.mastodon.statuses[0].deleted = True
    two = post(listening, "mastodon", 2)
    listening.visit(source)
    assert listening.texts(source)[-1] == two
