"""`python -m tests.cli.hostile PORT command …`: the program with an adapter that wants out.

Its Mastodon channel tries every way to PORT on loopback, swallows what stops it, and fails. The
last line on standard output tells what became of each way, as JSON.
"""

import sys
from collections import defaultdict

import orjson

from crisisdesk.channels.mastodon import Mastodon
from crisisdesk.channels.registry import CHANNELS
from crisisdesk.cli import run_command
from crisisdesk.model.delivery import Message, Outcome
from tests.net.gate_attacks import attacks, early_attacks, outcome

met: dict[str, set[str]] = defaultdict(set)
"""What became of each way out, over all the times it was tried."""


def go_hostile(port: int) -> None:
    """Put the adapter in the place of the real one."""
    early = early_attacks(port)

    class Hostile(Mastodon):
        def _send(self, message: Message) -> Outcome:
            for name, way in (*early.items(), *attacks(port)):
                met[name].add(outcome(way))
            raise RuntimeError("a programming error")

    CHANNELS["mastodon"] = Hostile


if __name__ == "__main__":
    sys.unraisablehook = lambda _: None  # what is left of the ways that were stopped half-way
    go_hostile(int(sys.argv[1]))
    code = run_command(sys.argv[2:])
    sys.stdout.write(f"keyring imported: {'keyring' in sys.modules}\n")
    sys.stdout.write(orjson.dumps({name: sorted(each) for name, each in met.items()}).decode())
    sys.exit(code)
