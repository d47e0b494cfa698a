"""What the dashboard tells of the whole site, as it was counted last."""

from collections import defaultdict
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime

from django.utils import timezone

from recognizer.learning import statistics
from recognizer.learning.kept import Counted, Piece
from recognizer.learning.statistics import Activity, Day, Tally
from recognizer.models import ModelVersion, Prediction

DAYS = 30


@dataclass(frozen=True)
class DashboardFigures:
    """Everything that the page is made of."""

    tallies: list[Tally]
    by_version: dict[str, list[Day]]
    activity: list[Activity]
    until: date
    counted: datetime | None
    """None for this moment."""

    def days_of(self, version: ModelVersion) -> list[Day]:
        """Return what the version answered on each of the DAYS, empty days included."""
        return statistics.every_day(self.by_version.get(str(version.pk), []), until=self.until, days=DAYS)


def dashboard_figures() -> DashboardFigures:
    """Return the figures as they were counted last."""
    figures = count_for_dashboard()
    return DashboardFigures(
        tallies=[Tally(*row) for row in figures.data["tallies"]],
        by_version={version: [_dated(Day, row) for row in rows] for version, rows in figures.data["days"].items()},
        activity=[_dated(Activity, row) for row in figures.data["activity"]],
        until=date.fromisoformat(figures.data["until"]),
        counted=figures.counted,
    )


@Counted
def count_for_dashboard(pieces: list[Piece]) -> dict:
    """Count the labelled marks, and what was answered and done on each day; five queries for a single piece."""
    today = timezone.now().date()
    last_reviewed = statistics.last_reviewed_of_sample()
    tallies, days = [], defaultdict(list)
    for first, last in pieces:
        predictions = Prediction.objects.filter(glyph__gte=first, glyph__lte=last)
        tallies = statistics.merged([*tallies, *statistics.tally(predictions, last_reviewed)])
        for version, found in statistics.days_of(predictions, until=today, days=DAYS).items():
            days[version] += found
    return {
        "tallies": [astuple(tally) for tally in tallies],
        "days": {str(version): [_undated(day) for day in found] for version, found in days.items()},
        "activity": [_undated(day) for day in statistics.activity(until=today, days=DAYS)],
        "until": today.isoformat(),
    }


def _undated(day: Day | Activity) -> dict:
    return asdict(day) | {"date": day.date.isoformat()}


def _dated(kind: type, row: dict) -> Day | Activity:
    return kind(**row | {"date": date.fromisoformat(row["date"])})
