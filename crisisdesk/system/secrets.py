"""Secrets: in the operating system's keyring, or in memory for this run only. Never in a file.

A keyring can fail silently (its null backend accepts everything and keeps nothing), so every
secret is read back and compared, and only backends known to encrypt are used.
"""

import logging
from typing import Any, Protocol

log = logging.getLogger(__name__)

SERVICE = "CrisisDesk"
SAFE_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


class Secrets(Protocol):
    """Where secrets are kept. `lasting` tells whether they outlive this run.

    `readable` is False after a look that was refused: what is kept there is not known.
    """

    lasting: bool
    readable: bool
    where: str

    def get(self, name: str) -> str:
        """The secret; "" when there is none."""

    def set(self, name: str, value: str) -> bool:
        """Keep it; False when it could only be kept in memory."""

    def forget(self, name: str) -> None:
        """Remove it."""


class MemorySecrets:
    """For this run only: exercises, and computers without a usable keyring."""

    lasting = False
    readable = True

    def __init__(self, where: str = "memory, for this run only") -> None:
        self.where = where
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str:
        """The secret; "" when there is none."""
        return self._values.get(name, "")

    def set(self, name: str, value: str) -> bool:
        """Keep it until the program ends."""
        self._values[name] = value
        return False

    def forget(self, name: str) -> None:
        """Remove it."""
        self._values.pop(name, None)


class KeyringSecrets:
    """In the operating system's keyring; falls back to memory for what it will not take."""

    lasting = True

    def __init__(self, keyring: Any, desk: str) -> None:
        self._keyring = keyring
        self._service = f"{SERVICE} {desk}"
        self._memory = MemorySecrets()
        self.readable = True
        self.where = f"{type(keyring).__module__}.{type(keyring).__name__}"

    def get(self, name: str) -> str:
        """The secret; "" when there is none or the keyring is locked."""
        held = self._memory.get(name)
        if held:
            return held
        try:
            kept = self._keyring.get_password(self._service, name) or ""
        except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
            self.readable = False
            log.warning("the keyring did not give a secret: %s", type(error).__name__)
            return ""
        self.readable = True
        return kept

    def set(self, name: str, value: str) -> bool:
        """Keep it and read it back. False, and memory only, when the keyring does not hold it."""
        try:
            self._keyring.set_password(self._service, name, value)
            kept = bool(self._keyring.get_password(self._service, name) == value)
        except Exception as error:  # noqa: BLE001
            log.warning("the keyring did not take a secret: %s", type(error).__name__)
            kept = False
        if kept:
            self._memory.forget(name)
        else:
            self._memory.set(name, value)
        return kept

    def forget(self, name: str) -> None:
        """Remove it from everywhere."""
        self._memory.forget(name)
        try:
            self._keyring.delete_password(self._service, name)
        except Exception as error:  # noqa: BLE001
            log.info("nothing to remove from the keyring: %s", type(error).__name__)


def open_secrets(desk: str) -> Secrets:
    """The keyring of this computer if it is one that encrypts, else memory."""
    import keyring

    backend: Any = keyring.get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__name__}"
    if name == "keyring.backends.chainer.ChainerBackend":
        backend = next((each for each in backend.backends if _safe(each)), backend)
    if _safe(backend):
        return KeyringSecrets(backend, desk)
    return MemorySecrets(f"memory, for this run only: {name} is not a keyring that encrypts")


def _safe(backend: Any) -> bool:
    return f"{type(backend).__module__}.{type(backend).__name__}" in SAFE_BACKENDS
