"""One order for eyes, Tab and screen readers: the order of the layouts.

Qt's own orders follow from when a widget was made; forms and cards are made late.
"""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import (
    QLayout,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QWidget,
)


def in_reading_order(root: QWidget) -> Iterator[QWidget]:
    """Everything below a widget, each before what it contains."""
    for part in _parts(root):
        yield part
        yield from in_reading_order(part)


def next_stop(root: QWidget, current: QWidget | None, *, forward: bool) -> QWidget | None:
    """Where Tab leads from `current`, round and round; None where nothing takes the keyboard."""
    order = list(in_reading_order(root))
    place = order.index(current) if current in order else -1
    onwards = order[place + 1 :] + order[: place + 1]
    backwards = order[:place][::-1] + order[max(place, 0) :][::-1]
    return next(filter(_is_stop, onwards if forward else backwards), None)


def bring_into_view(widget: QWidget) -> None:
    """Scroll whatever hides it. What is still to be laid out is laid out first: a page that grows
    would move it away again.

    The way leads down: upwards lie Qt's own viewports, and a Python object for one of those makes
    PySide load every class of widget there is.
    """
    QCoreApplication.sendPostedEvents(None, int(QEvent.Type.LayoutRequest.value))
    for above in reversed(list(_way_down(widget.window(), widget))):
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(widget)


def _way_down(above: QWidget | None, widget: QWidget) -> Iterator[QWidget]:
    """What lies around a widget, the outermost first."""
    while above is not None and above is not widget:
        yield above
        if isinstance(above, QMainWindow):
            above = above.centralWidget()
        else:
            above = next((part for part in _parts(above) if _holds(part, widget)), None)


def _holds(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)


def arrange(root: QWidget) -> None:
    """Give what lies below a widget its order for screen readers."""
    for each in (root, *in_reading_order(root)):
        _sort_children(each)


def _parts(widget: QWidget) -> list[QWidget]:
    """The children of a widget as they stand on the screen. What Qt's own widgets have inside is
    left alone: a Python object for their parts takes others with it when it goes."""
    layout = widget.layout()
    found: Iterable[QWidget | None]
    if isinstance(widget, QSplitter):
        found = [widget.widget(place) for place in range(widget.count())]
    elif isinstance(widget, QScrollArea):
        found = [widget.widget()]
    elif isinstance(widget, QTabWidget):
        found = [widget.tabBar(), *(widget.widget(place) for place in range(widget.count()))]
    elif layout:
        found = _laid_out(layout)
    else:
        found = ()
    return [each for each in found if each and not each.isWindow()]


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    """Asked by number, never by `itemAt`: PySide keeps the object it makes for a place as long as
    the layout lives, and takes what is later made at the same address for it."""
    around = layout.parentWidget()
    beside = [each for each in around.children() if isinstance(each, QWidget)] if around else []
    places: dict[int, QWidget | QLayout] = {layout.indexOf(each): each for each in beside}
    places |= {
        layout.indexOf(each): each for each in layout.children() if isinstance(each, QLayout)
    }
    for place in sorted(places.keys() - {-1}):
        found = places[place]
        if isinstance(found, QLayout):
            yield from _laid_out(found)
        else:
            yield found


def _is_stop(widget: QWidget) -> bool:
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return by_tab and widget.isVisible() and widget.isEnabled() and not widget.focusProxy()


def _sort_children(widget: QWidget) -> None:
    """The last child lies on top and is read last."""
    if isinstance(widget, QScrollArea | QTabWidget):
        return
    wanted = [each for each in _parts(widget) if each.parentWidget() is widget]
    if not wanted or [each for each in widget.children() if each in wanted] == wanted:
        return
    for each in wanted:
        each.raise_()
    if isinstance(widget, QSplitter):  # its handles are wider than they look
        for place in range(1, widget.count()):
            widget.handle(place).raise_()
