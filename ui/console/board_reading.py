"""Reading messages back for the board: all channels at once, and one sentence at the end."""

from collections import Counter

from PySide6.QtCore import QObject, Signal

from crisisdesk.desk import Desk
from crisisdesk.model.delivery import Outcome, Verdict
from crisisdesk.model.operator import Operator
from crisisdesk.model.standing import Standing
from crisisdesk.services.reading_back import READABLE, by_channel
from crisisdesk.system.program_log import explained
from ui.console.board_model import NO_CHANNEL
from ui.tasks import Tasks


class BoardReading(QObject):
    """One round at a time: what is asked during one is not done."""

    waiting = Signal(int)
    """How many channels have not answered yet; 0 at the end."""
    done = Signal(str, bool)
    """What was found, in words, and whether all of it is as it should be."""

    def __init__(self, desk: Desk, tasks: Tasks, operator: Operator, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tasks = tasks
        self._operator = operator
        self._open: set[str] = set()
        self._outcomes: list[tuple[str, Outcome]] = []

    def read(self, rows: list[Standing]) -> None:
        """Read these back, as far as that can be done."""
        if self._open:
            return
        rows = [each for each in rows if each.readable and each.delivery.state in READABLE]
        if not rows:
            self.done.emit("Nothing here can be read back. Ask somebody who got it.", False)
            return
        names = {each.delivery.account_id: each.channel or NO_CHANNEL for each in rows}
        channels = by_channel(rows)
        self._outcomes = []
        self._open = set(channels)
        self.waiting.emit(len(self._open))
        for account_id, delivery_ids in channels.items():
            self._read_channel(account_id, names[account_id], delivery_ids)

    def _read_channel(self, account_id: str, name: str, delivery_ids: list[str]) -> None:
        reading_back, operator = self._desk.reading_back, self._operator

        def then(outcomes: list[Outcome]) -> None:
            self._outcomes += [(name, each) for each in outcomes]
            self._channel_done(account_id)

        self._tasks.network(
            lambda: reading_back.read_in_turn(delivery_ids, operator),
            then,
            lambda error: then([Outcome(Verdict.UNKNOWN, str(explained(error)))]),
        )

    def _channel_done(self, account_id: str) -> None:
        self._open.discard(account_id)
        self.waiting.emit(len(self._open))
        if not self._open:
            good = all(each.verdict is Verdict.CONFIRMED for _, each in self._outcomes)
            self.done.emit(self._words(), good)

    def _words(self) -> str:
        """One message in the network's own words, many counted; who did not answer is named."""
        if len(self._outcomes) == 1:
            name, outcome = self._outcomes[0]
            return f"{name}: {outcome.evidence}"
        silent = [each for each in self._outcomes if each[1].verdict is Verdict.UNKNOWN]
        parts = [_counted([outcome.verdict for _, outcome in self._outcomes])]
        return " ".join(parts + [f"{name}: {outcome.evidence}" for name, outcome in silent])


def number_of(number: int, thing: str) -> str:
    """As in "1 channel" or "1,200 messages"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def _counted(verdicts: list[Verdict]) -> str:
    """As in "12 read back: 11 as we sent them, 1 not there."."""
    number = Counter(verdicts)
    parts = [f"{number[Verdict.CONFIRMED]} as we sent them"]
    parts += [f"{number[Verdict.ABSENT]} not there"] if number[Verdict.ABSENT] else []
    parts += [f"{number[Verdict.ALTERED]} with other words"] if number[Verdict.ALTERED] else []
    return f"{len(verdicts) - number[Verdict.UNKNOWN]} read back: {', '.join(parts)}."
