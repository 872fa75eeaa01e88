"""Checkpoints handed to others: what they got, what is known of it, and what is tried again."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from crisisdesk.config import TOKENS_NAME, Settings
from crisisdesk.model.account import Account
from crisisdesk.model.audit import Checkpoint
from crisisdesk.model.mode import Mode
from crisisdesk.net import Net
from crisisdesk.rules.checkpoints import read_note
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.services.witnessing import AUTHORITY, MAILBOX, Witnessing
from crisisdesk.simnet.mail import MailSim
from crisisdesk.store.database import Database
from tests.loopback import serve_mail
from tests.servers.authority import Authority
from tests.town import HandClock

ARCHIVE = "archive@partner.example"
NOBODY = "http://127.0.0.1:9/tsr"


@dataclass
class Witnessed:
    """A desk's log and the places its checkpoints go to."""

    database: Database
    mail: MailSim
    home: Path
    witnessing: Witnessing
    settings: Settings

    def use(self, **changes: str) -> None:
        self.settings = replace(self.settings, **changes)

    def sealed(self) -> Checkpoint:
        """Something weighty happens."""
        assert self.database.signer is not None
        detail = {"desk_key": self.database.signer.public_key.hex()}
        self.database.write(
            lambda unit: unit.log.append("noted", actor="t", weighty=True, detail=detail)
        )
        with self.database.read() as unit:
            newest = unit.log.newest_checkpoint()
        assert newest is not None
        return newest

    def look(self) -> list[tuple[str, dict[str, object]]]:
        """What one look puts into the log."""
        with self.database.read() as unit:
            before = unit.log.head()[0]
        self.witnessing.look()
        with self.database.read() as unit:
            new = [*unit.log.read(before)]
        return [(each["action"], each["detail"]) for each in new]


def witnessed_in(mode: Mode, database: Database, clock: HandClock, home: Path) -> Witnessed:
    mail = MailSim(clock.now)
    made: list[Witnessed] = []
    witnessing = Witnessing(
        database,
        Net(mode),
        lambda _: {},
        clock.now,
        home,
        lambda: made[0].settings,
    )
    made.append(Witnessed(database, mail, home, witnessing, Settings()))
    return made[0]


@pytest.fixture
def witnessed(database: Database, database_file: Path, clock: HandClock) -> Iterator[Witnessed]:
    made = witnessed_in(Mode.LIVE, database, clock, database_file.parent)
    with serve_mail(made.mail) as (host, port):
        settings = {"host": host, "port": str(port), "security": "none"}
        settings |= {"sender": "desk@council.example", "recipients": "ann@council.example"}
        account = Account("mail", "email", "Mail", settings)
        database.write(lambda unit: unit.accounts.put(account))
        yield made


def test_nothing_is_handed_on_where_nothing_is_set(witnessed: Witnessed) -> None:
    witnessed.sealed()
    assert witnessed.look() == []
    assert witnessed.mail.messages == []


def test_the_archive_gets_each_newest_note_once(witnessed: Witnessed, tmp_path: Path) -> None:
    witnessed.use(archive_mailbox=ARCHIVE)
    assert witnessed.look() == []
    sealed = witnessed.sealed()
    words = f"The mail server took it for {ARCHIVE}."
    detail = {"place": MAILBOX, "entry": sealed.seq, "words": words}
    assert witnessed.look() == [("log.anchored", detail)]
    assert witnessed.look() == []
    (sent,) = witnessed.mail.messages
    assert [*sent.recipients] == [ARCHIVE]
    mail = message_from_bytes(sent.data, policy=default)
    assert mail["Subject"] == f"CrisisDesk checkpoint: desk-1, entry {sealed.seq}. Keep this."
    saved = tmp_path / "saved.txt"
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert b"\r\n" in content
    saved.write_bytes(content)
    report = verify_logbook(witnessed.home, [saved])
    assert report.anchor is not None
    assert (report.anchor.seq, report.intact) == (sealed.seq, True)
    again = witnessed.sealed()
    assert [each["entry"] for _, each in witnessed.look()] == [again.seq]


def test_a_mailbox_that_fails_is_noted_once_and_tried_again(witnessed: Witnessed) -> None:
    witnessed.use(archive_mailbox=ARCHIVE)
    witnessed.mail.refuse(ARCHIVE, 450, "later")
    witnessed.sealed()
    ((action, detail),) = witnessed.look()
    assert action == "log.not_anchored"
    assert "did not surely reach" in str(detail["words"])
    assert witnessed.look() == []
    witnessed.mail._refused.clear()
    assert [action for action, _ in witnessed.look()] == ["log.anchored"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"archive_mailbox": "nobody"}, "'nobody' is no e-mail address"),
        ({"timestamp_url": NOBODY}, "could not be reached"),
        ({"timestamp_url": "not a place"}, "could not be reached"),
    ],
)
def test_what_cannot_work_is_said(
    witnessed: Witnessed, changes: dict[str, str], words: str
) -> None:
    witnessed.use(**changes)
    witnessed.sealed()
    ((action, detail),) = witnessed.look()
    assert action == "log.not_anchored"
    assert words in str(detail["words"])


def test_without_a_mail_account_that_is_said(witnessed: Witnessed) -> None:
    witnessed.database.write(lambda unit: unit.accounts.remove("mail"))
    witnessed.use(archive_mailbox=ARCHIVE)
    witnessed.sealed()
    assert "no mail account" in str(witnessed.look())


def test_one_place_that_fails_keeps_nothing_from_another(witnessed: Witnessed) -> None:
    witnessed.use(archive_mailbox=ARCHIVE, timestamp_url=NOBODY)
    witnessed.sealed()
    assert {each["place"]: action for action, each in witnessed.look()} == {
        MAILBOX: "log.anchored",
        AUTHORITY: "log.not_anchored",
    }


def test_an_exercise_hands_nothing_to_anybody(
    database: Database, database_file: Path, clock: HandClock
) -> None:
    made = witnessed_in(Mode.EXERCISE, database, clock, database_file.parent)
    made.use(archive_mailbox=ARCHIVE, timestamp_url=NOBODY)
    made.sealed()
    assert made.look() == []


# A real authority


def token_of(witnessed: Witnessed, seq: int) -> tuple[Path, Path]:
    folder = witnessed.home / TOKENS_NAME
    return folder / f"{seq}.tsr", folder / f"{seq}.txt"


def test_a_token_is_kept_that_openssl_verifies(witnessed: Witnessed, authority: Authority) -> None:
    witnessed.use(timestamp_url=authority.url, timestamp_ca_file=str(authority.certificates))
    sealed = witnessed.sealed()
    ((action, detail),) = witnessed.look()
    assert action == "log.anchored", detail
    assert str(detail["words"]).endswith("its signature holds.")
    token, content = token_of(witnessed, sealed.seq)
    assert read_note(content.read_text()).seq == sealed.seq
    assert authority.verifies(token, content)
    content.write_text(content.read_text().replace("live", "dead").replace("exercise", "exercisf"))
    assert not authority.verifies(token, content)
    assert witnessed.look() == []
    assert len(authority.asked) == 1


def test_an_unchecked_signature_is_called_unchecked(
    witnessed: Witnessed, authority: Authority
) -> None:
    witnessed.use(timestamp_url=authority.url)
    witnessed.sealed()
    assert "its signature was not checked here" in str(witnessed.look())


def test_the_wrong_certificates_do_not_pass(
    witnessed: Witnessed, authority: Authority, tmp_path: Path
) -> None:
    with_others = Authority(tmp_path / "other", authority._program)
    witnessed.use(timestamp_url=authority.url, timestamp_ca_file=str(with_others.certificates))
    sealed = witnessed.sealed()
    ((action, detail),) = witnessed.look()
    assert action == "log.not_anchored"
    assert "signature does not hold" in str(detail["words"])
    token, content = token_of(witnessed, sealed.seq)
    assert authority.verifies(token, content)  # kept all the same
    witnessed.use(timestamp_ca_file=str(tmp_path / "gone.pem"))
    assert witnessed.look() == []
    witnessed.use(timestamp_ca_file=str(authority.certificates))
    assert [action for action, _ in witnessed.look()] == ["log.anchored"]


def test_a_token_for_something_else_is_refused(witnessed: Witnessed, authority: Authority) -> None:
    witnessed.use(timestamp_url=authority.url)
    witnessed.sealed()
    witnessed.look()
    authority.answer = ("200 OK", authority.token(authority.asked[0]))
    witnessed.sealed()
    ((action, detail),) = witnessed.look()
    assert action == "log.not_anchored"
    assert "is for something else" in str(detail["words"])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (("200 OK", b"<html>Sign in to the hotel network</html>"), "cannot be read"),
        (("200 OK", b""), "cannot be read"),
        (("200 OK", bytes.fromhex("30053003020102")), "refused: status 2"),
        (("503 Busy", b""), "answered 503"),
    ],
)
def test_an_answer_that_is_no_token_is_said(
    witnessed: Witnessed, authority: Authority, answer: tuple[str, bytes], words: str
) -> None:
    authority.answer = answer
    witnessed.use(timestamp_url=authority.url)
    witnessed.sealed()
    ((action, detail),) = witnessed.look()
    assert action == "log.not_anchored"
    assert words in str(detail["words"])
