"""A second person agrees to exact bytes; nothing else opens the way, not even by SQL."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.model.approval import Approval, Way
from crisisdesk.model.errors import BadInput, Refused
from crisisdesk.model.operator import Role
from crisisdesk.model.template import Step
from crisisdesk.rules import approving as rules
from tests.office import PHRASE, Office
from tests.services.test_dispatch import on_mastodon


def test_a_severe_alert_waits_for_a_second_person(office: Office) -> None:
    alert, request = office.asked()
    assert alert.second_person
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(alert)
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    assert len(on_mastodon(office.town)) == 1
    entry = next(each for each in office.town.log() if each["action"] == "broadcast.started")
    assert (entry["detail"]["approved_by"], entry["detail"]["approved_how"]) == ("Ann", "signed")


def test_a_minor_alert_needs_nobody(office: Office) -> None:
    alert = office.town.compose("masto")
    assert not alert.second_person
    assert office.town.approving.covered(alert)
    office.send(alert)


def test_the_log_holds_a_signature_that_anybody_can_check(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    detail = next(e["detail"] for e in office.town.log() if e["action"] == "approval.given")
    assert detail["statement"] == rules.statement_hash(alert, request.nonce)
    found = Approval(
        *("", "", alert.id, Way.SIGNED, office.ann.id, "Ann"),
        *(alert.content_hash, detail["statement"], request.nonce),
        *(alert.created_at, alert.expires_at),
        detail["key"],
        detail["signature"],
    )
    assert detail["key"] == office.ann.public_key
    assert rules.signature_holds(found)
    assert not rules.signature_holds(replace(found, operator_id=office.bob.id))
    assert not rules.signature_holds(replace(found, statement_hash="0" * 64))


def test_nobody_approves_their_own(office: Office) -> None:
    alert = office.compose(office.ann)
    request = office.town.approving.ask(alert.id, office.ann)
    with pytest.raises(Refused, match="may not approve this"):
        office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.town.approving.sign(request.id, office.bob.id, PHRASE)
    office.send(alert)


@pytest.mark.parametrize("who", ["admin", "sam"])
def test_only_approvers_approve(office: Office, who: str) -> None:
    _, request = office.asked()
    with pytest.raises(Refused, match="may not approve"):
        office.town.approving.sign(request.id, getattr(office, who).id, PHRASE)


def test_somebody_elses_passphrase_signs_nothing(office: Office) -> None:
    alert, request = office.asked()
    with pytest.raises(Refused, match="does not open"):
        office.town.approving.sign(request.id, office.ann.id, "something else here")
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(alert)


def test_who_left_or_changed_roles_approves_no_more(office: Office) -> None:
    _, request = office.asked()
    office.town.people.remove(office.ann.id, office.admin)
    office.town.people.set_role(office.bob.id, Role.SENDER, office.admin)
    for person in (office.ann, office.bob):
        with pytest.raises(Refused, match="may not approve"):
            office.town.approving.sign(request.id, person.id, PHRASE)


def test_a_request_is_decided_once(office: Office) -> None:
    _, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    with pytest.raises(Refused, match="decided meanwhile"):
        office.town.approving.sign(request.id, office.bob.id, PHRASE)
    with pytest.raises(Refused, match="decided meanwhile"):
        office.town.approving.refuse(request.id, office.bob, "too late")


@pytest.mark.parametrize("rejected", [True, False])
def test_an_approver_sends_back_or_rejects_with_a_reason(office: Office, rejected: bool) -> None:
    alert, request = office.asked()
    with pytest.raises(BadInput, match="reason is empty"):
        office.town.approving.refuse(request.id, office.ann, " ", rejected=rejected)
    with pytest.raises(Refused, match="may not decide"):
        office.town.approving.refuse(request.id, office.sam, "no", rejected=rejected)
    office.town.approving.refuse(request.id, office.ann, "name the street", rejected=rejected)
    assert office.town.approving.queue() == []
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(alert)
    last = office.town.log()[-1]
    assert last["action"] == ("approval.rejected" if rejected else "approval.returned")
    assert last["detail"]["reason"] == "name the street"


def test_withdrawing_voids_even_what_was_approved(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.town.approving.withdraw(request.id, office.sam, "the words are changed")
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(alert)
    with pytest.raises(Refused, match="decided meanwhile"):
        office.town.approving.sign(request.id, office.bob.id, PHRASE)


def test_an_edit_is_another_alert_and_needs_another_approval(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    draft = office.town.composing.draft_of(alert)
    changed = replace(draft, values=draft.values | {"area_name": "Upper Town, Riverside"})
    edited = office.town.composing.compose(changed, office.sam)
    assert not office.town.approving.covered(edited)
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(edited)


def test_expiry_ends_approval_and_queue(office: Office) -> None:
    alert, request = office.asked()
    office.town.clock.time = alert.expires_at
    assert office.town.approving.queue() == []
    with pytest.raises(Refused, match="expired"):
        office.town.approving.sign(request.id, office.ann.id, PHRASE)


def test_the_queue_says_what_waits_and_what_is_approved(office: Office) -> None:
    first, one = office.asked()
    second, _two = office.asked()
    office.town.approving.sign(one.id, office.ann.id, PHRASE)
    queue = office.town.approving.queue()
    assert [(each.alert.id, each.approved) for each in queue] == [
        (first.id, True),
        (second.id, False),
    ]
    assert len({each.code for each in queue}) == 2
    office.send(first)
    assert [each.alert.id for each in office.town.approving.queue()] == [second.id]


# What was approved ahead


@pytest.mark.parametrize("step", [Step.UPDATE, Step.CANCEL, Step.ALL_CLEAR])
def test_a_prepared_follow_up_needs_no_further_approval(office: Office, step: Step) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    office.town.clock.go_on(minutes=7)
    follow = office.follow(alert, step, next_update_at="06:30")
    assert follow.second_person
    assert office.town.approving.covered(follow)
    office.send(follow)
    assert len(on_mastodon(office.town)) == 2
    assert f"{office.town.clock.now().astimezone():%H:%M}" in follow.rendered[0].text


@pytest.mark.parametrize("step", [Step.UPDATE, Step.CANCEL])
def test_other_words_need_an_approval_of_their_own(office: Office, step: Step) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    name = {"update": "what_changed", "cancel": "true_position"}[step.value]
    changed = {name: "the water has reached Canal Street", "next_update_at": "06:00"}
    follow = office.follow(alert, step, **changed)
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(follow)
    office.town.approving.sign(office.ask(follow).id, office.bob.id, PHRASE)
    office.send(follow)


def test_follow_ups_of_follow_ups_stay_approved(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    update = office.follow(alert, Step.UPDATE, next_update_at="06:00")
    office.send(update)
    clear = office.follow(update, Step.ALL_CLEAR)
    office.send(clear)
    assert len(on_mastodon(office.town)) == 3


def test_a_reminder_says_approved_words_again_until_they_expire(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    office.town.clock.go_on(minutes=30)
    again = office.town.composing.compose_again(alert.id, office.sam)
    office.send(again)
    assert len(on_mastodon(office.town)) == 2
    assert again.marker != alert.marker
    office.town.clock.time = alert.expires_at
    late = office.town.composing.compose_again(alert.id, office.sam)
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(late)


def test_writing_the_same_words_again_is_no_reminder(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(office.compose())


def test_prepared_words_count_only_in_their_own_incident(office: Office) -> None:
    alert, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    office.send(alert)
    del office.town.incident
    elsewhere = office.follow(alert, Step.CANCEL)
    assert elsewhere.incident_id != alert.incident_id
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(elsewhere)


@given(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64))
def test_check_codes_are_six_plain_letters(hashed: str) -> None:
    code = rules.check_code(hashed)
    assert len(code) == 6
    assert set(code) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")
    assert rules.plain_code(f" {code[:3].lower()}-{code[3:]}") == code


def test_the_consequence_is_said_in_words(office: Office) -> None:
    alert = office.compose()
    words = rules.consequence(alert, {"masto": "Mastodon"}, 0)
    assert words.startswith("EXERCISE: a new alert goes to the simulated Mastodon.")
