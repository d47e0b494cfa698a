"""From the bytes of a file to the page that a person would see, in grey."""

import io
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from recognizer.imaging.errors import (
    EmptyFileError,
    PictureError,
    TooManyBytesError,
    TooManyPixelsError,
    UnreadablePictureError,
    UnsupportedFormatError,
)

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_UPLOAD_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 20_000_000
MAX_PAGE_SIDE = 2048
"""A larger picture is read, and kept, at this many pixels on its longer side."""
PAPER = 255
EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True)
class DecodedPicture:
    """A page and the size of the picture that it was made from."""

    page: np.ndarray
    """(H, W) uint8: what a person would see, in grey, upright, at most MAX_PAGE_SIDE on a side."""
    width: int
    """Of the upright picture as given, in pixels."""
    height: int

    @property
    def scale(self) -> float:
        """Return the pixels of the given picture that one pixel of the page covers."""
        return self.width / self.page.shape[1]


def decode(data: bytes) -> DecodedPicture:
    """Return the page in the file: first frame, upright, transparency laid on paper.

    Raises EmptyFileError, TooManyBytesError, UnsupportedFormatError, TooManyPixelsError before anything is decoded,
    UnreadablePictureError when decoding fails.
    """
    if not data:
        raise EmptyFileError
    if len(data) > MAX_UPLOAD_BYTES:
        raise TooManyBytesError
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own bomb warning comes later than our limit
        image = _open(data)
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixelsError
        try:
            return _to_page(image)
        except Exception as error:  # Pillow's decoders raise nearly anything on damaged bytes
            raise UnreadablePictureError from error


def announced_pixels(data: bytes) -> int:
    """Return how many pixels there will be to decode, by the header alone; none in what is refused by it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = _open(data)
        except PictureError:
            return 0
    pixels = image.width * image.height
    return pixels if pixels <= MAX_PIXELS else 0


def _open(data: bytes) -> Image.Image:
    """Return the image with its header read, and no more."""
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError from error
    except Exception as error:
        if _looks_supported(data):
            raise UnreadablePictureError from error
        raise UnsupportedFormatError from error


def _looks_supported(data: bytes) -> bool:
    """Say whether the first bytes are those of a format that is read."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM"))


def _to_page(image: Image.Image) -> DecodedPicture:
    """Decode the first frame and return it as a page.

    It is made smaller first and grey then: at full size every step would cost a hundred megabytes.
    """
    given = image.size
    if image.getexif().get(EXIF_ORIENTATION, 1) >= 5:  # lies on its side
        given = given[::-1]
    image.draft("L" if image.mode == "L" else "RGB", (MAX_PAGE_SIDE, MAX_PAGE_SIDE))  # a JPEG shrinks as it decodes
    image.load()
    grey = _to_grey(ImageOps.exif_transpose(_reduced(image)))
    grey.thumbnail((MAX_PAGE_SIDE, MAX_PAGE_SIDE), Image.Resampling.BOX)
    return DecodedPicture(np.array(grey, dtype=np.uint8), *given)


def _reduced(image: Image.Image) -> Image.Image:
    """Return the image at a whole fraction of its size, not yet smaller than a page is, in 8 bits a channel."""
    factor = max(1, max(image.size) // MAX_PAGE_SIDE)
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode.startswith("I"):
        image = Image.fromarray(np.asarray(image)[::factor, ::factor])
        return _shallow(image)
    return image.reduce(factor)


def _to_grey(image: Image.Image) -> Image.Image:
    """Return the image in mode L as it looks on paper."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        grey, alpha = image.convert("RGB").convert("L"), image.getchannel("A")
        return Image.composite(grey, Image.new("L", image.size, _paper_under(grey, alpha)), alpha)
    return image.convert("RGB").convert("L") if image.mode == "CMYK" else image.convert("L")


def _paper_under(grey: Image.Image, alpha: Image.Image) -> int:
    """Return the level of paper on which a transparent picture shows: light, unless its ink is light."""
    opacity = np.asarray(alpha, dtype=np.float32)
    covered = opacity.sum()
    if covered == 0 or opacity.min() > 250:
        return PAPER
    ink = float((np.asarray(grey, dtype=np.float32) * opacity).sum() / covered)
    return 0 if ink > 200 else PAPER


def _shallow(image: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits a pixel in 8."""
    levels = np.asarray(image).astype(np.float32) * (255 / 65535)
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))
