"""A keyring kept in the file that FAKE_KEYRING names; every use is noted beside it.

It bears the name of a real backend, so that the program trusts it. Without the variable it holds
nothing, as a locked keyring does.
"""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class Keyring(KeyringBackend):
    """Looks like the Secret Service."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self._used("opened")

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, if there is one."""
        self._used(f"read {username}")
        return self._held().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._used(f"wrote {username}")
        self._keep({**self._held(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        held = self._held()
        if held.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError(username)
        self._keep(held)

    def _file(self) -> Path | None:
        name = os.environ.get("FAKE_KEYRING")
        return Path(name) if name else None

    def _held(self) -> dict[str, str]:
        file = self._file()
        return dict(json.loads(file.read_text())) if file and file.exists() else {}

    def _keep(self, held: dict[str, str]) -> None:
        if file := self._file():
            file.write_text(json.dumps(held))

    def _used(self, how: str) -> None:
        if file := self._file():
            with file.with_suffix(".uses").open("a") as uses:
                uses.write(f"{how}\n")


Keyring.__module__ = "keyring.backends.SecretService"
