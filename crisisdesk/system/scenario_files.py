"""The scenarios that can be played: those that come with the program, and any folder with one."""

import tomllib
from pathlib import Path

from crisisdesk.config import resource, resource_names
from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.reading import read_scenario


def shipped_scenarios() -> list[Scenario]:
    """What comes with the program, the shortest first."""
    return sorted((load_scenario(name) for name in _known()), key=lambda each: each.length)


def load_scenario(name: str) -> Scenario:
    """A scenario that comes with the program, by its name, or one in a folder of yours.

    Raises BadInput naming the scenarios there are.
    """
    known = _known()
    file = Path(name) / "scenario.toml"
    if name in known:
        content = resource("scenarios", name, "scenario.toml")
    elif file.is_file():
        content = file.read_bytes()
    else:
        raise BadInput(f"There is no scenario {name!r}.", f"Choose one of: {', '.join(known)}.")
    try:
        return read_scenario(tomllib.loads(content.decode()), name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The scenario {name} is no TOML file: {error}.",
            "Correct the file, or play another scenario.",
        ) from error


def _known() -> list[str]:
    return [each for each in resource_names("scenarios") if not each.startswith("_")]
