"""The verifier that is shipped in every bundle, loaded from its file as its readers run it."""

import importlib.util
from pathlib import Path
from types import ModuleType

from crisisdesk.config import RESOURCES

FILE: Path = RESOURCES / "verify" / "verify.py"


def shipped() -> ModuleType:
    """The module, without the rest of the program."""
    spec = importlib.util.spec_from_file_location("shipped_verifier", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
