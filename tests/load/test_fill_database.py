"""A database filled to measure on."""

from pathlib import Path

import numpy as np
import pytest
from django.db.models import F, Max, Min

from recognizer.history.traits import traits_of
from recognizer.models import Batch, BatchItem, Glyph, LabelEvent, ModelVersion, Picture, Prediction
from recognizer.operations import media
from tests.load.fill_database import OWNER, STAFF, fill
from tests.recognizer.rows import make_picture


def filled(pictures: int, **how) -> dict[str, int]:
    return fill(pictures, days=10, rng=np.random.default_rng(1), **how)


@pytest.mark.django_db
def test_it_stores_as_many_pictures_as_asked_for_and_all_that_belongs_to_them():
    stored = filled(200)

    assert stored["pictures"] == Picture.objects.filter(glyphs__position=0).count() == 200
    assert stored["glyphs"] == Glyph.objects.count() == Prediction.objects.filter(is_primary=True).count() > 200
    assert stored["labels"] == LabelEvent.objects.count() == Glyph.objects.filter(label__isnull=False).count() > 0
    assert LabelEvent.objects.filter(where="review", glyph__is_sample=True, user__username=STAFF).exists()
    assert all(version.predictions.exists() for version in ModelVersion.objects.all())
    times = Picture.objects.aggregate(first=Min("created"), last=Max("created"))
    assert 9 <= (times["last"] - times["first"]).total_seconds() / 86400 <= 10
    assert not Path(Picture.objects.first().image.path).exists()


@pytest.mark.django_db
def test_one_user_is_given_the_share_of_the_pictures_that_is_asked_for():
    filled(400, share=0.25)

    assert Picture.objects.filter(user__username=OWNER).count() == pytest.approx(100, abs=10)
    assert Picture.objects.filter(visitor__isnull=False).values("visitor").distinct().count() > 200


@pytest.mark.django_db
def test_its_batches_are_whole():
    filled(1000)

    assert Batch.objects.exists()
    assert all(batch.items.count() == batch.total for batch in Batch.objects.all())
    assert not BatchItem.objects.exclude(picture__batch=F("batch")).exists()
    assert Picture.objects.filter(source="batch").count() == BatchItem.objects.count()


@pytest.mark.django_db
def test_its_pictures_can_be_filtered():
    filled(100)

    for picture in Picture.objects.prefetch_related("glyphs__predictions"):
        marks = [(glyph.label, glyph.answer.digit, glyph.answer.verdict) for glyph in picture.glyphs.all()]
        assert picture.traits == traits_of(marks)


@pytest.mark.django_db
def test_files_that_are_asked_for_are_what_the_rows_say():
    filled(20, files=True)

    files = list(media.named_files())
    assert len(files) == 20
    assert [media.fault_of(file) for file in files] == [None] * 20


@pytest.mark.django_db
def test_more_can_be_read_on_a_filled_site():
    filled(20)

    make_picture(ModelVersion.objects.get(kind="cnn", state="active"))
