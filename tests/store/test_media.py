"""Pictures in the database, and in the message of a delivery."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from crisisdesk.model.alert import Alert
from crisisdesk.model.delivery import Delivery
from crisisdesk.model.errors import StoreError
from crisisdesk.model.incident import Incident
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.cap_read import read_tree, tag, text_of
from crisisdesk.rules.pictures import described, file_name
from crisisdesk.store.database import Database
from crisisdesk.store.messages import Messages
from crisisdesk.store.schema import media
from crisisdesk.store.unit import Unit
from tests.pictures import picture, two_pictures
from tests.rules.test_capping import NOW, alert

PICTURES = two_pictures()


def add(database: Database) -> None:
    for each in PICTURES:
        database.write(lambda unit, one=each: unit.media.add(one))


def test_what_is_added_comes_back_byte_for_byte(database: Database) -> None:
    add(database)
    with database.read() as unit:
        assert tuple(unit.media.get(each.image) for each in PICTURES) == PICTURES


def test_the_same_bytes_are_kept_once_whatever_is_said_of_them(database: Database) -> None:
    add(database)
    add(database)
    other = described(PICTURES[0], "Another view of the bridge")
    database.write(lambda unit: unit.media.add(other))
    with database.read() as unit:
        assert unit.connection.scalar(select(func.count()).select_from(media)) == 2
        assert unit.media.get(other.image) == other
        assert unit.media.get(PICTURES[0].image) == PICTURES[0]


def test_two_in_one_transaction_and_the_time_they_came(database: Database) -> None:
    def both(unit: Unit) -> None:
        for each in (*PICTURES, *PICTURES):
            unit.media.add(each)

    database.write(both)
    with database.read() as unit:
        times = list(unit.connection.scalars(select(media.c.added_at)))
    assert times == [int(database.stamp.now().timestamp() * 1000)] * 2


def test_a_picture_that_is_gone_or_changed_never_goes_out(database: Database) -> None:
    add(database)
    first, second = PICTURES
    other = update(media).where(media.c.sha256 == first.image.sha256).values(content=b"other")
    gone = delete(media).where(media.c.sha256 == second.image.sha256)
    database.write(lambda unit: unit.connection.execute(other).close())
    database.write(lambda unit: unit.connection.execute(gone).close())
    for each, words in ((first, "was changed"), (second, "is gone")):
        with database.read() as unit, pytest.raises(StoreError, match=words):
            unit.media.get(each.image)


def test_bytes_under_a_wrong_hash_are_not_kept(database: Database) -> None:
    forged = replace(picture(), content=b"something else")
    with pytest.raises(StoreError, match="was changed"):
        database.write(lambda unit: unit.media.add(forged))


MESSAGES = Messages(
    lambda _: "desk@council.example.org",
    lambda account_id: f"https://{account_id}.example.org/alerts/",
)


def kept(database: Database) -> Delivery:
    """The delivery, by CAP, of an alert with two pictures."""
    new: Alert = replace(alert(Step.ALERT), images=tuple(each.image for each in PICTURES))
    part = new.rendered[0]
    incident = Incident("incident-1", "K7Q3", "Flood", NOW, "Sam")
    database.write(lambda unit: unit.incidents.add(incident, Mode.LIVE))
    database.write(lambda unit: unit.alerts.add(new))
    database.write(lambda unit: unit.alerts.prepare("d1", new.id, part, "cd-1-2", 5))
    with database.read() as unit:
        delivery = unit.alerts.delivery("d1")
    assert delivery is not None
    return delivery


def test_a_message_carries_the_pictures_of_its_alert(database: Database) -> None:
    delivery = kept(database)
    add(database)
    with database.read() as unit:
        message = MESSAGES.of(unit, delivery)
        assert MESSAGES.of(unit, delivery) == message
    assert message.pictures == PICTURES
    resources = list(read_tree(message.cap_xml).iter(tag("resource")))
    assert [text_of(each, "resourceDesc") for each in resources] == [
        each.image.alt for each in PICTURES
    ]
    assert [text_of(each, "uri") for each in resources] == [
        f"https://c.example.org/alerts/{file_name(each.image)}" for each in PICTURES
    ]


def test_without_its_pictures_there_is_no_message(database: Database) -> None:
    delivery = kept(database)
    with database.read() as unit, pytest.raises(StoreError, match="is gone"):
        MESSAGES.of(unit, delivery)
