"""Eyes, Tab and screen readers go the same way, also through what was made late."""

from itertools import pairwise

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from tests.ui.kept_places import places_kept
from tests.ui.seat import Seat
from ui.widgets.reading_order import arrange, in_reading_order


def way_of_tab(seat: Seat) -> list[QWidget]:
    """Where Tab leads, once round."""
    first = QApplication.focusWidget()
    way: list[QWidget] = []
    while not way or way[-1] is not first:
        assert len(way) < 300, "Tab never comes back"
        seat.press("Tab")
        focus = QApplication.focusWidget()
        assert focus is not None
        way.append(focus)
    return way


def test_tab_goes_by_the_layout(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    page = seat.page
    way = way_of_tab(seat)
    order = list(in_reading_order(page))
    places = [order.index(each) for each in way]
    turns = sum(following < one for one, following in pairwise(places))
    assert turns <= 1, [type(each).__name__ for each in way]
    panes = [page.mentions, page.message, page.broadcast, page.log]
    starts = [next(n for n, place in enumerate(way) if pane.isAncestorOf(place)) for pane in panes]
    lowest = starts.index(min(starts))
    assert starts[lowest:] + starts[:lowest] == sorted(starts)


def test_fields_come_before_the_previews_and_these_before_the_channels(seat: Seat) -> None:
    seat.open_incident()
    seat.write_road_closure()
    message = seat.page.message
    *_, last = message.form.editors().values()
    last.setFocus()
    way = way_of_tab(seat)
    box = seat.page.broadcast.rows[0].box
    assert way.index(message.previews.tabBar()) < way.index(box)


def test_a_screen_reader_walks_the_panes_from_left_to_right(seat: Seat) -> None:
    page = seat.page
    across = QAccessible.queryAccessibleInterface(page.mentions).parent()
    names = [across.child(n).text(QAccessible.Text.Name) for n in range(across.childCount())]
    assert [name for name in names if name and name != "Divider"] == [
        "Mentions",
        "Message",
        "Broadcast",
    ]


def test_arranging_what_is_in_order_moves_nothing(seat: Seat) -> None:
    arrange(seat.page)
    before = [list(each.children()) for each in in_reading_order(seat.page)]
    arrange(seat.page)
    assert [list(each.children()) for each in in_reading_order(seat.page)] == before


def test_reading_a_layout_keeps_no_place_of_it(qapp: QApplication) -> None:
    page = QWidget()
    column, row, grid = QVBoxLayout(page), QHBoxLayout(), QGridLayout()
    first, second, third, fourth = QLabel("1"), QLineEdit("2"), QLabel("3"), QLabel("4")
    column.addWidget(first)
    column.addLayout(row)
    column.addStretch(1)
    column.addLayout(grid)
    grid.addWidget(fourth, 0, 0)
    row.addWidget(second)
    row.addWidget(third)
    assert list(in_reading_order(page)) == [first, second, third, fourth]
    assert places_kept() == []
