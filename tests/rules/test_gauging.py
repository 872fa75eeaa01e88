"""When networks are asked for counts, and how what they say stands in the log."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.engagement import Engagement, PostCounts
from crisisdesk.rules.gauging import KINDS, OLD, YOUNG, in_the_log, oldest_wanted, summed
from crisisdesk.simnet.applause import applause

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
NUMBERS = st.none() | st.integers(0, 10**9)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def test_young_posts_every_hour_and_all_of_them_every_day() -> None:
    assert oldest_wanted(NOW, None, None) == OLD
    assert oldest_wanted(NOW, ago(minutes=5), ago(minutes=5)) == timedelta()
    assert oldest_wanted(NOW, ago(minutes=55), ago(hours=5)) == YOUNG
    assert oldest_wanted(NOW, ago(minutes=5), ago(hours=24)) == OLD


def test_what_nobody_told_is_not_in_the_log() -> None:
    found = Engagement(None, (PostCounts("a", likes=3), PostCounts("b", shares=0, replies=1)))
    detail = in_the_log(found, {"a": ("d1", "alert-1"), "b": ("d2", "alert-1")})
    assert detail == {
        "posts": [
            {"delivery": "d1", "alert": "alert-1", "likes": 3},
            {"delivery": "d2", "alert": "alert-1", "shares": 0, "replies": 1},
        ],
        "words": "2 posts: 3 likes, 0 shares, 1 reply; followers not known",
    }


def test_a_post_of_nobody_we_know_is_not_in_the_log() -> None:
    found = Engagement(12, (PostCounts("strange", likes=3),))
    assert in_the_log(found, {})["posts"] == []


@given(st.lists(st.dictionaries(st.sampled_from(KINDS), st.integers(0, 10**9))))
def test_a_sum_tells_a_kind_only_where_a_post_does(posts: list[dict[str, int]]) -> None:
    sums = summed(posts)
    assert set(sums) == {kind for post in posts for kind in post}
    for kind, value in sums.items():
        assert value == sum(post.get(kind, 0) for post in posts)


@given(st.text(max_size=20), st.integers(0, 10**7), st.integers(-60, 10**6), st.integers(0, 10**6))
def test_applause_never_falls_and_is_never_more_than_the_followers(
    post: str, followers: int, age: int, more: int
) -> None:
    earlier = applause(post, followers, NOW, NOW + timedelta(seconds=age))
    later = applause(post, followers, NOW, NOW + timedelta(seconds=age + more))
    assert all(0 <= a <= b <= followers for a, b in zip(earlier, later, strict=True))
