"""Ids and codes have one source, which an exercise can replace: nobody draws past it."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("system/chance.py", "model/chance.py")
SEEDED = "Random"
"""`from random import Random` needs a seed, so it is no source of its own."""


def sources(file: Path) -> list[str]:
    """What a module imports that draws by itself."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{each.name}" for each in node.names]
    allowed = f"random.{SEEDED}"
    return [
        each
        for each in found
        if each.split(".")[0] in ("uuid", "secrets", "random") and each != allowed
    ]


def test_ids_and_codes_have_one_source() -> None:
    core = ROOT / "crisisdesk"
    found = {str(file.relative_to(core)): sources(file) for file in core.rglob("*.py")}
    drawing = {name for name, names in found.items() if names}
    assert drawing <= set(SOURCES)


def test_a_module_that_draws_by_itself_is_found(tmp_path: Path) -> None:
    file = tmp_path / "drawing.py"
    file.write_text("import uuid\nfrom random import Random, choice\nimport secrets\n")
    assert sources(file) == ["uuid", "random.choice", "secrets"]
