"""Scenario packs as they come: a folder, a scenario.toml or a zip, opened with suspicion."""

import stat
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from crisisdesk.model.errors import BadInput
from crisisdesk.model.exercise import Scenario
from crisisdesk.rules.exercise.text import LONGEST, scenario_from
from crisisdesk.system.damaged_zips import DAMAGED_ZIP

SCENARIO = "scenario.toml"
SUFFIX = ".toml"
MOST_FILES = 200
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_PACK = 50 * 1024 * 1024
"""Bytes, unpacked. Pictures for a tabletop exercise stay far below."""

ANOTHER = "Ask whoever made the pack for another one, or unpack it and look."


@dataclass(frozen=True, slots=True)
class Pack:
    """A scenario with the files that belong to it, by their names inside the pack."""

    text: str
    scenario: Scenario
    media: Mapping[str, bytes] = field(default_factory=dict)


def open_pack(path: Path) -> Pack:
    """Read a pack whole and check it. Raises BadInput with the file, the line and the reason."""
    try:
        if path.is_file() and not zipfile.is_zipfile(path):
            return _alone(path)
        files = _from_zip(path) if path.is_file() else _on_disk(path)
    except OSError as error:
        words = f"{path} cannot be read: {error.strerror or error}."
        raise BadInput(words, "Check the file, or choose another.") from error
    origin = f"{path.name}, {SCENARIO}"
    if SCENARIO not in files:
        raise BadInput(f"There is no {SCENARIO} in {path}.", "Choose a scenario's folder or zip.")
    text = _decoded(files.pop(SCENARIO), origin)
    scenario = scenario_from(text, origin)
    return Pack(text, scenario, _media(scenario, files, origin))


def _alone(path: Path) -> Pack:
    """A scenario.toml; of what lies beside it, only what it names is read."""
    if path.suffix.lower() != SUFFIX:
        words = f"{path.name} is neither a zip nor a {SCENARIO}."
        raise BadInput(words, "Choose a scenario's folder, its zip or its .toml.")
    _measure(SCENARIO, path.stat().st_size, path)
    text = _decoded(path.read_bytes(), path.name)
    scenario = scenario_from(text, path.name)
    named = {each.file for inject in scenario.injects for each in inject.media}
    return Pack(text, scenario, _media(scenario, _read_all(path.parent, named, path), path.name))


def _decoded(content: bytes, origin: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        words = f"{origin}, line {line}: this is no UTF-8 text."
        raise BadInput(words, "Save it as UTF-8 in an editor.") from error


def _media(scenario: Scenario, files: Mapping[str, bytes], origin: str) -> dict[str, bytes]:
    """Only what an inject names is kept; what it names must be there."""
    named = {each.file: inject.id for inject in scenario.injects for each in inject.media}
    for name, inject_id in named.items():
        if name not in files:
            words = f"{origin}: the inject {inject_id!r} names {name!r}, which is not in the pack."
            raise BadInput(words, "Add the file, or take its line out.")
    return {name: files[name] for name in named}


def _on_disk(path: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    found = (each.relative_to(path).as_posix() for each in sorted(path.rglob("*")))
    return _read_all(path, found, path)


def _read_all(folder: Path, names: Iterable[str], path: Path) -> dict[str, bytes]:
    """Files by their names in a folder; links out of it are not followed."""
    files: dict[str, bytes] = {}
    for name in names:
        file = folder / name
        if not file.is_file() or file.resolve() != folder.resolve() / name:
            continue
        _count(len(files) + 1, path)
        _measure(name, file.stat().st_size, path)
        files[name] = file.read_bytes()
    return files


def _from_zip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive, path)
    except DAMAGED_ZIP as error:
        raise BadInput(f"{path} is damaged or no zip: {error}.", ANOTHER) from error


def _unpacked(archive: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    infos = [each for each in archive.infolist() if not each.is_dir()]
    _count(len(infos), path)
    files: dict[str, bytes] = {}
    total = 0
    top = _common_folder([each.filename for each in infos])
    for info in infos:
        _refuse_tricks(info, path)
        _measure(info.filename, info.file_size, path)
        name = info.filename.removeprefix(top)
        if name.casefold() in {each.casefold() for each in files}:
            raise BadInput(f"{path} holds {name!r} twice.", ANOTHER)
        files[name] = _read(archive, info, path)
        total += len(files[name])
        if total > LARGEST_PACK:
            raise BadInput(f"{path} unpacks to more than {_mb(LARGEST_PACK)}.", ANOTHER)
    return files


def _common_folder(names: list[str]) -> str:
    """Zips are often made of a folder: its name is left off."""
    tops = {name.partition("/")[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and all("/" in name for name in names) else ""


def _refuse_tricks(info: zipfile.ZipInfo, path: Path) -> None:
    name = PurePosixPath(info.filename)
    strange = "\\" in info.filename or ":" in info.filename or "\0" in info.orig_filename
    if name.is_absolute() or ".." in name.parts or strange:
        words = f"{path} holds {info.filename!r}, which would be put outside its folder."
        raise BadInput(words, ANOTHER)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise BadInput(f"{path} holds a link, {info.filename!r}.", ANOTHER)
    if info.flag_bits & 1:
        raise BadInput(f"{path}: {info.filename!r} is encrypted.", ANOTHER)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> bytes:
    """What a zip says of a size may be a lie: no more is unpacked than it said."""
    with archive.open(info) as file:
        content = file.read(LARGEST_FILE + 1)
    _measure(info.filename, len(content), path)
    return content


def _measure(name: str, size: int, path: Path) -> None:
    most = LONGEST if name.endswith(SCENARIO) else LARGEST_FILE
    if size > most:
        raise BadInput(f"{path}: {name!r} is larger than {_mb(most)}.", ANOTHER)


def _count(files: int, path: Path) -> None:
    if files > MOST_FILES:
        raise BadInput(f"{path} holds more than {MOST_FILES} files.", ANOTHER)


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"
