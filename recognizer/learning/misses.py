"""What was read wrong, the surest first, as a contact sheet: one PNG, or one HTML file that needs no other."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from recognizer.imaging.contact_sheet import Tile, draw_contact_sheet, fitted
from recognizer.imaging.decoding import decode
from recognizer.imaging.encoding import encode_png
from recognizer.imaging.errors import PictureError
from recognizer.learning.evaluation import Evaluated, surest_misses
from recognizer.models import ModelVersion
from recognizer.templatetags.pictures import data_uri

SHOWN = 100
"""How many misses a sheet shows at most."""
PICTURE_SIDE = 320
"""Of a picture in the HTML, in pixels."""
STYLES = ("css/tokens.css", "css/base.css", "css/misses.css")


@dataclass(frozen=True)
class Miss:
    """One miss in words and, where the file can be decoded, as a picture."""

    name: str
    label: str
    read: str
    how_sure: str
    is_sure: bool
    refusal: str
    page: np.ndarray | None
    """(H, W) uint8."""
    glyphs: list[np.ndarray]
    """What the network saw: (28, 28) uint8 each."""

    @property
    def source(self) -> str:
        """Return the picture as an address that an <img> can show, small enough for a sheet of many."""
        return "" if self.page is None else data_uri(encode_png(fitted(self.page, PICTURE_SIDE)))

    @property
    def glyph_sources(self) -> list[str]:
        return [data_uri(encode_png(glyph)) for glyph in self.glyphs]


def png_sheet(evaluated: list[Evaluated], version: ModelVersion) -> bytes:
    """Return the contact sheet as a PNG."""
    misses = list(_misses_of(evaluated))
    tiles = [Tile(miss.page, [f"{miss.label}, read as {miss.read}", miss.how_sure, miss.name]) for miss in misses]
    return draw_contact_sheet(f"What {version} read wrong. {_summary(evaluated)}", tiles)


def html_sheet(evaluated: list[Evaluated], version: ModelVersion) -> bytes:
    """Return the contact sheet as an HTML file without a script, its pictures and style inside it."""
    style = "".join(Path(finders.find(name)).read_text(encoding="utf-8") for name in STYLES)
    context = {
        "version": version,
        "summary": _summary(evaluated),
        "misses": list(_misses_of(evaluated)),
        "stylesheet": base64.b64encode(style.encode()).decode(),
    }
    return render_to_string("recognizer/misses.html", context).encode()


def _misses_of(evaluated: list[Evaluated]) -> Iterator[Miss]:
    for miss in surest_misses(evaluated)[:SHOWN]:
        path = miss.picture.path
        try:
            page = decode(path.read_bytes()).page
        except (PictureError, OSError):
            page = None
        yield Miss(
            name=f"{path.parent.name}/{path.name}",
            label=miss.label or "no digit",
            read=miss.text or "no digit",
            how_sure=miss.how_sure,
            is_sure=miss.is_sure,
            refusal=str(miss.refusal or ""),
            page=page,
            glyphs=[glyph.pixels for glyph in miss.reading.glyphs] if miss.reading else [],
        )


def _summary(evaluated: list[Evaluated]) -> str:
    """Return in a sentence or two how many were read wrong, and how many of them are shown."""
    misses = surest_misses(evaluated)
    if not misses:
        return f"Every one of {len(evaluated):,} pictures was read right."
    sure = sum(miss.is_sure for miss in misses)
    shown = f" The first {SHOWN} are shown." if len(misses) > SHOWN else ""
    return (
        f"{len(misses):,} of {len(evaluated):,} pictures were read wrong, {sure:,} of them though it was sure; "
        f"the surest come first.{shown}"
    )
