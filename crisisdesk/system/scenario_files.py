"""The scenarios that can be played: those that come with the program, and those that were added."""

import logging
import tempfile
from pathlib import Path

from crisisdesk.config import RESOURCES, resource_names
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.exercise import Scenario
from crisisdesk.system.pack_files import SCENARIO, Pack, open_pack

log = logging.getLogger(__name__)


def shipped_scenarios() -> list[Scenario]:
    """What comes with the program, the shortest first."""
    return sorted((load_scenario(name) for name in _known()), key=lambda each: each.length)


def added_scenarios(folder: Path) -> list[Scenario]:
    """What was added on this computer, by name. One that cannot be read is left out, and logged."""
    found: list[Scenario] = []
    for each in sorted(folder.glob(f"*/{SCENARIO}")):
        try:
            found.append(open_pack(each.parent).scenario)
        except BadInput as error:
            log.warning("a scenario in %s cannot be used: %s", each.parent.name, error)
    return found


def load_scenario(name: str, added: Path | None = None) -> Scenario:
    """A scenario that comes with the program or was added, by its name, or a pack anywhere.

    Raises BadInput naming the scenarios there are, or what is wrong with the file.
    """
    return open_pack(find_pack(name, added)).scenario


def find_pack(name: str, added: Path | None = None) -> Path:
    """Where that scenario lies. Raises BadInput naming the scenarios there are."""
    known = _known()
    if name in known:
        return RESOURCES / "scenarios" / name
    own = sorted(each.parent.name for each in added.glob(f"*/{SCENARIO}")) if added else []
    if added and name in own:
        return added / name
    path = Path(name)
    if path.is_file() or (path / SCENARIO).is_file():
        return path
    there = ", ".join([*known, *own])
    raise BadInput(f"There is no scenario {name!r}.", f"Choose one of: {there}.")


def add_pack(pack: Pack, added: Path) -> Path:
    """Keep a pack on this computer under its id, in the place of an older one; returns its folder.

    Raises BadInput when its id belongs to a scenario of the program, StoreError when the disk
    refuses; then nothing was changed.
    """
    name = pack.scenario.id
    if name in _known():
        words = f"A scenario that comes with CrisisDesk is called {name!r} already."
        raise BadInput(words, "Give yours another id.")
    try:
        added.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=added) as draft:
            new = Path(draft) / name
            _write(pack, new)
            _swap(added / name, new, Path(draft) / "old")
    except OSError as error:
        words = f"The scenario {name!r} could not be kept: {error.strerror}."
        raise StoreError(words, "Make room on the disk, or check who may write there.") from error
    return added / name


def _swap(place: Path, new: Path, old: Path) -> None:
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


def _write(pack: Pack, folder: Path) -> None:
    folder.mkdir()
    (folder / SCENARIO).write_text(pack.text, encoding="utf-8")
    for name, content in pack.media.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _known() -> list[str]:
    return [each for each in resource_names("scenarios") if not each.startswith("_")]
