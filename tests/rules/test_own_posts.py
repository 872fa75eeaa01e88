"""Judging what stands on our own account: by name, key, words, place and time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crisisdesk.model.delivery import DeliveryState, OwnPost, PostVerdict, SentText
from crisisdesk.rules.own_posts import (
    LONGEST_KEPT,
    SKEW,
    is_news,
    is_one_under_way,
    judge,
    kept,
)

NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
TEXT = "Weir Bridge is closed. Ref K7Q3-1"
S, V = DeliveryState, PostVerdict
UNDER_WAY = (S.SENDING, S.RETRYING, S.UNKNOWN)
SETTLED = (S.ACCEPTED, S.CONFIRMED, S.FAILED, S.WITHDRAWN)
NEVER_LEFT = (S.PREPARED, S.HELD)


def post(name: str = "1", text: str = TEXT, at: datetime = NOW) -> OwnPost:
    return OwnPost(name, text, f"https://social.example/{name}", at)


def sent(state: DeliveryState = S.CONFIRMED, external_id: str = "", key: str = "k1") -> SentText:
    return SentText(key, external_id, TEXT, state, NOW - timedelta(seconds=9), NOW)


def verdict(
    one: OwnPost, *deliveries: SentText, since: datetime | None = SINCE
) -> PostVerdict | None:
    """How a single post that nobody has met is judged."""
    found = judge([one], {}, deliveries, since)
    return found[0].verdict if found else None


def test_every_state_is_covered() -> None:
    assert {*UNDER_WAY, *SETTLED, *NEVER_LEFT} == set(S)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("days", [0, 400])
def test_the_networks_name_or_our_key_makes_it_ours_in_any_state(
    state: DeliveryState, days: int
) -> None:
    late = NOW + timedelta(days=days)
    other = "other words, as a server may make of them"
    assert verdict(post("7", other, late), sent(state, "7")) is V.OURS
    uri = "at://did:plc:a/app.bsky.feed.post/3kabc"
    assert verdict(post(uri, other, late), sent(state, key="3kabc")) is V.OURS
    assert verdict(post("cd-1.cap.xml", other, late), sent(state, key="cd-1")) is V.OURS


@pytest.mark.parametrize("state", UNDER_WAY)
@pytest.mark.parametrize("hours", [-9, 0, 9])
def test_the_words_of_what_is_under_way_are_ours_whatever_the_clocks_say(
    state: DeliveryState, hours: int
) -> None:
    assert verdict(post(at=NOW + timedelta(hours=hours)), sent(state)) is V.OURS


@pytest.mark.parametrize("state", SETTLED)
def test_the_words_of_what_came_to_rest_are_ours_for_a_while(state: DeliveryState) -> None:
    made, ended = NOW - timedelta(seconds=9), NOW
    moment = timedelta(milliseconds=1)
    for at in (made - SKEW, ended, ended + SKEW):
        assert verdict(post(at=at), sent(state)) is V.OURS
    for at in (made - SKEW - moment, ended + SKEW + moment):
        assert verdict(post(at=at), sent(state)) is V.FOREIGN


@pytest.mark.parametrize("state", NEVER_LEFT)
def test_the_words_of_what_never_left_are_not_ours(state: DeliveryState) -> None:
    assert verdict(post(), sent(state)) is V.FOREIGN


@given(st.text(min_size=1), st.sampled_from(list(S)))
def test_other_words_are_never_ours(text: str, state: DeliveryState) -> None:
    assume(is_news(post(text=TEXT), {"1": text}))
    assert verdict(post(text=text), sent(state, external_id="9")) is V.FOREIGN


@pytest.mark.parametrize(
    "seen",
    [
        f"  {TEXT}\n",
        TEXT.replace(". ", ".\n\n"),
    ],
)
def test_white_space_makes_no_difference(seen: str) -> None:
    assert verdict(post(text=seen), sent(S.UNKNOWN)) is V.OURS


def test_the_first_look_knows_ours_from_the_rest() -> None:
    posts = [post("2", "something else"), post("1")]
    judged = judge(posts, {}, [sent(external_id="1")], None)
    assert [each.verdict for each in judged] == [V.KNOWN, V.OURS]


def test_words_changed_keep_what_they_were() -> None:
    (judged,) = judge([post(text="Run")], {"1": TEXT}, [sent(external_id="1")], SINCE)
    assert (judged.verdict, judged.was, judged.post.text) == (V.CHANGED, TEXT, "Run")


OLD, NEW = SINCE - timedelta(days=9), SINCE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("place", "at", "expected"),
    [
        ("behind", OLD, V.KNOWN),
        ("behind", NEW, V.FOREIGN),
        ("before", OLD, V.FOREIGN),
        ("before", NEW, V.FOREIGN),
    ],
)
def test_only_what_is_old_and_stands_behind_a_known_post_moved_up(
    place: str, at: datetime, expected: PostVerdict
) -> None:
    met, strange = post("5", "known"), post("x", "strange", at)
    posts = [met, strange] if place == "behind" else [strange, met]
    (judged,) = judge(posts, {"5": "known"}, [], SINCE)
    assert judged.verdict is expected


def test_old_posts_on_a_page_without_a_known_one_are_foreign() -> None:
    assert verdict(post(at=OLD)) is V.FOREIGN


POSTS = st.lists(
    st.builds(
        post,
        st.text("abc", min_size=1, max_size=2),
        st.sampled_from([TEXT, "one", "two"]),
        st.sampled_from([OLD, NEW, NOW]),
    ),
    max_size=6,
    unique_by=lambda each: each.external_id,
)


@given(POSTS, POSTS, st.sampled_from([SINCE, None]))
def test_what_was_judged_once_is_no_news(
    before: list[OwnPost], now: list[OwnPost], since: datetime | None
) -> None:
    known = {each.external_id: each.text for each in before}
    judged = judge(now, known, [sent()], since)
    assert {each.post.external_id for each in judged} == {
        each.external_id for each in now if is_news(each, known)
    }
    known |= {each.post.external_id: each.post.text for each in judged}
    assert judge(now, known, [sent()], since) == []


@given(st.text(), st.text(min_size=1), st.text())
def test_what_is_kept_can_be_stored_and_compared(name: str, text: str, url: str) -> None:
    hostile = OwnPost(name + "\0\ud83d", (text + "\ud83d") * 3, url + "\0", NOW)
    once = kept(hostile)
    for part in (once.external_id, once.text, once.url):
        part.encode()
        assert "\0" not in part
    assert kept(once) == once
    assert not is_news(once, {once.external_id: once.text})


def test_very_long_texts_are_cut_for_good() -> None:
    long = kept(post(text="x" * (LONGEST_KEPT + 9)))
    assert len(long.text) == LONGEST_KEPT
    assert kept(replace(long, text=long.text + "y")) == long


@pytest.mark.parametrize("state", S)
def test_an_answer_is_on_its_way_only_while_sending(state: DeliveryState) -> None:
    assert is_one_under_way([sent(), sent(state)]) is (state is S.SENDING)
