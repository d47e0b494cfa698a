"""How well each model version reads, by what people said of its readings; counted in SQL, never row by row.

A version answers for the predictions that made a picture's reading. Most labels are put where a reading was unsure or
wrong, so that the share read right among all labelled marks is too low. The random sample was drawn before anybody saw
the marks and is reviewed in the order in which it came in: up to where the review has come, the labelled marks of the
sample stand for all. Beyond it only their owners labelled them, who pick what is wrong.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from django.db.models import Case, Count, F, FloatField, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Floor, Least

from recognizer.inference.measures import wilson_interval
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Glyph, LabelEvent, ModelVersion, Picture, Prediction, Verdict
from recognizer.sql import DayInUTC

CLASSES = NOT_A_DIGIT + 1
BINS = 10
"""Of equal width, into which marks are sorted by how sure the network was."""
LATEST_LABELS = 500
"""So many marks are looked through for those behind a cell of the confusion table."""

ANSWER = Case(
    When(verdict=Verdict.NOT_A_DIGIT, then=Value(NOT_A_DIGIT)), default=F("digit"), output_field=IntegerField()
)
"""What the network took a mark for, 0–10."""
SURENESS = Case(When(verdict=Verdict.NOT_A_DIGIT, then=F("none_probability")), default=F("confidence"))
"""How sure it said to be of that answer, in [0, 1]."""


@dataclass(frozen=True)
class Tally:
    """Labelled marks that are alike: how many, and how sure the network was of them. Kept: see kept.FORMAT."""

    version: int
    is_unbiased: bool
    """Whether they belong to the part of the random sample that stands for all."""
    label: int
    answer: int
    bin: int
    n: int
    sureness: float
    """Summed over them."""


@dataclass(frozen=True)
class Accuracy:
    """How many labelled marks were read right."""

    right: int
    n: int

    @property
    def share(self) -> float | None:
        """Return the share read right, None without any label."""
        return self.right / self.n if self.n else None

    @property
    def interval_95(self) -> tuple[float, float] | None:
        """Return where the true share lies 95 times in 100, None without any label."""
        return wilson_interval(self.right, self.n) if self.n else None


@dataclass(frozen=True)
class Bin:
    """The labelled marks of which the network was about so sure; shares of 1."""

    low: float
    high: float
    accuracy: Accuracy
    sureness: float | None
    """The mean over them, None without any."""


@dataclass(frozen=True)
class Day:
    """What one version answered on one day, UTC. Kept: see kept.FORMAT."""

    date: date
    n: int = 0
    unsure: int = 0
    not_a_digit: int = 0
    confidence_sum: float = 0.0
    """Of the marks that it took for digits."""

    @property
    def unsure_share(self) -> float | None:
        return self.unsure / self.n if self.n else None

    @property
    def not_a_digit_share(self) -> float | None:
        return self.not_a_digit / self.n if self.n else None

    @property
    def mean_confidence(self) -> float | None:
        """Return the mean over the marks that it took for digits, None without any."""
        digits = self.n - self.not_a_digit
        return self.confidence_sum / digits if digits else None


@dataclass(frozen=True)
class Activity:
    """How much was done on one day, UTC, whichever version answered. Kept: see kept.FORMAT."""

    date: date
    readings: int
    labels: int


def last_reviewed_of_sample() -> int | None:
    """Return the newest glyph of the random sample that was labelled in the review queue, None without any."""
    reviewed = LabelEvent.objects.filter(
        where=LabelEvent.Where.REVIEW, what=LabelEvent.What.LABEL, new__isnull=False, glyph__is_sample=True
    )
    return reviewed.order_by("-glyph_id").values_list("glyph_id", flat=True).first()


def merged(tallies: Iterable[Tally]) -> list[Tally]:
    """Return the tallies with those of marks that are alike made one."""
    found: dict[tuple, Tally] = {}
    for one in tallies:
        key = (one.version, one.is_unbiased, one.label, one.answer, one.bin)
        same = found.get(key)
        found[key] = replace(one, n=one.n + same.n, sureness=one.sureness + same.sureness) if same else one
    return list(found.values())


def tally(predictions: QuerySet[Prediction], last_reviewed: int | None) -> list[Tally]:
    """Return the labelled marks among these predictions, counted by all that the figures ask for. One query."""
    is_unbiased = Q(glyph__is_sample=True, glyph_id__lte=last_reviewed or 0)
    rows = (
        predictions.filter(is_primary=True, glyph__label__isnull=False)
        .values(
            alike=_packed(
                F("model_version_id"),
                Case(When(is_unbiased, then=Value(1)), default=Value(0)),
                F("glyph__label"),
                ANSWER,
                Least(Floor(SURENESS * BINS), Value(BINS - 1.0)),
            )
        )
        .annotate(n=Count("pk"), sureness=Sum(SURENESS))
        .order_by()
    )
    return [Tally(*_unpacked(round(row["alike"])), row["n"], row["sureness"]) for row in rows]


def _packed(version: F, is_unbiased: Case, label: F, answer: Case, place: Least) -> CombinedExpression:
    """Return what marks are grouped by as one number: SQLite groups by it three times as fast as by five columns."""
    packed = Cast(version, FloatField())
    for part, classes in ((is_unbiased, 2), (label, CLASSES), (answer, CLASSES), (place, BINS)):
        packed = packed * Value(float(classes)) + Cast(part, FloatField())
    return packed


def _unpacked(packed: int) -> tuple[int, bool, int, int, int]:
    """Return version, whether unbiased, label, answer and bin."""
    packed, place = divmod(packed, BINS)
    packed, answer = divmod(packed, CLASSES)
    packed, label = divmod(packed, CLASSES)
    version, is_unbiased = divmod(packed, 2)
    return version, bool(is_unbiased), label, answer, place


def accuracy_of(tallies: Iterable[Tally]) -> Accuracy:
    """Return how many of them were read right."""
    tallies = list(tallies)
    return Accuracy(sum(t.n for t in tallies if t.label == t.answer), sum(t.n for t in tallies))


def confusion_of(tallies: Iterable[Tally]) -> list[list[int]]:
    """Return how many marks of each label (row) were taken for what (column), 11 × 11; the last is not a digit."""
    counts = [[0] * CLASSES for _ in range(CLASSES)]
    for found in tallies:
        counts[found.label][found.answer] += found.n
    return counts


def calibration_of(tallies: Iterable[Tally]) -> list[Bin]:
    """Return all bins, the least sure first."""
    held = [[] for _ in range(BINS)]
    for found in tallies:
        held[found.bin].append(found)
    return [_bin(place, found) for place, found in enumerate(held)]


def _bin(place: int, tallies: list[Tally]) -> Bin:
    accuracy = accuracy_of(tallies)
    mean = sum(found.sureness for found in tallies) / accuracy.n if tallies else None
    return Bin(place / BINS, (place + 1) / BINS, accuracy, mean)


def calibration_error_of(bins: Iterable[Bin]) -> float | None:
    """Return by how much the stated sureness is off on average, None without any label.

    Source: Guo et al. 2017 (expected calibration error).
    """
    held = [found for found in bins if found.accuracy.n]
    gaps = sum(abs(found.accuracy.share - found.sureness) * found.accuracy.n for found in held)
    return gaps / sum(found.accuracy.n for found in held) if held else None


def behind(version: ModelVersion, label: int, answer: int) -> QuerySet[Prediction]:
    """Return the predictions behind one cell of the version's confusion table, the surest first.

    They are looked for among the LATEST_LABELS newest marks with this label that there were when it last read.
    """
    labelled = Glyph.objects.filter(label=label, pk__lte=Glyph.last_read_by([version.pk]))
    latest = labelled.order_by("-pk").values("pk")[:LATEST_LABELS]
    found = Prediction.objects.filter(model_version=version, is_primary=True, glyph__in=latest)
    if answer == NOT_A_DIGIT:
        return found.filter(verdict=Verdict.NOT_A_DIGIT).order_by("-none_probability", "-pk")
    return found.filter(digit=answer).exclude(verdict=Verdict.NOT_A_DIGIT).order_by("-confidence", "-pk")


def days_of(predictions: QuerySet[Prediction], *, until: date, days: int) -> dict[int, list[Day]]:
    """Return what each version answered on each day on which it answered, of so many up to `until`. One query."""
    is_not_a_digit = Q(verdict=Verdict.NOT_A_DIGIT)
    rows = (
        predictions.filter(is_primary=True, **_between("created", until, days))
        .values("model_version", day=DayInUTC("created"))
        .annotate(
            n=Count("pk"),
            unsure=Count("pk", filter=Q(verdict=Verdict.UNSURE)),
            not_a_digit=Count("pk", filter=is_not_a_digit),
            confidence_sum=Sum("confidence", filter=~is_not_a_digit, default=0.0),
        )
        .order_by()
    )
    found = defaultdict(list)
    for row in rows:
        found[row.pop("model_version")].append(Day(date.fromisoformat(str(row.pop("day"))), **row))
    return found


def every_day(found: Iterable[Day], *, until: date, days: int) -> list[Day]:
    """Return one of each of so many days, the last of them `until`: those of one date as one, empty days included."""
    by_date = defaultdict(list)
    for day in found:
        by_date[day.date].append(day)
    return [sum_of([Day(day), *by_date[day]]) for day in _days(until, days)]


def sum_of(days: Sequence[Day]) -> Day:
    """Return the days as one, under the date of the last."""
    return Day(
        days[-1].date,
        n=sum(day.n for day in days),
        unsure=sum(day.unsure for day in days),
        not_a_digit=sum(day.not_a_digit for day in days),
        confidence_sum=sum(day.confidence_sum for day in days),
    )


def activity(*, until: date, days: int) -> list[Activity]:
    """Return how much was read and labelled on each of so many days, the last of them `until`. Two queries."""
    readings = _count_by_day(Picture.objects.all(), "created", until, days)
    labels = _count_by_day(Glyph.objects.filter(label__isnull=False), "labelled_at", until, days)
    return [Activity(day, readings.get(day, 0), labels.get(day, 0)) for day in _days(until, days)]


def _count_by_day(rows: QuerySet, field: str, until: date, days: int) -> dict[date, int]:
    rows = rows.filter(**_between(field, until, days)).order_by()
    counted = rows.values(day=DayInUTC(field)).annotate(n=Count("pk")).values_list("day", "n")
    return {date.fromisoformat(str(day)): n for day, n in counted}


def _days(until: date, days: int) -> list[date]:
    return [until - timedelta(days=back) for back in reversed(range(days))]


def _between(field: str, until: date, days: int) -> dict[str, datetime]:
    """Return the lookups that keep what happened on these days."""
    end = datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1)
    return {f"{field}__gte": end - timedelta(days=days), f"{field}__lt": end}
