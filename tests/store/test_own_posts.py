"""Own posts in both kinds of database: each kept once, its question open until it is answered."""

from pathlib import Path

import pytest

from crisisdesk.model.delivery import OwnPost, PostVerdict
from crisisdesk.model.moment import from_ms
from crisisdesk.store.database import Database
from crisisdesk.store.own_posts import BATCH
from tests.store.conftest import Open

V = PostVerdict
POST = OwnPost("1", "Run for your lives", "https://social.example/1", from_ms(1000))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def kept(request: pytest.FixtureRequest, open_database: Open, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return open_database(f"sqlite:///{tmp_path / 'desk' / 'desk.db'}")
    return open_database(request.getfixturevalue("empty_postgres"))


def test_a_post_is_known_by_account_and_name(kept: Database) -> None:
    kept.write(lambda unit: unit.own_posts.put("masto", POST, V.FOREIGN, 5))
    with kept.read() as unit:
        assert unit.own_posts.known("masto", ["1", "2"]) == {"1": POST.text}
        assert unit.own_posts.known("bsky", ["1"]) == {}
        assert unit.own_posts.known("masto", []) == {}
        assert unit.own_posts.known("masto", [str(n) for n in range(3 * BATCH)]) == {"1": POST.text}


def test_an_alarm_is_open_until_somebody_answers(kept: Database) -> None:
    later = OwnPost("2", "x", "", from_ms(0))
    for post, verdict, seen in ((later, V.CHANGED, 9), (POST, V.FOREIGN, 5), (POST, V.FOREIGN, 7)):
        kept.write(lambda unit, it=post, is_=verdict, ms=seen: unit.own_posts.put("m", it, is_, ms))
    kept.write(
        lambda unit: unit.own_posts.put("m", OwnPost("3", "", "", POST.posted_at), V.OURS, 1)
    )
    with kept.read() as unit:
        assert unit.own_posts.unanswered() == [("m", POST, V.FOREIGN), ("m", later, V.CHANGED)]
        assert unit.own_posts.verdict("m", "1") == (V.FOREIGN, "")
        assert unit.own_posts.verdict("m", "9") is None
    assert kept.write(lambda unit: unit.own_posts.answer("m", "1", V.BY_HAND, "Sam")) == POST
    with kept.read() as unit:
        assert unit.own_posts.verdict("m", "1") == (V.BY_HAND, "Sam")
        assert [post for _, post, _ in unit.own_posts.unanswered()] == [later]


def test_new_words_open_the_question_again(kept: Database) -> None:
    kept.write(lambda unit: unit.own_posts.put("m", POST, V.FOREIGN, 5))
    kept.write(lambda unit: unit.own_posts.answer("m", "1", V.BY_HAND, "Sam"))
    changed = OwnPost("1", "Run faster", POST.url, POST.posted_at)
    kept.write(lambda unit: unit.own_posts.put("m", changed, V.CHANGED, 8))
    with kept.read() as unit:
        assert unit.own_posts.verdict("m", "1") == (V.CHANGED, "")
        assert unit.own_posts.unanswered() == [("m", changed, V.CHANGED)]
