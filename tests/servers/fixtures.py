"""Fixtures that give tests a real server; `tests/conftest.py` names this module as a plugin.

Where a server's program is missing, its tests are skipped with the command that installs it; on
CI, where everything is installed, they fail instead.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from tests.atspi.desktop import running_desktop
from tests.servers.authority import Authority, running_authority
from tests.servers.launching import ServerMissingError
from tests.servers.mastodon import MastodonServer, running_mastodon
from tests.servers.mitm import Mitm, running_mitm
from tests.servers.pds import Pds, running_pds
from tests.servers.postfix import Postfix, running_postfix
from tests.servers.postgres import running_postgres
from tests.servers.secret_service import running_secret_service

Server = TypeVar("Server")


@pytest.fixture(scope="session")
def pds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pds]:
    """A Bluesky personal data server, at first without accounts."""
    with _required(running_pds(tmp_path_factory.mktemp("pds"))) as server:
        yield server


@pytest.fixture(scope="session")
def mastodon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MastodonServer]:
    """A Mastodon server with the accounts `desk` and `citizen`."""
    with _required(running_mastodon(tmp_path_factory.mktemp("mastodon"))) as server:
        yield server


@pytest.fixture(scope="session")
def mitm(
    pds: Pds, mastodon: MastodonServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mitm]:
    """A proxy that can spoil answers, before the servers "pds" and "mastodon"."""
    servers = {"pds": pds.base_url, "mastodon": mastodon.base_url}
    with _required(running_mitm(tmp_path_factory.mktemp("mitm"), servers)) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def postfix() -> Iterator[Postfix]:
    """A mail server with STARTTLS that delivers everything at example.org to one Maildir."""
    with _required(running_postfix()) as server:
        yield server


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    """A time-stamp authority with new keys."""
    with _required(running_authority(tmp_path / "authority")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    with _required(running_postgres(tmp_path_factory.mktemp("postgres"))) as url:
        yield url


@pytest.fixture(scope="session")
def secret_service_environment(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, str]]:
    """Environment variables that lead a program to a running, unlocked Secret Service."""
    with _required(running_secret_service(tmp_path_factory.mktemp("secrets"))) as environment:
        yield environment


@pytest.fixture
def secret_service(
    secret_service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process finds the running Secret Service for the length of one test."""
    for name, value in secret_service_environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Environment variables that lead a program to a screen that can be read out over AT-SPI."""
    folder = tmp_path / "desktop"
    folder.mkdir()
    with _required(running_desktop(folder)) as environment:
        yield environment


@contextmanager
def _required(server: AbstractContextManager[Server]) -> Iterator[Server]:
    with ExitStack() as stack:
        try:
            running = stack.enter_context(server)
        except ServerMissingError as missing:
            _report(missing)
        yield running


def _report(missing: ServerMissingError) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"on CI every server must be there: {missing}", pytrace=False)
    pytest.skip(str(missing))
