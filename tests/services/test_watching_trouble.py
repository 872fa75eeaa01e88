"""Watching in trouble, and what a person says about an alarm."""

import pytest

from crisisdesk.model.delivery import Publication
from crisisdesk.model.errors import Refused
from crisisdesk.model.operator import Operator, Role
from crisisdesk.services.watching import PART, PAUSE_WHEN_REFUSED
from tests.services.test_watching import ONLINE, fault, hijack, look, states
from tests.town import SENDER, VIEWER, Town

# Trouble


@pytest.mark.parametrize("account", ONLINE)
def test_trouble_is_told_and_then_that_it_is_over(town: Town, account: str) -> None:
    look(town)
    fault(town, account, "timeout", "GET ")
    assert look(town, account) == []
    trouble = states(town)[-1]
    assert (trouble.account_id, trouble.ok, trouble.part) == (account, False, PART)
    assert "nobody watches it now" in trouble.words
    hijack(town, account)
    assert len(look(town, account)) == 1
    assert states(town)[-1].ok
    told = len(states(town))
    look(town)
    assert len(states(town)) == told  # nothing new, nothing said


def test_a_refused_sign_in_is_not_tried_every_20_seconds(town: Town) -> None:
    look(town)
    town.mastodon.add_account("council", token="another")
    look(town, "masto")
    asked = len(town.mastodon.requests)
    assert "may be lost" in states(town)[-1].words
    assert look(town, "masto") == []
    assert len(town.mastodon.requests) == asked
    town.clock.go_on(seconds=PAUSE_WHEN_REFUSED.total_seconds())
    look(town, "masto")
    assert len(town.mastodon.requests) == asked + 1
    town.mastodon.add_account("council", token="token-1")
    hijack(town, "masto")
    town.watching.accounts_changed()
    assert len(look(town, "masto")) == 1


def test_a_fault_of_ours_is_trouble_too(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    look(town)
    channel, _ = town.looking.get("masto")
    monkeypatch.setattr(channel, "own_posts", lambda: [None])
    assert look(town, "masto") == []
    assert "AttributeError" in states(town)[-1].words


def test_two_looks_at_once_are_one(town: Town) -> None:
    look(town)
    hijack(town, "masto")
    _, lock = town.looking.get("masto")
    with lock:
        assert look(town, "masto") == []
    assert len(look(town, "masto")) == 1


def test_mail_is_not_watched_and_a_missing_account_is_trouble(town: Town) -> None:
    assert [each.id for each in town.watching.accounts()] == ["bsky", "cap", "masto"]
    assert look(town, "mail") == []
    assert states(town) == []
    assert look(town, "gone") == []
    assert not states(town)[-1].ok


# Answers


@pytest.mark.parametrize("ours", [True, False])
def test_a_person_answers_once(town: Town, ours: bool) -> None:
    look(town)
    hijack(town, "masto")
    (alarm,) = look(town)
    where = (alarm.account_id, alarm.post.external_id)
    for role in (Role.VIEWER, Role.AUDITOR):
        with pytest.raises(Refused, match="may not"):
            town.watching.answer(*where, Operator("x", "X", role), ours, "")
    town.watching.answer(*where, SENDER, ours, "Kim, from the phone")
    assert town.watching.unanswered() == []
    with pytest.raises(Refused, match=f"already by {SENDER.name}"):
        town.watching.answer(*where, SENDER, ours, "")
    entry = town.log()[-1]
    assert entry["action"] == "account.foreign_post_answered"
    assert (entry["actor"], entry["detail"]["words"]) == (SENDER.name, "Kim, from the phone")
    assert entry["detail"]["answer"] == ("by hand" if ours else "not ours")
    town.restart()
    assert look(town) == []


def test_what_raised_no_alarm_needs_no_answer(town: Town) -> None:
    hijack(town, "masto")
    look(town)
    (status,) = town.mastodon.statuses
    for name in (status.id, "nowhere"):
        with pytest.raises(Refused):
            town.watching.answer("masto", name, SENDER, True, "")
    with pytest.raises(Refused):
        town.watching.answer("masto", status.id, VIEWER, True, "")


def test_a_withdrawn_foreign_post_stays_a_question(town: Town) -> None:
    look(town)
    hijack(town, "masto")
    look(town)
    channel, _ = town.channels.get("masto")
    channel.delete(Publication(town.mastodon.statuses[0].id))
    assert look(town) == []
    assert len(town.watching.unanswered()) == 1
