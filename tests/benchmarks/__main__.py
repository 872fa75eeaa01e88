"""`python -m tests.benchmarks [--quick] [--only PART …]`: one JSON object on standard output.

The figures are medians with their spread. Ratios compare with a limit measured in the same run, so
they hold on any machine; absolute figures do not.
"""

import argparse
import importlib
import json
import platform
import sqlite3
import sys

from tests.benchmarks.measuring import QUICK, Measure, Size, say

PARTS = ("record", "review", "ingest", "search", "broadcast", "screen", "console")


def main() -> int:
    """Measure, and print the report. The exit code says nothing of goals: machines differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything: does it run?")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    args = parser.parse_args()
    report: dict[str, object] = {"machine": _machine(), "quick": args.quick}
    for part in args.only:
        say(f"measuring {part} …")
        for measure in _measured(part, QUICK if args.quick else Size()):
            report[measure.key] = measure.report()
            say(f"  {measure.words}")
    json.dump(report, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


def _measured(part: str, size: Size) -> list[Measure]:
    """Each part is imported only now, so that none is measured with another's weight."""
    module = importlib.import_module(f"tests.benchmarks.{part}")
    return list(getattr(module, f"measure_{part}")(size))


def _machine() -> dict[str, str]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(),
    }


if __name__ == "__main__":
    sys.exit(main())
