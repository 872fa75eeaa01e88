"""A scenario whose every word wants something: to be fetched, opened, run, shown or believed."""

import json
import re
import tomllib
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

from crisisdesk.config import resource

REFERRED = {"id", "after", "on", "only_if", "unless", "template", "match", "network"}
REFERRED |= {"starts", "answered_by", "inject", "goals", "handle"}
KEPT = REFERRED | {"do", "method", "step", "severity", "kind", "harm", "day"}
"""What other parts of the file refer to, and words of the format."""

POSTED = {"text", "escalates"}
POST = 300
"""Characters that any of the simulated networks takes."""

GRAMMAR = {"places", "watch_terms", "phrasings", "gaps"}
"""What the simulated public's sentences are made of. Braces stand for gaps there, and an unknown
gap is refused."""


def lures(port: int) -> list[str]:
    """Texts that lead to the port on loopback, or elsewhere, wherever they are not mere text."""
    place = f"127.0.0.1:{port}"
    return [
        f"http://{place}/beacon",
        f"<img src=http://{place}/a.png onerror=fetch('http://{place}')><script src=//{place}/x>",
        f"@riverside@{place} @admin.localhost #RiversideFlood http://localhost:{port}/",
        f"]]><!DOCTYPE x [<!ENTITY y SYSTEM 'http://{place}/dtd'>]>&y;",
        "../../../../etc/passwd file:///etc/passwd \\\\127.0.0.1\\share C:\\CON",
        "{ref} {sender_name} ${HOME} {{7*7}} %s %n $(id) `id` [[x: {x}]]",
        f'=HYPERLINK("http://{place}") \'; DROP TABLE log; -- ',
        "\u202egnihton\u2066 \u200b\ufeff \u0301" + "\u0301" * 40,
        f"mailto:a@b?bcc=c\nBcc: victim@{place}\n\n.\nMAIL FROM:<x@y>",
    ]


def write_hostile_scenario(folder: Path, port: int, name: str = "night-flood") -> Path:
    """A copy of a shipped scenario, spoilt everywhere it may say something; returns its folder."""
    content = tomllib.loads(resource("scenarios", name, "scenario.toml").decode())
    more = cycle(lures(port))

    def spoilt(value: Any, key: str = "", grammar: bool = False) -> Any:
        grammar = grammar or key in GRAMMAR
        if isinstance(value, Mapping):
            return {each: spoilt(inner, each, grammar) for each, inner in value.items()}
        if isinstance(value, list):
            return [spoilt(each, key, grammar) for each in value]
        if not isinstance(value, str) or key in KEPT:
            return value
        lure = re.sub("[{}]", "", next(more)) if grammar else next(more)
        return f"{value} {lure}"[: POST if key in POSTED else None]

    acts = content.pop("autopilot")
    spoiled = spoilt(content)
    spoiled["autopilot"] = acts
    for act in (each for officer in acts.values() for each in officer):
        act["words"] = f"{act.get('words', '')} {next(more)}"
        if "values" in act:
            act["values"] = {k: _value(k, v, port) for k, v in act["values"].items()}
    folder.mkdir(parents=True)
    lines = [f"{key} = {as_toml(value)}" for key, value in spoiled.items()]
    (folder / "scenario.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _value(field: str, value: str, port: int) -> str:
    """What is typed into a message: short enough, and a moment stays one."""
    if field.endswith("_url"):
        return f"http://127.0.0.1:{port}/{{ref}}"
    spoilt = f"{value[: max(1, len(value) - 9)]}<b>{{ref}}\u202e"
    return value if field.endswith(("_at", "_time")) else spoilt


def as_toml(value: Any) -> str:
    """A value as it stands in a TOML file, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {as_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value)
