"""Passphrases are kept only as argon2id hashes."""

import pytest

from crisisdesk.system import passphrases
from crisisdesk.system.passphrases import hash_passphrase, passphrase_matches
from tests.conftest import REAL_COST


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_passphrase("correct horse ö")


def test_a_guess_costs_64_mebibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrases, "COST", REAL_COST)
    found = hash_passphrase("correct horse ö")
    assert found.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # RFC 9106, section 4
    assert passphrase_matches(found, "correct horse ö")
    assert not passphrase_matches(found, "correct horse")


def test_the_right_one_matches(hashed: str) -> None:
    assert hashed.startswith("$argon2id$")
    assert "horse" not in hashed
    assert passphrase_matches(hashed, "correct horse ö")


@pytest.mark.parametrize("wrong", ["", "correct horse", "Correct horse ö", "correct horse ö "])
def test_another_does_not(hashed: str, wrong: str) -> None:
    assert not passphrase_matches(hashed, wrong)


@pytest.mark.parametrize("damaged", ["", "plain", "$argon2id$v=19$broken"])
def test_a_damaged_hash_matches_nothing(damaged: str) -> None:
    assert not passphrase_matches(damaged, "")
    assert not passphrase_matches(damaged, "anything")


def test_the_same_passphrase_is_hashed_differently_each_time(hashed: str) -> None:
    assert hash_passphrase("correct horse ö") != hashed
