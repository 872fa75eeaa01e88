"""One rig for each test; what it opened is closed again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.rig import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "alerts")
    yield made
    for channel in made.made:
        channel.close()
