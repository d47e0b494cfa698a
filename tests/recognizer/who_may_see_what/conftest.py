"""A site on which one user owns something of everything, and the people who look at it."""

import logging
import uuid
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.template.backends.django import Template
from django.test import Client
from django_tasks_db.models import DBTaskResult
from knox.models import AuthToken

from recognizer import explanations, registry
from recognizer.inference.artifacts import Artifact, ArtifactError
from recognizer.inference.predictor import Predictor
from recognizer.learning import training_jobs
from recognizer.models import Batch, BatchItem, Comparison, LabelEvent, ModelVersion, Picture, Promotion, TrainingRun
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.conftest import StubNetwork
from tests.pictures import png_of
from tests.recognizer.rows import make_picture
from tests.recognizer.who_may_see_what.table import PEOPLE


def raise_artifact_error(artifact: Artifact) -> None:
    raise ArtifactError("These weights are no network.")


@pytest.fixture
def reader(stored, monkeypatch) -> ModelVersion:
    """Return the active version, which has an artifact on disk and reads every mark as a sure 7."""
    monkeypatch.setattr(registry, "load_predictor", lambda artifact: Predictor(StubNetwork(), 1.0, 0.9, 0.5))
    monkeypatch.setattr(explanations, "load_explainer", raise_artifact_error)
    return stored("1", "active")


@pytest.fixture
def blank_pages(monkeypatch) -> Iterator[None]:
    """Save the time that thousands of pages and lines of the log take, where statuses alone are looked at."""
    monkeypatch.setattr(Template, "render", lambda template, context=None, request=None: "")
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def clients(db) -> dict[str, Client]:
    """Return a client for each of the PEOPLE."""
    found = {name: Client() for name in PEOPLE}
    for name in ("owner", "user", "staff", "reviewer"):
        found[name].force_login(User.objects.create_user(name, is_staff=name in ("staff", "reviewer")))
    User.objects.get(username="reviewer").groups.add(Group.objects.get(name="Reviewers"))
    found["admin"].force_login(User.objects.create_superuser("admin"))
    found["guest"].cookies["visitor"] = visitor_cookie(uuid.uuid4())
    return found


def visitor_cookie(number: uuid.UUID) -> str:
    return signing.get_cookie_signer(salt="visitor").sign(str(number))


def store_things(owner: Owner, version: ModelVersion) -> dict[str, object]:
    """Store a picture with a labelled mark and a batch that goes on; return what stands for them in addresses."""
    picture = recognize(png_of("7"), owner=owner, source="upload", name="7.png", may_train=True)
    glyph = picture.glyphs.get()
    glyph.set_label(1, owner=owner, where="page")
    batch = Batch.objects.create(user=owner.user, visitor=owner.visitor, came_as="files", kind="cnn", total=2)
    read = make_picture(version, owner, "4", source="batch", batch=batch.pk)
    BatchItem.objects.create(batch=batch, position=0, state="read", verdict="digit", picture=read)
    BatchItem.objects.create(batch=batch, position=1, state="waiting", staged="batches/no")
    return {"picture_id": picture.pk, "glyph_id": glyph.pk, "batch_id": batch.pk, "position": 0}


@pytest.fixture
def parts(clients, reader, stored) -> dict[str, object]:
    """Store something of everything; return what stands for it in the addresses of the site and of its admin."""
    owner = User.objects.get(username="owner")
    things = store_things(Owner(user=owner), reader)
    candidate = stored("2")
    run = TrainingRun.objects.create(kind="cnn", epochs=1, base=reader, candidate=candidate, user=owner)
    comparison = Comparison.objects.create(candidate=candidate, base=reader, figures={}, gates=[], is_passed=True)
    promotion = Promotion.objects.create(version=reader, kind="promotion", comparison=comparison, user=owner)
    token, _ = AuthToken.objects.create(user=owner)
    training_jobs.compare_again.enqueue(candidate.pk)
    prediction = Picture.objects.get(pk=things["picture_id"]).glyphs.get().predictions.get()
    of_site = {
        "run_id": run.pk,
        "version_id": candidate.pk,
        "kind": "cnn",
        "version": "2",
        "label": 1,
        "answer": 7,
        "file_format": "npz",
        "token_key": token.token_key,
    }
    of_admin = {
        "app_label": "recognizer",
        "url": "nothing",
        "id": owner.pk,
        "content_type_id": ContentType.objects.get_for_model(Picture).pk,
        "object_id": things["picture_id"],
        "user": owner.pk,
        "group": Group.objects.first().pk,
        "authtoken": token.pk,
        "glyph": things["glyph_id"],
        "batch": things["batch_id"],
        "picture": things["picture_id"],
        "prediction": prediction.pk,
        "labelevent": LabelEvent.objects.get().pk,
        "modelversion": candidate.pk,
        "trainingrun": run.pk,
        "comparison": comparison.pk,
        "promotion": promotion.pk,
        "dbtaskresult": DBTaskResult.objects.get().pk,
    }
    return things | of_site | of_admin
