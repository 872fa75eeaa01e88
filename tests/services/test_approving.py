"""A second person agrees to exact bytes; nothing else opens the way, not even by SQL."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Approval, Request, RequestState, Way
from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import BadInput, Refused, StoreError
from crisisdesk.model.operator import Operator, Role
from crisisdesk.model.template import Step
from crisisdesk.rules import approving as rules
from crisisdesk.store.unit import Unit
from crisisdesk.system.keys import new_person_key, person_key
from tests.services.test_dispatch import on_mastodon
from tests.town import Town

PHRASE = "four quiet herons"
FLOOD = {
    "river_name": "River Wend",
    "area_name": "Lower Town, Riverside",
    "since_time": "03:40",
    "action_now": "Leave now and go to the rest centre",
    "rest_centre": "Hill Road school",
    "next_update_at": "05:00",
    "more_info_url": "https://council.example.org/flood",
    "routes": "Hill Road",
    "what_to_bring": "medicines",
}


@cache
def key_of(name: str) -> tuple[str, str]:
    """Keys cost a tenth of a second each, on purpose: everybody keeps theirs from test to test."""
    assert name
    return new_person_key(PHRASE)


def hire(town: Town, name: str, role: Role) -> Operator:
    public_key, sealed = key_of(name)
    person = Operator(f"id-{name}", name, role, public_key)
    town.database.write(lambda unit: unit.operators.add(person, "", 1, sealed))
    return person


class Office:
    """A town with people: Sam writes and sends, Ann and Bob approve."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.admin = hire(town, "Ada", Role.ADMINISTRATOR)
        self.sam = hire(town, "Sam", Role.SENDER)
        self.ann = hire(town, "Ann", Role.APPROVER)
        self.bob = hire(town, "Bob", Role.APPROVER)

    def draft(self, *accounts: str, step: Step = Step.ALERT, follows: str = "") -> Draft:
        base = self.town.draft(*accounts, step=step, follows=follows)
        return replace(base, template_id="flood-severe", values=dict(FLOOD))

    def compose(self, author: Operator | None = None) -> Alert:
        return self.town.composing.compose(self.draft("masto"), author or self.sam)

    def ask(self, alert: Alert) -> Request:
        return self.town.approving.ask(alert.id, self.sam)

    def asked(self) -> tuple[Alert, Request]:
        alert = self.compose()
        return alert, self.ask(alert)

    def send(self, alert: Alert) -> None:
        self.town.dispatch.broadcast(alert.id, self.sam)
        self.town.settle()

    def follow(self, alert: Alert, step: Step, **changed: str) -> Alert:
        composing = self.town.composing
        values = composing.follow_up_values(alert, step) | changed
        accounts = composing.followers(alert.id)
        draft = replace(self.draft(*accounts, step=step, follows=alert.id), values=values)
        return composing.compose(draft, self.sam)


@pytest.fixture
def office(town: Town) -> Office:
    return Office(town)


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


# By telephone


def test_a_code_from_the_printed_list_approves_once(office: Office) -> None:
    town = office.town
    codes = town.approving.new_codes(office.ann.id, PHRASE).codes
    alert, request = office.asked()
    line = town.approving.line(request.id, office.ann.id)
    (waiting,) = town.approving.queue()
    assert line == waiting.code[0]
    with pytest.raises(Refused, match="not the one"):
        town.approving.read_back(request.id, office.ann.id, "AAAAAA", office.sam)
    spoken = f"{codes[line][:3].lower()}-{codes[line][3:]} "
    town.approving.read_back(request.id, office.ann.id, spoken, office.sam)
    office.send(alert)
    assert town.approving.approvers()[0] == (office.ann, 29)
    entry = next(e for e in town.log() if e["action"] == "approval.given")
    assert (entry["actor"], entry["detail"]["by"]) == ("Sam", "Ann")
    assert entry["detail"]["way"] == "read back"
    assert not any(code in str(town.log()) for code in codes.values())


def test_a_used_line_moves_on_to_the_next_letter_of_the_code(office: Office) -> None:
    assert rules.line_for("7KQ3AB", frozenset("7KQ3AB")) == "7"
    assert rules.line_for("7KQ3AB", frozenset("KQ3AB")) == "K"
    assert rules.line_for("7KQ3AB", frozenset("Z")) == ""


def test_guessing_codes_ends_after_five(office: Office) -> None:
    town = office.town
    codes = town.approving.new_codes(office.ann.id, PHRASE).codes
    _, request = office.asked()
    for _ in range(4):
        with pytest.raises(Refused, match="not the one"):
            town.approving.read_back(request.id, office.ann.id, "222222", office.sam)
    line = town.approving.line(request.id, office.ann.id)
    with pytest.raises(Refused, match="Too many"):
        town.approving.read_back(request.id, office.ann.id, "222222", office.sam)
    with pytest.raises(Refused, match="Too many"):
        town.approving.read_back(request.id, office.ann.id, codes[line], office.sam)
    town.approving.sign(request.id, office.bob.id, PHRASE)


def test_without_a_list_there_is_no_line(office: Office) -> None:
    _, request = office.asked()
    assert office.town.approving.line(request.id, office.ann.id) == ""
    with pytest.raises(Refused, match="No line"):
        office.town.approving.read_back(request.id, office.ann.id, "222222", office.sam)


def test_a_list_is_printed_only_with_ones_own_passphrase(office: Office) -> None:
    with pytest.raises(Refused, match="does not open"):
        office.town.approving.new_codes(office.ann.id, "not the passphrase")


# Breaking the glass


def test_breaking_the_glass_is_loud(office: Office) -> None:
    alert, request = office.asked()
    with pytest.raises(BadInput, match="too short"):
        office.town.approving.break_glass(request.id, office.sam, "urgent")
    reason = "water is rising, Ann and Bob do not answer"
    office.town.approving.break_glass(request.id, office.sam, reason)
    office.send(alert)
    assert "approval.glass_broken" in office.town.actions()
    for approver in (office.ann, office.bob):
        (notice,) = office.town.approving.notices(approver)
        assert reason in notice.words
        office.town.approving.seen(notice.id, approver)
        assert office.town.approving.notices(approver) == []
    assert office.town.actions().count("notice.seen") == 2
    assert office.town.approving.notices(office.admin) == []


def test_breaking_the_glass_can_be_forbidden(office: Office) -> None:
    _, request = office.asked()
    office.town.approving.break_glass_allowed = False
    with pytest.raises(Refused, match="does not allow"):
        office.town.approving.break_glass(request.id, office.sam, "nobody answers the phone")


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


# Straight into the database, past every service


def forged(office: Office, alert: Alert, request: Request, **changed: Any) -> Approval:
    with office.town.database.read() as unit:
        sealed = unit.operators.sealed_key(office.ann.id)
    signer = person_key(sealed, PHRASE)
    signature = signer.sign(rules.signed_bytes(request.statement_hash, office.ann.id)).hex()
    whole = Approval(
        id="forged",
        request_id=request.id,
        alert_id=alert.id,
        way=Way.SIGNED,
        operator_id=office.ann.id,
        operator_name="Ann",
        content_hash=alert.content_hash,
        statement_hash=request.statement_hash,
        nonce=request.nonce,
        approved_at=office.town.clock.now(),
        expires_at=alert.expires_at,
        public_key=office.ann.public_key,
        signature=signature,
    )
    return replace(whole, **changed)


def store(office: Office, approval: Approval) -> None:
    office.town.database.write(lambda unit: unit.approvals.add(approval))


def test_a_fitting_approval_is_stored(office: Office) -> None:
    alert, request = office.asked()
    store(office, forged(office, alert, request))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"content_hash": "0" * 64}, "does not fit"),
        ({"statement_hash": "0" * 64}, "does not fit"),
        ({"nonce": "another"}, "does not fit"),
        ({"request_id": "elsewhere"}, "does not fit"),
        ({"operator_id": "sam"}, r"nobody approves their own|only an approver"),
        ({"operator_id": "admin"}, "only an approver"),
        ({"operator_id": "bob"}, "only an approver"),  # with Ann's key
        ({"public_key": "sam"}, r"nobody approves their own|only an approver"),
        ({"signature": ""}, "only an approver"),
        ({"way": Way.BREAK_GLASS, "reason": " "}, "needs a reason"),
    ],
    ids=str,
)
def test_the_database_refuses_unfit_approvals(
    office: Office, changed: dict[str, Any], words: str
) -> None:
    alert, request = office.asked()
    people = {"sam": office.sam, "admin": office.admin, "bob": office.bob}
    for name, attribute in (("operator_id", "id"), ("public_key", "public_key")):
        if changed.get(name) in people:
            changed = changed | {name: getattr(people[changed[name]], attribute)}
    with pytest.raises(StoreError, match=words):
        store(office, forged(office, alert, request, **changed))


def test_the_database_refuses_late_and_replayed_approvals(office: Office) -> None:
    alert, request = office.asked()
    with pytest.raises(StoreError, match="does not fit"):
        store(office, forged(office, alert, request, approved_at=alert.expires_at))
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    with pytest.raises(StoreError, match="does not fit"):
        store(office, forged(office, alert, request))
    again, other = office.asked()
    replayed = forged(office, alert, request, request_id=other.id, alert_id=again.id)
    with pytest.raises(StoreError, match="does not fit"):
        store(office, replayed)


TAMPERING = (
    "UPDATE alert SET broadcast_at = 1 WHERE id = :alert",
    "UPDATE alert SET second_person = 0 WHERE id = :alert",
    "UPDATE alert SET body = replace(body, 'Lower', 'Upper') WHERE id = :alert",
    "UPDATE alert SET expires_at = expires_at + 1 WHERE id = :alert",
    "UPDATE alert SET author_id = 'somebody' WHERE id = :alert",
    "DELETE FROM alert WHERE id = :alert",
    "UPDATE wording SET words_hash = 'x' WHERE alert_id = :alert",
    "DELETE FROM wording WHERE alert_id = :alert",
    "UPDATE approval_request SET state = 'approved' WHERE alert_id = :alert",
    "UPDATE approval_request SET nonce = 'x' WHERE alert_id = :alert",
    "DELETE FROM approval_request WHERE alert_id = :alert",
)


@pytest.mark.parametrize("statement", TAMPERING)
def test_plain_sql_opens_no_way(office: Office, statement: str) -> None:
    alert, _ = office.asked()

    def run(unit: Unit) -> None:
        unit.connection.execute(text(statement), {"alert": alert.id})

    with pytest.raises(StoreError, match=r"frozen|not approved|are kept|final"):
        office.town.database.write(run)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE approval SET signature = ''",
        "DELETE FROM approval",
        "UPDATE approval_request SET state = 'waiting'",
    ],
)
def test_what_was_approved_stays_as_it_was(office: Office, statement: str) -> None:
    _, request = office.asked()
    office.town.approving.sign(request.id, office.ann.id, PHRASE)
    with pytest.raises(StoreError, match=r"append-only|final"):
        office.town.database.write(lambda unit: unit.connection.execute(text(statement)))


def test_a_forged_signature_passes_the_tables_but_not_the_desk(office: Office) -> None:
    alert, request = office.asked()
    store(office, forged(office, alert, request, signature="00" * 64))
    office.town.database.write(
        lambda unit: unit.approvals.decide(request.id, RequestState.APPROVED, "Ann", 1)
    )
    with pytest.raises(Refused, match="Nobody has approved"):
        office.send(alert)


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
