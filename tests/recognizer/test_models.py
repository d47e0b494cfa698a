"""Rows and what must always hold of them, held by the database itself."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from recognizer.models import Glyph, LabelEvent, ModelVersion, Picture, Prediction
from recognizer.models.written_once import WrittenOnceError
from recognizer.owners import Owner
from tests.recognizer.rows import glyph_fields, make_picture, make_version, prediction_fields


@pytest.fixture
def version(db):
    return make_version()


@pytest.fixture
def stored(version):
    return make_picture(version, digits="4")


def assert_refused(constraint: str, write):
    """Assert that the database itself refuses what write does, by the constraint of this name."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        write()


def test_the_last_glyph_that_a_version_read_may_be_on_a_picture_that_came_before_others(version):
    now = timezone.now()
    make_picture(version, created=now)
    overtaken = make_picture(version, digits="444", created=now - timedelta(seconds=2))
    other = make_version("mlp")
    make_picture(other)

    assert Glyph.last_read_by([version.pk]) == max(glyph.pk for glyph in overtaken.glyphs.all())
    assert Glyph.last_read_by([version.pk, other.pk]) == max(Glyph.objects.values_list("pk", flat=True))
    assert Glyph.last_read_by([make_version("numpy_mlp").pk]) == 0


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("model_version_kind_known", {"kind": "oracle"}),
        ("model_version_state_known", {"state": "asleep"}),
        ("kind", {"kind": "cnn", "version": "1", "state": "retired"}),
    ],
)
def test_a_model_version_holds(version, constraint, wrong):
    fields = {"kind": "mlp", "version": "2", "folder": "f", "sha256": "0" * 64} | wrong

    assert_refused(constraint, lambda: ModelVersion.objects.bulk_create([ModelVersion(**fields)]))


def test_one_version_of_a_kind_is_active(version):
    second = make_version(version="2", state="candidate")
    make_version("mlp", "1", "active")

    assert_refused("kind", lambda: ModelVersion.objects.filter(pk=second.pk).update(state="active"))


def test_activating_a_version_retires_the_active_one(version):
    second, other = make_version(version="2", state="candidate"), make_version("mlp")

    second.activate()

    states = dict(ModelVersion.objects.values_list("pk", "state"))
    assert states == {version.pk: "retired", second.pk: "active", other.pk: "active"}


def test_activating_locks_the_versions_of_the_kind_before_it_writes(version, monkeypatch):
    """An UPDATE drops FOR UPDATE: only rows that are fetched by it are locked."""
    second = make_version(version="2", state="candidate")
    is_locked = []
    fetch = QuerySet._fetch_all
    update = QuerySet.update

    def watched_fetch(rows):
        is_locked.append(rows.query.select_for_update)
        return fetch(rows)

    def watched_update(rows, **fields):
        assert is_locked
        assert all(is_locked)
        return update(rows, **fields)

    monkeypatch.setattr(QuerySet, "_fetch_all", watched_fetch)
    monkeypatch.setattr(QuerySet, "update", watched_update)

    second.activate()

    assert second.state == "active"


def test_activating_the_active_version_changes_nothing(version):
    version.activate()

    assert ModelVersion.objects.get().state == "active"


def test_a_version_that_read_something_cannot_be_deleted(version, stored):
    with pytest.raises(ProtectedError):
        version.delete()


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("picture_one_owner", {"visitor": None}),
        ("picture_source_known", {"source": "dream"}),
        ("width", {"width": -1}),
    ],
)
def test_a_picture_holds(stored, constraint, wrong):
    assert_refused(constraint, lambda: Picture.objects.update(**wrong))


def test_a_picture_has_one_owner_and_not_two(stored, admin_user):
    assert_refused("picture_one_owner", lambda: Picture.objects.update(user=admin_user))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("glyph_pixels_28_by_28", {"pixels": bytes(783)}),
        ("glyph_pixels_28_by_28", {"pixels": bytes(785)}),
        ("glyph_pixels_28_by_28", {"pixels": b""}),
        ("glyph_label_known", {"label": 11, "labelled_at": "2026-01-01T00:00Z"}),
        ("label", {"label": -1, "labelled_at": "2026-01-01T00:00Z"}),
        ("glyph_label_dated", {"label": 7}),
        ("glyph_label_dated", {"labelled_at": "2026-01-01T00:00Z"}),
    ],
)
def test_a_glyph_holds(stored, constraint, wrong):
    assert_refused(constraint, lambda: Glyph.objects.update(**wrong))


def test_two_glyphs_of_a_picture_share_no_position(stored):
    twin = Glyph(picture=stored, position=0, **glyph_fields())

    assert_refused("picture_id.*position", lambda: Glyph.objects.bulk_create([twin]))


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("prediction_ten_probabilities", {"probabilities": [0.1] * 9}),
        ("prediction_ten_probabilities", {"probabilities": [0.1] * 11}),
        ("prediction_ten_probabilities", {"probabilities": []}),
        ("prediction_ten_probabilities", {"probabilities": {"7": 1}}),
        ("prediction_digit_0_to_9", {"digit": 10}),
        ("digit", {"digit": -1}),
        ("prediction_digit_0_to_9", {"runner_up": 10}),
        ("prediction_digit_0_to_9", {"digit": 7, "runner_up": 7}),
        ("prediction_probability_0_to_1", {"confidence": 1.01}),
        ("prediction_probability_0_to_1", {"confidence": -0.01}),
        ("prediction_probability_0_to_1", {"none_probability": 1.01}),
        ("prediction_probability_0_to_1", {"none_probability": -0.01}),
        ("prediction_verdict_known", {"verdict": "certain"}),
    ],
)
def test_a_prediction_holds(stored, constraint, wrong):
    assert_refused(constraint, lambda: Prediction.objects.update(**wrong))


def test_a_version_says_one_thing_of_a_glyph(stored, version):
    again = Prediction(glyph=stored.glyphs.get(), model_version=version, **prediction_fields(is_primary=False))

    assert_refused("glyph_id.*model_version_id", lambda: Prediction.objects.bulk_create([again]))


def test_a_glyph_has_one_primary_prediction(stored):
    other = make_version("mlp")
    second = Prediction(glyph=stored.glyphs.get(), model_version=other, **prediction_fields())

    assert_refused("glyph_id", lambda: Prediction.objects.bulk_create([second]))

    second.is_primary = False
    second.save()
    assert stored.glyphs.get().answer.model_version != other


@pytest.mark.parametrize("probabilities", [[0.1] * 9, [0.2] * 10, [0.0] * 10])
def test_a_prediction_is_saved_with_ten_probabilities_that_sum_to_one_only(stored, probabilities):
    prediction = Prediction(
        glyph=stored.glyphs.get(),
        model_version=make_version("mlp"),
        **prediction_fields(is_primary=False, probabilities=probabilities),
    )

    with pytest.raises(ValidationError):
        prediction.save()


def test_a_prediction_is_written_once(stored):
    prediction = Prediction.objects.get()
    prediction.digit = 5

    with pytest.raises(WrittenOnceError):
        prediction.save()

    assert Prediction.objects.get().digit == 4


def test_a_label_event_is_written_once(stored):
    stored.glyphs.get().set_label(5, owner=Owner(visitor=uuid.uuid4()), where="page")
    event = LabelEvent.objects.get()
    event.new = 6

    with pytest.raises(WrittenOnceError):
        event.save()

    assert LabelEvent.objects.get().new == 5


@pytest.mark.parametrize("wrong", [{"old": 11}, {"new": 11}])
def test_a_label_event_holds(stored, wrong):
    stored.glyphs.get().set_label(5, owner=Owner(visitor=uuid.uuid4()), where="page")

    assert_refused("label_event_labels_known", lambda: LabelEvent.objects.update(**wrong))


def test_setting_a_label_writes_one_event(stored, admin_user):
    glyph = stored.glyphs.get()

    assert glyph.set_label(5, owner=Owner(user=admin_user), where="admin") is True

    event = LabelEvent.objects.get()
    glyph.refresh_from_db()
    assert (glyph.label, glyph.labelled_by, glyph.labelled_at) == (5, admin_user, event.created)
    assert (event.glyph, event.old, event.new, event.user, event.where) == (glyph, None, 5, admin_user, "admin")


def test_setting_the_same_label_writes_none(stored, admin_user):
    glyph = stored.glyphs.get()
    glyph.set_label(5, owner=Owner(visitor=uuid.uuid4()), where="page")
    before = Glyph.objects.values().get()

    assert glyph.set_label(5, owner=Owner(user=admin_user), where="admin") is False

    assert Glyph.objects.values().get() == before
    assert LabelEvent.objects.count() == 1


def test_the_old_label_of_an_event_is_the_stored_one(stored):
    """A list that shows an old label does not write that into the history."""
    stale, owner = stored.glyphs.get(), Owner(visitor=uuid.uuid4())
    stored.glyphs.get().set_label(5, owner=owner, where="page")

    stale.set_label(6, owner=owner, where="page")

    assert list(LabelEvent.objects.order_by("id").values_list("old", "new")) == [(None, 5), (5, 6)]


@pytest.mark.parametrize("label", [11, -1, 7.5, "7"])
def test_setting_what_is_no_label_is_refused(stored, label):
    glyph = stored.glyphs.get()

    with pytest.raises(ValidationError):
        glyph.set_label(label, owner=Owner(visitor=uuid.uuid4()), where="page")

    assert stored.glyphs.get().label is None
    assert not LabelEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_label_is_not_kept_without_its_event(stored, monkeypatch):
    def fail(events):
        raise RuntimeError("a fault")

    monkeypatch.setattr(LabelEvent.objects, "bulk_create", fail)

    with pytest.raises(RuntimeError):
        stored.glyphs.get().set_label(5, owner=Owner(visitor=uuid.uuid4()), where="page")

    assert stored.glyphs.get().label is None


@pytest.mark.parametrize(
    ("labels", "corrected"),
    [((None, None), None), ((4, 2), None), ((None, 3), "43"), ((10, None), "2"), ((10, 10), "")],
)
def test_a_corrected_reading_holds_every_label(version, labels, corrected):
    picture = make_picture(version, digits="42")
    for glyph, label in zip(picture.glyphs.all(), labels, strict=True):
        glyph.set_label(label, owner=Owner(visitor=uuid.uuid4()), where="page")

    assert Picture.objects.with_glyphs().get().corrected_reading == corrected


def test_a_mark_that_is_a_digit_after_all_comes_into_the_reading(version):
    picture = make_picture(version, digits="4", verdict="not_a_digit")
    assert (picture.reading, picture.least_sure) == ("", None)

    picture.glyphs.get().set_label(9, owner=Owner(visitor=uuid.uuid4()), where="page")

    assert Picture.objects.get().corrected_reading == "9"


def test_a_picture_is_as_sure_as_its_least_sure_digit(version):
    picture = make_picture(version, digits="42")
    Prediction.objects.filter(digit=2).update(confidence=0.6, verdict="unsure")

    assert Picture.objects.get(pk=picture.pk).least_sure.confidence == 0.6
    assert Picture.objects.get(pk=picture.pk).least_sure.verdict == "unsure"


def test_nobody_owns_nothing(stored):
    assert not Picture.objects.owned_by(Owner()).exists()
