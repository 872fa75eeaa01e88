"""Python objects for places of layouts, which must not be."""

from PySide6.QtWidgets import QLayout, QLayoutItem
from shiboken6 import Shiboken


def places_kept() -> list[QLayoutItem]:
    """Those that Qt made. PySide keeps them as long as the layout, and one that outlives its place
    is taken for whatever is made at its address next: events of a widget then come as those of a
    `QWidgetItem`, and the filter that gets them fails."""
    found = [each for each in Shiboken.getAllValidWrappers() if isinstance(each, QLayoutItem)]
    places = [each for each in found if not isinstance(each, QLayout)]
    return [each for each in places if not Shiboken.createdByPython(each)]
