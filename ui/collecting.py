"""Python's collector of reference cycles, kept on the GUI thread.

By itself it runs in whichever thread happens to allocate. A worker that ends a widget this way
takes Qt's lock and waits for the interpreter, while the GUI thread holds the interpreter and waits
for that lock: the console would stand still for ever. And a full round over everything that was
ever imported takes a tenth of a second, whenever it likes.
"""

import gc

from PySide6.QtCore import QObject, QTimer

QUIET_MS, BUSY_MS = 250, 20
"""How often to look, while little is made and while much is."""

YOUNG = 2_000
"""So many new objects are worth a round; walking them takes a fifth of a millisecond."""

BULK = 20_000
"""More than this at once were imported, and live as long as the program."""

ROUNDS = 10
"""So many rounds over one generation are followed by one over the next older."""


class Collecting(QObject):
    """From now on no cycle ends anywhere but here. Nothing is collected before `settle`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_itself_before = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(QUIET_MS)
        self._timer.timeout.connect(self.look)

    def settle(self) -> None:
        """What was loaded is here to stay: it is not walked again. Collect from now on."""
        if gc.get_count()[0] > BULK:
            gc.freeze()
        self._timer.start()

    def look(self) -> None:
        """Walk the youngest objects if there are many, older ones now and then."""
        young, middle, old = gc.get_count()
        busy = young >= YOUNG
        if busy:
            gc.collect(0 if middle < ROUNDS else 1 if old < ROUNDS else 2)
        wanted = BUSY_MS if busy else QUIET_MS
        if self._timer.interval() != wanted:
            self._timer.setInterval(wanted)

    def stop(self) -> None:
        """As it was before: by itself, in any thread. Only once no window is left."""
        self._timer.stop()
        if self._by_itself_before:
            gc.unfreeze()
            gc.enable()
