"""The mail server takes a letter over STARTTLS, delivers it, and refuses per recipient."""

import smtplib
import ssl
from email.message import EmailMessage

import pytest

from tests.servers.launching import wait_until
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.server
READER = "smoke-reader@example.org"


def test_letter_arrives_and_the_unknown_are_refused(postfix: Postfix) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "desk@example.org", READER, "Flød warning"
    letter.set_content("Boil your water.")
    recipients = [READER, postfix.refused, "someone@elsewhere.test"]
    with smtplib.SMTP(postfix.host, postfix.port, timeout=10) as connection:
        connection.starttls(context=ssl.create_default_context(cafile=str(postfix.ca_file)))
        refused = connection.send_message(letter, to_addrs=recipients)
    assert {who: code for who, (code, _) in refused.items()} == {
        postfix.refused: 550,
        "someone@elsewhere.test": 554,
    }
    wait_until(lambda: bool(postfix.delivered(READER)), "the letter to arrive", postfix.log, 10)
    assert [arrived["Subject"] for arrived in postfix.delivered(READER)] == ["Flød warning"]


def test_certificate_of_an_unknown_authority_is_noticed(postfix: Postfix) -> None:
    with (
        smtplib.SMTP(postfix.host, postfix.port, timeout=10) as connection,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        connection.starttls(context=ssl.create_default_context())
