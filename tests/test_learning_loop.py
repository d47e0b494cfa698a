"""The whole way back, end to end: uploaded, corrected, exported, retrained, compared, promoted, read, rolled back."""

import os
import shutil
import signal
import sys
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from recognizer import registry
from recognizer.inference.labelled import read_labelled
from recognizer.learning import training_jobs
from recognizer.models import Comparison, LabelEvent, ModelVersion, Picture, Promotion, TrainingRun
from tests.own_site import OwnSite, is_alive, wait_for
from tests.pictures import png_of

KIND = "numpy_mlp"


@pytest.fixture
def groups(transactional_db):
    """The groups that the migration makes: a test before this one may have emptied all tables."""
    import_module("recognizer.migrations.0003_groups").make_groups(apps, None)


def member_of(*groups: str) -> Client:
    """Return the browser of a user who is in these groups."""
    user = User.objects.create_user("+".join(groups).lower())
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, text: str, **options) -> Picture:
    """Give a picture as the upload page does."""
    file = SimpleUploadedFile("number.png", png_of(text, **options))
    client.post("/upload/", {"image": file, "source": "upload", "model": KIND, "may_train": "on"})
    return Picture.objects.latest("created")


def work() -> None:
    """Let a worker do all that waits."""
    signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    for number, handler in signals.items():
        signal.signal(number, handler)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("groups")
def test_what_people_put_right_becomes_a_version_that_reads(settings, monkeypatch, tmp_path, client):
    monkeypatch.setattr(registry, "RECHECK_SECONDS", -1.0)
    monkeypatch.setattr(training_jobs, "POLL_SECONDS", 0.2)
    settings.TRAINING_COMMAND = [sys.executable, "-m", "tests.tiny_training"]
    call_command("register_models", verbosity=0)
    first = ModelVersion.objects.get(kind=KIND, state="active")

    # Somebody uploads numbers and puts every digit right, by page and by API.
    for pen in range(10, 20):
        picture = upload(client, "0123456789", pen=pen)
        assert picture.model_version == first
        glyphs = list(picture.glyphs.all())
        if len(glyphs) != 10:
            continue
        for glyph in glyphs[:1]:
            client.post(f"/p/{picture.pk}/label/", {"glyph": glyph.pk, "label": str(glyph.position)})
        for glyph in glyphs[1:]:
            answer = client.put(
                f"/api/v1/glyphs/{glyph.pk}/label/", {"label": glyph.position}, content_type="application/json"
            )
            assert answer.status_code == 200
    assert set(LabelEvent.objects.values_list("where", flat=True)) == {"page", "api"}

    # The labels are exported as a training reads them.
    call_command("export_labels", format="npz", out=tmp_path / "labels.npz", verbosity=0)
    exported = read_labelled(tmp_path / "labels.npz")
    labelled = LabelEvent.objects.count()
    assert len(exported) == labelled >= 80
    assert 0 < exported.held_out.sum() < labelled

    # Somebody else trains on them, in the browser; a worker does it.
    trainer = member_of("Trainers")
    started = trainer.post("/trainings/", {"kind": KIND, "start": "active", "epochs": "2"})
    work()
    run = TrainingRun.objects.get()
    assert started["Location"] == f"/trainings/{run.pk}/"
    assert (run.state, run.problem) == ("done", "")
    assert (run.labels, run.held_out) == (int((~exported.held_out).sum()), int(exported.held_out.sum()))
    candidate = run.candidate
    assert (candidate.state, candidate.parent) == ("candidate", first)
    assert candidate.card["corrections"]["learnt"] == run.labels
    comparison = Comparison.objects.get()
    assert (comparison.candidate, comparison.base) == (candidate, first)
    assert comparison.figures["held_out"]["n"] == run.held_out
    assert "How many both read right." in trainer.get(started["Location"]).content.decode()
    assert upload(client, "7").model_version == first

    # A third person promotes it: who trains may not.
    promoter = member_of("Promoters")
    reason = {"reason": "A tiny training, to see it read."}
    assert trainer.post(f"/promotions/{candidate.pk}/", reason).status_code == 403
    promoter.post(f"/promotions/{candidate.pk}/", reason)
    promotion = Promotion.objects.get(version=candidate)
    assert (promotion.replaced, promotion.user.username, promotion.comparison) == (first, "promoters", comparison)

    # The next picture is read by it, and the row and the API say so.
    picture = upload(client, "7")
    assert picture.model_version == candidate
    assert {glyph.answer.model_version for glyph in picture.glyphs.all()} == {candidate}
    assert client.get(f"/api/v1/pictures/{picture.pk}/").json()["model"] == {
        "kind": KIND,
        "version": candidate.version,
    }

    # One click, and the first version reads again.
    promoter.post(f"/promotions/{KIND}/rollback/")
    assert upload(client, "7").model_version == first
    assert Promotion.objects.first().kind == "rollback"


@pytest.fixture
def site(own_database, tmp_path):
    shutil.copy(own_database, tmp_path)
    site = OwnSite(tmp_path, way="hangs")
    yield site
    site.end()


LABEL = "from tests.recognizer.learning.corrections import label_glyphs;"
QUEUE = f"""
{LABEL}
version = ModelVersion.objects.get(kind="{KIND}", state="active")
label_glyphs(version, 6)
run = training_jobs.start("{KIND}", "active", 2, None)
"""


def test_a_killed_worker_leaves_nothing_behind_and_its_training_can_be_started_again(site):
    first = site.ask("str(run.pk)", before=QUEUE)
    working = site.folder / "models" / ".trainings" / first

    worker = site.start("manage.py", "db_worker", "--no-startup-delay")
    wait_for((working / "child.pid").exists)
    child = wait_for(lambda: (working / "child.pid").read_text())
    assert is_alive(int(child))
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()

    # The training does not go on unseen, and neither does what it started.
    wait_for(lambda: not is_alive(int(child)))
    long_ago = "from datetime import timedelta; from django.utils import timezone;"
    age = f"{long_ago}\nTrainingRun.objects.update(heartbeat=timezone.now() - timedelta(seconds=61))"
    assert site.ask("TrainingRun.objects.get().state", before=age) == "running"
    again = "old = TrainingRun.objects.get()\nrun = training_jobs.start(old.kind, old.start, old.epochs, None)"
    second = site.ask("str(run.pk)", before=again)
    site.environment["TRAINING_WAY"] = "succeeds"
    site.manage("db_worker", "--batch", "--no-startup-delay")

    rows = dict(site.ask("list(TrainingRun.objects.values_list('pk', 'state'))"))
    assert rows == {first: "failed", second: "done"}
    assert site.ask(f"TrainingRun.objects.get(pk='{first}').problem") == training_jobs.STOPPED
    assert list((site.folder / "models" / ".trainings").iterdir()) == []
    folders = [path.name for path in (site.folder / "models").glob("[!.]*")]
    assert folders == site.ask("[version.folder for version in ModelVersion.objects.filter(state='candidate')]")
