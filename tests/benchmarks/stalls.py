"""How long the GUI thread ever stands still, and how long it takes to paint."""

import time
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

TICK_MS = 5
_Pair = tuple[tuple[float, float], tuple[float, float]]


def share(figures: list[float], part: float) -> float:
    """The figure below which such a part of them lies; 0 without any."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0


class Ticks:
    """A short timer that notes when it really fired, and what its thread had worked by then."""

    def __init__(self) -> None:
        self.at: list[tuple[float, float]] = []
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
        self._timer.timeout.connect(self._note)

    def _note(self) -> None:
        self.at.append((time.perf_counter(), time.thread_time()))

    def start(self) -> None:
        """Begin."""
        self._timer.start()

    def stop(self) -> None:
        """No more."""
        self._timer.stop()

    def gaps_ms(self, began: float = 0.0, ended: float = float("inf")) -> list[float]:
        """Milliseconds between ticks that came between two moments, on the wall clock."""
        return [(b - a) * 1000 for (a, _), (b, _) in self._pairs(began, ended)]

    def worked_ms(self, began: float = 0.0, ended: float = float("inf")) -> list[float]:
        """What the GUI thread itself worked between these ticks, whoever else had the machine."""
        return [(b - a) * 1000 for (_, a), (_, b) in self._pairs(began, ended)]

    def _pairs(self, began: float, ended: float) -> list[_Pair]:
        return [(a, b) for a, b in pairwise(self.at) if began <= b[0] <= ended]


class Paints(QObject):
    """Times the paint events of these widgets; sees no event of any other."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.took_ms: list[float] = []
        self._inside = False
        for each in widgets:
            each.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Have the widget paint here and now, with a clock beside it."""
        if event.type() is not QEvent.Type.Paint or self._inside:
            return False
        self._inside = True
        began = time.perf_counter()
        QCoreApplication.sendEvent(watched, event)
        self.took_ms.append((time.perf_counter() - began) * 1000)
        self._inside = False
        return True
