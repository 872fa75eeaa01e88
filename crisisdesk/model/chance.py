"""Chance: where ids, codes and the length of a pause come from."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from secrets import token_bytes
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


def strong_key() -> bytes:
    """32 bytes of the system's randomness, where nothing else was handed in."""
    return token_bytes(32)


class Chance(ABC):
    """Draws from random bytes. Any thread may draw."""

    foretold: bool
    """Whether somebody who knows a number can know every draw: never on a live desk."""

    @abstractmethod
    def raw(self, size: int) -> bytes:
        """The next bytes."""

    @abstractmethod
    def stream(self, name: str) -> "Chance":
        """Another source, of the same kind: what is drawn here changes nothing there."""

    def id(self) -> str:
        """A UUID, as RFC 9562 writes random ones."""
        return str(UUID(bytes=self.raw(16), version=4))

    def token(self, size: int = 16) -> str:
        """So many bytes in hex."""
        return self.raw(size).hex()

    def bits(self, number: int) -> int:
        """A whole number from 0 to below 2 ** number."""
        return int.from_bytes(self.raw((number + 7) // 8), "big") >> (-number % 8)

    def fraction(self) -> float:
        """From 0 to below 1."""
        return self.bits(53) / 2**53

    def below(self, limit: int) -> int:
        """A whole number from 0 to below `limit`, each as likely."""
        drawn = self.bits(limit.bit_length())
        while drawn >= limit:  # a remainder instead would make the first ones likelier
            drawn = self.bits(limit.bit_length())
        return drawn

    def choice(self, among: Sequence[T]) -> T:
        """One of them, each as likely."""
        return among[self.below(len(among))]
