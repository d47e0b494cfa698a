"""How files become a batch: stored whole or not at all, and nothing under a name of theirs."""

import importlib
import uuid

import pytest
from django.core.files.storage import default_storage
from django_tasks_db.models import DBTaskResult

from recognizer import recognition, registry
from recognizer.batches import intake, work
from recognizer.batches.errors import TooManyBatchesError
from recognizer.batches.intake import GivenFile, take
from recognizer.imaging.errors import TooManyBytesError
from recognizer.models import Batch, BatchItem, Glyph, ModelVersion, Picture, Prediction
from recognizer.owners import Owner
from tests.pictures import png_of
from tests.recognizer.batches.files import BAD, SEVEN, given, put_aside

CHOICES = {"came_as": "files", "kind": "cnn", "may_train": True}


def files_in(folder) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def assert_nothing_is_stored(settings):
    assert [model.objects.count() for model in (Batch, BatchItem, Picture, Glyph, Prediction)] == [0] * 5
    assert files_in(settings.MEDIA_ROOT) == []


def outcomes(batch: Batch) -> list[tuple[str, str, str]]:
    return list(batch.items.order_by("position").values_list("state", "verdict", "problem"))


def test_a_few_are_read_at_once_and_a_bad_one_fails_alone(network, visitor, settings):
    batch = take(given(SEVEN, BAD, png_of("42", side=90)), owner=visitor, **CHOICES)

    assert outcomes(batch) == [("read", "digit", ""), ("failed", "", "unsupported_format"), ("read", "digit", "")]
    assert (batch.total, batch.is_going_on, batch.visitor) == (3, False, visitor.visitor)
    pictures = [item.picture for item in batch.items.order_by("position") if item.picture]
    assert [picture.reading for picture in pictures] == ["7", "77"]
    assert [(p.source, p.batch, p.may_train, p.visitor, p.name) for p in pictures] == [
        ("batch", batch.pk, True, visitor.visitor, "0.png"),
        ("batch", batch.pk, True, visitor.visitor, "2.png"),
    ]
    assert files_in(settings.MEDIA_ROOT) == sorted(picture.image.name for picture in pictures)


def test_few_bytes_that_are_many_pixels_wait_for_a_worker(network, visitor, monkeypatch):
    monkeypatch.setattr(intake, "PIXELS_READ_AT_ONCE", 90 * 90)

    alone = take(given(SEVEN, BAD), owner=visitor, **CHOICES)
    together = take(given(SEVEN, SEVEN), owner=visitor, **CHOICES)

    assert (alone.is_going_on, together.is_going_on) == (False, True)
    assert outcomes(together) == [("waiting", "", "")] * 2


def test_the_network_runs_once_over_all_of_them(network, visitor):
    take(given(*[SEVEN] * 5), owner=visitor, **CHOICES)

    assert network.calls == 1


def test_their_pages_are_in_memory_a_few_at_a_time(network, visitor, monkeypatch):
    monkeypatch.setattr(recognition, "PIXELS_AT_ONCE", 2 * 90 * 90)

    take(given(*[SEVEN] * 5), owner=visitor, **CHOICES)

    assert network.calls == 3
    assert Picture.objects.count() == 5


@pytest.mark.parametrize(("digit", "runner_up", "verdict"), [(4, 9, "unsure"), (10, None, "not_a_digit")])
def test_an_item_keeps_the_verdict_on_its_picture(network, visitor, digit, runner_up, verdict):
    network.says(digit, runner_up=runner_up)

    batch = take(given(SEVEN), owner=visitor, **CHOICES)

    assert outcomes(batch) == [("read", verdict, "")]


def test_all_that_is_bad_is_a_batch_too(network, visitor):
    batch = take(given(BAD, b""), owner=visitor, **CHOICES)

    assert [problem for _, _, problem in outcomes(batch)] == ["unsupported_format", "empty_file"]
    assert not Picture.objects.exists()


def test_every_network_tells_what_it_makes_of_them_where_that_is_asked_for(network, visitor):
    ModelVersion.objects.create(kind="mlp", version="1", folder="m", sha256="0" * 64, state="active")

    take(given(SEVEN), owner=visitor, **CHOICES | {"kind": "all"})

    assert sorted(Prediction.objects.values_list("model_version__kind", "is_primary")) == [
        ("cnn", True),
        ("mlp", False),
    ]


def test_an_unknown_network_stores_nothing(network, visitor, settings):
    with pytest.raises(registry.UnknownModelError):
        take(given(SEVEN), owner=visitor, **CHOICES | {"kind": "oracle"})

    assert_nothing_is_stored(settings)


def test_many_are_put_aside_for_a_worker(network, visitor, settings, monkeypatch):
    monkeypatch.setattr(intake, "READ_AT_ONCE", 1)

    def too_large() -> bytes:
        raise TooManyBytesError

    files = [*given(SEVEN, b"anything"), GivenFile("../../etc/passwd", too_large)]
    batch = take(files, owner=visitor, **CHOICES)

    assert outcomes(batch) == [("waiting", "", ""), ("waiting", "", ""), ("failed", "", "too_many_bytes")]
    assert batch.is_going_on
    assert [item.name for item in batch.items.all()] == ["0.png", "1.png", "passwd"]
    assert files_in(settings.MEDIA_ROOT) == [f"batches/{batch.pk}/0", f"batches/{batch.pk}/1"]
    assert default_storage.open(f"batches/{batch.pk}/1").read() == b"anything"
    tasks = DBTaskResult.objects.all()
    assert [(task.queue_name, task.args_kwargs["args"]) for task in tasks] == [
        ("pictures", [str(batch.pk)])
    ] * work.LANES
    assert network.calls == 0


def test_a_few_that_are_large_are_put_aside_too(network, visitor):
    large = GivenFile("large.png", lambda: SEVEN, intake.BYTES_READ_AT_ONCE)

    assert not take([large], owner=visitor, **CHOICES).is_going_on
    assert take([large, GivenFile("7.png", lambda: SEVEN, 1)], owner=visitor, **CHOICES).is_going_on


def test_no_more_batches_of_one_owner_wait_than_is_allowed(network, visitor):
    for _ in range(intake.MOST_GOING_ON):
        put_aside(visitor, SEVEN)

    with pytest.raises(TooManyBatchesError):
        put_aside(visitor, SEVEN)

    assert Batch.objects.count() == intake.MOST_GOING_ON
    put_aside(Owner(visitor=uuid.uuid4()), SEVEN)
    work.stop(Batch.objects.owned_by(visitor).first())
    put_aside(visitor, SEVEN)


@pytest.mark.parametrize("place", ["recognition.decode", "inference.reading._decided", "recognition.encode_png"])
def test_a_fault_of_ours_in_one_picture_costs_the_others_nothing(network, visitor, settings, monkeypatch, place):
    module, name = f"recognizer.{place}".rsplit(".", 1)
    real = getattr(importlib.import_module(module), name)
    calls = []

    def fail_once(*args):
        calls.append(args)
        return 1 / 0 if len(calls) == 2 else real(*args)

    monkeypatch.setattr(f"{module}.{name}", fail_once)
    batch = take(given(SEVEN, SEVEN, png_of("42", side=90)), owner=visitor, **CHOICES)

    assert outcomes(batch) == [("read", "digit", ""), ("failed", "", "unreadable"), ("read", "digit", "")]
    assert [picture.reading for picture in Picture.objects.order_by("name")] == ["7", "77"]
    assert len(files_in(settings.MEDIA_ROOT)) == 2


def test_a_batch_of_which_nothing_waits_is_finished(visitor, db):
    def too_large() -> bytes:
        raise TooManyBytesError

    batch = Batch(visitor=visitor.visitor, came_as="zip", kind="cnn", total=1)
    intake._put_aside(batch, [GivenFile("a", too_large)])

    assert not batch.is_going_on
