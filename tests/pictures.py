"""Picture files for tests, drawn when asked for."""

import io
import random
import struct
import zlib

from PIL import Image

from crisisdesk.model.media import Picture
from crisisdesk.rules.pictures import read_picture

ORIENTATION, GPS, MAKE, SERIAL = 0x0112, 0x8825, 0x010F, 0xA431
ALT = "Map: Weir Bridge is closed, use Mill Bridge – Tŷ'r Afon is cut off"


def encoded(drawing: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    """The file's bytes."""
    out = io.BytesIO()
    drawing.save(out, kind, **more)
    return out.getvalue()


def halves(width: int = 60, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    drawing = Image.new("RGB", (width, height), "blue")
    drawing.paste("red", (0, 0, width // 2, height))
    return drawing


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """What no encoder can make small; the same every time."""
    length = width * height * len(mode)
    return Image.frombytes(mode, (width, height), random.Random(7).randbytes(length))


def photo(orientation: int = 1, drawing: Image.Image | None = None) -> bytes:
    """A JPEG as a phone makes it, with the place it was taken at."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Secretcam"
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 30.0, 12.5), 3: "W", 4: (0.0, 7.0, 5.5)})
    return encoded(drawing or halves(), exif=exif, comment=b"Secret comment", quality=95)


def picture(alt: str = ALT, colour: str = "red") -> Picture:
    """A small picture that is ready to go out."""
    return read_picture(encoded(Image.new("RGB", (48, 32), colour)), alt)


def two_pictures() -> tuple[Picture, ...]:
    """Two that differ in bytes and words."""
    drawn = read_picture(encoded(halves(), "PNG"), "Chart: the river at 4.2 m 🌊")
    return picture(), drawn


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims this size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b"")]
    chunks = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + chunks
