"""Whether a person's key signed something."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_signed(content: bytes, key: str, signature: str) -> bool:
    """Whether the key made this Ed25519 signature over these bytes. Both are hex; what is none, or
    of another length, signs nothing."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), content)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True
