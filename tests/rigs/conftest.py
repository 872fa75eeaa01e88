"""What the rigs' tests share: children, networks that outlive them, and a seed that is told."""

import os
import random
import sys
from collections.abc import Iterator

import pytest

from tests.rigs.networks import Networks
from tests.rigs.shim import built, compiler
from tests.rigs.zygote import Zygote

collect_ignore_glob = [] if sys.platform == "linux" else ["test_*.py"]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Forks children that have everything imported."""
    with Zygote() as running:
        yield running


@pytest.fixture
def networks() -> Iterator[Networks]:
    """Empty networks behind real sockets."""
    with Networks() as running:
        yield running


@pytest.fixture
def seed() -> int:
    """Another one each time; RIG_SEED=n repeats one. A failing test shows it."""
    chosen = int(os.environ.get("RIG_SEED") or random.SystemRandom().randrange(2**32))
    print(f"RIG_SEED={chosen}")  # noqa: T201 - pytest shows it when the test fails
    return chosen


@pytest.fixture(scope="session")
def shimmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    """Forks children whose writes go through the shim."""
    if compiler() is None:
        words = "no C compiler: dev/system-packages.sh rigs installs one"
        if os.environ.get("CI") == "true":
            pytest.fail(words, pytrace=False)
        pytest.skip(words)
    library = built(tmp_path_factory.mktemp("shim"))
    with Zygote({"LD_PRELOAD": str(library)}) as running:
        yield running
