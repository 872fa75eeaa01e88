"""Secrets lie in a keyring that keeps them, or in memory, and nowhere else."""

import logging

import keyring
import pytest

from crisisdesk.system.secrets import (
    SAFE_BACKENDS,
    KeyringSecrets,
    MemorySecrets,
    Secrets,
    open_secrets,
)


class Honest:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, value: str) -> None:
        self.kept[service, name] = value

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class Null(Honest):
    """Accepts everything and keeps nothing, without a word."""

    def set_password(self, service: str, name: str, value: str) -> None:
        return None


class Cutting(Honest):
    """Keeps only the beginning, as some systems do."""

    def set_password(self, service: str, name: str, value: str) -> None:
        super().set_password(service, name, value[:4])


class Locked(Honest):
    """Raises whatever its system raises."""

    def get_password(self, service: str, name: str) -> str | None:
        raise OSError("the keyring is locked: s3cret")

    def set_password(self, service: str, name: str, value: str) -> None:
        raise OSError(f"cannot keep {value}")

    def delete_password(self, service: str, name: str) -> None:
        raise OSError("locked")


@pytest.mark.parametrize("secrets", [MemorySecrets(), KeyringSecrets(Honest(), "desk-1")])
def test_kept_given_back_and_forgotten(secrets: Secrets) -> None:
    assert secrets.get("token") == ""
    assert secrets.set("token", "s3cret") is secrets.lasting
    assert secrets.get("token") == "s3cret"
    secrets.forget("token")
    secrets.forget("token")
    assert secrets.get("token") == ""


def test_each_desk_has_its_own_drawer() -> None:
    backend = Honest()
    KeyringSecrets(backend, "desk-1").set("token", "one")
    assert KeyringSecrets(backend, "desk-2").get("token") == ""
    assert backend.kept == {("CrisisDesk desk-1", "token"): "one"}


@pytest.mark.parametrize("backend", [Null(), Cutting(), Locked()])
def test_what_the_keyring_does_not_hold_stays_in_memory(
    backend: Honest, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = KeyringSecrets(backend, "desk-1")
    with caplog.at_level(logging.DEBUG):
        assert not secrets.set("token", "s3cret")
        assert secrets.get("token") == "s3cret"
        secrets.forget("token")
    assert secrets.get("token") != "s3cret"
    assert "s3cret" not in caplog.text


def test_a_new_secret_replaces_one_that_only_memory_held() -> None:
    backend = Honest()
    secrets = KeyringSecrets(Null(), "desk-1")
    secrets.set("token", "old")
    secrets._keyring = backend
    assert secrets.set("token", "new")
    assert secrets.get("token") == "new"


@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
def test_a_keyring_that_does_not_encrypt_is_not_used(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    module, _, kind = name.rpartition(".")
    backend = getattr(__import__(module, fromlist=[kind]), kind)()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    secrets = open_secrets("desk-1")
    assert (secrets.lasting, name in secrets.where) == (False, True)


def test_a_safe_one_is_used_alone_or_within_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    safe = type("Keyring", (Honest,), {"__module__": "keyring.backends.SecretService"})()
    unsafe = type("Keyring", (Honest,), {"__module__": "keyrings.alt.file"})()
    chain = type("ChainerBackend", (), {"__module__": "keyring.backends.chainer"})()
    chain.backends = [unsafe, safe]
    for backend in (safe, chain):
        monkeypatch.setattr(keyring, "get_keyring", lambda it=backend: it)
        secrets = open_secrets("desk-1")
        assert (secrets.lasting, secrets.where) == (True, "keyring.backends.SecretService.Keyring")
    assert secrets.where in SAFE_BACKENDS
    chain.backends = [unsafe]
    assert not open_secrets("desk-1").lasting
