"""How the console loads its modules: without what Python and PySide do beside each of them."""

import builtins
import gc


def import_plainly() -> None:
    """Call it before the console is imported; `ui.collecting` sees to the collector from then on.

    Importing makes far more objects than it drops. And PySide puts a function of its own in front
    of `import`, which reads the source of every module that comes after it and keeps it in memory,
    to find `from __feature__ import …`. Nothing here uses that, so the first import is put back.
    """
    gc.disable()
    import PySide6.QtCore  # noqa: F401 - it changes `import` while it loads

    if plain := getattr(builtins, "__orig_import__", None):
        builtins.__import__ = plain
