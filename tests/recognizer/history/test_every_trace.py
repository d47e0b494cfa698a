"""What is left of a person who deletes their account: nothing that leads to them, in rows, files or memory."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from threading import Event, Timer

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tasks_db.models import DBTaskResult
from knox.models import AuthToken

from recognizer import explanations
from recognizer.batches import intake
from recognizer.learning.exports import exportable_glyphs
from recognizer.models import Batch, Glyph, LabelEvent, ModelVersion, Picture, TrainingRun
from recognizer.owners import Owner
from recognizer.stores.short_memory import ShortMemory
from tests.own_site import wait_for
from tests.pictures import png_of
from tests.recognizer.batches.files import send

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "difference-engine-9"
NAME = "written-by-ada.png"


@pytest.fixture
def time_is_over(monkeypatch) -> Iterator[Event]:
    """Keep explanations until this is set instead of most of a minute; of the network that reads there are none."""
    is_over = Event()

    class HeldTimer(Timer):
        def run(self) -> None:
            is_over.wait()
            super().run()

    monkeypatch.setattr("recognizer.stores.short_memory.threading.Timer", HeldTimer)
    monkeypatch.setattr(explanations, "_look_of", lambda *_: None)
    monkeypatch.setattr(explanations, "kept", ShortMemory(seconds=0, most=100))
    yield is_over
    is_over.set()


@pytest.fixture
def ada(client, network, monkeypatch, other_picture) -> User:
    """Log the client in as a person who does everything that leaves a trace, on the own pictures and on others."""
    user = User.objects.create_user("ada-lovelace", "ada@example.org", PASSWORD)
    user.is_staff = user.is_superuser = True
    user.save()
    User.objects.create_superuser("grace")
    client.post("/account/login/", {"username": "ada-lovelace", "password": PASSWORD})
    client.post("/account/tokens/")
    give_and_ask_why(client)
    give_together(client, monkeypatch)
    glyph = other_picture.glyphs.get()
    client.put(f"/api/v1/glyphs/{glyph.pk}/label/", {"label": 3}, content_type="application/json")
    version = ModelVersion.objects.get()
    TrainingRun.objects.create(kind="cnn", start="active", epochs=1, user=user, base=version, state="cancelled")
    return user


def give_and_ask_why(client: Client) -> None:
    """Give a picture, say what it is and that it may be learnt from, and look at all that is made of it."""
    given = client.post("/upload/", {"image": SimpleUploadedFile(NAME, png_of("1")), "may_train": "on"})
    glyph = Glyph.objects.get(picture__name=NAME)
    client.post(f"{given.url}label/", {"glyph": glyph.pk, "label": "1"})
    for address in ("", "image/", "thumbnail/", "glyphs/0/why/"):
        assert client.get(f"{given.url}{address}").status_code == 200


def give_together(client: Client, monkeypatch) -> None:
    """Give files that are read at once, and a zip that waits for a worker."""
    send(client, (NAME, png_of("4")), (NAME, b"no picture"))
    monkeypatch.setattr(intake, "READ_AT_ONCE", 0)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(NAME, png_of("5"))
    send(client, ("all.zip", packed.getvalue()))
    assert Batch.objects.filter(finished=None).exists()


def rows() -> Iterator[str]:
    """Yield every row of every table, as text; what a worker has done is forgotten a day later."""
    for model in apps.get_models():
        done = {"status": "SUCCESSFUL"} if model is DBTaskResult else {"pk": None}
        for row in model.objects.exclude(**done).values():
            yield f"{model.__name__} {row}"


def traces(settings, marks: set[str], contents: set[str]) -> list[str]:
    """Return the rows that hold one of the marks, and the files that are named by one or are one of the contents."""
    found = [row for row in rows() if any(mark in row for mark in marks)]
    for path in filter(lambda path: path.is_file(), settings.MEDIA_ROOT.rglob("*")):
        is_known = hashlib.sha256(path.read_bytes()).hexdigest() in contents
        found += [str(path)] if is_known or any(mark.replace("-", "") in path.name for mark in marks) else []
    return found


def test_nothing_leads_to_a_person_who_has_gone(time_is_over, client, ada, other_picture, settings):
    own = Picture.objects.owned_by(Owner(user=ada))
    marks = {str(pk) for pk in (*own.values_list("pk", flat=True), *Batch.objects.values_list("pk", flat=True))}
    marks |= {NAME, "ada-lovelace", "ada@example.org", client.session.session_key}
    others = settings.MEDIA_ROOT / other_picture.image.name
    contents = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in settings.MEDIA_ROOT.rglob("*")
        if path.is_file() and path != others
    }
    before = traces(settings, marks, contents)
    assert {"Picture", "Batch", "BatchItem", "User", "Session"} <= {trace.split()[0] for trace in before}
    assert len(contents) == 3
    assert len(explanations.kept) > 0
    assert exportable_glyphs().count() == AuthToken.objects.count() == 1

    answer = client.post("/account/delete/", {"password": PASSWORD})
    Client().get(answer.url)

    assert traces(settings, marks, contents) == []
    assert Picture.objects.get() == other_picture
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == [others]
    assert (LabelEvent.objects.get().user, LabelEvent.objects.get().visitor) == (None, None)
    assert (other_picture.glyphs.get().label, other_picture.glyphs.get().labelled_by) == (3, None)
    assert TrainingRun.objects.get().user is None
    assert exportable_glyphs().count() == 0
    assert not AuthToken.objects.exists()

    time_is_over.set()
    wait_for(lambda: not len(explanations.kept), 20)
