"""What the dashboard tells, counted at once or in pieces, and kept."""

import pytest

from recognizer.learning import kept
from recognizer.learning.dashboard_figures import DAYS, dashboard_figures
from recognizer.models import KeptFigures
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version


@pytest.fixture
def versions(db):
    """Two versions, of which one has read three pictures and one two; some of the marks are labelled."""
    first, second = make_version(), make_version(version="2", state="candidate")
    for version, labels in ((first, (7, 7, None)), (second, (1, 7))):
        for label in labels:
            glyph = make_picture(version).glyphs.get()
            if label is not None:
                glyph.set_label(label, owner=Owner(visitor=None), where="page")
    return first, second


def told() -> tuple:
    found = dashboard_figures()
    tallies = {(t.version, t.is_unbiased, t.label, t.answer, t.bin): (t.n, round(t.sureness, 6)) for t in found.tallies}
    return tallies, found.by_version.keys(), found.activity


def test_what_is_counted_in_pieces_adds_up(versions, monkeypatch):
    at_once, days = told(), [dashboard_figures().days_of(version)[-1].n for version in versions]
    monkeypatch.setattr(kept, "MARKS_AT_ONCE", 1)

    assert days == [3, 2]
    assert told() == at_once
    assert [dashboard_figures().days_of(version)[-1].n for version in versions] == days


def test_what_is_kept_tells_the_same(versions, monkeypatch):
    at_once = told()
    monkeypatch.setattr(kept, "FEW_MARKS", 0)
    told()

    assert told() == at_once
    assert dashboard_figures().counted == KeptFigures.objects.get().counted


def test_a_version_that_has_read_nothing_has_its_empty_days(versions):
    silent = make_version("mlp")

    days = dashboard_figures().days_of(silent)

    assert [day.n for day in days] == [0] * DAYS
