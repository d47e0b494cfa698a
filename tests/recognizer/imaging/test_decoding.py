"""Bytes to page: every way a picture can be encoded looks the same to the reader as to a person."""

import io

import numpy as np
import pytest
from PIL import Image, ImageFile

from recognizer.imaging import decoding, errors
from recognizer.imaging.decoding import MAX_PAGE_SIDE, MAX_UPLOAD_BYTES, decode
from tests.pictures import encoded, page_with
from tests.recognizer.bad_pictures import png_bomb

SEVEN = page_with("7", side=120, pen=9)


def difference(page: np.ndarray, expected: np.ndarray) -> float:
    """Return the mean difference in grey levels."""
    return float(np.abs(page.astype(int) - expected.astype(int)).mean())


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_it_decodes_every_format(file_format):
    decoded = decode(encoded(SEVEN, file_format))

    assert decoded.page.dtype == np.uint8
    assert (decoded.width, decoded.height) == (120, 120)
    assert difference(decoded.page, SEVEN) < 3


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "LA"])
def test_it_decodes_every_png_mode(mode):
    image = Image.fromarray(SEVEN).convert(mode)

    assert difference(decode(encoded(image)).page, SEVEN) < 3


def test_it_decodes_cmyk_as_a_person_sees_it():
    image = Image.fromarray(SEVEN).convert("RGB").convert("CMYK")

    assert difference(decode(encoded(image, "JPEG", quality=95)).page, SEVEN) < 4


def test_it_decodes_sixteen_bits_by_their_depth():
    deep = Image.fromarray(SEVEN.astype(np.uint16) * 257)

    assert difference(decode(encoded(deep)).page, SEVEN) < 1


def test_it_lays_dark_transparent_ink_on_light_paper():
    ink = Image.new("RGBA", (120, 120), (0, 0, 0, 0))
    ink.putalpha(Image.fromarray(255 - SEVEN))

    assert difference(decode(encoded(ink)).page, SEVEN) < 1


def test_it_lays_light_transparent_ink_on_dark_paper():
    ink = Image.new("RGBA", (120, 120), (255, 255, 255, 0))
    ink.putalpha(Image.fromarray(255 - SEVEN))

    assert difference(decode(encoded(ink)).page, 255 - SEVEN) < 1


def test_it_honours_a_transparent_colour_of_a_palette():
    image = Image.fromarray(SEVEN).convert("P")
    white = image.getpixel((0, 0))

    page = decode(encoded(image, transparency=white)).page

    assert difference(page, SEVEN) < 3


@pytest.mark.parametrize(("orientation", "turn"), [(3, 180), (6, 90), (8, 270)])
def test_it_turns_a_photo_upright(orientation, turn):
    upright = Image.fromarray(page_with("71", side=100))
    exif = Image.Exif()
    exif[0x0112] = orientation

    decoded = decode(encoded(upright.rotate(turn, expand=True), "JPEG", exif=exif, quality=95))

    assert (decoded.width, decoded.height) == (200, 100)
    assert difference(decoded.page, np.asarray(upright)) < 4


def test_it_takes_the_first_frame():
    first, second = Image.fromarray(SEVEN), Image.fromarray(255 - SEVEN)
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=[second])

    assert difference(decode(buffer.getvalue()).page, SEVEN) < 3


def test_it_reads_a_large_photo_at_the_page_size_and_keeps_the_given_size():
    photo = Image.fromarray(SEVEN).resize((4000, 3000))

    decoded = decode(encoded(photo, "JPEG"))

    assert max(decoded.page.shape) == MAX_PAGE_SIDE
    assert (decoded.width, decoded.height) == (4000, 3000)
    assert decoded.scale == pytest.approx(4000 / MAX_PAGE_SIDE)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", errors.EmptyFileError),
        (b"\0" * (MAX_UPLOAD_BYTES + 1), errors.TooManyBytesError),
        (b"no picture at all", errors.UnsupportedFormatError),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", errors.UnsupportedFormatError),
        (encoded(SEVEN, "TIFF"), errors.UnsupportedFormatError),
        (encoded(SEVEN)[:-200], errors.UnreadablePictureError),
        (encoded(SEVEN)[:20], errors.UnreadablePictureError),
        (encoded(SEVEN, "JPEG")[:400], errors.UnreadablePictureError),
    ],
)
def test_it_refuses_what_is_no_whole_picture(data, error):
    with pytest.raises(error):
        decode(data)


def test_it_refuses_too_many_pixels_before_decoding_any(monkeypatch):
    monkeypatch.setattr(decoding, "_to_page", lambda image: pytest.fail("was decoded"))
    wide = encoded(Image.new("1", (20_001, 1000)))

    with pytest.raises(errors.TooManyPixelsError):
        decode(wide)


def test_it_takes_as_many_pixels_as_are_allowed():
    assert decode(encoded(Image.new("1", (5000, 4000), 1))).width == 5000


def test_its_pixels_are_known_before_it_is_decoded(monkeypatch):
    good, bad = encoded(page_with("42", side=90)), (b"", b"seven", png_bomb())
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: pytest.fail("It was decoded."))

    assert decoding.announced_pixels(good) == 90 * 180
    assert [decoding.announced_pixels(data) for data in bad] == [0, 0, 0]
