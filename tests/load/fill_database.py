"""Fill a fresh database with invented readings and labels, to measure and to look at pages with much on them.

    export DATABASE_URL=sqlite:////tmp/load.sqlite3
    python manage.py migrate && python -m tests.load.fill_database --pictures 100000

A million pictures take ten minutes and 4 GB. No network reads. The pictures have rows alone, unless files are asked
for: then each has the same small one in the folder that MEDIA_ROOT names.

One user has a tenth of the pictures, so does everybody with an account together; the others are of visitors with one
each. One picture in twenty came in a batch. The invented versions read 96 of 100 marks right and are about as sure as
they should be, a little less sure towards the end. One mark in ten is in the random sample, of which the older three
fifths went through the review queue; of the rest, people labelled mostly what was unsure. One member of staff, the
user “staff”, gave all answers of the queue.
"""

import argparse
import hashlib
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np

from tests.load.invented_readings import NOT_A_DIGIT, PIXELS, invent
from tests.load.quick_rows import insert, settle, without_care

OWNER, STAFF = "ada", "staff"
"""The user with many pictures, and the one who sees all pages; their passwords are their names."""
SOURCES = ("draw", "draw", "draw", "upload", "upload", "api")
VERSIONS = (("cnn", "load-1", 0.0), ("mlp", "load-1", 0.1), ("cnn", "load-2", 0.15))
"""Each kind, version and where in time, in [0, 1), it began to read; the last of a kind is active."""
BATCHED_SHARE = 0.05
BATCH_SIZE = 20
PICTURES_OF_AN_ACCOUNT = 100
CONSENTS_OF_TEN = 7
REVIEWED_SHARE = 0.6
"""Of the random sample, in the order in which it came in: labelled in the review queue."""
UNUSABLE_SHARE = 0.04
EXCLUDED_EVERY = 5
MISLABELLED_SHARE = 0.05
"""More than anywhere, so that a thousand pictures fill the lists of these."""
LABELLED_SHARE = {"digit": 0.04, "unsure": 0.8, "not_a_digit": 0.2}
SIZES, SIZE_SHARES = (1, 2, 3, 4), (0.7, 0.15, 0.1, 0.05)
"""How many marks there are on a picture, and on what share of all."""
LARGEST_CHUNK = 5000
CHUNKS = 20
"""At least so many: within one, the version and whether the review has come so far do not change."""
THUMBNAIL = bytes(600)
FILE = bytes(2000)
"""What stands for a stored PNG; nothing reads it as a picture."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000, help="how many to store (default: 100,000)")
    parser.add_argument("--days", type=int, default=30, help="days up to now to spread them over (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="of the invention (default: 1)")
    parser.add_argument("--files", action="store_true", help="write a file for each picture")
    parser.add_argument("--share", type=float, default=0.1, help="of the pictures, to the user ada (default: 0.1)")
    arguments = parser.parse_args()

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    django.setup()
    from recognizer.models import Picture

    if Picture.objects.exists():
        parser.error("This database holds pictures. Name a fresh one in DATABASE_URL.")
    rng = np.random.default_rng(arguments.seed)
    without_care()
    stored = fill(arguments.pictures, days=arguments.days, rng=rng, share=arguments.share, files=arguments.files)
    print(f"{stored['pictures']:,} pictures, {stored['glyphs']:,} marks, {stored['labels']:,} of them labelled")


def fill(
    pictures: int, *, days: int, rng: np.random.Generator, share: float = 0.1, files: bool = False
) -> dict[str, int]:
    """Store so many pictures with what belongs to them, oldest first; return how many rows of each there are.

    share: of the pictures, to the user OWNER.
    files: whether a file is written for each picture.
    """
    from django.utils import timezone
    from tqdm import tqdm

    people = People.made(pictures, share)
    versions = _versions()
    glyph_ids = count(1)
    stored = {"pictures": 0, "glyphs": 0, "labels": 0}
    end = timezone.now()
    chunk = max(1, min(LARGEST_CHUNK, pictures // CHUNKS))
    with tqdm(total=pictures, unit="picture", disable=None) as bar:
        while stored["pictures"] < pictures:
            place = stored["pictures"] / pictures
            n = min(chunk, pictures - stored["pictures"])
            version = [version for version, begin in versions if begin <= place][-1]
            begin = end - timedelta(days=days * (1 - place))
            added = _fill_chunk(n, version, people, glyph_ids, place, begin, days * n / pictures, rng, files)
            stored = {name: so_far + added[name] for name, so_far in stored.items()}
            bar.update(n)
    settle()
    return stored


def _versions() -> list[tuple[object, float]]:
    """Make the versions; return each with where in time it began to read."""
    from recognizer.models import ModelVersion

    made = []
    for kind, name, begin in VERSIONS:
        version = ModelVersion.objects.create(
            kind=kind, version=name, folder=f"{kind}-{name}", sha256="0" * 64, state="retired"
        )
        version.activate()
        made.append((version, begin))
    return made


@dataclass
class People:
    """Whose the pictures are, in turn: `share` of them the owner's, evenly among the others."""

    owner: int
    staff: int
    accounts: Sequence[int]
    share: float
    given: float = field(default=0.0)
    others: Iterator[int] = field(default_factory=count)

    @classmethod
    def made(cls, pictures: int, share: float) -> "People":
        from django.contrib.auth.models import User

        owner = User.objects.create_user(OWNER, password=OWNER)
        staff = User.objects.create_superuser(STAFF, password=STAFF)
        n = max(1, pictures // 10 // PICTURES_OF_AN_ACCOUNT)
        User.objects.bulk_create((User(username=f"account-{i}", password="!") for i in range(n)), batch_size=1000)
        accounts = list(User.objects.exclude(pk__in=[owner.pk, staff.pk]).values_list("pk", flat=True))
        return cls(owner.pk, staff.pk, accounts, share)

    def next(self) -> tuple[int | None, uuid.UUID | None]:
        """Return the user and the visitor of whom the next picture is, one of them None."""
        self.given += self.share
        if self.given >= 1.0:
            self.given -= 1.0
            return self.owner, None
        other = next(self.others)
        return (None, uuid.uuid4()) if other % 10 else (self.accounts[other // 10 % len(self.accounts)], None)


def _fill_chunk(
    n: int,
    version: object,
    people: People,
    glyph_ids: Iterator[int],
    place: float,
    begin: datetime,
    days: float,
    rng: np.random.Generator,
    files: bool,
) -> dict[str, int]:
    """Store n pictures that one version read from `begin` on. place: how many of all come before these, in [0, 1)."""
    from django.db import transaction

    from recognizer.history.traits import traits_of
    from recognizer.models import Glyph, LabelEvent, Prediction

    sizes = rng.choice(SIZES, n, p=SIZE_SHARES)
    times = [begin + timedelta(days=float(day)) for day in np.sort(rng.random(n)) * days]
    pictures = [_picture(number, version, people, created) for number, created in enumerate(times)]
    batches, items = _batches(pictures[: max(1, int(BATCHED_SHARE * n))])
    n_marks = int(sizes.sum())
    truths, said = invent(n_marks, place, rng)
    samples, chances, delays = rng.random(n_marks) < 0.1, rng.random(n_marks), rng.exponential(20, n_marks)
    labels = np.where(rng.random(n_marks) < MISLABELLED_SHARE, (truths + 1) % (NOT_A_DIGIT + 1), truths)
    reviewed = place < REVIEWED_SHARE
    glyphs, predictions, events = [], [], []
    places = ((picture, position) for picture, size in zip(pictures, sizes, strict=True) for position in range(size))
    for row, (picture, position) in enumerate(places):
        prediction, is_in_queue = said[row], bool(samples[row]) and reviewed
        is_labelled = is_in_queue or chances[row] < LABELLED_SHARE[prediction["verdict"]]
        at = min(picture.created + timedelta(hours=float(delays[row])), times[-1]) if is_labelled else None
        label = int(labels[row]) if is_labelled else None
        by = people.staff if is_in_queue else picture.user_id
        glyph = Glyph(
            id=next(glyph_ids),
            picture_id=picture.pk,
            position=position,
            x=10,
            y=10,
            width=40,
            height=60,
            pixels=PIXELS[truths[row]],
            label=label,
            labelled_by_id=by if is_labelled else None,
            labelled_at=at,
            is_usable=is_labelled or chances[row] < 1 - UNUSABLE_SHARE,
            is_excluded=is_labelled and row % EXCLUDED_EVERY == 0,
            is_sample=bool(samples[row]),
            margin=abs(2 * prediction["confidence"] - 1),
        )
        glyphs.append(glyph)
        predictions.append(
            Prediction(glyph_id=glyph.pk, model_version_id=version.pk, created=picture.created, **prediction)
        )
        if is_labelled:
            where = "review" if is_in_queue else "page"
            visitor = None if by else picture.visitor
            events.append(
                LabelEvent(glyph_id=glyph.pk, new=label, user_id=by, visitor=visitor, where=where, created=at)
            )
        picture.traits |= traits_of([(label, prediction["digit"], prediction["verdict"])])
        picture.reading += "" if prediction["verdict"] == "not_a_digit" else str(prediction["digit"])
    if files:
        _write_files(pictures)
    with transaction.atomic():
        for rows in (batches, pictures, items, glyphs, predictions, events):
            insert(rows)
    return {"pictures": n, "glyphs": n_marks, "labels": len(events)}


def _picture(number: int, version: object, people: People, created: datetime) -> object:
    from recognizer.models import Picture

    user, visitor = people.next()
    pk = uuid.uuid4()
    return Picture(
        id=pk,
        user_id=user,
        visitor=visitor,
        source=SOURCES[number % len(SOURCES)],
        image=f"pictures/{pk.hex[:2]}/{pk.hex}.png",
        sha256=2 * pk.hex,
        thumbnail=THUMBNAIL,
        name=f"scan {number}.png" if number % 6 in (3, 4) else "",
        width=400,
        height=300,
        may_train=number % 10 < CONSENTS_OF_TEN,
        model_version_id=version.pk,
        created=created,
    )


def _write_files(pictures: list) -> None:
    """Write the file of each picture, and what its row says of it."""
    from django.core.files.storage import default_storage

    for picture in pictures:
        path = Path(default_storage.path(picture.image.name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILE)
        picture.sha256 = hashlib.sha256(FILE).hexdigest()


def _batches(pictures: list) -> tuple[list, list]:
    """Let these pictures have come in batches; return the batches and what became of their files."""
    from recognizer.models import Batch, BatchItem

    batches, items = [], []
    for start in range(0, len(pictures), BATCH_SIZE):
        together = pictures[start : start + BATCH_SIZE]
        first, last = together[0], together[-1]
        batch = Batch(
            user_id=first.user_id,
            visitor=first.visitor,
            came_as="files",
            kind="cnn",
            total=len(together),
            created=first.created,
            finished=last.created,
        )
        batches.append(batch)
        for position, picture in enumerate(together):
            picture.user_id, picture.visitor = first.user_id, first.visitor
            picture.batch, picture.source = batch.pk, "batch"
            items.append(
                BatchItem(batch_id=batch.pk, position=position, state="read", verdict="digit", picture_id=picture.pk)
            )
    return batches, items


if __name__ == "__main__":
    main()
