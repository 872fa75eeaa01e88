"""Pictures that go out with an alert. Every one says in words what it shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by the hash of its bytes. `mime` is image/jpeg or image/png, sizes are pixels."""

    sha256: str
    mime: str
    width: int
    height: int
    length: int
    alt: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image with its bytes, as a channel sends it."""

    image: Image
    content: bytes
