"""A database filled to measure on."""

from pathlib import Path

import numpy as np
import pytest
from django.db.models import Max, Min

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
