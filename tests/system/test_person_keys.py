"""A person's key: sealed, opened only by its passphrase, by a function that is slow on purpose."""

import base64

import pytest
from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from crisisdesk.model.errors import Refused
from crisisdesk.system import keys
from tests.conftest import REAL_STRETCH

PHRASE = "four quiet herons"


def test_the_slow_part_is_argon2id_with_64_mebibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    salt = bytes(range(16))
    expected = hash_secret_raw(PHRASE.encode(), salt, 3, 65536, 4, 32, Type.ID)
    assert REAL_STRETCH(PHRASE, salt) == expected
    monkeypatch.setattr(keys, "_stretched", REAL_STRETCH)
    public, sealed = keys.new_person_key(PHRASE)
    assert keys.person_key(sealed, PHRASE).public_key.hex() == public
    with pytest.raises(Refused):
        keys.person_key(sealed, PHRASE + "s")


def test_what_it_signs_holds_for_its_public_key() -> None:
    public, sealed = keys.new_person_key(PHRASE)
    signature = keys.person_key(sealed, PHRASE).sign(b"these bytes")
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, b"these bytes")


def test_two_people_with_one_passphrase_have_different_keys() -> None:
    (one, sealed_one), (two, sealed_two) = (keys.new_person_key(PHRASE) for _ in range(2))
    assert one != two
    assert sealed_one != sealed_two


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_sealed_key_that_was_changed_opens_no_more(place: int) -> None:
    _, sealed = keys.new_person_key(PHRASE)
    raw = bytearray(base64.b64decode(sealed))
    raw[place] ^= 1
    with pytest.raises(Refused, match="does not open"):
        keys.person_key(base64.b64encode(raw).decode(), PHRASE)
