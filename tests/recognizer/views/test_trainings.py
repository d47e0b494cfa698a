"""`/trainings/`: what a training would learn from, how one goes, what came of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from recognizer.learning import kept
from recognizer.models import Comparison, Glyph, LabelEvent, ModelVersion, TrainingRun
from tests.recognizer.learning.corrections import label_glyphs
from tests.recognizer.rows import make_picture, make_version

FORM = {"kind": "cnn", "start": "active", "epochs": "3"}
PERMISSIONS = ("view_trainingrun", "start_trainingrun")


def client_of(*permissions: str, name: str = "ada", **fields) -> Client:
    user = User.objects.create_user(name, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def version(db) -> ModelVersion:
    return make_version()


@pytest.fixture
def trainer(db) -> Client:
    return client_of(*PERMISSIONS)


def make_run(**fields) -> TrainingRun:
    return TrainingRun.objects.create(**({"kind": "cnn", "epochs": 3} | fields))


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_it_tells_what_the_next_training_would_learn_from(trainer, version):
    label_glyphs(version, 7)
    label_glyphs(version, 2, held_out=True)

    text = text_of(trainer.get("/trainings/"))

    assert "<dt>Labels to learn from</dt><dd>7</dd>" in text
    assert "<dt>Held out</dt><dd>2</dd>" in text
    assert "<dt>New</dt><dd>9</dd>" in text
    assert "No network is sure that a label is wrong." in text


def test_a_training_is_started_and_shown(trainer, version):
    label_glyphs(version, 1)

    answer = trainer.post("/trainings/", FORM)

    run = TrainingRun.objects.get()
    assert answer["Location"] == f"/trainings/{run.pk}/"
    assert (run.kind, run.start, run.epochs, run.user.username) == ("cnn", "active", 3, "ada")
    page = text_of(trainer.get(answer["Location"]))
    assert "Waiting" in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert str(run.pk) in text_of(trainer.get("/trainings/"))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"epochs": "0"}, "greater than or equal to 1"),
        ({"epochs": "many"}, "Enter a whole number"),
        ({"kind": "oracle"}, "Select a valid choice"),
        ({"kind": "mlp"}, "No version of this kind is active. Begin with nothing."),
    ],
)
def test_a_form_that_cannot_be_done_says_why(trainer, version, changes, complaint):
    label_glyphs(version, 1)

    answer = trainer.post("/trainings/", FORM | changes)

    assert answer.status_code == 400
    assert complaint in text_of(answer)
    assert not TrainingRun.objects.exists()


def test_without_labels_no_training_is_started(trainer, version):
    answer = trainer.post("/trainings/", FORM)

    assert answer.status_code == 400
    assert "There are no labels to learn from. Correct some readings first." in text_of(answer)
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize("address", ["/trainings/", "/trainings/{}/again/"])
def test_the_first_labels_are_learnt_from_at_once_however_many_marks_there_are(trainer, version, monkeypatch, address):
    monkeypatch.setattr(kept, "FEW_MARKS", 0)
    make_picture(version)
    ended = make_run(state="failed", start="scratch")
    assert "There are no labels to learn from." in text_of(trainer.get("/trainings/"))
    label_glyphs(version, 1)

    answer = trainer.post(address.format(ended.pk), FORM)

    new = TrainingRun.objects.exclude(pk=ended.pk).get()
    assert answer["Location"] == f"/trainings/{new.pk}/"
    assert "There are no labels to learn from." not in text_of(trainer.get("/trainings/"))


@pytest.mark.parametrize(
    ("count", "fields", "reason"),
    [
        (4, {"may_train": False}, "4 labels, but none of them may be used for training."),
        (1, {"may_train": False}, "1 label, but it may not be used for training."),
        (3, {"held_out": True}, "All labels are held out, to measure on."),
    ],
)
def test_labels_that_cannot_be_learnt_from_are_told_beside_a_button_that_waits(trainer, version, count, fields, reason):
    label_glyphs(version, count, **fields)

    page = text_of(trainer.get("/trainings/"))
    answer = trainer.post("/trainings/", FORM)

    assert reason in page
    assert '<button class="button" disabled' in page
    assert answer.status_code == 400
    assert not TrainingRun.objects.exists()


def test_who_may_only_look_sees_no_form(version):
    client = client_of("view_trainingrun")
    run = make_run()

    assert "Start the training" not in text_of(client.get("/trainings/"))
    assert "Cancel the training" not in text_of(client.get(f"/trainings/{run.pk}/"))


@pytest.mark.parametrize("permissions", [(), ("view_trainingrun",)])
def test_nothing_is_done_without_the_permission(version, permissions):
    label_glyphs(version, 1)
    client = client_of(*permissions)
    run = make_run()
    glyph = Glyph.objects.get()

    for address in (
        "/trainings/",
        f"/trainings/{run.pk}/cancel/",
        f"/trainings/{run.pk}/again/",
        f"/trainings/labels/{glyph.pk}/confirm/",
        f"/trainings/labels/{glyph.pk}/keep-out/",
    ):
        assert client.post(address, FORM).status_code == 403

    assert TrainingRun.objects.get().state == "queued"
    assert Glyph.objects.get().is_excluded is False


@pytest.mark.parametrize("address", ["/trainings/", "/trainings/{}/", "/trainings/{}/progress/"])
def test_nobody_else_sees_trainings(db, address):
    assert client_of(is_staff=True).get(address.format(make_run().pk)).status_code == 403


@pytest.mark.parametrize("address", ["/trainings/", "/trainings/{}/"])
def test_who_is_not_logged_in_is_asked_to(client, db, address):
    address = address.format(make_run().pk)

    assertRedirects(client.get(address), f"/account/login/?next={address}")


def test_the_script_is_told_how_far_it_is(trainer, db):
    run = make_run(state="running", step="epoch 1 of 3", progress=0.25, log="loss 0.3", heartbeat=timezone.now())

    told = trainer.get(f"/trainings/{run.pk}/progress/").json()

    assert {name: told[name] for name in ("state", "step", "progress", "log")} == {
        "state": "running",
        "step": "Epoch 1 of 3",
        "progress": 0.25,
        "log": "loss 0.3",
    }


def test_a_running_training_is_cancelled(trainer, db):
    run = make_run(state="running", heartbeat=timezone.now())

    trainer.post(f"/trainings/{run.pk}/cancel/")

    run.refresh_from_db()
    assert (run.state, run.finished is not None) == ("cancelled", True)
    assert "It was cancelled" in text_of(trainer.get(f"/trainings/{run.pk}/"))


def test_what_has_ended_is_not_cancelled(trainer, db):
    run = make_run(state="done")

    page = trainer.post(f"/trainings/{run.pk}/cancel/", follow=True)

    assert TrainingRun.objects.get().state == "done"
    assert "This training had ended already." in text_of(page)


def test_a_training_whose_worker_was_killed_is_shown_as_failed_and_started_again(trainer, version):
    label_glyphs(version, 1)
    run = make_run(state="running", heartbeat=timezone.now() - timedelta(seconds=61), start="scratch", seed=5)

    page = text_of(trainer.get(f"/trainings/{run.pk}/"))
    answer = trainer.post(f"/trainings/{run.pk}/again/")

    assert "The worker stopped. Start the training again." in page
    new = TrainingRun.objects.exclude(pk=run.pk).get()
    assert answer["Location"] == f"/trainings/{new.pk}/"
    assert (new.state, new.kind, new.start, new.epochs, new.seed) == ("queued", "cnn", "scratch", 3, 5)
    run.refresh_from_db()
    assert run.state == "failed"


def test_a_training_is_not_started_again_without_labels(trainer, db):
    run = make_run(state="failed")

    page = text_of(trainer.post(f"/trainings/{run.pk}/again/", follow=True))

    assert "There are no labels to learn from. Correct some readings first." in page
    assert TrainingRun.objects.get() == run


def test_a_training_that_nobody_takes_says_how_to_start_a_worker(trainer, db):
    run = make_run(created=timezone.now() - timedelta(seconds=40))

    page = trainer.get(f"/trainings/{run.pk}/")

    assert 'data-part="no-worker">' in text_of(page)
    assert "<code>python manage.py db_worker</code>" in text_of(page)
    assert "No worker is running" in text_of(trainer.get("/trainings/"))
    assert trainer.get(f"/trainings/{run.pk}/progress/").json()["is_without_worker"] is True


def test_a_training_that_waits_for_another_says_so(trainer, db):
    running = make_run(state="running", heartbeat=timezone.now())
    run = make_run()

    page = text_of(trainer.get(f"/trainings/{run.pk}/"))

    assert "Another training is running" in page
    assert f"/trainings/{running.pk}/" in page
    assert 'data-part="no-worker" hidden>' in page


def test_a_missing_mnist_is_told_with_its_remedy(trainer, db):
    run = make_run(state="failed", problem="MNIST is not there.")

    page = text_of(trainer.get(f"/trainings/{run.pk}/"))

    assert "MNIST is not there." in page
    assert "<code>MNIST_DIR</code>" in page


def test_a_finished_training_shows_its_comparison(trainer, version):
    glyphs = label_glyphs(version, 3, held_out=True)
    candidate = make_version(version="new", state="candidate")
    run = make_run(state="done", candidate=candidate, base=version, labels=12, held_out=3)
    change = {"id": glyphs[0].pk, "label": 4, "base": 4, "candidate": 9}
    figures = {
        "mnist_test": {"base": 9900, "base_n": 10000, "candidate": 9901, "candidate_n": 10000},
        "held_out": {"n": 3, "base": 3, "candidate": 2, "to_wrong": [change], "to_right": []},
    }
    gates = [{"name": "held_out", "asked": "No fewer.", "found": "2 of 3.", "is_passed": False}]
    Comparison.objects.create(candidate=candidate, base=version, figures=figures, gates=gates, is_passed=False)

    page = text_of(trainer.get(f"/trainings/{run.pk}/"))

    assert "9,901" in page
    assert "Held-out labels: 1 turned wrong" in page
    assert "was 4, now 9" in page
    assert "Not passed" in page
    assert "/models/cnn/new/" in page
    assert "Promote" not in page  # a trainer may not


def test_a_doubted_label_is_shown_and_answered_with_one_click(version):
    user = User.objects.create_user("first")
    kept_out, confirmed = label_glyphs(version, 2, flip=True, user=user)
    client = client_of("view_trainingrun", "review_glyph")
    page = text_of(client.get("/trainings/"))

    client.post(f"/trainings/labels/{kept_out.pk}/keep-out/")
    client.post(f"/trainings/labels/{confirmed.pk}/confirm/", {"label": confirmed.label})

    assert "<dt>For a second look</dt><dd>2</dd>" in page
    assert "Labelled by first" in page
    kept_out.refresh_from_db()
    assert kept_out.is_excluded
    assert LabelEvent.objects.filter(glyph=confirmed, user__username="ada").exists()
    assert "<dt>For a second look</dt><dd>0</dd>" in text_of(client.get("/trainings/"))


def test_who_labelled_it_is_told_to_leave_it_to_another(version):
    client = client_of("view_trainingrun", "review_glyph")
    glyph = label_glyphs(version, 1, flip=True, user=User.objects.get())[0]

    page = client.post(f"/trainings/labels/{glyph.pk}/confirm/", {"label": glyph.label}, follow=True)

    assert "You gave this label yourself. Someone else has to confirm it." in text_of(page)


@pytest.mark.parametrize("shown", ["", "10", "x", "\x00"])
def test_a_label_that_was_not_the_shown_one_is_not_confirmed(version, shown):
    client = client_of("view_trainingrun", "review_glyph")
    glyph = label_glyphs(version, 1, flip=True, user=User.objects.create_user("first"))[0]

    page = client.post(f"/trainings/labels/{glyph.pk}/confirm/", {"label": shown}, follow=True)

    assert "Nothing was confirmed" in text_of(page)
    assert not LabelEvent.objects.filter(what="confirmed").exists()


def test_who_may_not_review_sees_no_buttons(trainer, version):
    label_glyphs(version, 1, flip=True)

    page = text_of(trainer.get("/trainings/"))

    assert "One person gave each of these labels" in page
    assert "Keep out" not in page


def test_the_page_asks_the_database_no_more_often_for_more_rows(trainer, version, django_assert_max_num_queries):
    label_glyphs(version, 30, flip=True)
    for _ in range(10):
        make_run(state="done")

    with django_assert_max_num_queries(20):
        trainer.get("/trainings/")
