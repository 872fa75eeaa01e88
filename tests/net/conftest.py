"""Certificates of the tests' own, sessions that are closed again, and a clean environment."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.model.mode import Mode
from crisisdesk.net import Net, Session
from tests.servers.certificates import Certificates, make_certificates

FOREIGN = ("PROXY", "CA_BUNDLE", "NETRC", "SSL_CERT")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine sets for its own network must not reach these tests."""
    import os

    for name in list(os.environ):
        if any(part in name.upper() for part in FOREIGN):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority and a certificate for localhost and 127.0.0.1."""
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server_tls(certificates: Certificates) -> ssl.SSLContext:
    """The server's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate_file, certificates.key_file)
    return context


@pytest.fixture
def trusting(certificates: Certificates) -> Net:
    """Live, with our authority as the extra one."""
    return Net(Mode.LIVE, extra_ca_file=str(certificates.ca_file))


@pytest.fixture
def live() -> Net:
    """Live, with the machine's own authorities."""
    return Net(Mode.LIVE)


@pytest.fixture
def session(live: Net) -> Iterator[Session]:
    """One session."""
    opened = live.session()
    yield opened
    opened.close()


@pytest.fixture
def trusting_session(trusting: Net) -> Iterator[Session]:
    """One session that trusts our authority."""
    opened = trusting.session()
    yield opened
    opened.close()


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A password file that names 127.0.0.1."""
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password from-netrc\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    return file
