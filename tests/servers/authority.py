"""A time-stamp authority: OpenSSL's own, behind a web address on this computer."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.loopback import serve
from tests.servers.launching import find_program

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(
    folder: Path, stem: str, issuer: rsa.RSAPrivateKey | None, *, is_ca: bool
) -> rsa.RSAPrivateKey:
    key = rsa.generate_private_key(65537, 2048)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(stem))
        .issuer_name(_name("root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if not is_ca:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    made = builder.sign(issuer or key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    (folder / f"{stem}.pem").write_bytes(made.public_bytes(pem))
    (folder / f"{stem}.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return key


class Authority:
    """Answers questions with tokens; `answer` may be set to something else it says instead."""

    def __init__(self, folder: Path, openssl: str) -> None:
        self._program = openssl
        self.folder = folder
        self.url = ""
        self.asked: list[bytes] = []
        self.answer: tuple[str, bytes] | None = None
        folder.mkdir()
        root = _certificate(folder, "root", None, is_ca=True)
        _certificate(folder, "tsa", root, is_ca=False)
        (folder / "serial").write_text("01\n")
        (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder))

    @property
    def certificates(self) -> Path:
        """What its tokens are checked with."""
        return self.folder / "root.pem"

    def token(self, question: bytes) -> bytes:
        """OpenSSL's reply to a question."""
        (self.folder / "question").write_bytes(question)
        self._openssl(
            *("-reply", "-config", "openssl.cnf", "-queryfile", "question", "-out", "reply")
        )
        return (self.folder / "reply").read_bytes()

    def verifies(self, token: Path, content: Path) -> bool:
        """Whether OpenSSL finds the token to be for these bytes, signed by this authority."""
        words = ("-verify", "-in", str(token), "-data", str(content))
        more = ("-CAfile", "root.pem", "-untrusted", "tsa.pem")
        return self._openssl(*words, *more, check=False) == 0

    def _openssl(self, *words: str, check: bool = True) -> int:
        run = subprocess.run(
            [self._program, "ts", *words], cwd=self.folder, capture_output=True, check=check
        )
        return run.returncode

    def app(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The web service, as WSGI."""
        question = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.asked.append(question)
        status, reply = self.answer or ("200 OK", self.token(question))
        start(status, [("Content-Type", "application/timestamp-reply")])
        return [reply]


@contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """An authority with keys of its own, until the block ends."""
    authority = Authority(folder, find_program("openssl", "openssl"))
    with serve(authority.app) as url:
        authority.url = f"{url}/tsr"
        yield authority
