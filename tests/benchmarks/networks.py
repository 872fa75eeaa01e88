"""The simulated networks in a process of their own: what they cost is not the console's.

Run as a program: serves them on loopback, prints their places as JSON, and ends with its input.
"""

import json
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime

from crisisdesk.simnet.world import World
from tests.live_desk import Places
from tests.loopback import serve, serve_mail


class Networks:
    """Runs as long as it is open; `places` is where they are."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.networks"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdout
        self.places = Places(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End them."""
        self._process.communicate()


def main() -> int:
    """Serve until nobody is there any more."""
    world = World(lambda: datetime.now(UTC))
    with ExitStack() as stack:
        apps = (world.mastodon, world.bluesky, world.feed)
        urls = [stack.enter_context(serve(app)) for app in apps]
        places = Places(*urls, *stack.enter_context(serve_mail(world.mail)))
        sys.stdout.write(json.dumps(places) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
