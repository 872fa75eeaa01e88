"""What belongs to an exercise is refused live, and the other way round, even on one database.

A desk does not even open the other's database; here the services are put on one all the same.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from crisisdesk.model.delivery import DeliveryState
from crisisdesk.model.errors import NothingSent, Refused
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.composing import EXERCISE_PREFIX, headline
from crisisdesk.rules.packing import Pack
from crisisdesk.simnet.faults import Fault
from tests.conftest import new_signer
from tests.office import PHRASE, Office
from tests.town import SENDER, HandClock, Town

BOTH_WAYS = [(Mode.EXERCISE, Mode.LIVE), (Mode.LIVE, Mode.EXERCISE)]
both_ways = pytest.mark.parametrize(("first", "then"), BOTH_WAYS, ids=["to live", "to exercise"])


def published(town: Town) -> int:
    return len(town.mastodon.statuses) + len(town.mail.messages)


@both_ways
def test_an_alert_is_not_broadcast(first: Mode, then: Mode, town: Town) -> None:
    town.restart(first)
    alert = town.compose()
    town.restart(then)
    with pytest.raises(NothingSent, match=f"This alert is for {first}, this desk is {then}"):
        town.dispatch.broadcast(alert.id, SENDER)
    assert published(town) == 0


@both_ways
def test_nothing_follows_it(first: Mode, then: Mode, town: Town) -> None:
    town.restart(first)
    alert = town.send("masto")
    town.settle()
    before = published(town)
    town.restart(then)
    with pytest.raises(NothingSent, match=f"What this follows is not {then}"):
        town.compose("masto", step=Step.UPDATE, follows=alert.id)
    with pytest.raises(NothingSent, match=f"What this follows is not {then}"):
        town.composing.compose_again(alert.id, SENDER)
    assert published(town) == before


@both_ways
def test_a_retry_under_way_ends(first: Mode, then: Mode, town: Town) -> None:
    town.restart(first)
    town.mastodon.faults.add(Fault("refuse", times=1))
    town.send("masto")
    town.settle()
    with town.database.read() as unit:
        (waiting,) = unit.alerts.in_state(DeliveryState.RETRYING)
    town.restart(then)
    town.dispatch.resume(waiting)
    town.run_planned()
    with town.database.read() as unit:
        now = unit.alerts.delivery(waiting.id)
    assert now
    assert now.state is DeliveryState.FAILED
    assert f"for {first}, this desk is {then}" in now.evidence
    assert published(town) == 0


@both_ways
def test_an_unknown_one_is_not_sent_again(first: Mode, then: Mode, town: Town) -> None:
    town.restart(first)
    town.mail.faults.add(Fault("lost_answer", "DATA"))
    town.send("mail")
    town.settle()
    with town.database.read() as unit:
        (doubtful,) = unit.alerts.in_state(DeliveryState.UNKNOWN)
    before = published(town)
    town.restart(then)
    with pytest.raises(NothingSent, match="This alert is for"):
        town.dispatch.send_again(doubtful.id, SENDER, "nobody has it")
    assert published(town) == before


@both_ways
def test_a_pack_is_not_handed_over(first: Mode, then: Mode, town: Town) -> None:
    town.restart(first)
    alert = town.compose("masto")
    pack: Pack = town.handing_over.pack(alert.id)
    assert pack.exercise is (first is Mode.EXERCISE)
    town.restart(then)
    with pytest.raises(Refused, match="This alert is for"):
        town.handing_over.hand_over(alert.id, ["masto"], "Press office", "in person", SENDER)


def pasted(words: str) -> Callable[[Town], object]:
    """Words of an exercise in a field of a live message."""

    def compose(town: Town) -> object:
        draft = town.draft("masto")
        return town.composing.compose(
            replace(draft, values={**draft.values, "reason": words}), SENDER
        )

    return compose


@pytest.mark.parametrize("words", [EXERCISE_PREFIX, "EXERCISE – deep water", "EXERCISE: water"])
def test_words_taken_from_an_exercise_are_not_said_live(words: str, town: Town) -> None:
    town.restart(Mode.LIVE)
    with pytest.raises(NothingSent, match="the words say EXERCISE, and this desk is live"):
        pasted(words)(town)
    pasted("deep water; this is not an EXERCISE")(town)


def test_a_template_that_says_exercise_is_not_said_live(town: Town) -> None:
    town.restart(Mode.LIVE)
    draft = town.draft("masto", "mail")
    template = town.composing.templates[draft.template_id]
    wordings = {
        step: {
            language: replace(
                wording,
                headline=f"EXERCISE: {wording.headline}",
                variants={
                    kind: f"{EXERCISE_PREFIX}\n{words}" for kind, words in wording.variants.items()
                },
            )
            for language, wording in languages.items()
        }
        for step, languages in template.wordings.items()
    }
    marked = replace(template, wordings=wordings)
    town.composing.templates = {template.id: marked}
    assert headline(marked, Step.ALERT, draft.values, Mode.LIVE).startswith("EXERCISE")
    with pytest.raises(NothingSent, match="the words say EXERCISE"):
        town.composing.compose(draft, SENDER)


@both_ways
def test_an_approval_covers_nothing_there(first: Mode, then: Mode, town: Town) -> None:
    town.restart(first)
    office = Office(town)
    alert, request = office.asked()
    town.approving.sign(request.id, office.ann.id, PHRASE)
    assert town.approving.covered(alert)
    town.restart(then)
    with pytest.raises(NothingSent, match="This alert is for"):
        town.dispatch.broadcast(alert.id, office.sam)
    again = office.compose()
    assert again.second_person
    assert not town.approving.covered(again)
    with pytest.raises(NothingSent, match="Nobody has approved"):
        town.dispatch.broadcast(again.id, office.sam)
    assert published(town) == 0


def test_a_code_of_an_exercise_opens_nothing_live(
    town: Town, tmp_path: Path, clock: HandClock
) -> None:
    live = Town(tmp_path / "live", clock, new_signer(8))
    live.restart(Mode.LIVE)
    drill, real = Office(town), Office(live)
    codes = town.approving.new_codes(drill.ann.id, PHRASE)
    live.approving.new_codes(real.ann.id, PHRASE)
    alert, request = real.asked()
    line = live.approving.line(request.id, real.ann.id)
    with pytest.raises(Refused):
        live.approving.read_back(request.id, real.ann.id, codes.codes[line], real.sam)
    assert not live.approving.covered(alert)
    live.close()
