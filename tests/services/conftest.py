"""A town with a timetable."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisisdesk.model.audit import Signer
from tests.timed import JumpyClock, TimedTown


@pytest.fixture
def timed(tmp_path: Path, signer: Signer) -> Iterator[TimedTown]:
    """Services over a real database; 10:00 by London's clocks on a summer's day."""
    small = TimedTown(tmp_path, JumpyClock(), signer)
    yield small
    try:
        small.settle()
        problems = small.contradictions()
    finally:
        small.close()
    assert problems == []
