"""Zips that are damaged, or lie, or hold what they should not."""

import random
import zipfile
from functools import cache

from tests.load.hostile.pictures import good_pictures, mutated, swollen_pictures
from tests.load.hostile.request import Hostile, Part, form
from tests.recognizer.zips import bomb, claiming, symlink_to, zip_of

MEMBERS = (
    "7.png",
    "7.png",
    "../7.png",
    "/7.png",
    "a/b/7.png",
    "C:\\7.png",
    "=7.png",
    "x.zip",
    "é.png",
    "🖋.png",
    "a" * 900,
)


@cache
def crafted_zips() -> list[bytes]:
    """Return zips that each try something else."""
    good = zip_of({"7.png": good_pictures()[0]})
    return [
        *(bomb(8), bomb(64), zip_of({"x.zip": bomb(1)}), symlink_to("/etc/passwd"), zip_of({}), good + good),
        zip_of({f"{number}.png": b"" for number in range(2_100)}),
        *(claiming(good, size=size) for size in (0, 1, 2**32 - 1)),
        *(claiming(good, flags=flags) for flags in (0x1, 0x41, 0x8)),
        *(claiming(good, method=method) for method in (12, 14, 93, 99)),
        good[:-2] + b"\xff\xff" + b"PK\x05\x06" * 900,
    ]


def zip_file(rng: random.Random) -> Hostile:
    """A zip with strange members, mostly damaged, now and then beside another file."""
    data = rng.choice(crafted_zips()) if rng.random() < 0.2 else _made_up(rng)
    part = Part(mutated(data, rng), file_name=rng.choice((b"a.zip", b"7.png")), kind=b"application/zip")
    beside = [Part(rng.choice(good_pictures()))] * (rng.random() < 0.1)
    return form("zip", "/upload/", part, *beside)


def _made_up(rng: random.Random) -> bytes:
    names = rng.choices(MEMBERS, k=rng.randrange(5))
    contents = (mutated(rng.choice(good_pictures()), rng), bytes(200_000), swollen_pictures()[0], b"")
    files = [(name, rng.choice(contents)) for name in names]
    return zip_of(files, compression=rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
