"""The desk's own key."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crisisdesk.model.mode import Mode
from crisisdesk.system.chance import StoryChance
from crisisdesk.system.keys import KEY_NAME, desk_key, exercise_key
from crisisdesk.system.secrets import KeyringSecrets, MemorySecrets
from tests.system.test_secrets import Honest


def test_a_desk_keeps_its_key_in_the_keyring() -> None:
    backend = Honest()
    first = desk_key(KeyringSecrets(backend, "desk-1"))
    again = desk_key(KeyringSecrets(backend, "desk-1"))
    assert first.public_key == again.public_key
    assert desk_key(KeyringSecrets(backend, "desk-2")).public_key != first.public_key
    assert len(base64.b64decode(backend.kept["CrisisDesk desk-1", KEY_NAME])) == 32


class LockedForReading(Honest):
    """Somebody unlocks it between two calls."""

    locked = True

    def get_password(self, service: str, name: str) -> str | None:
        if self.locked:
            raise OSError("locked")
        return super().get_password(service, name)


def test_a_locked_keyring_loses_no_key() -> None:
    backend = LockedForReading()
    backend.locked = False
    first = desk_key(KeyringSecrets(backend, "desk-1"))
    backend.locked = True
    assert desk_key(KeyringSecrets(backend, "desk-1")).public_key != first.public_key
    backend.locked = False
    assert desk_key(KeyringSecrets(backend, "desk-1")).public_key == first.public_key


def test_without_a_keyring_the_key_lasts_for_the_run() -> None:
    secrets = MemorySecrets()
    assert desk_key(secrets).public_key == desk_key(secrets).public_key
    assert desk_key(MemorySecrets()).public_key != desk_key(secrets).public_key


def test_signatures_hold() -> None:
    signer = desk_key(MemorySecrets())
    key = Ed25519PublicKey.from_public_bytes(signer.public_key)
    assert key.verify(signer.sign(b"words"), b"words") is None


def test_the_key_of_an_exercise_is_the_same_for_the_same_story_and_seed() -> None:
    def key(story: str, seed: int) -> bytes:
        return exercise_key(StoryChance(Mode.EXERCISE, story, seed)).public_key

    assert key("night", 1) == key("night", 1)
    assert len({key("night", 1), key("night", 2), key("day", 1)}) == 3
