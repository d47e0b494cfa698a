"""Pictures that are damaged, swollen or no pictures."""

import random
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image, PngImagePlugin

from tests.load.hostile.request import Hostile, Part, form
from tests.pictures import encoded, page_with
from tests.recognizer.bad_pictures import BAD_PICTURES, png_bomb, png_chunk

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
DOORS = ("/", "/upload/", "/api/v1/pictures/", "/api/v1/guess/")


@cache
def good_pictures() -> list[bytes]:
    """Return small pictures in every format and several modes, some with more in them than pixels."""
    page = page_with("47", side=90, pen=8)
    modes = [Image.fromarray(page).convert(mode) for mode in ("1", "P", "RGBA", "I;16", "CMYK")]
    others = [encoded(image, "TIFF" if image.mode == "CMYK" else "PNG") for image in modes]
    exif = Image.Exif()
    exif[0x010E] = "who made it"
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "who made it", zip=True)
    told = [encoded(page, "JPEG", exif=exif), encoded(page, "WEBP", exif=exif), encoded(page, pnginfo=texts, exif=exif)]
    return [*(encoded(page, name) for name in FORMATS), *others, *told]


def text_bomb() -> bytes:
    """Return a good picture with a compressed text of 64 MB in it."""
    good = encoded(page_with("7", side=60, pen=6))
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64_000_000)))
    return good[:33] + text + good[33:]


def many_frames() -> bytes:
    """Return a picture that moves."""
    frames = [Image.fromarray(page_with(digit, side=60, pen=6)) for digit in "7777777777"]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def thread() -> bytes:
    """Return a picture of one row of pixels."""
    return encoded(np.tile(np.array([0, 255], np.uint8), (1, 30_000)))


def huge(mode: str, file_format: str) -> bytes:
    """Return a picture of nearly 20 megapixels in few bytes."""
    page = Image.new("L", (4400, 4400), 255)
    page.paste(0, (2000, 800, 2200, 3600))
    return encoded(page.convert(mode), file_format)


def upside_down_bmp() -> bytes:
    """Return a BMP whose height is the smallest number there is."""
    data = bytearray(encoded(page_with("7", side=30, pen=3), "BMP"))
    struct.pack_into("<i", data, 22, -(2**31))
    return bytes(data)


@cache
def swollen_pictures() -> list[bytes]:
    """Return pictures that cost more than their bytes tell."""
    large = [huge("RGB", "PNG"), huge("L", "JPEG"), huge("P", "GIF"), huge("1", "PNG")]
    return [png_bomb(), text_bomb(), many_frames(), thread(), upside_down_bmp(), *large]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes with some changed, taken out, doubled, put in or cut off, or now and then as they are."""
    changed = bytearray(data)
    for _ in range(rng.choice((0, 1, 1, 2, 3, 8, 40))):
        if not changed:
            break
        place, length = rng.randrange(len(changed)), rng.randrange(1, 60)
        match rng.randrange(6):
            case 0 | 1:
                changed[place] = rng.randrange(256)
            case 2:
                del changed[place : place + length]
            case 3:
                changed[place:place] = changed[place : place + length]
            case 4:
                changed[place:place] = rng.randbytes(length)
            case 5:
                del changed[rng.randrange(len(changed)) :]
    return bytes(changed)


def picture(rng: random.Random) -> Hostile:
    """A picture, mostly damaged, at any door."""
    return form("picture", rng.choice(DOORS), Part(mutated(rng.choice(good_pictures()), rng)))


def bad_picture(rng: random.Random) -> Hostile:
    """One of the pictures that have a refusal of their own, or one that costs more than it seems to."""
    if rng.random() < 0.2:
        return form("swollen picture", rng.choice(DOORS), Part(rng.choice(swollen_pictures())))
    bad = rng.choice([bad for bad in BAD_PICTURES.values() if bad.name != "one byte over 8 MiB"])
    data = bad.data()
    if isinstance(data, str):
        return form("bad picture", rng.choice(DOORS), fields={bad.field: data})
    return form("bad picture", rng.choice(DOORS), Part(data, bad.field.encode(), bad.name.encode()))
