"""The dashboard's statistics as charts: where lines and bars lie, what the axes say, and the tables beside them."""

from datetime import date, timedelta

import pytest

from recognizer.learning.statistics import Accuracy, Activity, Bin, Day
from recognizer.templatetags import statistics_charts as charts
from recognizer.templatetags.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH

LAST = date(2026, 3, 30)


def days(*told: dict) -> list[Day]:
    return [Day(LAST - timedelta(days=len(told) - 1 - row), **fields) for row, fields in enumerate(told)]


def bins(**held: tuple[int, int, float]) -> list[Bin]:
    """Return ten bins; held: p7=(right, n, mean sureness) for that from 70 to 80 %."""
    found = []
    for place in range(10):
        right, n, sureness = held.get(f"p{place}", (0, 0, None))
        found.append(Bin(place / 10, (place + 1) / 10, Accuracy(right, n), sureness))
    return found


def points_of(run: str) -> list[tuple[float, float]]:
    return [tuple(map(float, point.split(","))) for point in run.split()]


# Lines


def test_a_line_runs_through_its_days_and_is_broken_where_nothing_was_read():
    chart = charts.rates_chart(days({"n": 10, "unsure": 1}, {"n": 10, "unsure": 2}, {}, {"n": 10, "unsure": 2}))
    unsure, _ = chart["lines"]
    day = (WIDTH - LEFT - RIGHT) / 4
    heights = {label: y for y, label in chart["y_ticks"]}

    (run,) = unsure["runs"]
    (x0, y0), (x1, y1) = points_of(run)

    assert (x0, x1) == pytest.approx((LEFT + 0.5 * day, LEFT + 1.5 * day), abs=0.1)
    assert (y0, y1) == (heights["10 %"], heights["20 %"])
    assert len(unsure["dots"]) == 3
    assert unsure["dots"][-1] == (pytest.approx(LEFT + 3.5 * day, abs=0.1), heights["20 %"])


def test_rates_are_told_over_all_days_too():
    chart = charts.rates_chart(days({"n": 90, "unsure": 9}, {"n": 10, "unsure": 6, "not_a_digit": 1}))

    assert [line["name"] for line in chart["lines"]] == ["Unsure: 15.0 %", "Not a digit: 1.0 %"]
    assert chart["desc"] == "Over all 2 days 15.0 % unsure and 1.0 % not a digit."
    assert chart["rows"] == [("30 March 2026", "10", "60.0 %", "10.0 %"), ("29 March 2026", "90", "10.0 %", "0.0 %")]


def test_where_none_was_unsure_the_scale_still_means_something():
    chart = charts.rates_chart(days({"n": 10}, {"n": 10}))

    assert [label for _, label in chart["y_ticks"]] == ["0 %", "1 %", "2 %", "3 %", "4 %", "5 %"]


def test_the_last_week_is_set_against_the_time_before():
    before = [{"n": 10, "confidence_sum": 9.0}] * 3
    recent = [{"n": 10, "confidence_sum": 8.0}] * 7

    chart = charts.drift_chart(days(*before, *recent))

    assert chart["desc"] == "Mean confidence: 80.0 % over the last 7 days, 90.0 % over those before."


@pytest.mark.parametrize("means", [(0.96,), (0.95, 0.955), (0.999, 0.9995), (1.0, 1.0), (0.2, 0.9), (0.05, 0.051)])
def test_the_mean_confidence_fills_the_chart_and_stays_in_it(means):
    chart = charts.drift_chart(days(*[{}] * 7, *({"n": 1, "confidence_sum": mean} for mean in means)))

    labels = [label for _, label in chart["y_ticks"]]
    shares = [float(label.removesuffix(" %")) / 100 for label in labels]
    assert 2 <= len(labels) <= 8
    assert shares[0] <= min(means) <= max(means) <= shares[-1] <= 1
    assert all(TOP <= y <= HEIGHT - BOTTOM for _, y in chart["lines"][0]["dots"])


def test_every_seventh_day_is_named_and_so_is_the_last():
    chart = charts.readings_chart([Activity(day.date, 1, 0) for day in days(*[{}] * 30)])

    assert [label for _, label in chart["x_ticks"]] == ["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]


# Bars


def test_a_bar_stands_on_the_axis_and_is_as_high_as_its_count():
    chart = charts.readings_chart([Activity(LAST - timedelta(days=1), 4, 0), Activity(LAST, 1000, 0)])
    heights = {label: y for y, label in chart["y_ticks"]}
    _, high = chart["bars"]

    assert high["y"] == heights["1,000"]
    assert high["y"] + high["height"] == heights["0"] == HEIGHT - BOTTOM
    assert high["title"] == "30 March 2026: 1,000"
    assert chart["rows"] == [("30 March 2026", "1,000"), ("29 March 2026", "4")]
    assert chart["desc"] == "1,004 in 2 days, at most 1,000 on one."


def test_counts_have_no_fractions_on_their_axis():
    chart = charts.labels_chart([Activity(LAST, 0, 1)])

    assert [label for _, label in chart["y_ticks"]] == ["0", "1"]


# Calibration


def test_calibration_lies_on_the_diagonal_where_the_network_is_as_good_as_it_says():
    chart = charts.calibration_chart(bins(p7=(3, 4, 0.75)), bins(p7=(3, 4, 0.75), p9=(9, 10, 0.95)), 0.0)
    (x0, y0), (x1, y1) = chart["diagonal"]
    sample, labelled = chart["lines"]

    ((x, y),) = sample["dots"]
    assert (x - x0) / (x1 - x0) == pytest.approx(0.75, abs=0.001)
    assert (y0 - y) / (y0 - y1) == pytest.approx(0.75, abs=0.001)
    assert labelled["dots"][0] == (x, y)
    assert [line["name"] for line in chart["lines"]] == ["Random sample: 4 marks", "All labelled: 14 marks"]


def test_calibration_has_its_intervals_as_lines_and_its_bins_as_a_table():
    chart = charts.calibration_chart(bins(p8=(8, 10, 0.85)), bins(p8=(8, 10, 0.85), p3=(0, 1, 0.35)), 0.05)

    ((_, low, high),) = chart["whiskers"]
    assert high < chart["lines"][0]["dots"][0][1] < low
    assert chart["rows"] == [
        ("30–40 %", "0", "–", "–", "1", "0.0 %"),
        ("80–90 %", "10", "80.0 %", "49.0–94.3 %", "10", "80.0 %"),
    ]
    assert chart["desc"] == "80–90 % sure: 80.0 % of 10 right"
    assert "off by 5.0 % on average" in chart["about"]


# Nothing


def test_a_chart_of_nothing_says_so():
    empty = days(*[{}] * 30)
    activity = [Activity(day.date, 0, 0) for day in empty]

    for chart in (
        charts.rates_chart(empty),
        charts.drift_chart(empty),
        charts.readings_chart(activity),
        charts.labels_chart(activity),
    ):
        assert chart["is_empty"]
        assert "30 days" in chart["empty"]
