"""The simulated networks: how each does, and breaking and mending them."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from crisisdesk.model.directing import Break
from ui.theme import SPACE, SPACE_TIGHT, SPACE_WIDE
from ui.widgets.flow import flowing
from ui.widgets.parts import button, column, label, restyle, scrolling

NAMES = {"mastodon": "Mastodon", "bluesky": "Bluesky", "mail": "E-mail"}
TOLD = (
    "What breaks stays so until it is mended. The player is told nothing: their desk shows what "
    "the network answers."
)


class ChannelsPanel(QWidget):
    """Buttons only ask."""

    break_asked = Signal(str, object)
    mend_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[str, QLabel] = {}
        self.ways: dict[str, QComboBox] = {}
        self.breaks: dict[str, QPushButton] = {}
        self.mends: dict[str, QPushButton] = {}
        inside = column(label(TOLD, "muted", wrap=True), space=SPACE_TIGHT)
        for network, name in NAMES.items():
            inside.addSpacing(SPACE_WIDE)
            self._add(inside, network, name)
        inside.addStretch(1)
        inside.setContentsMargins(SPACE_WIDE, SPACE, SPACE_WIDE, SPACE)
        self.setLayout(column(scrolling(inside)))
        self.show_broken({})

    def _add(self, inside: QVBoxLayout, network: str, name: str) -> None:
        way = QComboBox()
        way.setAccessibleName(f"How {name} fails")
        for each in Break:
            way.addItem(each.value.capitalize(), each)
        ask_break = partial(self._ask_break, network)
        ask_mend = partial(self.mend_asked.emit, network)
        self.states[network] = label("", wrap=True)
        self.ways[network] = way
        self.breaks[network] = button("Break", ask_break, "lane", name=f"Break {name}")
        self.mends[network] = button("Mend", ask_mend, "lane", name=f"Mend {name}")
        inside.addWidget(label(name, "strong"))
        inside.addWidget(self.states[network])
        inside.addWidget(flowing(way, self.breaks[network], self.mends[network]))

    def show_broken(self, broken: Mapping[str, str]) -> None:
        """Words for each network that fails; the others work."""
        for network, state in self.states.items():
            words = broken.get(network, "")
            state.setText(f"✕ {words}" if words else "✓ works")
            restyle(state, "tone", "danger" if words else "good")
            self.mends[network].setEnabled(bool(words))

    def over(self) -> None:
        """Nothing is played any more."""
        for each in (*self.breaks.values(), *self.mends.values(), *self.ways.values()):
            each.setEnabled(False)

    def _ask_break(self, network: str) -> None:
        self.break_asked.emit(network, Break(self.ways[network].currentData()))
