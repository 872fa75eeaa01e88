"""Passphrases, kept only as argon2id hashes."""

SHORTEST = 8


def hash_passphrase(passphrase: str) -> str:
    """An argon2id hash with its own salt and cost inside; takes some tens of milliseconds."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(passphrase)


def passphrase_matches(hashed: str, passphrase: str) -> bool:
    """Whether it is the right one; takes as long either way."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hashed, passphrase)
    except (VerificationError, InvalidHashError):
        return False
