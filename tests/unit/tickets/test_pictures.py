"""Pictures are made anew: what must not be in them is gone, what must not be read is refused."""

from __future__ import annotations

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.tickets.photos import LONGEST_SIDE, MOST_BYTES, NotAPictureError, PhotoError, PhotoTooLargeError, remade
from tests.support.pictures import bomb, picture, with_metadata


def opened(body: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(body))
    image.load()
    return image


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB")])
def test_a_picture_becomes_a_jpeg_with_a_thumbnail(form: str, mode: str) -> None:
    made = remade(picture(3000, 1500, form, mode))
    assert (made.width, made.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    for body, size in ((made.body, (2048, 1024)), (made.thumbnail, (320, 160))):
        image = opened(body)
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("WEBP", "RGBA")]
)
def test_other_kinds_of_pixels_are_read_too(form: str, mode: str) -> None:
    assert opened(remade(picture(64, 48, form, mode)).body).size == (64, 48)


def test_what_is_transparent_becomes_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(made, "PNG")
    assert opened(remade(made.getvalue()).body).getpixel((5, 5)) == (255, 255, 255)


def test_nothing_but_the_pixels_survives() -> None:
    data = with_metadata()
    assert data.lower().count(b"bi mat") >= 3
    made = remade(data)
    assert (made.width, made.height) == (200, 400), "the turn is applied, not only noted"
    for body in (made.body, made.thumbnail):
        image = opened(body)
        assert not dict(image.getexif())
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert b"bi mat" not in body.lower()
        assert b"Exif" not in body


def test_a_small_picture_is_not_made_bigger() -> None:
    made = remade(picture(20, 10))
    assert (made.width, made.height) == (20, 10)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        b"%PDF-1.7\n",
        picture(form="GIF", mode="P"),
        picture(form="TIFF"),
        picture(form="BMP"),
        picture()[:400],
        picture(form="PNG")[:200],
        b"\xff\xd8\xff\xe0" + b"\0" * 100,
    ],
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(data: bytes) -> None:
    with pytest.raises(NotAPictureError):
        remade(data)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked() -> None:
    assert len(bomb()) < 200
    for data in (bomb(), bomb(60_000, 60_000), bomb(8000, 7000)):
        with pytest.raises(PhotoTooLargeError):
            remade(data)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(PhotoTooLargeError):
        remade(picture() + b"\0" * MOST_BYTES)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_picture_is_read_or_refused_but_never_breaks(form: str, data: st.DataObject) -> None:
    body = bytearray(picture(60, 40, form))
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = remade(bytes(body))
    except PhotoError:
        return
    assert opened(made.body).format == "JPEG"
