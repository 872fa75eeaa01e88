"""Pictures: what comes in may be anything, what goes out is small, upright and tells nothing."""

import io
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageFile

from crisisdesk.channels.registry import CHANNELS
from crisisdesk.model.errors import BadInput
from crisisdesk.model.media import Image, Picture
from crisisdesk.rules.pictures import (
    ALT_LIMIT,
    FIT_BYTES,
    FIT_EDGE,
    LIMITS,
    MAX_FILE_BYTES,
    MAX_PIXELS,
    MOST_PICTURES,
    all_problems,
    described,
    file_name,
    problems_with,
    read_picture,
)
from tests.pictures import ALT, GPS, MAKE, claiming, encoded, halves, noise, photo, picture

GOOD = picture().image
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def drawn(made: Picture) -> Pillow.Image:
    with Pillow.open(io.BytesIO(made.content)) as image:
        image.load()
        return image


def colour_at(made: Picture, x: int, y: int) -> tuple[int, ...]:
    """To the nearest 64, so that JPEG's rounding does not show."""
    pixel = drawn(made).convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return tuple(min(255, (value + 32) // 64 * 64) for value in pixel)


def fits(made: Picture) -> None:
    image = made.image
    assert image.sha256 == sha256(made.content).hexdigest()
    assert image.length == len(made.content) <= FIT_BYTES
    assert max(image.width, image.height) <= FIT_EDGE
    shown = drawn(made)
    assert shown.size == (image.width, image.height)
    assert f"image/{(shown.format or '').lower()}" == image.mime
    assert [problems_with([image], kind) for kind in CHANNELS] == [[]] * len(CHANNELS)


@pytest.mark.parametrize(("kind", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_the_type_stays_and_the_words_go_along(kind: str, mime: str) -> None:
    made = read_picture(encoded(halves(), kind), f"  {ALT}\n ")
    assert (made.image.mime, made.image.alt) == (mime, ALT)
    assert (made.image.width, made.image.height) == (60, 40)
    assert (colour_at(made, 5, 20), colour_at(made, 55, 20)) == (RED, BLUE)
    fits(made)


def test_the_same_file_is_always_the_same_picture() -> None:
    assert read_picture(photo(), "a").content == read_picture(photo(), "b").content


def test_place_camera_and_comment_are_gone() -> None:
    content = photo()
    assert Pillow.open(io.BytesIO(content)).getexif().get_ifd(GPS)
    assert b"Secretcam" in content
    made = read_picture(content, ALT)
    assert not dict(drawn(made).getexif())
    for trace in (b"Exif", b"Secret", b"GPS", b"http://ns.adobe.com", b"ICC_PROFILE"):
        assert trace not in made.content
    assert not set(drawn(made).info) & {"comment", "exif", "icc_profile", "xmp"}


def test_a_png_tells_nothing_either() -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "Secret name")
    texts.add_itxt("XML:com.adobe.xmp", "<x>Secret place</x>")
    exif = Pillow.Exif()
    exif[MAKE] = "Secretcam"
    exif.get_ifd(GPS)[1] = "N"
    content = encoded(halves(), "PNG", pnginfo=texts, exif=exif, icc_profile=b"Secret profile")
    made = read_picture(content, ALT)
    assert made.image.mime == "image/png"
    for trace in (b"tEXt", b"iTXt", b"eXIf", b"iCCP", b"Secret"):
        assert trace in content or trace == b"Secret"
        assert trace not in made.content


def test_nothing_behind_the_picture_goes_out() -> None:
    assert b"hidden" not in read_picture(photo() + b"hidden archive", ALT).content


UPRIGHT = {
    **dict.fromkeys((1, 4), "left"),
    **dict.fromkeys((2, 3), "right"),
    **dict.fromkeys((5, 6), "top"),
    **dict.fromkeys((7, 8), "bottom"),
}
"""On which side the half stored on the left belongs, by EXIF orientation (Exif 2.32, 4.6.4)."""


@pytest.mark.parametrize(("orientation", "red"), UPRIGHT.items())
def test_a_picture_stands_upright(orientation: int, red: str) -> None:
    made = read_picture(photo(orientation), ALT)
    turned = orientation >= 5
    assert (made.image.width, made.image.height) == ((40, 60) if turned else (60, 40))
    middle = {"left": (5, 20), "right": (55, 20), "top": (20, 5), "bottom": (20, 55)}
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[red]
    assert colour_at(made, *middle[red]) == RED
    assert colour_at(made, *middle[opposite]) == BLUE


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_huge_picture_is_made_to_fit(kind: str) -> None:
    made = read_picture(encoded(noise(2400, 1800), kind), ALT)
    fits(made)
    assert made.image.mime == "image/jpeg"
    assert made.image.width / made.image.height == pytest.approx(4 / 3, rel=0.01)


def test_a_long_thin_picture_keeps_a_side() -> None:
    made = read_picture(encoded(Pillow.new("RGB", (9000, 2), "red")), ALT)
    assert made.image.height >= 1
    fits(made)


def test_a_clear_ground_stays_in_a_png_and_is_white_in_a_jpeg() -> None:
    clear = Pillow.new("RGBA", (60, 40), (0, 0, 0, 0))
    small = read_picture(encoded(clear, "PNG"), ALT)
    assert drawn(small).getpixel((5, 5)) == (0, 0, 0, 0)
    large = noise(1500, 1500, "RGBA")
    large.paste((0, 0, 0, 0), (0, 0, 100, 100))
    made = read_picture(encoded(large, "PNG"), ALT)
    assert made.image.mime == "image/jpeg"
    assert colour_at(made, 20, 20) == WHITE


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LA", "I;16", "YCbCr"])
def test_every_way_to_hold_colours(mode: str) -> None:
    kind = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    if mode == "I;16":
        drawing = Pillow.new("I;16", (60, 40), 0x8080)
    else:
        drawing = Pillow.new("L", (60, 40), 128).convert(mode)
    made = read_picture(encoded(drawing, kind), ALT)
    fits(made)
    if mode != "1":
        assert colour_at(made, 30, 20) == (128, 128, 128)


def test_a_second_picture_inside_a_jpeg_is_left_out() -> None:
    both = encoded(halves(), "MPO", save_all=True, append_images=[Pillow.new("RGB", (60, 40))])
    made = read_picture(both, ALT)
    assert colour_at(made, 5, 20) == RED
    assert len(made.content) < len(both)
    fits(made)


def refusal(content: bytes) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read_picture(content, ALT)
    assert caught.value.to_do
    return caught.value


def test_a_moving_picture_is_refused() -> None:
    moving = encoded(halves(), "PNG", save_all=True, append_images=[Pillow.new("RGB", (60, 40))])
    assert refusal(moving).problem == "The picture moves."


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "WEBP", "ICO", "PDF", "PPM"])
def test_other_types_are_refused_whatever_the_file_is_called(kind: str) -> None:
    assert refusal(encoded(halves(), kind)).problem == "This is no JPEG or PNG picture."


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", b"<svg/>", b"hello", b"\x89PNG\r\n\x1a\n"]
)
def test_no_picture_at_all(content: bytes) -> None:
    refusal(content)


@pytest.mark.parametrize(
    ("width", "height"),
    [(10_000, 5_001), (60_000, 60_000), (0x7FFFFFFF, 0x7FFFFFFF), (MAX_PIXELS + 1, 1)],
)
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    assert "50 million" in refusal(claiming(width, height)).problem


def test_a_jpeg_bomb_too() -> None:
    content = bytearray(encoded(halves()))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    assert "50 million" in refusal(bytes(content)).problem


def test_too_many_bytes_are_not_even_looked_at() -> None:
    assert "20 MB" in refusal(photo() + bytes(MAX_FILE_BYTES)).problem


CUT = [photo(drawing=noise(120, 90)), encoded(noise(120, 90), "PNG")]
"""Noise: of what is even, a decoder can have every pixel before the file ends."""


@pytest.mark.parametrize("content", CUT, ids=["JPEG", "PNG"])
@given(data=st.data())
@settings(max_examples=40)
def test_a_file_cut_off_is_refused(content: bytes, data: st.DataObject) -> None:
    refusal(content[: data.draw(st.integers(0, len(content) - 40))])


@pytest.mark.parametrize("content", CUT, ids=["JPEG", "PNG"])
def test_it_is_refused_too_once_another_library_has_made_pillow_lenient(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    refusal(content[:-500])


def outcome(content: bytes) -> Picture | BadInput:
    try:
        return read_picture(content, ALT)
    except BadInput as error:
        return error


@given(st.sampled_from([photo(), encoded(halves(), "PNG")]), st.data())
def test_whatever_is_damaged_it_fits_or_is_refused(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        damaged[place] = data.draw(st.integers(0, 255))
    made = outcome(bytes(damaged))
    if isinstance(made, BadInput):
        assert made.problem
        assert made.to_do
    else:
        fits(made)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(content: bytes) -> None:
    refusal(content)


@given(st.text())
@example("line\none\u2028two")
def test_words_stand_on_one_line(alt: str) -> None:
    made = described(picture(), alt)
    assert made.image.alt.split() == alt.split()
    assert len(made.image.alt.splitlines()) <= 1


def test_the_file_name_is_made_of_the_bytes() -> None:
    made = picture()
    assert file_name(made.image) == f"{sha256(made.content).hexdigest()}.jpg"
    assert file_name(replace(made.image, mime="image/png")).endswith(".png")


# What each network takes


def test_every_channel_says_what_it_takes() -> None:
    assert set(LIMITS) == set(CHANNELS)


@pytest.mark.parametrize("kind", LIMITS)
def test_no_picture_is_no_problem_and_good_ones_are_none(kind: str) -> None:
    assert problems_with([], kind) == []
    assert problems_with([GOOD] * MOST_PICTURES, kind) == []


@pytest.mark.parametrize("kind", LIMITS)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"alt": ""}, "say what it shows"),
        ({"alt": " \u2003"}, "say what it shows"),
        ({"alt": "x" * (ALT_LIMIT + 3)}, "3 characters too long"),
        ({"alt": "a\x07b"}, "hidden characters"),
        ({"mime": "image/webp"}, "neither JPEG nor PNG"),
        ({"length": 17 << 20}, "Make it smaller"),
        ({"width": 9000, "height": 9000}, "too many pixels"),
    ],
)
def test_one_picture_that_does_not_fit(kind: str, change: dict[str, object], words: str) -> None:
    bad = replace(GOOD, **change)  # type: ignore[arg-type]
    found = problems_with([GOOD, bad], kind)
    assert any(words in each for each in found)
    assert all("icture 2" in each or "together" in each or "one message" in each for each in found)
    assert all(each.endswith(".") for each in found)


@pytest.mark.parametrize("kind", LIMITS)
def test_one_too_many(kind: str) -> None:
    (words,) = problems_with([GOOD] * (MOST_PICTURES + 1), kind)
    assert words.endswith("takes 4 pictures. Take 1 away.")


@given(
    st.sampled_from(sorted(LIMITS)),
    st.lists(
        st.builds(
            Image,
            st.just("0" * 64),
            st.sampled_from(["image/jpeg", "image/png", "image/gif"]),
            st.integers(1, 9000),
            st.integers(1, 9000),
            st.integers(1, 20_000_000),
            st.sampled_from(["", "A map.", "x" * ALT_LIMIT, "x" * (ALT_LIMIT + 1)]),
        ),
        max_size=6,
    ),
)
def test_no_problem_means_within_every_limit(kind: str, images: list[Image]) -> None:
    limits, found = LIMITS[kind], problems_with(images, kind)
    good = len(images) <= limits.number
    good &= sum(each.length for each in images) <= limits.together
    for each in images:
        good &= each.length <= limits.each and each.width * each.height <= limits.pixels
        good &= 0 < len(each.alt) <= ALT_LIMIT and each.mime != "image/gif"
    assert (found == []) is good


def test_a_channel_we_know_nothing_of_gets_no_picture() -> None:
    (words,) = problems_with([GOOD], "pager")
    assert "cannot go out by pager" in words


def test_what_all_channels_say_is_said_once() -> None:
    found = all_problems([replace(GOOD, alt="")], ["mastodon", "bluesky", "email"])
    assert found == ["Picture 1: say what it shows, for those who cannot see it."]
    big = all_problems([replace(GOOD, length=1_500_000)], ["mastodon", "bluesky"])
    assert [each.split()[0] for each in big] == ["Bluesky"]
