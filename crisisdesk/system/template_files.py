"""The templates that can be chosen: the program's own, and the organisation's."""

import tomllib
from pathlib import Path

from crisisdesk.config import resource, resource_names
from crisisdesk.model.errors import BadInput
from crisisdesk.model.template import Template
from crisisdesk.rules.templating import read_template


def load_templates(own: Path | None) -> tuple[dict[str, Template], list[str]]:
    """The program's templates and the organisation's own, which win by id; and what is wrong.

    A bad file is named and left out; it never stops the desk.
    """
    contents = [
        (name, resource("templates", name)) for name in resource_names("templates", ".toml")
    ]
    if own and own.is_dir():
        contents += [(str(file), file.read_bytes()) for file in sorted(own.glob("*.toml"))]
    found: dict[str, Template] = {}
    problems: list[str] = []
    for name, content in contents:
        try:
            template = read_template(tomllib.loads(content.decode()), name)
        except BadInput as error:
            problems.append(str(error))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"The template {name} is no TOML file: {error}.")
        else:
            found[template.id] = template
    return dict(sorted(found.items(), key=lambda pair: pair[1].name)), problems
