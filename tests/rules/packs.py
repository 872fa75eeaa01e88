"""The scenario packs that ship, read once, and what their texts may say."""

import re
import tomllib
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from crisisdesk.model.exercise import Goal, Scenario
from crisisdesk.rules.exercise.reading import read_scenario
from crisisdesk.system.template_files import load_templates

ROOT = Path(__file__).parents[2]
TEMPLATES = load_templates(None)[0]
GAP = re.compile(r"\{([a-z_]+)\}")


def file_of(name: str) -> Path:
    return ROOT / "resources" / "scenarios" / name / "scenario.toml"


def load(name: str) -> Scenario:
    return read_scenario(tomllib.loads(file_of(name).read_text(encoding="utf-8")), name)


NAMES = ("factory-fire", "night-flood", "power-failure", "shopping-street-panic")
PACKS = {name: load(name) for name in NAMES}


def phrasings(pack: Scenario) -> list[str]:
    """Every sentence with gaps."""
    each = [*pack.rumours, *pack.questions, pack.crowd]
    return [phrasing for one in each for phrasing in one.phrasings]


def said(pack: Scenario, phrasing: str) -> list[str]:
    """The phrasing with its gaps filled, as often as its longest list of words has entries."""
    names = list(dict.fromkeys(GAP.findall(phrasing)))
    rows = zip_longest(*(pack.crowd.gaps[name] for name in names)) if names else [()]
    return [_filled(pack, phrasing, dict(zip(names, row, strict=True))) for row in rows]


def _filled(pack: Scenario, phrasing: str, words: dict[str, str | None]) -> str:
    for name, word in words.items():
        phrasing = phrasing.replace(f"{{{name}}}", word or pack.crowd.gaps[name][0])
    return phrasing


def longest(pack: Scenario, phrasing: str) -> str:
    """The phrasing with the longest words it can have."""
    return GAP.sub(lambda gap: max(pack.crowd.gaps[gap[1]], key=len), phrasing)


def posts(pack: Scenario) -> Iterator[tuple[str, str, str]]:
    """Where it came from, the network, and the words of everything somebody posts by script."""
    networks = {each.id: each.method.value for each in pack.injects}
    for inject in pack.injects:
        if inject.method in ("mastodon", "bluesky"):
            yield inject.id, inject.method.value, inject.text
    for need in pack.needs:
        for words in need.escalates:
            yield need.id, networks[need.inject], words


def goal_of(pack: Scenario, name: str) -> Goal:
    return next(goal for goal in pack.goals if goal.id == name)
