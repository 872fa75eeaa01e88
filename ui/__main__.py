"""`crisisdesk`: the commands without a screen, or the console."""

import sys

from crisisdesk.cli import COMMANDS


def main() -> int:
    """Run a command if one is named, else open the console. Qt is loaded only for the latter."""
    arguments = sys.argv[1:]
    first = next((each for each in arguments if each != "--verbose"), "")
    if first in COMMANDS or "--version" in arguments:
        from crisisdesk.cli import run_command

        return run_command(arguments)
    from ui.importing import import_plainly

    import_plainly()
    from ui.running import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
