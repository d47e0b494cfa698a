"""No page costs more with more pictures: it asks as often, and nothing that it asks for is all there is."""

import numpy as np
import pytest
from django.contrib.auth.models import User

from recognizer.learning import kept
from recognizer.learning.dashboard_figures import count_for_dashboard
from recognizer.learning.exports import count_shares
from recognizer.learning.label_counts import count_labels
from recognizer.models import Batch, KeptFigures, ModelVersion, Picture
from tests.load.fill_database import fill
from tests.load.timed_site import PAGES, TimedSite
from tests.recognizer.plans import Asked, asked_by

EMPTY_WITH_FEW = "dashboard: marks read wrong"
SORT_A_FEW = ("dashboard: marks", "dashboard: page 3 of marks")
"""They sort so many rows at most, however many there are."""


def asked_of(pictures: int) -> dict[str, list[Asked]]:
    """Fill the site anew and return what each page asks the database."""
    for model in (Picture, Batch, KeptFigures, ModelVersion, User):
        model.objects.all().delete()
    fill(pictures, days=30, rng=np.random.default_rng(1))
    for counted in (count_for_dashboard, count_shares, count_labels):
        counted.count_anew()
    site = TimedSite()
    return {page: asked_by(site.asking(page)) for page in PAGES}


@pytest.mark.django_db
def test_no_page_asks_more_often_or_for_all_there_is(monkeypatch):
    monkeypatch.setattr(kept, "FEW_MARKS", 0)

    few, many = asked_of(1000), asked_of(2000)

    assert {page for page in PAGES if len(many[page]) > len(few[page])} <= {EMPTY_WITH_FEW}
    assert [(page, asked) for page in PAGES for asked in many[page] if asked.looks_through_all] == []
    sorting = {page for page in PAGES for asked in many[page] if asked.sorts_what_it_cuts}
    assert {page for page in sorting if not page.startswith(SORT_A_FEW)} == set()
