"""What tests share: a clock moved by hand, a desk key, a database of its own, a simulated town."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, Phase, settings

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.mode import Mode
from crisisdesk.net import gate
from crisisdesk.rules.chain import verify
from crisisdesk.store import upgrade
from crisisdesk.store.database import Database
from crisisdesk.system import keys, passphrases
from tests.beside import put_in_groups
from tests.laid import laid
from tests.office import Office
from tests.town import HandClock, Later, Town

pytest_plugins = ["tests.servers.fixtures"]

settings.register_profile(
    "desk",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[each for each in Phase if each is not Phase.explain],  # it takes longer than the test
)
settings.register_profile(
    "soak", settings.get_profile("desk"), max_examples=2000, stateful_step_count=80
)
settings.load_profile("desk")


REAL_STRETCH = keys._stretched


def quick_stretch(passphrase: str, salt: bytes) -> bytes:
    """In place of the slow part of opening a person's key, which is slow on purpose."""
    return sha256(salt + passphrase.encode()).digest()


keys._stretched = quick_stretch
REAL_COST = passphrases.COST
passphrases.COST = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
upgrade.bring_up_to_date = laid


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In one of several processes that run tests side by side."""
    if hasattr(config, "workerinput"):
        put_in_groups(items)


@pytest.fixture
def clock() -> HandClock:
    """Stands still until a test moves it."""
    return HandClock()


@pytest.fixture
def stamp(clock: HandClock) -> Stamp:
    """What log entries carry in this test."""
    return Stamp("desk-1", "boot-1", Mode.EXERCISE, clock.now, clock.monotonic_ms)


@pytest.fixture
def signer() -> Signer:
    """A desk key, always the same one."""
    return new_signer(7)


def new_signer(number: int) -> Signer:
    """A desk key made from a small number."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return Signer(key.public_key().public_bytes_raw(), key.sign)


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    """Where the database of this test lies."""
    return tmp_path / "desk" / "desk.db"


@pytest.fixture
def database(database_file: Path, stamp: Stamp, signer: Signer) -> Iterator[Database]:
    """A new database on disk; its log must verify when the test is over."""
    opened = Database(f"sqlite:///{database_file}", stamp, signer)
    yield opened
    with opened.read() as unit:
        report = verify(unit.log.rows(), unit.log.checkpoints(), trusted_key=signer.public_key)
    opened.close()
    assert report.intact, report.findings


@pytest.fixture
def way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exercise would close this process's way out for good, and other tests need it."""
    monkeypatch.setattr(gate, "close_for_good", lambda on_attempt=None: None)


@pytest.fixture
def later() -> Later:
    """Collects planned calls; the test runs them when it wants."""
    return Later()


@pytest.fixture
def town(tmp_path: Path, clock: HandClock, signer: Signer) -> Iterator[Town]:
    """Services over a real database, talking to the simulated networks of a small town."""
    small = Town(tmp_path, clock, signer)
    yield small
    try:
        small.settle()
        problems = small.contradictions()
    finally:
        small.close()
    assert problems == []


@pytest.fixture
def office(town: Town) -> Office:
    """The town, with people in it."""
    return Office(town)
