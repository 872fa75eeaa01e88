"""What every channel promises about counts: the network's own numbers, or none at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.channels.base import counted
from crisisdesk.model.engagement import PostCounts
from crisisdesk.model.errors import NetworkError
from crisisdesk.net.xrpc import SignInRefused
from crisisdesk.simnet.bluesky import BlueskySim
from crisisdesk.simnet.faults import Fault, FaultKind
from crisisdesk.simnet.mastodon import MastodonSim
from tests.channels.rig import NOW, Rig

COUNTING = ("mastodon", "bluesky")
FOLLOWERS = 50_000


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> object:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rig(tmp_path: Path, clock: Clock) -> Iterator[Rig]:
    made = Rig(tmp_path / "alerts", now=clock)  # type: ignore[arg-type]
    yield made
    for channel in made.made:
        channel.close()


def sim(rig: Rig, kind: str) -> MastodonSim | BlueskySim:
    return rig.mastodon if kind == "mastodon" else rig.bluesky


def famous(rig: Rig) -> None:
    for each in (rig.mastodon, rig.bluesky):
        for account in each._records._accounts.values():
            account.followers = FOLLOWERS


@pytest.mark.parametrize("kind", ["email", "cap"])
def test_what_counts_nothing_says_so(rig: Rig, kind: str) -> None:
    assert rig.channel(kind).engagement(["any"]) is None


@pytest.mark.parametrize("kind", COUNTING)
def test_the_numbers_of_our_posts_and_of_nobody_elses(rig: Rig, kind: str, clock: Clock) -> None:
    channel, message = rig.channel(kind), rig.message(kind)
    sent = channel.send(message)
    famous(rig)
    sim(rig, kind).post("ann" if kind == "mastodon" else "ann.test", "Stay safe", sent.external_id)
    young = channel.engagement([sent.external_id])
    assert young is not None
    assert young.followers == FOLLOWERS
    assert young.posts == (PostCounts(sent.external_id, 0, 0, 1, 0),)
    clock.time += timedelta(hours=1)
    old = channel.engagement([sent.external_id])
    assert old is not None
    (post,) = old.posts
    assert (post.likes or 0) > 0
    assert (post.shares or 0) > 0


@pytest.mark.parametrize("kind", COUNTING)
def test_a_post_that_is_gone_is_left_out(rig: Rig, kind: str) -> None:
    channel = rig.channel(kind)
    gone = "123456" if kind == "mastodon" else "at://did:plc:nobody/app.bsky.feed.post/3k"
    sent = channel.send(rig.message(kind))
    found = channel.engagement([gone, sent.external_id])
    assert found is not None
    assert [each.external_id for each in found.posts] == [sent.external_id]


@pytest.mark.parametrize("kind", COUNTING)
def test_posts_on_several_pages_are_all_counted(rig: Rig, kind: str) -> None:
    channel = rig.channel(kind)
    name = "council" if kind == "mastodon" else "council.example"
    network, name = sim(rig, kind), next(iter(sim(rig, kind)._records._accounts.values()))
    handle = name.username if kind == "mastodon" else name.handle  # type: ignore[union-attr]
    posts = [network.post(handle, f"Notice {number}") for number in range(90)]
    ids = [each.id if kind == "mastodon" else each.uri for each in posts]  # type: ignore[union-attr]
    found = channel.engagement(ids)
    assert found is not None
    assert {each.external_id for each in found.posts} == set(ids)


@pytest.mark.parametrize("kind", COUNTING)
@pytest.mark.parametrize("fault", ["refuse", "lost_answer", "timeout", "status", "html", "empty"])
def test_a_fault_is_an_error_and_never_a_zero(rig: Rig, kind: str, fault: FaultKind) -> None:
    channel = rig.channel(kind)
    sent = channel.send(rig.message(kind))
    channel.engagement([sent.external_id])
    sim(rig, kind).faults.add(Fault(fault))
    with pytest.raises(NetworkError):
        channel.engagement([sent.external_id])


def test_a_token_that_is_no_longer_good_is_named(rig: Rig) -> None:
    channel = rig.channel("mastodon")
    sent = channel.send(rig.message("mastodon"))
    channel.secrets = {"token": "stolen"}
    with pytest.raises(SignInRefused):
        channel.engagement([sent.external_id])


@pytest.mark.parametrize("odd", [None, -1, True, "12", 1.5, 1 << 60, {}])
def test_what_is_no_count_is_not_known(odd: object) -> None:
    assert counted(odd) is None
    assert counted(0) == 0
