"""What the source may and may not hold, read from the source itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE, UI = ROOT / "crisisdesk", ROOT / "ui"
SOURCES = sorted(file for folder in (CORE, UI) for file in folder.rglob("*.py"))
LONGEST = 400
VAGUE = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
NETWORKING = {
    "requests", "smtplib", "socket", "urllib.request", "http.client", "urllib3", "ftplib",
    "asyncio", "ssl", "httpx", "aiohttp", "socketserver", "xmlrpc.client", "websockets",
}  # fmt: skip
WORKING = {"Thread", "Timer", "ThreadPoolExecutor", "ProcessPoolExecutor", "Process", "QThread"}


def imports(file: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of every import; the name is "" where the module itself is imported."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def calls(file: Path) -> Iterator[str]:
    """The last word of everything that is called or derived from."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        named = [node.func] if isinstance(node, ast.Call) else getattr(node, "bases", [])
        for each in named:
            if isinstance(each, ast.Name):
                yield each.id
            elif isinstance(each, ast.Attribute) and ast.unparse(each) != "psutil.Process":
                yield each.attr  # psutil's only looks at one that is there


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_is_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_every_file_is_named_for_what_it_does() -> None:
    ours = [*SOURCES, *(ROOT / "tests").glob("*.py"), *(ROOT / "tests").glob("*/*.py")]
    assert [file for file in ours if VAGUE & set(file.stem.split("_"))] == []


def test_the_core_knows_nothing_of_the_console() -> None:
    for file in CORE.rglob("*.py"):
        roots = {module.split(".")[0] for module, _ in imports(file)}
        assert not roots & {"PySide6", "shiboken6", "ui"}, file


def test_only_the_door_opens_connections() -> None:
    for file in SOURCES:
        if file.is_relative_to(CORE / "net"):
            continue
        for module, name in imports(file):
            if module in NETWORKING or f"{module}.{name}" in NETWORKING:
                allowed = (module, name) == ("requests", "Response") or (
                    module == "smtplib" and file == CORE / "channels" / "email.py"
                )
                assert allowed, f"{file} imports {module} {name}"


def test_channels_take_only_exceptions_and_a_type_from_smtplib() -> None:
    tree = ast.parse((CORE / "channels" / "email.py").read_text(encoding="utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "smtplib"
    }
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert used
    assert "SMTP" not in used & called


def test_threads_are_made_in_one_place() -> None:
    for file in SOURCES:
        if not file.is_relative_to(CORE / "system"):
            assert not WORKING & set(calls(file)), file
