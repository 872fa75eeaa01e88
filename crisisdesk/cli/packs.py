"""`crisisdesk exercise import`: add a scenario pack, or make one of an events list."""

import argparse
from pathlib import Path
from typing import Any


def add_to(group: Any) -> None:
    """Add the command to the group `exercise`."""
    from crisisdesk.cli.main import add_data

    add = group.add_parser("import", help="add a scenario: a pack, or an events list (CSV, Excel)")
    add.add_argument("file", type=Path, help="a folder, .zip, .toml, .csv or .xlsx")
    add.add_argument("--name", default="", help="for an events list: what to call the exercise")
    add.add_argument("--codeword", default="", help="for an events list: the agreed word")
    add_data(add)
    add.set_defaults(run=run_import)


def run_import(args: argparse.Namespace) -> int:
    """Keep the scenario and say what was understood of it."""
    from crisisdesk.config import paths
    from crisisdesk.rules.exercise.events_list import told
    from crisisdesk.rules.plain_words import counted
    from crisisdesk.system.events_list_files import SUFFIXES, read_events_list
    from crisisdesk.system.pack_files import open_pack
    from crisisdesk.system.scenario_files import add_pack

    understood = None
    if args.file.suffix.lower() in SUFFIXES:
        pack, understood = read_events_list(args.file, args.name, args.codeword)
    else:
        pack = open_pack(args.file)
    folder = add_pack(pack, paths(args.data).scenarios)
    if understood:
        print(*told(understood), sep="\n")
    scenario = pack.scenario
    injects, minutes = len(scenario.injects), scenario.length // 60
    print(f"{scenario.name}: {counted(injects, 'inject')}, {counted(minutes, 'minute')}.")
    print(f"It is kept in {folder}. Play it with: crisisdesk --exercise {folder}")
    return 0
