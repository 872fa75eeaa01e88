"""The desk's own signing key."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crisisdesk.model.audit import Signer
from crisisdesk.system.secrets import Secrets

KEY_NAME = "desk signing key"


def desk_key(secrets: Secrets) -> Signer:
    """The key kept under our name, or a new one. Without a keyring it lasts for this run only."""
    kept = secrets.get(KEY_NAME)
    if kept:
        return _signer(Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept)))
    key = Ed25519PrivateKey.generate()
    secrets.set(KEY_NAME, base64.b64encode(key.private_bytes_raw()).decode())
    return _signer(key)


def exercise_key(folder: Path) -> Signer:
    """A throw-away key in the exercise's own folder; the keyring is never asked."""
    file = folder / "exercise.key"
    if file.exists():
        return _signer(Ed25519PrivateKey.from_private_bytes(file.read_bytes()))
    key = Ed25519PrivateKey.generate()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(key.private_bytes_raw())
    return _signer(key)


def _signer(key: Ed25519PrivateKey) -> Signer:
    return Signer(key.public_key().public_bytes_raw(), key.sign)
