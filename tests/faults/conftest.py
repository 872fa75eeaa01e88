"""A live desk on loopback, whose servers stand behind proxies."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.model.audit import Signer
from crisisdesk.net import door
from crisisdesk.net.session import Session
from tests.faults.harbour import Harbour
from tests.net.conftest import FOREIGN
from tests.servers.certificates import Certificates, make_certificates
from tests.town import HandClock

SHORT = 1.0
"""Seconds for a whole call where a test waits for them to be over."""

TRUSTED = ("good", "expired")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine sets for its own network must not reach these tests."""
    import os

    for name in list(os.environ):
        if any(part in name.upper() for part in FOREIGN):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Certificates]:
    """Servers' certificates for 127.0.0.1: good, expired, and from an authority nobody knows."""
    folder = tmp_path_factory.mktemp
    return {
        "good": make_certificates(folder("good")),
        "expired": make_certificates(folder("expired"), timedelta(minutes=-1)),
        "unknown": make_certificates(folder("unknown")),
    }


@pytest.fixture(scope="session")
def authorities(
    certificates: dict[str, Certificates], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Whom the desk trusts: not the unknown one."""
    bundle = tmp_path_factory.mktemp("authorities") / "ca.pem"
    bundle.write_bytes(b"".join(certificates[name].ca_file.read_bytes() for name in TRUSTED))
    return bundle


@pytest.fixture
def harbour(
    tmp_path: Path,
    clock: HandClock,
    signer: Signer,
    certificates: dict[str, Certificates],
    authorities: Path,
) -> Iterator[Harbour]:
    """A live desk over real sockets; its log must tell the truth when the test is over."""
    made = Harbour(tmp_path, clock, signer, certificates, authorities)
    problems = ["the test did not come to its end"]
    try:
        yield made
        made.settle()
        problems = made.contradictions()
    finally:
        made.stop()
    assert problems == []


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Calls end after a second from now on, as they otherwise do after half a minute or more."""

    def shorten() -> None:
        monkeypatch.setitem(Session.request.__kwdefaults__, "total", SHORT)
        monkeypatch.setattr(door, "MAIL_SECONDS", SHORT)
        monkeypatch.setattr(door, "CONNECT_SECONDS", SHORT)

    return shorten
