"""A site on which every page has something to say: readings of each verdict, trainings in each state, versions compared."""

import json
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone
from knox.models import AuthToken

from recognizer.learning import training_jobs
from recognizer.models import Comparison, Glyph, ModelVersion, Picture, Promotion, TrainingRun
from recognizer.owners import Owner
from tests.recognizer.learning.corrections import label_glyphs
from tests.recognizer.rows import make_picture

PIXELS = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
FIGURES = {
    "mnist_test": {"base": 9965, "base_n": 10000, "candidate": 9966, "candidate_n": 10000},
    "held_out": {
        "n": 25,
        "base": 20,
        "candidate": 21,
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
    "figures": FIGURES
    | {"mnist_test": {"accuracy": 0.9966, "n": 10000, "correct": 9966, "interval_95": [0.9952, 0.9976]}},
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
    "failures": [{"label": "4", "read": "not_a_digit", "confidence": 0.987, "png": PIXELS}],
    "recipe": {"epochs": 5},
    "duration_seconds": 3725,
}


def fill_site(active: ModelVersion, user: User) -> None:
    """Store something of everything; most of it belongs to the user."""
    owner = Owner(user=user)
    for verdict in ("digit", "unsure", "not_a_digit"):
        make_picture(active, owner, "42", verdict=verdict, may_train=True, name="42.png", thumbnail=b"")
    picture = make_picture(active, owner, "7", source="upload")
    picture.glyphs.get().set_label(1, owner=owner, where="page")
    for set_it in (Glyph.set_usable, Glyph.set_excluded):
        set_it(
            make_picture(active, owner, "3", may_train=True).glyphs.get(),
            set_it is Glyph.set_excluded,
            owner=owner,
            where="review",
        )
    label_glyphs(active, 3, user=user)
    label_glyphs(active, 3, flip=True)  # these are doubted
    label_glyphs(active, 25, held_out=True, is_sample=True) if False else label_glyphs(active, 25, held_out=True)
    Glyph.objects.filter(label__isnull=False, picture__reading__in="012").update(is_sample=True)
    _add_versions(active, user)
    _add_trainings(active, user)
    AuthToken.objects.create(user, expiry=timedelta(days=9))


def _add_versions(active: ModelVersion, user: User) -> None:
    versions = {
        state: ModelVersion.objects.create(
            kind=active.kind, version=version, state=state, parent=active, folder=version, sha256="0" * 64, card=CARD
        )
        for state, version in (("candidate", "4"), ("retired", "2"))
    }
    ModelVersion.objects.create(kind="mlp", version="5", folder="5", sha256="0" * 64, card={"recipe": {"epochs": 1}})
    for kind, replaced in (("promotion", versions["retired"]), ("override", None), ("rollback", versions["retired"])):
        Promotion.objects.create(version=active, replaced=replaced, kind=kind, reason="1 + 1", user=user)
    Promotion.objects.create(version=versions["retired"], replaced=active, kind="rollback")
    for is_passed in (True, False):
        gates = [
            {"name": name, "asked": "", "found": "", "is_passed": is_passed}
            for name in ("mnist_test", "held_out", "labels", "regression")
        ]
        Comparison.objects.create(
            candidate=versions["candidate"], base=active, figures=FIGURES, gates=gates, is_passed=is_passed
        )


def _add_trainings(active: ModelVersion, user: User) -> None:
    candidate = ModelVersion.objects.get(state="candidate", version="4")
    long_ago = timezone.now() - timedelta(hours=1)
    common = {"kind": "cnn", "epochs": 5, "log": "1/5", "base": active, "created": long_ago}
    for state, fields in {
        "queued": {"user": user},
        "running": {
            "user": user,
            "step": "epoch 1 of 5",
            "progress": 0.25,
            "started": long_ago,
            "heartbeat": timezone.now(),
        },
        "done": {
            "candidate": candidate,
            "labels": 1203,
            "held_out": 40,
            "started": long_ago,
            "finished": timezone.now(),
        },
        "failed": {"problem": training_jobs.NO_LABELS, "start": "scratch", "finished": timezone.now()},
        "cancelled": {"user": user, "finished": timezone.now()},
    }.items():
        TrainingRun.objects.create(state=state, **common, **fields)


def stored_text() -> str:
    """Return what a page may show of the rows as it was given, for whoever looks for anything else."""
    names = Picture.objects.values_list("name", "reading")
    return json.dumps([*names])
