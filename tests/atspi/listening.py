"""Listens to a console during a surge. Runs under Debian's Python; prints JSON.

usage: python3 -m tests.atspi.listening HOW-MANY-MENTIONS
"""

import json
import sys
import time

from tests.atspi.screen_reader import ScreenReader


def main() -> None:
    """Listen until all mentions are counted on screen, then tell what was said meanwhile."""
    reader = ScreenReader()
    began = time.monotonic()
    reader.find("check box", f"All {int(sys.argv[1]):,}")
    reader.find("text", "Search mentions")
    lasted = time.monotonic() - began
    sys.stdout.write(json.dumps({"seconds": lasted, "heard": reader.heard}) + "\n")


if __name__ == "__main__":
    main()
