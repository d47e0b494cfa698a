"""A site where every page has something to say: readings of each verdict, batches, trainings in each state."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from knox.models import AuthToken

from recognizer.batches.errors import OF_A_FILE
from recognizer.learning import training_jobs
from recognizer.models import Batch, BatchItem, Comparison, Glyph, ModelVersion, Promotion, TrainingRun
from recognizer.owners import Owner
from tests.recognizer.learning.corrections import label_glyphs, sha256_of
from tests.recognizer.rows import make_picture

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
GATES = ("mnist_test", "held_out", "labels", "regression")
FIGURES = {
    "mnist_test": {"base": 9965, "base_n": 10000, "candidate": 9966, "candidate_n": 10000},
    "held_out": {
        "n": 25,
        "base": 20,
        "candidate": 12,
        "to_wrong": [],
        "to_right": [{"id": 1, "label": 4, "base": 9, "candidate": 4}],
    },
    "regression": {
        "n": 600,
        "base": 590,
        "candidate": 589,
        "to_wrong": [{"id": 3, "label": 10, "base": 10, "candidate": 4}],
        "to_right": [],
    },
}
CARD = {
    "figures": {"mnist_test": {"accuracy": 0.9966, "n": 10000, "correct": 9966, "interval_95": [0.9952, 0.9976]}},
    "parent": {"version": "3", "way_from_it": 0.5},
    "corrections": {
        "learnt": 1203,
        "held_out": 40,
        "held_out_right": 38,
        "held_out_right_before": 21,
        "accuracy": 0.95,
        "interval_95": [0.835, 0.986],
        "learnt_by_label": {"1": 1200, "not_a_digit": 3},
        "held_out_by_label": {"1": 38, "not_a_digit": 2},
    },
    "failures": [{"label": "4", "read": "not_a_digit", "confidence": 0.987, "png": PIXEL}],
    "recipe": {"epochs": 5},
    "duration_seconds": 3725,
}


def fill_site(active: ModelVersion, user: User) -> None:
    """Store something of everything; most of it belongs to the user."""
    _add_versions(active, user)
    _add_trainings(active, user)
    _add_pictures(active, Owner(user=user))
    _add_batches(active, Owner(user=user))
    AuthToken.objects.create(user, expiry=timedelta(days=9))


def _add_pictures(active: ModelVersion, owner: Owner) -> None:
    for verdict in ("digit", "unsure", "not_a_digit"):
        make_picture(active, owner, "42", verdict=verdict, may_train=True, name="42.png")
    corrected, unusable, excluded = (
        make_picture(active, owner, "7", may_train=True, sha256=sha256_of(held_out=False)).glyphs.get()
        for _ in range(3)
    )
    corrected.set_label(1, owner=owner, where="page")
    unusable.set_usable(False, owner=owner, where="review")
    excluded.set_label(7, owner=owner, where="review")
    excluded.set_excluded(True, owner=owner, where="review")
    label_glyphs(active, 3, user=owner.user, flip=True)  # these are doubted
    label_glyphs(active, 3, flip=True)
    label_glyphs(active, 25, held_out=True)
    Glyph.objects.filter(label__isnull=False, picture__reading__in="012").update(is_sample=True)


def _add_batches(active: ModelVersion, owner: Owner) -> None:
    """Store a batch that is finished, with every problem a file can have, one under way, and one that waits alone."""
    problems = [*OF_A_FILE] * 5  # more than one page shows
    now = timezone.now()
    finished, under_way, waiting = (
        Batch.objects.create(user=owner.user, came_as=came_as, kind="cnn", total=total, created=created, **fields)
        for came_as, total, created, fields in (
            ("zip", len(problems) + 3, now - timedelta(hours=1), {"finished": now, "may_train": True}),
            ("files", 2, now, {"heartbeat": now}),
            ("files", 1, now - timedelta(hours=1), {}),
        )
    )
    for position, verdict in enumerate(("digit", "unsure", "not_a_digit")):
        picture = make_picture(active, owner, "4", verdict=verdict, source="batch", name="4.png", batch=finished.pk)
        item = BatchItem(batch=finished, position=position, name="4.png", state="read", verdict=verdict)
        item.picture = picture
        item.save()
    BatchItem.objects.bulk_create(
        BatchItem(batch=finished, position=position, name="4.png" * (position % 2), state="failed", problem=problem)
        for position, problem in enumerate(problems, 3)
    )
    BatchItem.objects.create(batch=under_way, position=0, name="4.png", state="failed", problem="lost")
    for batch, position in ((under_way, 1), (waiting, 0)):
        BatchItem.objects.create(batch=batch, position=position, name="4.png", state="waiting", staged="batches/no")


def _add_versions(active: ModelVersion, user: User) -> None:
    candidate, retired = (
        ModelVersion.objects.create(
            kind="cnn", version=version, state=state, parent=active, folder=version, sha256="0" * 64, card=CARD
        )
        for version, state in (("91", "candidate"), ("90", "retired"))
    )
    ModelVersion.objects.create(kind="mlp", version="92", folder="92", sha256="0" * 64, card={"recipe": {"epochs": 1}})
    for kind, replaced in (("promotion", retired), ("override", None), ("rollback", retired)):
        Promotion.objects.create(version=active, replaced=replaced, kind=kind, reason="1 + 1", user=user)
    Promotion.objects.create(version=retired, replaced=active, kind="rollback")
    for is_passed in (True, False):
        gates = [{"name": name, "asked": "", "found": "", "is_passed": is_passed} for name in GATES]
        Comparison.objects.create(candidate=candidate, base=active, figures=FIGURES, gates=gates, is_passed=is_passed)


def _add_trainings(active: ModelVersion, user: User) -> None:
    candidate = ModelVersion.objects.get(kind="cnn", state="candidate")
    now = timezone.now()
    long_ago = now - timedelta(hours=1)
    done = {"candidate": candidate, "labels": 1203, "held_out": 40, "started": long_ago, "finished": now}
    for fields in (
        {"state": "queued"},
        {"state": "running", "step": "epoch 1 of 5", "progress": 0.25, "started": long_ago, "heartbeat": now},
        {"state": "done", "user": None, **done},
        {"state": "failed", "problem": training_jobs.NO_LABELS, "start": "scratch", "finished": now},
        {"state": "cancelled", "finished": now},
    ):
        common = {"kind": "cnn", "epochs": 5, "log": "1/5", "base": active, "created": long_ago, "user": user}
        TrainingRun.objects.create(**(common | fields))
