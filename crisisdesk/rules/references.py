"""Short public references, and record keys for networks that let us choose them."""

REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0/O, 1/I/L or U: a reference is read out over bad telephone lines."""

_TID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"


def reference(number: int, length: int = 4) -> str:
    """A reference such as "K7Q3" from any non-negative number (taken modulo what fits)."""
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(REFERENCE_ALPHABET))
        letters.append(REFERENCE_ALPHABET[index])
    return "".join(letters)


def marker(incident_ref: str, serial: int) -> str:
    """What every alert carries in its text, as in "Ref K7Q3-2"."""
    return f"Ref {incident_ref}-{serial}"


def tid(microseconds: int, clock_id: int) -> str:
    """An AT Protocol timestamp key: 53 bits of microseconds, 10 bits of clock id, 13 letters.

    Source: AT Protocol record key specification.
    """
    number = (microseconds & (2**53 - 1)) << 10 | (clock_id & 1023)
    return "".join(_TID_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def delivery_key(kind: str, microseconds: int, chance: int) -> str:
    """An idempotency key: a record key where the network wants one, else letters and digits.

    `chance` is any large random number. Keys also serve as CAP identifiers, so they hold only
    letters, digits and hyphens.
    """
    if kind == "bluesky":
        return tid(microseconds, chance)
    return f"cd-{microseconds:x}-{chance & 0xFFFFFFFFFFFF:012x}"
