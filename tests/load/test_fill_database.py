"""A database filled to measure on."""

from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db.models import Max, Min

from recognizer.history.traits import traits_of
from recognizer.models import Glyph, LabelEvent, ModelVersion, Picture, Prediction
from tests.load.fill_database import fill


@pytest.mark.django_db
def test_it_stores_as_many_marks_as_asked_for_and_all_that_belongs_to_them():
    stored = fill(200, days=10, rng=np.random.default_rng(1))

    assert stored["glyphs"] == Glyph.objects.count() == Prediction.objects.filter(is_primary=True).count() == 200
    assert stored["pictures"] == Picture.objects.filter(glyphs__position=0).count() < 200
    assert stored["labels"] == LabelEvent.objects.count() == Glyph.objects.filter(label__isnull=False).count() > 0
    assert LabelEvent.objects.filter(where="review", glyph__is_sample=True).exists()
    assert ModelVersion.objects.get(state="active").predictions.count() > 0
    times = Picture.objects.aggregate(first=Min("created"), last=Max("created"))
    assert 9 <= (times["last"] - times["first"]).total_seconds() / 86400 <= 10
    assert not Path(Picture.objects.first().image.path).exists()


@pytest.mark.django_db
def test_a_user_is_given_the_share_of_the_pictures_that_is_asked_for():
    owner = User.objects.create_user("ada")

    stored = fill(400, days=10, rng=np.random.default_rng(1), owner=owner, share=0.25)

    assert Picture.objects.filter(user=owner).count() == stored["pictures"] // 4
    assert Picture.objects.filter(visitor__isnull=False).count() == stored["pictures"] - stored["pictures"] // 4


@pytest.mark.django_db
def test_its_pictures_can_be_filtered():
    fill(100, days=10, rng=np.random.default_rng(1))

    for picture in Picture.objects.prefetch_related("glyphs__predictions"):
        marks = [(glyph.label, glyph.answer.digit, glyph.answer.verdict) for glyph in picture.glyphs.all()]
        assert picture.traits == traits_of(marks)
