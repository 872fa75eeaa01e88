"""Updates and corrections: answering the alert on each channel that it reached."""

import email

import pytest

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.template import Step
from crisisdesk.simnet.faults import Fault
from tests.services.test_dispatch import CAP, POST, PUT, cap_files
from tests.town import Town

S = DeliveryState


def test_a_follow_up_answers_the_alert_on_each_channel(town: Town) -> None:
    alert = town.send()
    again = town.send(*town.composing.followers(alert.id), step=Step.UPDATE, follows=alert.id)
    first, second = town.mastodon.statuses
    assert second.in_reply_to_id == first.id
    one, two = town.bluesky.records
    assert two.value["reply"]["parent"]["uri"] == two.value["reply"]["root"]["uri"] == one.uri
    earlier, later = (email.message_from_bytes(each.data) for each in town.mail.messages)
    assert later["In-Reply-To"] == earlier["Message-ID"]
    assert set(town.states(again).values()) <= {S.CONFIRMED, S.ACCEPTED}


def test_a_thread_on_bluesky_keeps_its_root(town: Town) -> None:
    alert = town.send("bsky")
    second = town.send("bsky", step=Step.UPDATE, follows=alert.id)
    town.send("bsky", step=Step.ALL_CLEAR, follows=second.id)
    root, middle, last = town.bluesky.records
    assert last.value["reply"]["parent"]["uri"] == middle.uri
    assert last.value["reply"]["root"]["uri"] == root.uri


def test_a_follow_up_reaches_exactly_the_channels_that_got_it(town: Town) -> None:
    town.mastodon.faults.add(Fault("status", POST, status=403, body="{}"))
    town.bluesky.faults.add(Fault("lost_answer", PUT))
    alert = town.send()
    assert set(town.composing.followers(alert.id)) == {"bsky", "mail", "cap"}


def test_a_follow_up_goes_where_the_alert_may_still_come_out(town: Town) -> None:
    town.mastodon.faults.add(Fault("refuse", POST))
    alert = town.send("masto")
    assert town.delivery(alert).state is S.RETRYING
    assert town.composing.followers(alert.id) == ("masto",)


def test_followers_of_a_chain_are_all_who_ever_heard(town: Town) -> None:
    alert = town.send("masto", "bsky")
    town.bluesky.faults.add(Fault("status", PUT, status=400, body="{}"))
    update = town.send("masto", "bsky", step=Step.UPDATE, follows=alert.id)
    assert town.states(update)["bsky"] is S.FAILED
    assert set(town.composing.followers(update.id)) == {"masto", "bsky"}


def test_answers_what_still_stands_when_the_last_message_failed(town: Town) -> None:
    alert = town.send("masto")
    town.mastodon.faults.add(Fault("status", POST, status=403, body="{}"))
    lost = town.send("masto", step=Step.UPDATE, follows=alert.id)
    town.send("masto", step=Step.CANCEL, follows=lost.id)
    first, correction = town.mastodon.statuses
    assert correction.in_reply_to_id == first.id


@pytest.mark.parametrize(
    ("step", "msg_type"),
    [(Step.UPDATE, "Update"), (Step.CANCEL, "Cancel"), (Step.ALL_CLEAR, "Update")],
)
def test_cap_names_what_it_follows(town: Town, step: Step, msg_type: str) -> None:
    alert = town.send("cap")
    town.clock.go_on(minutes=20)
    follow_up = town.send("cap", step=step, follows=alert.id)
    files = {each.findtext("cap:identifier", "", CAP): each for each in cap_files(town)}
    first = files[town.delivery(alert).key]
    second = files[town.delivery(follow_up).key]
    assert first.findtext("cap:msgType", "", CAP) == "Alert"
    assert first.find("cap:references", CAP) is None
    assert second.findtext("cap:msgType", "", CAP) == msg_type
    named = [first.findtext(f"cap:{name}", "", CAP) for name in ("sender", "identifier", "sent")]
    assert second.findtext("cap:references", "", CAP) == ",".join(named)
    assert second.findtext("cap:status", "", CAP) == "Exercise"


def test_a_chain_in_cap_names_every_earlier_message(town: Town) -> None:
    alert = town.send("cap")
    update_ = town.send("cap", step=Step.UPDATE, follows=alert.id)
    last = town.send("cap", step=Step.CANCEL, follows=update_.id)
    files = {each.findtext("cap:identifier", "", CAP): each for each in cap_files(town)}
    references = files[town.delivery(last).key].findtext("cap:references", "", CAP)
    names = {reference.split(",")[1] for reference in references.split()}
    assert names == {town.delivery(alert).key, town.delivery(update_).key}
