"""Time-stamp tokens (RFC 3161): an authority signs that some bytes existed at its time.

`rfc3161-client` writes the question and reads the answer; it never touches a network itself.
"""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from crisisdesk.model.errors import NetworkError
from crisisdesk.net.session import Session

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

ADVICE = "Ask the authority, or choose another one in the settings."
_ASKING = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


def question(content: bytes) -> "TimeStampRequest":
    """What to ask for these bytes: their SHA-256, a nonce, and the authority's certificate."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    return builder.build()


def ask(session: Session, url: str, asked: "TimeStampRequest") -> bytes:
    """The authority's reply as it came. Raises NetworkError when there is none."""
    reply = session.request("POST", url, data=asked.as_bytes(), headers=_ASKING)
    if reply.status_code != 200:
        words = f"The time-stamp authority answered {reply.status_code}."
        raise NetworkError(words, ADVICE)
    return reply.content


def read(
    reply: bytes, content: bytes, asked: "TimeStampRequest", authority: bytes = b""
) -> datetime:
    """The time in a reply, once it answers this very question.

    Its signature is checked against the `authority`'s certificates (PEM) where they are given.
    Raises NetworkError in words.
    """
    response = _decoded(reply)
    told = response.tst_info
    if told.message_imprint.message != sha256(content).digest() or told.nonce != asked.nonce:
        raise NetworkError("The time-stamp authority's token is for something else.", ADVICE)
    if authority:
        _check_signature(response, content, asked, authority)
    return told.gen_time


def _decoded(reply: bytes) -> "TimeStampResponse":
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        response = decode_timestamp_response(reply)
    except ValueError as error:
        words = f"The time-stamp authority's reply cannot be read ({error})."
        raise NetworkError(words, ADVICE) from error
    if response.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        why = "; ".join(response.status_string) or f"status {response.status}"
        raise NetworkError(f"The time-stamp authority refused: {why}.", ADVICE)
    return response


def _check_signature(
    response: "TimeStampResponse", content: bytes, asked: "TimeStampRequest", authority: bytes
) -> None:
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder

    try:
        builder = VerifierBuilder.from_request(asked)
        for certificate in load_pem_x509_certificates(authority):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(response, content)
    except (VerificationError, ValueError) as error:
        words = f"The time-stamp authority's signature does not hold ({error})."
        raise NetworkError(words, f"{ADVICE} Its certificates are named there too.") from error
