"""`python -m tests.architecture.blocking_qt [command …]`: the program as if Qt were not installed.

Without a command every module of the core is imported, and their number written.
"""

import importlib
import pkgutil
import sys

BLOCKED = ("PySide6", "shiboken6", "ui")


class Blocker:
    """Refuses to find what is blocked."""

    def find_spec(self, name: str, *_: object) -> None:
        """Raise ImportError for a blocked module; leave all others to the next finder."""
        if name.split(".", maxsplit=1)[0] in BLOCKED:
            raise ImportError(f"{name} is blocked")


def import_all() -> int:
    """Import the whole core; returns how many modules it has."""
    core = importlib.import_module("crisisdesk")
    found = (each.name for each in pkgutil.walk_packages(core.__path__, "crisisdesk."))
    names = [name for name in found if "__main__" not in name and ".migrations." not in name]
    for name in names:
        importlib.import_module(name)
    return len(names)


if __name__ == "__main__":
    sys.meta_path.insert(0, Blocker())  # type: ignore[arg-type]
    if sys.argv[1:]:
        sys.exit(importlib.import_module("crisisdesk.cli").run_command(sys.argv[1:]))
    sys.stdout.write(f"{import_all()}\n")
