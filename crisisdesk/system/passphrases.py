"""Passphrases, kept only as argon2id hashes."""

from collections.abc import Mapping
from typing import Any

SHORTEST = 8
WAITS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds after so many wrong passphrases. Nobody is ever locked out: that would be an outage."""

COST: Mapping[str, Any] = {}
"""Of a hash. Nothing in it means the library's own choice, which follows RFC 9106, section 4."""


def hash_passphrase(passphrase: str) -> str:
    """An argon2id hash with its own salt and cost inside; takes some tens of milliseconds."""
    from argon2 import PasswordHasher

    return PasswordHasher(**COST).hash(passphrase)


def passphrase_matches(hashed: str, passphrase: str) -> bool:
    """Whether it is the right one; takes as long either way."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, passphrase)
    except (VerificationError, InvalidHashError):
        return False


def hash_code(code: str) -> str:
    """An argon2id hash of a printed one-time code: cheaper, as a list has thirty of them.

    30^6 codes at some 10 ms each are months of work to find one that counts only once.
    """
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(code)


def code_matches(hashed: str, code: str) -> bool:
    """Whether it is the right code."""
    return passphrase_matches(hashed, code)
