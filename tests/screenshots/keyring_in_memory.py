"""A keyring that forgets: no picture may touch the keyring of whoever draws it."""

from keyring.backend import KeyringBackend


class KeyringInMemory(KeyringBackend):
    """Bears the name of a real backend, so that the program trusts it."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, if there is one."""
        return self._held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it until the process ends."""
        self._held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        self._held.pop((service, username), None)


KeyringInMemory.__module__ = "keyring.backends.SecretService"
KeyringInMemory.__name__ = "Keyring"
