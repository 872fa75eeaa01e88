"""Signing keys: the desk's own, and each person's, which only their passphrase opens."""

import base64
import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crisisdesk.model.audit import Signer
from crisisdesk.model.chance import Chance
from crisisdesk.model.errors import Refused
from crisisdesk.system.chance import SYSTEM_CHANCE
from crisisdesk.system.secrets import Secrets

KEY_NAME = "desk signing key"
SEAL = b"crisisdesk/person/1"
KEY_BYTES = 32
SALT_BYTES = 16


def desk_key(secrets: Secrets) -> Signer:
    """The key kept under our name, or a new one.

    Without a keyring, or with one that is locked now, the new one lasts for this run only: the key
    that may lie in a locked keyring must not be replaced.
    """
    kept = secrets.get(KEY_NAME)
    if kept:
        return _signer(Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept)))
    key = Ed25519PrivateKey.generate()
    if secrets.readable:
        secrets.set(KEY_NAME, base64.b64encode(key.private_bytes_raw()).decode())
    return _signer(key)


def exercise_key(chance: Chance) -> Signer:
    """A throw-away key; the keyring is never asked.

    Whoever knows the seed can make it too: it shows that a log is whole, not that nobody could
    have written another one.
    """
    return _signer(Ed25519PrivateKey.from_private_bytes(chance.raw(KEY_BYTES)))


def new_person_key(passphrase: str, chance: Chance = SYSTEM_CHANCE) -> tuple[str, str]:
    """A new key of somebody's own: its public half in hex, and the key sealed for the database."""
    key = Ed25519PrivateKey.from_private_bytes(chance.raw(KEY_BYTES))
    return key.public_key().public_bytes_raw().hex(), _sealed(key.private_bytes_raw(), passphrase)


def person_key(sealed: str, passphrase: str) -> Signer:
    """Open a sealed key for one signature. Raises Refused when the passphrase is wrong."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    raw = base64.b64decode(sealed)
    salt, nonce, box = raw[:SALT_BYTES], raw[SALT_BYTES : SALT_BYTES + 12], raw[SALT_BYTES + 12 :]
    try:
        opened = ChaCha20Poly1305(_stretched(passphrase, salt)).decrypt(nonce, box, SEAL)
    except InvalidTag as error:
        raise Refused(
            "This passphrase does not open the key.", "Type it again; look whether Caps Lock is on."
        ) from error
    return _signer(Ed25519PrivateKey.from_private_bytes(opened))


def _sealed(private: bytes, passphrase: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt, nonce = os.urandom(SALT_BYTES), os.urandom(12)
    box = ChaCha20Poly1305(_stretched(passphrase, salt)).encrypt(nonce, private, SEAL)
    return base64.b64encode(salt + nonce + box).decode()


def _stretched(passphrase: str, salt: bytes) -> bytes:
    """32 bytes by argon2id with the cost RFC 9106 recommends for small memory: 64 MiB, 3 passes."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, 3, 65536, 4, 32, Type.ID)


def _signer(key: Ed25519PrivateKey) -> Signer:
    return Signer(key.public_key().public_bytes_raw(), key.sign)
