"""Which labelled glyphs leave the site, and how many stay and why."""

import pytest

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning import exports
from recognizer.learning.exports import exported_glyphs, shares
from recognizer.models import Glyph, Picture, Prediction
from recognizer.owners import Owner
from tests.recognizer.exported import WHEN, make_labelled
from tests.recognizer.rows import make_picture, make_version, prediction_fields


def exported_ids() -> list[int]:
    return [glyph.id for glyph in exported_glyphs()]


def make_unusable(**fields) -> Glyph:
    glyph = make_labelled(**fields)
    glyph.set_usable(False, owner=Owner(), where="review")
    return glyph


# Which


def test_it_tells_all_there_is_to_know_of_a_glyph(db, admin_user):
    glyph = make_labelled(4, user=admin_user, read="9")

    told = next(exported_glyphs())

    assert told.id == glyph.pk
    assert (told.picture, told.picture_sha256, told.position) == (glyph.picture_id, glyph.picture.sha256, 0)
    assert (told.label, told.labelled_by, told.labelled_at) == (4, "admin", WHEN)
    assert (told.predicted, told.confidence, told.verdict) == (9, 0.991, "digit")
    assert (told.model_kind, told.model_version, told.consent) == ("cnn", "1", True)
    assert told.pixels == glyph.pixels


@pytest.mark.parametrize("kept", [{"label": None}, {"may_train": False}, {"is_excluded": True}])
def test_what_may_not_leave_stays(db, kept):
    make_labelled(**kept)
    leaves = make_labelled()

    assert exported_ids() == [leaves.pk]


def test_what_nobody_can_tell_stays(db):
    make_unusable()

    assert exported_ids() == []


def test_one_picture_without_consent_does_not_take_another_along(db):
    version = make_version()
    for may_train in (False, True):
        picture = make_picture(version, digits="12", may_train=may_train, sha256="ab" * 32)
        picture.glyphs.update(label=1, labelled_at=WHEN)

    assert {glyph.picture for glyph in exported_glyphs()} == {Picture.objects.get(may_train=True).pk}
    assert len(exported_ids()) == 2


def test_taking_back_leave_a_label_or_the_exclusion_counts_from_the_next_export_on(db):
    glyph = make_labelled(is_excluded=True)

    exported = []
    for change in (
        lambda: glyph.set_excluded(False, owner=Owner(), where="admin"),
        lambda: Picture.objects.update(may_train=False),
        lambda: Picture.objects.update(may_train=True),
        lambda: glyph.set_label(None, owner=Owner(), where="admin"),
    ):
        change()
        exported.append(bool(exported_ids()))

    assert exported == [True, False, True, False]


def test_a_deleted_picture_is_gone_from_the_next_export(db):
    first, second = make_labelled(), make_labelled()
    before = exported_ids()

    first.picture.delete()

    assert before == [first.pk, second.pk]
    assert exported_ids() == [second.pk]


def test_all_pages_come_by_id(db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    glyphs = [make_labelled() for _ in range(5)]

    with django_assert_num_queries(4):  # the last of them finds nothing more
        assert exported_ids() == sorted(glyph.pk for glyph in glyphs)


def test_what_is_deleted_while_it_is_read_is_not_waited_for(db, monkeypatch):
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    glyphs = [make_labelled() for _ in range(5)]

    reading = exported_glyphs()
    read = [next(reading).id]
    glyphs[2].picture.delete()
    glyphs[4].picture.delete()
    read += [glyph.id for glyph in reading]

    assert read == [glyphs[0].pk, glyphs[1].pk, glyphs[3].pk]


# What the model had read


def test_of_several_predictions_the_one_that_the_reading_was_made_of_is_told(db):
    glyph = make_labelled(read="7")
    other = make_version("mlp")
    Prediction.objects.create(glyph=glyph, model_version=other, is_primary=False, **prediction_fields(2))

    told = list(exported_glyphs())

    assert [(glyph.predicted, glyph.model_kind) for glyph in told] == [(7, "cnn")]


def test_a_glyph_of_which_nothing_was_said_is_exported_too(db):
    glyph = make_labelled()
    glyph.predictions.all().delete()

    told = next(exported_glyphs())

    assert (told.predicted, told.confidence, told.verdict, told.model_version) == (None,) * 4


def test_what_was_taken_for_no_digit_is_told_so(db):
    glyph = make_labelled()
    glyph.predictions.update(verdict="not_a_digit")

    assert next(exported_glyphs()).predicted == NOT_A_DIGIT


def test_a_visitors_label_names_nobody(db):
    make_labelled(user=None)

    assert next(exported_glyphs()).labelled_by is None


# How many


def test_nothing_is_counted_where_nothing_is_labelled(db):
    make_labelled(None)

    counted = shares()

    assert (counted.exported, counted.left_out) == (0, 0)
    assert counted.by_label == dict.fromkeys(range(11), 0)


def test_every_glyph_is_counted_once_and_for_one_reason(db, django_assert_num_queries):
    for label in (3, 3, 0, NOT_A_DIGIT):
        make_labelled(label)
    make_labelled(None)
    make_labelled(may_train=False)
    make_labelled(is_excluded=True)
    make_labelled(is_excluded=True, may_train=False)
    make_unusable()
    make_unusable(is_excluded=True, may_train=False)

    with django_assert_num_queries(2):  # how many marks there are, and what they are
        counted = shares()

    assert {label: n for label, n in counted.by_label.items() if n} == {0: 1, 3: 2, NOT_A_DIGIT: 1}
    assert (counted.without_consent, counted.excluded, counted.unusable) == (1, 2, 2)
    assert (counted.exported, counted.left_out) == (4, 5)


def test_it_counts_what_is_exported(db):
    for fields in ({}, {"label": 5}, {"may_train": False}, {"is_excluded": True}, {"label": None}):
        make_labelled(**fields)

    assert shares().exported == len(exported_ids()) == 2
