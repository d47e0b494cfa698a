"""Zips for the tests, honest and hostile."""

import io
import struct
import zipfile
from collections.abc import Iterable


def zip_of(files: dict[str, bytes] | Iterable[tuple[str, bytes]], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of files by name; given as pairs, names may be there twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def claiming(archive: bytes, *, size: int | None = None, flags: int | None = None, method: int | None = None) -> bytes:
    """Return the zip with another unpacked size, other flags or another method in each entry of its directory."""
    forged = bytearray(archive)
    place = forged.find(b"PK\x01\x02")
    while place >= 0:
        for offset, layout, value in ((8, "<H", flags), (10, "<H", method), (24, "<I", size)):
            if value is not None:
                struct.pack_into(layout, forged, place + offset, value)
        place = forged.find(b"PK\x01\x02", place + 4)
    return bytes(forged)


def bomb(megabytes: int) -> bytes:
    """Return a small zip of one file of so many megabytes of zeros."""
    return zip_of({"7.png": bytes(megabytes << 20)})


def symlink_to(target: str) -> bytes:
    """Return a zip of one symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("7.png")
        link.create_system = 3
        link.external_attr = 0o120777 << 16
        archive.writestr(link, target)
    return buffer.getvalue()
