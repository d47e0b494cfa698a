"""Every bad picture of the design, with the answer that page and API owe it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from tests.pictures import encoded, page_with, png_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path d="M0 0h9v9"/></svg>'
HTML = b"<!doctype html><title>7</title><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class BadPicture:
    """What is sent, under which field, and the status and code that come back."""

    name: str
    data: Callable[[], bytes | str]
    status: int
    code: str
    field: str = "image"

    def form(self) -> dict:
        """Return the fields of the request, made anew."""
        data = self.data()
        return {self.field: data if isinstance(data, str) else SimpleUploadedFile(self.name, data)}


def truncated(file_format: str) -> Callable[[], bytes]:
    """Return a maker of the first half of a good picture."""

    def make() -> bytes:
        data = encoded(page_with("7"), file_format)
        return data[: len(data) // 2]

    return make


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bomb() -> bytes:
    """Return a few bytes whose header claims 2.5 gigapixels."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(bytes(50_000))) + png_chunk(b"IEND", b"")


@cache
def png_of_24_megapixels() -> bytes:
    """Return a small file that is honest about its size."""
    page = Image.new("L", (6000, 4000), 255)
    page.paste(0, (2900, 1000, 3100, 3000))
    data = encoded(page)
    assert len(data) < 100_000
    return data


def too_many_bytes() -> bytes:
    """Return a good picture that is one byte too long."""
    return png_of("7").ljust(MAX_UPLOAD_BYTES + 1, b"\0")


def zip_file() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("seven.png", png_of("7"))
    return buffer.getvalue()


def white_page() -> bytes:
    return encoded(np.full((200, 300), 255, np.uint8))


def grey_gradient() -> bytes:
    """Return a page on which the light falls from the left, and nothing else."""
    return encoded(np.tile(np.linspace(120, 220, 300).astype(np.uint8), (200, 1)))


BAD_PICTURES = {
    "truncated PNG": BadPicture("7.png", truncated("PNG"), 400, "unreadable"),
    "truncated JPEG": BadPicture("7.jpg", truncated("JPEG"), 400, "unreadable"),
    "truncated GIF": BadPicture("7.gif", truncated("GIF"), 400, "unreadable"),
    "truncated WebP": BadPicture("7.webp", truncated("WEBP"), 400, "unreadable"),
    "truncated BMP": BadPicture("7.bmp", truncated("BMP"), 400, "unreadable"),
    "PNG signature alone": BadPicture("7.png", lambda: png_of("7")[:8], 400, "unreadable"),
    "zero bytes": BadPicture("7.png", lambda: b"", 400, "empty_file"),
    "no field": BadPicture("", lambda: "nothing", 400, "missing_picture", field="other"),
    "wrong field name": BadPicture("7.png", png_of, 400, "missing_picture", field="picture"),
    "text field": BadPicture("", lambda: "seven", 400, "missing_picture"),
    "one byte over 8 MiB": BadPicture("7.png", too_many_bytes, 413, "too_many_bytes"),
    "PNG bomb": BadPicture("7.png", png_bomb, 413, "too_many_pixels"),
    "24 megapixels": BadPicture("7.png", png_of_24_megapixels, 413, "too_many_pixels"),
    "text named PNG": BadPicture("7.png", lambda: b"seven\n" * 50, 415, "unsupported_format"),
    "SVG named PNG": BadPicture("7.png", lambda: SVG, 415, "unsupported_format"),
    "HTML named JPEG": BadPicture("7.jpg", lambda: HTML, 415, "unsupported_format"),
    "PDF named PNG": BadPicture("7.png", lambda: PDF, 415, "unsupported_format"),
    "zip named PNG": BadPicture("7.png", zip_file, 415, "unsupported_format"),
    "TIFF": BadPicture("7.tif", lambda: encoded(page_with("7"), "TIFF"), 415, "unsupported_format"),
    "white page": BadPicture("7.png", white_page, 422, "no_ink"),
    "grey gradient": BadPicture("7.png", grey_gradient, 422, "no_ink"),
}
