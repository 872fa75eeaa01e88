"""Straight into the database, past every service: its own fences refuse what was not approved."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from crisisdesk.model.alert import Alert
from crisisdesk.model.approval import Approval, Request, RequestState, Way
from crisisdesk.model.errors import Refused, StoreError
from crisisdesk.rules import approving as rules
from crisisdesk.store.unit import Unit
from crisisdesk.system.keys import person_key
from tests.office import PHRASE, Office


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
