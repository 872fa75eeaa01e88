"""Long runs: `python -m tests.soak [PART …]`, with one JSON object on standard output.

Ends with 1 when a promise was broken.

Without a part, all run. Each is a module with `add_options(parser)` and `run(asked)`, which gives
what it counted and a list of `problems`. The same seed makes the same choices.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from types import ModuleType
from typing import Any

from tests.rigs import long_run as rigs
from tests.soak import broadcasts, day, mutations, officers

PARTS: dict[str, ModuleType] = {
    "rigs": rigs,
    "broadcasts": broadcasts,
    "day": day,
    "mutations": mutations,
    "officers": officers,
}


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    for part in PARTS.values():
        part.add_options(parser)
    asked = parser.parse_args(arguments)
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"there is no part {min(unknown)!r}; choose from {', '.join(PARTS)}")
    sys.stderr.write(f"seed {asked.seed}\n")
    summary: dict[str, Any] = {"seed": asked.seed}
    for name in asked.parts or PARTS:
        started = time.monotonic()
        summary[name] = PARTS[name].run(asked)
        summary[name]["seconds"] = round(time.monotonic() - started, 1)
    json.dump(summary, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return int(any(summary[name]["problems"] for name in asked.parts or PARTS))


if __name__ == "__main__":
    sys.exit(main())
