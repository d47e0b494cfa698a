"""Fill a fresh database with invented readings and labels, to measure and to look at pages with much on them.

    export DATABASE_URL=sqlite:////tmp/load.sqlite3
    python manage.py migrate && python -m tests.load.fill_database --glyphs 100000

No network reads and no file is written: the pictures have rows alone. The invented active version reads 96 of 100
marks right and is about as sure as it should be, a little less sure towards the end. One mark in ten is in the random
sample, of which the older three fifths went through the review queue; of the rest, people labelled mostly what was
unsure.
"""

import argparse
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

SOURCES = ("draw", "draw", "draw", "upload", "upload", "api")
OLD_SHARE = 0.1
"""Of all pictures: read by the version before the active one."""
NOT_A_DIGIT_SHARE = 0.05
REVIEWED_SHARE = 0.6
"""Of the random sample, in the order in which it came in: labelled in the review queue."""
LABELLED_SHARE = {"digit": 0.04, "unsure": 0.8, "not_a_digit": 0.2}
MOST_ON_A_PICTURE = 4
LARGEST_CHUNK = 5000
CHUNKS = 20
"""At least so many: within one, the version and whether the review has come so far do not change."""
PIXELS = 28 * 28
NOT_A_DIGIT = 10
MISTAKEN_FOR = (6, 7, 3, 5, 9, 3, 0, 1, 3, 4, 1)
"""What each digit, and a mark that is none, is most often taken for."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--glyphs", type=int, default=100_000, help="marks to store (default: 100,000)")
    parser.add_argument("--days", type=int, default=30, help="days up to now to spread them over (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the invention (default: 1)")
    parser.add_argument("--owner", metavar="NAME", help="give pictures to a user; the password is the name")
    parser.add_argument("--share", type=float, default=1.0, help="of the pictures, to that user (default: all)")
    arguments = parser.parse_args()

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    django.setup()
    from django.contrib.auth.models import User

    from recognizer.models import Picture

    if Picture.objects.exists():
        parser.error("This database holds pictures. Name a fresh one in DATABASE_URL.")
    owner = User.objects.create_user(arguments.owner, password=arguments.owner) if arguments.owner else None
    rng = np.random.default_rng(arguments.seed)
    stored = fill(arguments.glyphs, days=arguments.days, rng=rng, owner=owner, share=arguments.share)
    print(f"{stored['pictures']:,} pictures, {stored['glyphs']:,} marks, {stored['labels']:,} of them labelled")


def fill(
    glyphs: int, *, days: int, rng: np.random.Generator, owner: object = None, share: float = 1.0
) -> dict[str, int]:
    """Store so many glyphs with what belongs to them, oldest first; return how many rows of each there are.

    owner: the user whose this share of the pictures is; each of the others is of a visitor of its own.
    """
    from django.utils import timezone

    from recognizer.models import ModelVersion

    versions = [
        ModelVersion.objects.create(
            kind="cnn", version=f"load-{number}", folder=f"load-{number}", sha256="0" * 64, state="retired"
        )
        for number in (1, 2)
    ]
    versions[-1].activate()
    owners = Owners(owner, share)
    stored = {"pictures": 0, "glyphs": 0, "labels": 0}
    end = timezone.now()
    chunk = max(1, min(LARGEST_CHUNK, glyphs // CHUNKS))
    while stored["glyphs"] < glyphs:
        place = stored["glyphs"] / glyphs
        n = min(chunk, glyphs - stored["glyphs"])
        version = versions[place >= OLD_SHARE]
        begin = end - timedelta(days=days * (1 - place))
        added = _fill_chunk(n, version, owners, place, begin, days * n / glyphs, rng)
        stored = {name: count + added[name] for name, count in stored.items()}
    return stored


@dataclass
class Owners:
    """Whose the pictures are, in turn: `share` of them a user's, evenly among the others."""

    user: object
    share: float
    given: float = 0.0

    def next(self) -> dict[str, object]:
        """Return the fields of the next picture's owner."""
        self.given += self.share if self.user else 0.0
        if self.given < 1.0:
            return {"visitor": uuid.uuid4()}
        self.given -= 1.0
        return {"user": self.user}


def _fill_chunk(
    n: int, version: object, owners: Owners, place: float, begin: datetime, days: float, rng: np.random.Generator
) -> dict[str, int]:
    """Store n glyphs of one version from `begin` on. place: how many of all come before these, in [0, 1)."""
    from django.db import transaction

    from recognizer.history.traits import traits_of
    from recognizer.models import Glyph, LabelEvent, Picture, Prediction

    sizes = _sizes(n, rng)
    times = [begin + timedelta(days=float(day)) for day in np.sort(rng.random(len(sizes))) * days]
    pictures = [
        Picture(
            **owners.next(),
            source=SOURCES[number % len(SOURCES)],
            image="pictures/none.png",
            thumbnail=rng.bytes(600),
            width=400,
            height=300,
            model_version=version,
            created=created,
        )
        for number, created in enumerate(times)
    ]
    truths, predictions = _invent(n, place, rng)
    samples, reviewed = rng.random(n) < 0.1, place < REVIEWED_SHARE
    glyphs, events = [], []
    for row, (picture, position) in enumerate(
        (picture, position) for picture, size in zip(pictures, sizes, strict=True) for position in range(size)
    ):
        said = predictions[row]
        by_chance = rng.random() < LABELLED_SHARE[said["verdict"]]
        is_labelled = by_chance or (samples[row] and reviewed)
        at = min(picture.created + timedelta(hours=float(rng.exponential(20))), times[-1])
        label = int(truths[row]) if is_labelled else None
        glyphs.append(
            Glyph(
                picture=picture,
                position=position,
                x=10,
                y=10,
                width=40,
                height=60,
                pixels=_PIXELS[truths[row]],
                label=label,
                labelled_at=at if is_labelled else None,
                is_sample=bool(samples[row]),
                margin=abs(2 * said["confidence"] - 1),
            )
        )
        if is_labelled:
            where = "review" if samples[row] and reviewed else "page"
            events.append(LabelEvent(glyph=glyphs[-1], new=label, where=where, created=at))
        picture.traits |= traits_of([(label, said["digit"], said["verdict"])])
        picture.reading += "" if said["verdict"] == "not_a_digit" else str(said["digit"])
    with transaction.atomic():
        Picture.objects.bulk_create(pictures)
        Glyph.objects.bulk_create(glyphs)
        LabelEvent.objects.bulk_create(events)
        Prediction.objects.bulk_create(
            Prediction(glyph=glyph, model_version=version, created=glyph.picture.created, **said)
            for glyph, said in zip(glyphs, predictions, strict=True)
        )
    return {"pictures": len(pictures), "glyphs": n, "labels": len(events)}


def _sizes(n: int, rng: np.random.Generator) -> list[int]:
    """Return how many marks are on each picture; n in all."""
    ends = np.cumsum(rng.integers(1, MOST_ON_A_PICTURE + 1, n))
    sizes = np.diff(np.minimum(ends, n), prepend=0)
    return [int(size) for size in sizes if size]


def _invent(n: int, place: float, rng: np.random.Generator) -> tuple[np.ndarray, list[dict]]:
    """Return n true classes and what the network says of each: right as often as it is sure."""
    truths = np.where(rng.random(n) < NOT_A_DIGIT_SHARE, NOT_A_DIGIT, rng.integers(0, 10, n))
    sureness = 1 - 0.5 * rng.beta(0.16, 2 - 0.5 * place, n)
    usual = rng.random(n) < 0.7
    mistakes = np.where(usual, np.array(MISTAKEN_FOR)[truths], (truths + rng.integers(1, 11, n)) % 11)
    values = np.where(rng.random(n) < sureness, truths, mistakes)
    return truths, [_said(int(value), float(sure)) for value, sure in zip(values, sureness, strict=True)]


def _said(value: int, sure: float) -> dict:
    """Return the fields of a prediction that takes a mark for this, so surely (0.5 to 1)."""
    is_digit = value != NOT_A_DIGIT
    digit = value if is_digit else 0
    confidence = round(min(sure, 0.9999), 6)
    rest = (1 - confidence) / 9
    verdict = ("digit" if confidence >= 0.9 else "unsure") if is_digit else "not_a_digit"
    return {
        "probabilities": [confidence if d == digit else rest for d in range(10)],
        "none_probability": 0.001 if is_digit else confidence,
        "digit": digit,
        "runner_up": (digit + 1) % 10,
        "confidence": confidence,
        "verdict": verdict,
    }


def _pixels() -> list[bytes]:
    """Return a glyph of each digit, and a stroke that is none."""
    from recognizer.imaging.normalization import normalize
    from tests.pictures import page_with

    pages = [page_with(str(digit)) for digit in range(10)]
    stroke = np.full_like(pages[0], 255)
    stroke[120:160, 60:220] = 0
    return [normalize((255 - page).astype(np.float32) / 255).tobytes() for page in (*pages, stroke)]


_PIXELS = _pixels()


if __name__ == "__main__":
    main()
