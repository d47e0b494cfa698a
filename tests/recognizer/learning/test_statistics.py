"""How well each version reads: every expected figure below is counted by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from recognizer.labels import NOT_A_DIGIT
from recognizer.learning import statistics
from recognizer.models import Glyph, LabelEvent, Prediction
from recognizer.owners import Owner
from tests.recognizer.rows import glyph_fields, make_picture, make_version, prediction_fields

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def version(db):
    return make_version()


def add_mark(
    version,
    answer: int = 7,
    label: int | None = None,
    *,
    sureness: float = 0.95,
    verdict: str = "digit",
    where: str = "page",
    is_sample: bool = False,
    at: datetime = NOON,
    **fields,
) -> Glyph:
    """Store a mark that the version took for `answer`, labelled by someone unless there is no label."""
    picture = make_picture(version, digits="", created=at)
    glyph = Glyph.objects.create(picture=picture, position=0, **glyph_fields(is_sample=is_sample))
    if answer == NOT_A_DIGIT:
        fields |= {"digit": 3, "verdict": "not_a_digit", "none_probability": sureness, "confidence": 0.55}
    else:
        fields |= {"digit": answer, "verdict": verdict, "confidence": sureness}
    fields["runner_up"] = (fields["digit"] + 1) % 10
    Prediction.objects.create(glyph=glyph, model_version=version, **prediction_fields(**({"created": at} | fields)))
    if label is not None:
        glyph.set_label(label, owner=Owner(visitor=picture.visitor), where=where, at=at)
    return glyph


def tallies(version=None) -> list[statistics.Tally]:
    found = statistics.tally(Prediction.objects.all(), statistics.last_reviewed_of_sample())
    return [tally for tally in found if version is None or tally.version == version.pk]


def sample_accuracy() -> statistics.Accuracy:
    return statistics.accuracy_of(tally for tally in tallies() if tally.is_unbiased)


# The random sample


def test_the_sample_counts_up_to_the_last_mark_that_was_reviewed(version):
    add_mark(version, 7, label=7, is_sample=True, where="review")
    add_mark(version, 7, label=1, is_sample=True, where="page")  # its owner was faster than the reviewer
    add_mark(version, 4, label=9)  # no part of the sample
    add_mark(version, 5, is_sample=True)  # the reviewer skipped it
    add_mark(version, 2, label=2, is_sample=True, where="review")
    add_mark(version, 7, label=1, is_sample=True, where="page")  # beyond

    assert sample_accuracy() == statistics.Accuracy(right=2, n=3)
    assert statistics.accuracy_of(tallies()) == statistics.Accuracy(right=2, n=5)


@pytest.mark.parametrize("where", ["page", "api", "admin", "import"])
def test_only_the_review_queue_moves_the_end_of_the_sample(version, where):
    add_mark(version, 7, label=7, is_sample=True, where=where)

    assert statistics.last_reviewed_of_sample() is None
    assert sample_accuracy() == statistics.Accuracy(right=0, n=0)


def test_a_review_of_no_sample_moves_nothing(version):
    first = add_mark(version, 7, label=7, is_sample=True, where="review")
    add_mark(version, 7, label=7, where="review")

    assert statistics.last_reviewed_of_sample() == first.pk


def test_what_is_unusable_or_only_unlabelled_in_the_queue_moves_nothing(version):
    nobody = Owner(visitor=None)
    unusable = add_mark(version, 7, is_sample=True)
    unusable.set_usable(False, owner=nobody, where=LabelEvent.Where.REVIEW)
    unlabelled = add_mark(version, 7, label=7, is_sample=True)
    unlabelled.set_label(None, owner=nobody, where=LabelEvent.Where.REVIEW)

    assert statistics.last_reviewed_of_sample() is None


# Accuracy


def test_an_accuracy_has_its_interval():
    accuracy = statistics.Accuracy(right=8, n=10)

    assert accuracy.share == 0.8
    assert accuracy.interval_95 == pytest.approx((0.4902, 0.9433), abs=5e-5)


def test_nothing_labelled_is_no_share_at_all():
    assert statistics.accuracy_of([]) == statistics.Accuracy(0, 0)
    assert statistics.Accuracy(0, 0).share is None
    assert statistics.Accuracy(0, 0).interval_95 is None


def test_only_the_prediction_that_made_the_reading_counts(version):
    other = make_version(version="2", state="candidate")
    glyph = add_mark(version, 7, label=7)
    fields = prediction_fields(1, is_primary=False)
    Prediction.objects.create(glyph=glyph, model_version=other, **fields)

    assert [tally.version for tally in tallies()] == [version.pk]


def test_versions_are_counted_apart(version):
    other = make_version(version="2", state="retired", pk=987_654)
    for label in (7, 7, 1):
        add_mark(version, 7, label=label)
    add_mark(other, NOT_A_DIGIT, label=NOT_A_DIGIT, sureness=1.0)
    add_mark(other, 9, label=NOT_A_DIGIT)

    assert statistics.accuracy_of(tallies(version)) == statistics.Accuracy(right=2, n=3)
    assert statistics.accuracy_of(tallies(other)) == statistics.Accuracy(right=1, n=2)


# Confusion


def test_a_confusion_table_counts_labels_by_answers(version):
    for answer, label in (
        (7, 7),
        (7, 7),
        (7, 1),
        (3, NOT_A_DIGIT),
        (NOT_A_DIGIT, 3),
        (NOT_A_DIGIT, NOT_A_DIGIT),
        (5, None),
    ):
        add_mark(version, answer, label=label)

    counts = statistics.confusion_of(tallies())

    assert {(row, column): n for row, line in enumerate(counts) for column, n in enumerate(line) if n} == {
        (7, 7): 2,
        (1, 7): 1,
        (10, 3): 1,
        (3, 10): 1,
        (10, 10): 1,
    }
    assert [len(line) for line in counts] == [11] * 11


def test_behind_a_cell_are_its_marks_the_surest_first(version):
    less = add_mark(version, 3, label=5, sureness=0.7)
    more = add_mark(version, 3, label=5, sureness=0.9)
    add_mark(version, 3, label=3)
    none = add_mark(version, NOT_A_DIGIT, label=5)  # its digit would have been a 3

    def behind(label: int, answer: int) -> list[Glyph]:
        return [found.glyph for found in statistics.behind(version, label, answer)]

    assert behind(5, 3) == [more, less]
    assert behind(5, NOT_A_DIGIT) == [none]
    assert behind(3, 5) == []


def test_behind_a_cell_only_the_newest_labels_are_looked_through(version, monkeypatch):
    monkeypatch.setattr(statistics, "LATEST_LABELS", 2)
    _, *newest = [add_mark(version, 3, label=5, sureness=sureness) for sureness in (0.99, 0.7, 0.9)]
    add_mark(version, 3, label=4)  # another label takes no place

    assert [found.glyph for found in statistics.behind(version, 5, 3)] == newest[::-1]


def test_the_marks_of_a_version_are_found_however_much_a_later_one_has_read(version, monkeypatch):
    monkeypatch.setattr(statistics, "LATEST_LABELS", 2)
    early = add_mark(version, 3, label=5)
    later = make_version(version="2", state="candidate")
    for _ in range(3):
        add_mark(later, 3, label=5)

    assert [found.glyph for found in statistics.behind(version, 5, 3)] == [early]


# Calibration


def test_marks_are_sorted_by_how_sure_the_network_was(version):
    add_mark(version, 7, label=7, sureness=0.95)
    add_mark(version, 7, label=1, sureness=0.93)
    add_mark(version, 7, label=7, sureness=0.7)
    add_mark(version, NOT_A_DIGIT, label=NOT_A_DIGIT, sureness=1.0)

    bins = statistics.calibration_of(tallies())

    assert [(found.low, found.high) for found in bins][:2] == [(0.0, 0.1), (0.1, 0.2)]
    assert [found.accuracy.n for found in bins] == [0, 0, 0, 0, 0, 0, 0, 1, 0, 3]
    assert bins[7].accuracy.right == 1
    assert bins[9].accuracy.right == 2
    assert bins[9].sureness == pytest.approx((0.95 + 0.93 + 1.0) / 3)
    assert bins[0].sureness is None


def test_the_calibration_error_weighs_bins_by_their_marks(version):
    add_mark(version, 7, label=7, sureness=0.95)
    add_mark(version, 7, label=1, sureness=0.92)
    add_mark(version, 7, label=7, sureness=0.65)

    error = statistics.calibration_error_of(statistics.calibration_of(tallies()))

    assert error == pytest.approx((2 * (0.935 - 0.5) + (1 - 0.65)) / 3)
    assert statistics.calibration_error_of(statistics.calibration_of([])) is None


# Day by day


def days_of(version, **span) -> list[statistics.Day]:
    found = statistics.days_of(Prediction.objects.all(), **span)
    return statistics.every_day(found[version.pk], **span)


def test_days_begin_at_midnight_utc(version):
    midnight = datetime(2026, 3, 10, tzinfo=UTC)
    add_mark(version, 7, sureness=0.9, at=midnight - timedelta(microseconds=1))
    add_mark(version, 7, sureness=0.8, verdict="unsure", at=midnight)
    add_mark(version, 7, sureness=0.6, verdict="unsure", at=midnight + timedelta(hours=23, minutes=59))
    add_mark(version, NOT_A_DIGIT, at=midnight)
    add_mark(version, 7, at=midnight - timedelta(days=2, microseconds=1))
    add_mark(version, 7, at=midnight + timedelta(days=1))

    empty, before, last = days_of(version, until=date(2026, 3, 10), days=3)

    assert empty == statistics.Day(date(2026, 3, 8))
    assert (before.date, before.n, before.unsure_share, before.mean_confidence) == (date(2026, 3, 9), 1, 0.0, 0.9)
    assert (last.n, last.unsure, last.not_a_digit) == (3, 2, 1)
    assert last.unsure_share == pytest.approx(2 / 3)
    assert last.mean_confidence == pytest.approx(0.7)


def test_a_day_without_digits_has_no_confidence(version):
    add_mark(version, NOT_A_DIGIT)

    (day,) = days_of(version, until=NOON.date(), days=1)

    assert day.not_a_digit_share == 1.0
    assert day.mean_confidence is None


def test_an_empty_day_has_no_shares(version):
    (day,) = days_of(version, until=NOON.date(), days=1)

    assert (day.unsure_share, day.not_a_digit_share, day.mean_confidence) == (None, None, None)


def test_each_version_has_its_own_days(version):
    other = make_version(version="2", state="candidate")
    add_mark(version, 7)
    add_mark(other, 7)
    add_mark(other, 7)

    (day,), (others,) = (days_of(one, until=NOON.date(), days=1) for one in (version, other))

    assert (day.n, others.n) == (1, 2)


def test_days_that_were_counted_in_pieces_are_one():
    pieces = [statistics.Day(date(2026, 3, 9), n=2, unsure=1), statistics.Day(date(2026, 3, 9), n=3, not_a_digit=1)]

    before, day = statistics.every_day(pieces, until=date(2026, 3, 9), days=2)

    assert before == statistics.Day(date(2026, 3, 8))
    assert day == statistics.Day(date(2026, 3, 9), n=5, unsure=1, not_a_digit=1)


def test_days_add_up_by_their_marks():
    one = statistics.Day(date(2026, 3, 9), n=1, confidence_sum=0.5)
    other = statistics.Day(date(2026, 3, 10), n=4, unsure=1, not_a_digit=1, confidence_sum=2.7)

    whole = statistics.sum_of([one, other])

    assert (whole.n, whole.unsure_share, whole.not_a_digit_share) == (5, 0.2, 0.2)
    assert whole.mean_confidence == pytest.approx(3.2 / 4)


def test_activity_counts_pictures_by_when_they_came_and_labels_by_when_they_were_put(version):
    make_picture(version, digits="123", created=NOON)
    add_mark(version, 7, label=7, at=NOON - timedelta(days=1))
    relabelled = add_mark(version, 7, label=7, at=NOON - timedelta(days=2))
    relabelled.set_label(1, owner=Owner(visitor=None), where="admin", at=NOON)

    found = statistics.activity(until=NOON.date(), days=3)

    assert [(day.date.day, day.readings, day.labels) for day in found] == [(8, 1, 0), (9, 1, 1), (10, 1, 1)]
