"""Requests that mean no good: damaged pictures and zips, strange names, types, bodies, labels and query strings."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from PIL import Image

from tests.pictures import encoded, page_with
from tests.recognizer.bad_pictures import BAD_PICTURES, png_bomb

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
DOORS = ("/", "/upload/", "/api/v1/pictures/", "/api/v1/guess/")
STRANGE_TEXT = (
    *("", "\0", "../../etc/passwd", "..\\..\\boot.ini", "=1+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>"),
    *("' OR 1=1 --", '"; DROP TABLE recognizer_picture; --', "%00", "%s%n", "{{ 7*7 }}", "${7*7}", "\r\nA: b"),
    *("\u202egnp.7", "７", "🖋" * 90, "a" * 5000, "é" * 300, "\ud7ff", "NaN", "-1", "1e999", "9" * 400, "0x7"),
    *("2026-13-45", "null", "[]", "true", "0", "7", "not_a_digit"),
)
TYPES = (
    *("image/png", "image/svg+xml", "text/html", "application/zip", "multipart/form-data"),
    *("x/y; charset=\xff", "", "a" * 900),
)
HISTORY = ("reading", "digit", "verdict", "labelled", "source", "before", "after", "from", "to", "view", "sort", "page")
QUERIES = (
    ("/history/", HISTORY),
    ("/history/download/", HISTORY),
    ("/api/v1/pictures/", ("cursor", "page", "page_size", "limit", "offset", "before", "after", "format")),
    ("/upload/", ("next", "model", "source")),
    ("/models/", ("kind", "version", "q")),
    ("/account/login/", ("next",)),
    ("/api/v1/schema/", ("format", "lang", "version")),
    ("/review/", ("first", "skipped")),
    ("/admin/login/", ("next",)),
)
PATHS = (
    *("/p/{}/", "/p/{}/image/", "/batch/{}/", "/models/{}/{}/", "/{}", "/static/{}", "/i18n/{}", "/exports/{}/"),
    *("/api/v1/pictures/{}/", "/api/v1/glyphs/{}/label/", "/api/v1/labels/{}/", "/dashboard/confusion/{}/{}/"),
)
MEMBERS = ("7.png", "../7.png", "/7.png", "a/b/7.png", "=7.png", "x.zip", "é.png", "🖋.png")


@dataclass
class Hostile:
    """One request, and what it is for the report."""

    kind: str
    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, tuple]] | None = None
    data: dict | bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@cache
def good_pictures() -> list[bytes]:
    """Return small pictures in every format and several modes."""
    page = page_with("47", side=90, pen=8)
    modes = [Image.fromarray(page).convert(mode) for mode in ("1", "P", "RGBA", "I;16", "CMYK")]
    others = [encoded(image, "TIFF" if image.mode == "CMYK" else "PNG") for image in modes]
    exif = Image.Exif()
    exif[0x010E] = "who made it"
    return [*(encoded(page, name) for name in FORMATS), *others, encoded(page, "JPEG", exif=exif)]


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
    data = mutated(rng.choice(good_pictures()), rng)
    return Hostile("picture", "POST", rng.choice(DOORS), files=[("image", ("7.png", data, "image/png"))])


def bad_picture(rng: random.Random) -> Hostile:
    """One of the pictures that have a refusal of their own."""
    bad = rng.choice([bad for bad in BAD_PICTURES.values() if bad.name != "one byte over 8 MiB"])
    data = bad.data()
    data = data.encode() if isinstance(data, str) else data
    return Hostile("bad picture", "POST", rng.choice(DOORS), files=[(bad.field, (bad.name or "7", data, "image/png"))])


def zip_file(rng: random.Random) -> Hostile:
    """A zip with strange names and members, mostly damaged."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name in rng.sample(MEMBERS, rng.randrange(5)):
            content = rng.choice((mutated(rng.choice(good_pictures()), rng), bytes(200_000), png_bomb(), b""))
            archive.writestr(name, content)
    part = (rng.choice(("a.zip", "7.png")), mutated(buffer.getvalue(), rng), "application/zip")
    return Hostile("zip", "POST", "/upload/", files=[("image", part)])


def name_and_type(rng: random.Random) -> Hostile:
    """A good picture under a strange name and type, with strange fields beside it."""
    part = (rng.choice(STRANGE_TEXT), rng.choice(good_pictures()), rng.choice(TYPES))
    fields = {name: rng.choice(STRANGE_TEXT) for name in ("model", "source", "may_train", "csrfmiddlewaretoken")}
    chosen = dict(rng.sample(sorted(fields.items()), rng.randrange(4)))
    return Hostile("name and type", "POST", rng.choice(DOORS), files=[("image", part)], data=chosen)


def body(rng: random.Random) -> Hostile:
    """A body that is not what its type says."""
    multipart = f"multipart/form-data; boundary={rng.choice(('x', '', 'a' * 300, chr(0xE9)))}"
    kind = rng.choice((multipart, "application/json", "application/x-www-form-urlencoded"))
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="7.png"\r\n\r\n'
    data = mutated(head + rng.choice(good_pictures()) + rng.choice((b"", b"\r\n--x--\r\n")), rng)
    return Hostile("body", "POST", rng.choice(DOORS), data=data, headers={"Content-Type": kind})


def label(rng: random.Random) -> Hostile:
    """A label that is none, in JSON that may be none."""
    value = rng.choice((7, -1, 10, 1e300, None, True, [], {}, "not_a_digit", *STRANGE_TEXT))
    text = json.dumps(rng.choice(({"label": value}, [value], value, {"label": {"label": value}}))).encode()
    data = rng.choice((text, mutated(text, rng), b"[" * 50_000, b"\xff\xfe{}"))
    method, glyph = rng.choice(("PUT", "PATCH", "POST")), rng.choice((1, 2, 10**30, 0))
    headers = {"Content-Type": "application/json"}
    return Hostile("label", method, f"/api/v1/glyphs/{glyph}/label/", data=data, headers=headers)


def query_string(rng: random.Random) -> Hostile:
    """A query string full of what it should not hold."""
    path, names = rng.choice(QUERIES)
    query = [
        (rng.choice((*names, rng.choice(STRANGE_TEXT))), rng.choice(STRANGE_TEXT)) for _ in range(rng.randrange(1, 5))
    ]
    return Hostile("query string", rng.choice(("GET", "HEAD")), path, query=query)


def path(rng: random.Random) -> Hostile:
    """An address that there is not, by any method."""
    template = rng.choice(PATHS)
    texts = [rng.choice(STRANGE_TEXT) for _ in range(template.count("{}"))]
    return Hostile("path", rng.choice(("GET", "POST", "PUT", "DELETE", "OPTIONS", "BREW")), template.format(*texts))


KINDS: tuple[Callable[[random.Random], Hostile], ...] = (
    *(picture, picture, picture, bad_picture, zip_file, zip_file, name_and_type, body, label, query_string, path),
)
"""Of a request each is drawn equally often; what stands here several times, as often more."""
