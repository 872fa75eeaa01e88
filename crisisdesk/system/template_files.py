"""The templates that can be chosen: the program's own, and the organisation's; and their faults."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crisisdesk.config import resource, resource_names
from crisisdesk.model.errors import BadInput
from crisisdesk.model.template import Template
from crisisdesk.rules.templating import read_template

_AT_LINE = re.compile(r"\(at line (\d+)")
_NAMED = re.compile(r"\{[a-z_]+\}|'([^']+)'")


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file: its template, or what is wrong. `line` is 0 where no single line is to blame."""

    name: str
    own: bool
    template: Template | None = None
    problem: str = ""
    line: int = 0
    to_do: str = ""

    def __str__(self) -> str:
        place = f" (line {self.line})" if self.line else ""
        return f"{self.problem}{place} {self.to_do}".strip()


def load_templates(own: Path | None) -> tuple[dict[str, Template], list[str]]:
    """The program's templates and the organisation's own, which win by id; and what is wrong.

    A bad file is named and left out; it never stops the desk.
    """
    files = check_templates(own)
    found = {each.template.id: each.template for each in files if each.template}
    problems = [str(each) for each in files if each.problem]
    return dict(sorted(found.items(), key=lambda pair: pair[1].name)), problems


def check_templates(own: Path | None) -> list[TemplateFile]:
    """Every template file with its template or its fault, the program's own first."""
    checked = [*_shipped()]
    taken: dict[str, str] = {}
    for each in _own_files(own):
        if each.template and each.template.id in taken:
            checked.append(_twice(each, taken[each.template.id]))
            continue
        if each.template:
            taken[each.template.id] = each.name
        checked.append(each)
    return checked


@cache
def _shipped() -> tuple[TemplateFile, ...]:
    """The program's own: they stay the same while it runs."""
    names = resource_names("templates", ".toml")
    return tuple(_checked(name, resource("templates", name), own=False) for name in names)


def make_folder(folder: Path) -> Path:
    """The organisation's folder, made when it is not there. Raises BadInput."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        problem = f"{folder} cannot be made: {error.strerror or error}."
        raise BadInput(problem, "Correct the permissions of the folder above it.") from error
    return folder


def _own_files(own: Path | None) -> Iterator[TemplateFile]:
    for file in sorted(own.glob("*.toml")) if own and own.is_dir() else ():
        try:
            content = file.read_bytes()
        except OSError as error:
            problem = f"The template {file} cannot be read: {error.strerror or error}."
            yield TemplateFile(str(file), True, None, problem, 0, "Correct its permissions.")
        else:
            yield _checked(str(file), content, own=True)


def _twice(file: TemplateFile, first: str) -> TemplateFile:
    problem = f"The template {file.name} is left out: {first} has its id already."
    return TemplateFile(file.name, True, None, problem, 0, "Give it an id of its own.")


def _checked(name: str, content: bytes, *, own: bool) -> TemplateFile:
    try:
        text = content.decode("utf-8-sig")
        template = read_template(tomllib.loads(text), name)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = f"The template {name} is no UTF-8 text."
        return TemplateFile(name, own, None, problem, line, "Save it as UTF-8 in your editor.")
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        why = str(error).partition(" (at ")[0]
        problem = f"The template {name} is no TOML file: {why}."
        line = int(at.group(1)) if at else 0
        return TemplateFile(name, own, None, problem, line, "Correct that line.")
    except BadInput as error:
        return TemplateFile(name, own, None, error.problem, _line(text, error.problem), error.to_do)
    return TemplateFile(name, own, template)


def _line(text: str, problem: str) -> int:
    """The first line that holds what the problem names; 0 when none does: something is missing."""
    named = [match.group(1) or match.group() for match in _NAMED.finditer(problem)]
    lines = text.splitlines()
    for word in named:
        for number, line in enumerate(lines, 1):
            if word in line:
                return number
    return 0
