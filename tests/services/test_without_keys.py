"""A server that ignores Idempotency-Key, as some with Mastodon's API do: nothing doubles there.

Takahe and GoToSocial made two posts of two requests with one key when they were tried. So what may
be public is looked for before it is sent again, and where nobody could look it is not sent.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import product

import pytest

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import Refused
from crisisdesk.simnet.faults import Fault, FaultKind
from crisisdesk.simnet.wsgi import Answer, Request
from tests.town import PEOPLE, SENDER, Town

S = DeliveryState
POST = "POST /api/v1/statuses"
SENT: tuple[tuple[FaultKind, bool], ...] = (
    ("lost_answer", False),
    ("timeout", True),
)
"""Faults after the server has published."""


@pytest.fixture
def careless(town: Town) -> Town:
    """The town, with such a server."""
    town.mastodon.honours_idempotency = False
    return town


def posts(town: Town) -> int:
    return len(town.mastodon.statuses)


def again(town: Town, alert_id: str) -> None:
    (delivery,) = town.dispatch.deliveries(alert_id)
    with suppress(Refused):
        town.dispatch.send_again(delivery.id, SENDER, "Nobody has seen it").result(30)
    town.settle()


def looks(town: Town, alert_id: str) -> None:
    town.run_planned()


def retracts(town: Town, alert_id: str) -> None:
    town.settling.retract(alert_id, SENDER, "wrong bridge")
    town.settle()


def restarts(town: Town, alert_id: str) -> None:
    town.restart()
    town.following_up.recover()


DEEDS: tuple[Callable[[Town, str], None], ...] = (again, looks, retracts, restarts)


def _named(deeds: tuple[Callable[[Town, str], None], ...]) -> str:
    return " and ".join(deed.__name__ for deed in deeds)


@pytest.mark.parametrize(("kind", "processed"), SENT)
@pytest.mark.parametrize("blind", [0, 1, 3], ids=["can look", "blind once", "blind for long"])
@pytest.mark.parametrize("deeds", list(product(DEEDS, repeat=2)), ids=_named)
def test_whatever_is_done_about_a_lost_answer_one_post_stands(
    careless: Town,
    kind: FaultKind,
    processed: bool,
    blind: int,
    deeds: tuple[Callable[[Town, str], None], ...],
) -> None:
    careless.mastodon.faults.add(Fault(kind, POST, processed=processed))
    if blind:
        careless.mastodon.faults.add(Fault("status", "GET ", blind, 500))
    alert = careless.send("masto")
    assert (careless.delivery(alert).state, posts(careless)) == (S.UNKNOWN, 1)
    for deed in deeds:
        deed(careless, alert.id)
        assert posts(careless) == 1
    for _ in range(8):
        careless.run_planned()
    assert posts(careless) == 1
    careless.mastodon.faults.clear()
    careless.following_up.look(careless.delivery(alert).id)
    assert careless.delivery(alert).state in (S.CONFIRMED, S.WITHDRAWN)
    assert posts(careless) == 1


def test_where_nobody_can_look_a_person_is_told_and_nothing_is_sent(careless: Town) -> None:
    careless.mastodon.faults.add(Fault("lost_answer", POST))
    careless.mastodon.faults.add(Fault("status", "GET ", -1, 500))
    alert = careless.send("masto")
    again(careless, alert.id)
    delivery = careless.delivery(alert)
    assert (delivery.state, posts(careless)) == (S.UNKNOWN, 1)
    assert "not sent again" in delivery.evidence
    assert "Looking it up failed" in delivery.evidence
    careless.mastodon.faults.clear()
    careless.run_planned()
    assert careless.delivery(alert).state is S.CONFIRMED


def test_what_is_not_there_is_sent_again_when_a_person_says_so(careless: Town) -> None:
    careless.mastodon.faults.add(Fault("timeout", POST))
    alert = careless.send("masto")
    again(careless, alert.id)
    assert (careless.delivery(alert).state, posts(careless)) == (S.CONFIRMED, 1)


def test_two_people_who_press_send_again_send_it_once(careless: Town) -> None:
    careless.mastodon.faults.add(Fault("timeout", POST))
    alert = careless.send("masto")
    looking = _looks_wait(careless)
    (delivery,) = careless.dispatch.deliveries(alert.id)
    first = careless.dispatch.send_again(delivery.id, SENDER, "Nobody has seen it")
    with pytest.raises(Refused, match="already"):
        careless.dispatch.send_again(delivery.id, SENDER, "Nobody has seen it")
    looking.set()
    first.result(30)
    careless.settle()
    assert (careless.delivery(alert).state, posts(careless)) == (S.CONFIRMED, 1)


def _looks_wait(town: Town) -> threading.Event:
    """The first look waits until the event is set."""
    go_on = threading.Event()
    process = town.mastodon._process

    def gated(request: Request) -> Answer:
        if request.method == "GET":
            assert go_on.wait(30)
        return process(request)

    town.mastodon._process = gated
    return go_on


def test_a_look_that_outlasts_the_alert_sends_nothing(careless: Town) -> None:
    careless.mastodon.faults.add(Fault("timeout", POST))
    alert = careless.send("masto")
    process = careless.mastodon._process

    def slow(request: Request) -> Answer:
        careless.clock.time = alert.expires_at
        return process(request)

    careless.mastodon._process = slow
    again(careless, alert.id)
    delivery = careless.delivery(alert)
    assert (delivery.state, posts(careless)) == (S.UNKNOWN, 0)
    assert "expired" in delivery.evidence


def test_the_reason_of_sending_again_is_logged_whatever_the_look_finds(careless: Town) -> None:
    careless.mastodon.faults.add(Fault("lost_answer", POST))
    alert = careless.send("masto")
    again(careless, alert.id)
    assert careless.delivery(alert).state is S.CONFIRMED
    told = [entry for entry in careless.log() if entry["actor"] == SENDER.name]
    assert "Nobody has seen it" in str([entry["detail"] for entry in told])


# Mail, which cannot be looked for: what a person sends again takes no doubt away


@pytest.mark.parametrize("code", [451, 550])
def test_an_address_that_may_have_it_is_never_shown_as_without_it(town: Town, code: int) -> None:
    town.mail.faults.add(Fault("lost_answer", "DATA"))
    alert = town.send("mail")
    town.mail.refuse(PEOPLE[1], code, "not now")
    (delivery,) = town.dispatch.deliveries(alert.id)
    town.dispatch.send_again(delivery.id, SENDER, "Nobody has it").result(30)
    town.settle()
    after = town.delivery(alert)
    assert after.state is S.UNKNOWN
    verdicts = {each.address: each.verdict.value for each in after.recipients}
    assert verdicts == {PEOPLE[0]: "accepted", PEOPLE[1]: "unknown", PEOPLE[2]: "accepted"}
    assert "not now" in next(e.answer for e in after.recipients if e.address == PEOPLE[1])


def test_whom_a_dead_run_was_writing_to_may_have_it(town: Town) -> None:
    town.mail.refuse(PEOPLE[1], 451, "Greylisted")
    alert = town.send("mail")
    town.mail._refused.clear()
    town.workers.dead = True  # the repeat to that one address begins, and the desk dies
    town.later.run()
    town.restart()
    assert town.following_up.recover() == 1
    verdicts = [each.verdict.value for each in town.delivery(alert).recipients]
    assert (town.delivery(alert).state, verdicts) == (
        S.UNKNOWN,
        ["accepted", "unknown", "accepted"],
    )


@pytest.mark.parametrize("code", [451, 550])
def test_after_a_dead_run_a_refusal_proves_nothing(town: Town, code: int) -> None:
    town.workers.dead = True
    alert = town.compose("mail")
    town.dispatch.broadcast(alert.id, SENDER)
    channel, _ = town.channels.get("mail")
    channel.send(town.dispatch.message_of(town.delivery(alert)))
    town.restart()
    town.following_up.recover()
    town.mail.refuse(PEOPLE[0], code, "not now")
    again(town, alert.id)
    assert town.delivery(alert).state is S.UNKNOWN
    verdicts = [each.verdict.value for each in town.delivery(alert).recipients]
    assert verdicts == ["unknown", "accepted", "accepted"]
