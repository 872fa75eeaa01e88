"""Pictures for an alert: made safe and small once, then judged by each network's own limits.

What comes in may be anything. It is decoded only after its header was believed, and what goes out
is drawn anew: no place, no camera, no serial number and nothing hidden in the file goes along.
"""

import re
import threading
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from crisisdesk.model.errors import BadInput
from crisisdesk.model.media import Image, Picture

if TYPE_CHECKING:
    from PIL.Image import Image as Drawing

MAX_FILE_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
"""What the biggest cameras of phones make; decoded it takes 150 MB."""
FIT_EDGE = 2000
"""Pixels along the longer side: as wide as Bluesky shows it, enough for the words on a map."""
FIT_BYTES = 1_000_000
"""The strictest network's limit, Bluesky's, so one file serves everywhere."""
MOST_PICTURES = 4
ALT_LIMIT = 1500
"""Characters. Mastodon's `description_limit`; the other networks set none below it."""

ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}
_QUALITIES = (90, 80, 70)
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Controls and halves of characters: XML cannot carry them, a screen reader cannot say them."""
_ONE_AT_A_TIME = threading.Lock()
"""Several big pictures at once could fill the memory; warning filters belong to the process."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one network takes: pictures in a message, bytes and pixels of each, bytes together."""

    name: str
    number: int
    each: int
    together: int
    pixels: int = MAX_PIXELS


LIMITS = {
    "mastodon": Limits("Mastodon", MOST_PICTURES, 16 << 20, 64 << 20, 33_177_600),
    "bluesky": Limits("Bluesky", MOST_PICTURES, FIT_BYTES, 4 * FIT_BYTES),
    "email": Limits("E-mail", MOST_PICTURES, 7_000_000, 7_000_000),
    "cap": Limits("The CAP feed", MOST_PICTURES, 7_000_000, 28_000_000),
}
"""By kind of channel. Sources: Mastodon's GET /api/v2/instance, defaults of 4.x
(`max_media_attachments` 4, `image_size_limit` 16 MiB, `image_matrix_limit` 33,177,600); Bluesky's
lexicon app.bsky.embed.images (`maxLength` 4, `maxSize` 1,000,000; newer servers take 2,000,000).
Mail has no limit of its own: many servers refuse more than 10 MB, which base64 reaches with 7. CAP
1.2 sets none either; a receiver fetches the files itself, so they are kept as small as a mail."""


def read_picture(content: bytes, alt: str) -> Picture:
    """A JPEG or PNG file made ready to go out: upright, at most 2,000 pixels along a side and
    1,000,000 bytes, with nothing in it but what one sees.

    `alt` may still be empty here; `problems_with` asks for it. Raises BadInput for anything else
    than a whole, still JPEG or PNG of at most 20 MB and 50 million pixels.
    """
    if len(content) > MAX_FILE_BYTES:
        raise BadInput("The file is larger than 20 MB.", "Make a smaller copy and add that.")
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        small, type_in = _drawn(content)
        made, mime = _encoded(small, as_png=type_in == "PNG")
        width, height = _size_of(made)
    digest = sha256(made).hexdigest()
    return described(Picture(Image(digest, mime, width, height, len(made), ""), made), alt)


def described(picture: Picture, alt: str) -> Picture:
    """The picture with these words for it, on one line: mail and CAP know no other."""
    return replace(picture, image=replace(picture.image, alt=" ".join(alt.split())))


def file_name(image: Image) -> str:
    """The name it is published under: made of its bytes, so it never names two pictures."""
    return f"{image.sha256}.{ENDINGS[image.mime]}"


def problems_with(images: Sequence[Image], kind: str) -> list[str]:
    """Why a channel of this kind would not take these pictures; empty when it would.

    Every sentence says what to do. Pictures are counted from 1.
    """
    if not images:
        return []
    limits = LIMITS.get(kind)
    if limits is None:
        return [f"Pictures cannot go out by {kind}. Leave that channel or the pictures out."]
    found = [words for number, image in enumerate(images, 1) for words in _wrong(image, number)]
    found += _too_many(images, limits)
    for number, image in enumerate(images, 1):
        found += _too_big(image, number, limits)
    return found


def all_problems(images: Sequence[Image], kinds: Iterable[str]) -> list[str]:
    """The problems for all these kinds of channel, each sentence once."""
    found = (words for kind in kinds for words in problems_with(images, kind))
    return list(dict.fromkeys(found))


def _wrong(image: Image, number: int) -> Iterable[str]:
    if not image.alt.strip():
        yield f"Picture {number}: say what it shows, for those who cannot see it."
    elif len(image.alt) > ALT_LIMIT:
        over = len(image.alt) - ALT_LIMIT
        yield f"Picture {number}: its description is {over} characters too long. Shorten it."
    elif _UNWRITABLE.search(image.alt):
        yield f"Picture {number}: its description holds hidden characters. Type it anew."
    if image.mime not in ENDINGS:
        yield f"Picture {number} is neither JPEG nor PNG. Save it as one of them and add that."


def _too_many(images: Sequence[Image], limits: Limits) -> Iterable[str]:
    over = len(images) - limits.number
    if over > 0:
        yield f"{limits.name} takes {limits.number} pictures. Take {over} away."
    if sum(image.length for image in images) > limits.together:
        yield (
            f"{limits.name} takes {limits.together:,} bytes of pictures in one message. "
            "Take one away."
        )


def _too_big(image: Image, number: int, limits: Limits) -> Iterable[str]:
    if image.length > limits.each:
        yield (
            f"{limits.name} takes pictures of up to {limits.each:,} bytes; picture {number} has "
            f"{image.length:,}. Make it smaller."
        )
    if image.width * image.height > limits.pixels:
        yield f"Picture {number} has too many pixels for {limits.name}. Make it smaller."


def _drawn(content: bytes) -> "tuple[Drawing, str]":
    """The picture itself, small and upright, without anything else; and the type it came in."""
    from PIL import Image as Pillow
    from PIL import ImageFile, UnidentifiedImageError

    # WeasyPrint, once imported, lets the whole process take pictures that are cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # What else Pillow warns of is damage that either shows or breaks the decoding.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Pillow.DecompressionBombWarning)
    try:
        with Pillow.open(BytesIO(content), formats=("JPEG", "PNG")) as image:
            _check_header(image)
            return _redrawn(image), image.format or ""
    except BadInput:
        raise
    except UnidentifiedImageError as error:
        raise BadInput(
            "This is no JPEG or PNG picture.", "Save it as JPEG or PNG and add that."
        ) from error
    except (Pillow.DecompressionBombWarning, Pillow.DecompressionBombError) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # a damaged file can break a decoder anywhere
        raise BadInput(
            "The picture is damaged or cut off.", "Get the file again, or save it anew."
        ) from error


def _check_header(image: "Drawing") -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    # Phones put a second picture (depth, brightness) into a JPEG; only a PNG can move.
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise BadInput("The picture moves.", "Save one still picture of it and add that.")


def _too_many_pixels() -> BadInput:
    words = "The picture has more than 50 million pixels."
    return BadInput(words, "Make a smaller copy and add that.")


def _redrawn(image: "Drawing") -> "Drawing":
    from PIL import ImageOps

    image.draft("RGB", (FIT_EDGE, FIT_EDGE))  # lets a big JPEG be decoded at half its size or less
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I;16"):
        upright = upright.point(lambda value: value / 257).convert("L")
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.info.clear()
    plain.thumbnail((FIT_EDGE, FIT_EDGE))
    return plain


def _encoded(drawing: "Drawing", *, as_png: bool) -> tuple[bytes, str]:
    """The bytes and their type: PNG where it came as one and fits, else JPEG on white."""
    if as_png:
        content = _saved(drawing, "PNG", optimize=True)
        if len(content) <= FIT_BYTES:
            return content, "image/png"
    flat = _on_white(drawing)
    while True:
        for quality in _QUALITIES:
            content = _saved(flat, "JPEG", quality=quality, optimize=True)
            if len(content) <= FIT_BYTES:
                return content, "image/jpeg"
        flat = flat.resize((max(1, flat.width * 4 // 5), max(1, flat.height * 4 // 5)))


def _on_white(drawing: "Drawing") -> "Drawing":
    from PIL import Image as Pillow

    if drawing.mode != "RGBA":
        return drawing
    ground = Pillow.new("RGB", drawing.size, "white")
    ground.paste(drawing, mask=drawing.getchannel("A"))
    return ground


def _saved(drawing: "Drawing", type_out: str, **how: Any) -> bytes:
    out = BytesIO()
    drawing.save(out, type_out, **how)
    return out.getvalue()


def _size_of(content: bytes) -> tuple[int, int]:
    from PIL import Image as Pillow

    with Pillow.open(BytesIO(content)) as image:
        return image.size
