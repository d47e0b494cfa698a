"""Names, types and bodies that are not what they say."""

import random

from tests.load.hostile.pictures import DOORS, good_pictures, mutated
from tests.load.hostile.request import OWN, Hostile, Part, form, json_body
from tests.load.hostile.texts import FIELDS, STRANGE, TYPES

NAMES = (
    *(text.encode(errors="replace") for text in STRANGE),
    *(b'7.png"; filename="8.png', b"7.png\"; filename*=utf-8''%ff%fe", b"\xff\xfe7.png", b"\\", b'\\"', b"7;png"),
)
BOUNDARIES = ("a-boundary", "x", "", "a" * 300, "é", '"', "a-boundary; charset=nonsense", "a-boundary; boundary=x")
ENDLESS = (b"[" * 50_000, b'{"label":' * 20_000, b'"' * 9_000, b"9" * 50_000, b"-" + b"1" * 5_000 + b"e9")
UNSOUND = (
    *(b'{"label": NaN}', b'{"label": -Infinity}', b'{"label": 1, "label": "2"}', b'{"label": 1e400}', b"\xff\xfe{}"),
    *(
        b'{"label": "\\ud800"}',
        b'{"label": 7.0}',
        b'{"label": "7\\u0000"}',
        b'{"label": 7}garbage',
        b"",
        b"\xef\xbb\xbf7",
    ),
)
FORMS = (
    *(f"/p/{OWN}/label/", f"/p/{OWN}/consent/", f"/p/{OWN}/confirm/", f"/batch/{OWN}/consent/"),
    *("/history/training/", "/review/answer/", "/account/login/", "/i18n/setlang/"),
)
VALUES = (7, -1, 10, 1e300, 10**400, None, True, [], {}, "not_a_digit", *STRANGE)


def name_and_type(rng: random.Random) -> Hostile:
    """A good picture under a strange name and type, with strange fields beside it."""
    kind = rng.choice(TYPES).encode("latin-1")
    part = Part(rng.choice(good_pictures()), file_name=rng.choice(NAMES), kind=kind)
    fields = {name: rng.choice(STRANGE) for name in rng.sample(FIELDS[:3], rng.choice((0, 0, 1, 3)))}
    return form("name and type", rng.choice(DOORS), part, fields=fields)


def part_head(rng: random.Random) -> Hostile:
    """Several parts with heads that are wrong, doubled or too long."""
    more = (
        b"",
        b"",
        b'; x="' + b"a" * 2_000,
        b"\r\nContent-Transfer-Encoding: base64",
        b"\r\nContent-Length: 9",
        b"\0",
    )
    parts = [
        Part(
            rng.choice((b"", b"\0", rng.choice(good_pictures()))), rng.choice((b"image", *NAMES)), more=rng.choice(more)
        )
        for _ in range(rng.choice((1, 1, 2, 3, 9)))
    ]
    return form("head of a part", rng.choice(DOORS), *parts)


def body(rng: random.Random) -> Hostile:
    """A body that is damaged, or not what its type says."""
    hostile = form("body", rng.choice(DOORS), Part(rng.choice(good_pictures())))
    multipart = f"multipart/form-data; boundary={rng.choice(BOUNDARIES)}"
    plain = ("application/json", "application/x-www-form-urlencoded", "application/json; charset=utf-7", *TYPES)
    hostile.headers["Content-Type"] = rng.choice((multipart, rng.choice(plain)))
    hostile.body = mutated(hostile.body, rng)
    return hostile


def label(rng: random.Random) -> Hostile:
    """A label that is none, in JSON that may be none."""
    value = rng.choice(VALUES)
    data = rng.choice(({"label": value}, [value], value, {"label": {"label": value}}))
    hostile = json_body("label", rng.choice(("PUT", "PUT", "PATCH", "POST")), "", data)
    hostile.path = f"/api/v1/glyphs/{rng.choice((1, 2, 3, 10**30, 0))}/label/"
    hostile.body = rng.choice((hostile.body, mutated(hostile.body, rng), rng.choice(ENDLESS), rng.choice(UNSOUND)))
    return hostile


def form_fields(rng: random.Random) -> Hostile:
    """Fields that the forms of an own picture or batch do not expect."""
    fields = {rng.choice(FIELDS): rng.choice((*STRANGE, "1", "7")) for _ in range(rng.randrange(5))}
    return form("form", rng.choice(FORMS), fields=fields)
