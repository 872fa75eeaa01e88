"""What a measurement is: a figure for each run, a goal, and whether the median meets it."""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.model.mode import Mode
from crisisdesk.store.database import Database
from crisisdesk.system.clock import Clock

FEWEST_RUNS = 5
QUICK_RUNS = 2


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `share` of the full amount; `runs` of each comparison."""

    runs: int = FEWEST_RUNS
    share: float = 1.0

    def of(self, full: int) -> int:
        """So many things, scaled down in a quick run."""
        return max(1, int(full * self.share))


QUICK = Size(QUICK_RUNS, 0.05)


@dataclass(frozen=True, slots=True)
class Measure:
    """One key of the report. `bound` is ">=" or "<="; without a goal it only informs."""

    key: str
    figures: list[float]
    bound: str = ""
    goal: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def meets(self) -> bool:
        """Whether the median reaches the goal; True where there is none."""
        value = median(self.figures)
        return {">=": value >= self.goal, "<=": value <= self.goal}.get(self.bound, True)

    @property
    def words(self) -> str:
        """One line for whoever watches."""
        goal = f", goal {self.bound} {self.goal:g}{'' if self.meets else ': MISSED'}"
        return f"{self.key} {_short(median(self.figures))}{goal if self.bound else ''}"

    def report(self) -> dict[str, Any]:
        """The median as the value, the goal, whether it is met, and the spread over the runs."""
        value = median(self.figures)
        spread = {
            "runs": len(self.figures),
            "min": _short(min(self.figures)),
            "median": _short(value),
            "max": _short(max(self.figures)),
        }
        told: dict[str, Any] = {"value": _short(value)}
        if self.bound:
            told |= {"goal": self.goal, "bound": self.bound, "meets": self.meets}
        return {**told, "spread": spread, **self.notes}


def _short(value: float) -> float:
    return round(value, 3) if abs(value) < 100 else round(value)


def seconds(act: Callable[[], object]) -> float:
    """How long it takes, on the wall clock."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def ratios(
    runs: int, limit: Callable[[], float], ours: Callable[[], float]
) -> list[tuple[float, float]]:
    """(limit, ours) for each run, after one that warms up; who goes first alternates."""
    limit()
    ours()
    pairs = []
    for run in range(runs):
        if run % 2:
            mine = ours()
            pairs.append((limit(), mine))
        else:
            pairs.append((limit(), ours()))
    return pairs


@contextmanager
def settled_memory() -> Iterator[None]:
    """The collector as the program sets it for bulk work: what lives is not walked again."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def open_database(folder: Path) -> Database:
    """A database with a key of its own, named in the first entry, as a live desk has it."""
    clock = Clock()
    key = Ed25519PrivateKey.generate()
    signer = Signer(key.public_key().public_bytes_raw(), key.sign)
    stamp = Stamp("bench", "boot-1", Mode.LIVE, clock.now, clock.monotonic_ms)
    database = Database(f"sqlite:///{folder / 'desk.db'}", stamp, signer)
    named = {"desk_key": signer.public_key.hex()}
    database.write(lambda unit: unit.log.append("desk.opened", actor="desk", detail=named))
    return database


def say(words: str) -> None:
    """Tell how far the measuring is, on standard error."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {words}\n")
    sys.stderr.flush()
