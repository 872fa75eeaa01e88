"""E-mail: each address has its own truth, and no reader learns of another."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crisisdesk.channels.email import BATCH, addresses
from crisisdesk.model.delivery import Outcome, Publication, Verdict
from crisisdesk.model.errors import BadInput
from crisisdesk.simnet.faults import Fault, FaultKind
from tests.channels.rig import ANN, BOB, CAT, Rig

V = Verdict


def received(rig: Rig, number: int = 0) -> EmailMessage:
    mail = message_from_bytes(rig.mail.messages[number].data, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def verdicts(outcome: Outcome) -> dict[str, Verdict]:
    return {each.address: each.verdict for each in outcome.recipients}


def test_headers_and_text(rig: Rig) -> None:
    text = "Mae'r bont ar gau.\n.\nFrom here on – 🌊\n" + "x" * 2000 + "\n"
    message = replace(rig.message("email", text), language="cy", subject="Pont ar gau – 🌊")
    outcome = rig.channel("email").send(message)
    mail = received(rig)
    assert mail["From"] == "desk@example.org"
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == f"<{message.key}.1@example.org>" == outcome.external_id
    assert mail["Date"].datetime == datetime(2026, 8, 20, 9, tzinfo=UTC)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "cy"
    assert mail["In-Reply-To"] is None
    assert mail.get_content().replace("\r\n", "\n") == text
    assert max(map(len, rig.mail.messages[0].data.splitlines())) <= 998
    assert rig.mail.messages[0].data.isascii()


def test_sending_again_sends_the_same_bytes(rig: Rig) -> None:
    channel, message = rig.channel("email"), rig.message("email")
    channel.send(message)
    channel.send(message)
    assert rig.mail.messages[0].data == rig.mail.messages[1].data


def test_follow_up_is_threaded(rig: Rig) -> None:
    earlier = Publication("<cd-1.1@example.org>")
    rig.channel("email").send(replace(rig.message("email"), reply_to=earlier))
    assert received(rig)["In-Reply-To"] == received(rig)["References"] == earlier.external_id


@given(st.text(max_size=200), st.text(max_size=100))
@example("Closed\r\nBcc: spy@example.org", "a\r\n.\r\nMAIL FROM:<x@example.org>\r\n")
@example("Closed\u2028Bcc: spy@example.org", "")
@example("Closed\rBcc: spy@example.org", "")
def test_no_subject_and_no_text_writes_headers_or_commands(subject: str, text: str) -> None:
    from pathlib import Path

    rig = Rig(Path("unused"))
    outcome = rig.channel("email").send(replace(rig.message("email", text), subject=subject))
    assert outcome.verdict is V.ACCEPTED
    (stored,) = rig.mail.messages
    assert stored.recipients == (ANN, BOB, CAT)
    assert set(received(rig).keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Importance"),
        *("X-Auto-Response-Suppress", "Content-Language", "Content-Type"),
        *("Content-Transfer-Encoding", "MIME-Version"),
    }


def test_no_reader_learns_of_another(rig: Rig) -> None:
    rig.channel("email").send(rig.message("email"))
    for address in (ANN, BOB, CAT):
        assert address.encode() not in rig.mail.messages[0].data
    assert received(rig)["To"] == "undisclosed-recipients:;"


def test_each_address_has_its_own_answer(rig: Rig) -> None:
    rig.mail.refuse(ANN, 550, "5.1.1 No such user")
    rig.mail.refuse(BOB, 451, "4.7.1 Greylisted")
    outcome = rig.channel("email").send(rig.message("email"))
    assert outcome.verdict is V.ACCEPTED
    assert verdicts(outcome) == {ANN: V.REFUSED, BOB: V.NOT_SENT, CAT: V.ACCEPTED}
    assert [each.answer for each in outcome.recipients][:2] == [
        "550 5.1.1 No such user",
        "451 4.7.1 Greylisted",
    ]
    assert outcome.evidence == "Of 3 addresses: 1 not sent, 1 accepted, 1 refused."
    assert rig.public("email") == [CAT]


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [((550, 551, 553), V.REFUSED), ((450, 451, 452), V.NOT_SENT), ((550, 451, 550), V.NOT_SENT)],
)
def test_all_refused_sends_nothing(rig: Rig, codes: tuple[int, ...], verdict: Verdict) -> None:
    for address, code in zip((ANN, BOB, CAT), codes, strict=True):
        rig.mail.refuse(address, code, "no")
    outcome = rig.channel("email").send(rig.message("email"))
    assert outcome.verdict is verdict
    assert rig.mail.messages == []
    assert "no)" in outcome.evidence


@pytest.mark.parametrize("said", ["<{}>: no such user", "no {} here", "{}", "[{}], unknown"])
def test_no_address_of_the_list_stands_in_the_evidence(rig: Rig, said: str) -> None:
    """Evidence goes into the log, which is shown to others."""
    for address in (ANN, BOB, CAT):
        rig.mail.refuse(address, 550, said.format(address.upper()))
    outcome = rig.channel("email").send(rig.message("email"))
    assert outcome.verdict is V.REFUSED
    assert "(550 " in outcome.evidence
    assert "@" not in outcome.evidence
    assert ANN.upper() in outcome.recipients[0].answer


@pytest.mark.parametrize("fault", ["lost_answer", "empty"])
def test_lost_answer_at_the_final_dot_is_unknown_for_those_it_was_for(
    rig: Rig, fault: FaultKind
) -> None:
    rig.mail.refuse(ANN, 550, "5.1.1 No such user")
    rig.mail.faults.add(Fault(fault, "."))
    outcome = rig.channel("email").send(rig.message("email"))
    assert outcome.verdict is V.UNKNOWN
    assert verdicts(outcome) == {ANN: V.REFUSED, BOB: V.UNKNOWN, CAT: V.UNKNOWN}
    assert "No such user" not in outcome.evidence


@pytest.mark.parametrize(("code", "verdict"), [(451, V.NOT_SENT), (554, V.REFUSED)])
@pytest.mark.parametrize("at", ["MAIL", "DATA", "."])
def test_a_clear_no_is_believed_wherever_it_comes(
    rig: Rig, at: str, code: int, verdict: Verdict
) -> None:
    rig.mail.faults.add(Fault("status", at, status=code, body="not now"))
    outcome = rig.channel("email").send(rig.message("email"))
    assert outcome.verdict is verdict
    assert set(verdicts(outcome).values()) == {verdict}
    assert f"{code} not now" in outcome.evidence
    assert rig.mail.messages == []


@pytest.mark.parametrize("at", ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT"])
@pytest.mark.parametrize("fault", ["refuse", "lost_answer", "timeout", "html", "empty"])
def test_nothing_left_before_the_message_itself(rig: Rig, at: str, fault: FaultKind) -> None:
    rig.mail.faults.add(Fault(fault, at, times=-1))
    outcome = rig.channel("email").send(rig.message("email"))
    assert outcome.verdict is V.NOT_SENT
    assert len(outcome.recipients) == 3
    assert rig.mail.messages == []


def test_lost_goodbye_changes_nothing(rig: Rig) -> None:
    rig.mail.faults.add(Fault("lost_answer", "QUIT"))
    assert rig.channel("email").send(rig.message("email")).verdict is V.ACCEPTED


def crowd(number: int) -> tuple[str, ...]:
    return tuple(f"p{each}@example.org" for each in range(number))


@pytest.mark.parametrize(("people", "batches"), [(1, 1), (50, 1), (51, 2), (130, 3)])
def test_batches_of_50(rig: Rig, people: int, batches: int) -> None:
    message = replace(rig.message("email"), recipients=crowd(people))
    outcome = rig.channel("email").send(message)
    assert outcome.verdict is V.ACCEPTED
    assert [len(each.recipients) for each in rig.mail.messages] == [
        min(BATCH, people - BATCH * number) for number in range(batches)
    ]
    assert tuple(rig.public("email")) == crowd(people)
    assert len({received(rig, number)["Message-ID"] for number in range(batches)}) == batches


def test_unknown_batch_ends_the_work_and_the_rest_is_not_sent(rig: Rig) -> None:
    channel = rig.channel("email")
    message = replace(rig.message("email"), recipients=crowd(150))
    rig.mail.faults.add(Fault("lost_answer", f"RCPT TO:<{crowd(51)[-1]}>"))
    outcome = channel.send(message)
    assert [each.verdict for each in outcome.recipients] == [V.ACCEPTED] * 50 + [V.NOT_SENT] * 100
    assert outcome.verdict is V.ACCEPTED
    assert "100 not sent, 50 accepted" in outcome.evidence


def test_wrong_password_locks(rig: Rig) -> None:
    channel = rig.channel("email", password="wrong")
    outcome = channel.send(rig.message("email"))
    assert outcome.verdict is V.LOCKED
    assert "credentials invalid" in outcome.evidence
    assert set(verdicts(outcome).values()) == {V.LOCKED}
    assert rig.mail.messages == []
    assert not channel.check().ok


def test_sign_in_put_off_is_no_wrong_password(rig: Rig) -> None:
    rig.mail.faults.add(Fault("status", "AUTH", times=-1, status=454, body="4.7.0 Later"))
    assert rig.channel("email").send(rig.message("email")).verdict is V.NOT_SENT


@pytest.mark.parametrize("changed", [{"password": "pässword"}, {"user": "désk"}])
def test_password_that_smtp_cannot_carry(rig: Rig, changed: dict[str, str]) -> None:
    outcome = rig.channel("email", **changed).send(rig.message("email"))
    assert outcome.verdict is V.LOCKED
    assert "ASCII" in outcome.evidence


def test_check_counts_the_list_and_sends_nothing(rig: Rig) -> None:
    result = rig.channel("email").check()
    assert result.ok
    assert result.words == "The mail server accepts us; 3 addresses. Nothing was sent."
    assert rig.mail.messages == []
    assert not rig.channel("email", recipients="nobody").check().ok
    assert not rig.channel("email", sender="").check().ok


def test_addresses_once_each_in_order() -> None:
    text = "Ann <ann@example.org>, bob@example.org;\r\ncat@example.org\n\n ann@example.org ,"
    assert addresses(text) == [ANN, BOB, CAT]


@pytest.mark.parametrize(
    "text",
    [
        *("", " , ;\n", "nobody", "@example.org", "ann@", "ann@example.org x", "a b@example.org"),
        *("ann@example.org>\rRCPT TO:<spy@example.org", "ann@exämple.org", "ünn@example.org"),
        *("ann@example.org\0", "ann@.org", "<ann@example.org", "ann@@example.org"),
    ],
)
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(BadInput):
        addresses(text)


PIECES = st.sampled_from(
    ["a", "@", "example.org", "<", ">", "\r", "\0", " ", '"', "(", "\\", "é", ":"]
)


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=30))
def test_whatever_is_typed_no_command_can_be_smuggled_in(text: str) -> None:
    try:
        found = addresses(text)
    except BadInput:
        return
    for address in found:
        assert address.isascii()
        assert address.isprintable()
        assert not set("<>\r\n,;") & set(address)
