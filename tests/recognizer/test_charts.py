"""A training history as lines."""

from itertools import pairwise

import pytest

from recognizer.templatetags.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, history_charts


def history(*accuracies: float) -> list[dict]:
    return [
        {"loss": 2 - a, "validation_loss": 1 - a, "validation_accuracy": a, "altered_accuracy": a} for a in accuracies
    ]


def points_of(line: dict) -> list[tuple[float, float]]:
    return [tuple(map(float, point.split(","))) for point in line["points"].split()]


def test_lines_run_from_edge_to_edge_and_fall_as_the_network_learns():
    wrong, loss = history_charts(history(0.8, 0.9, 0.99))["charts"]

    for line in (*wrong["lines"], *loss["lines"]):
        points = points_of(line)
        assert [x for x, _ in points] == [LEFT, (LEFT + WIDTH - RIGHT) / 2, WIDTH - RIGHT]
        heights = [y for _, y in points]
        assert heights == sorted(heights)
        assert TOP <= min(heights) <= max(heights) <= HEIGHT - BOTTOM
        assert line["end"] == points[-1]


def test_mistakes_are_drawn_on_a_logarithmic_scale():
    wrong = history_charts(history(0.9, 0.99, 0.999))["charts"][0]

    first, second, third = (y for _, y in points_of(wrong["lines"][0]))

    assert second - first == pytest.approx(third - second, abs=0.2)
    assert [label for _, label in wrong["y_ticks"]][::3] == ["0.1 %", "1 %", "10 %"]
    assert wrong["lines"][0]["last"] == "0.10 %"


def test_an_axis_says_where_its_values_lie():
    loss = history_charts(history(0.5, 0.9))["charts"][1]
    heights = {label: y for y, label in loss["y_ticks"]}
    validation, training = loss["lines"]

    assert heights["0"] == HEIGHT - BOTTOM
    assert points_of(training)[0][1] == heights["1.5"]
    assert points_of(validation)[0][1] == heights["0.5"]
    assert loss["x_ticks"] == [(LEFT, "1"), (WIDTH - RIGHT, "2")]


@pytest.mark.parametrize("epochs", [2, 3, 7, 30, 40, 64, 999])
def test_the_first_and_the_last_epoch_are_named_and_nothing_crowds(epochs):
    chart = history_charts(history(*[0.9] * epochs))["charts"][0]
    places, labels = zip(*chart["x_ticks"], strict=True)

    assert labels[0] == "1"
    assert labels[-1] == str(epochs)
    assert len(labels) <= 7
    assert min(b - a for a, b in pairwise(places)) > 20


@pytest.mark.parametrize("accuracies", [(1.0, 1.0), (0.0, 0.0), (0.0, 1.0), (0.99999, 1.0)])
def test_no_history_is_too_good_or_too_bad_to_be_drawn(accuracies):
    for chart in history_charts(history(*accuracies))["charts"]:
        assert 2 <= len(chart["y_ticks"]) <= 11
        for line in chart["lines"]:
            assert all(TOP <= y <= HEIGHT - BOTTOM for _, y in points_of(line))


def test_a_series_that_an_epoch_lacks_is_left_out():
    told = history(0.8, 0.9)
    del told[1]["altered_accuracy"], told[0]["loss"], told[0]["validation_loss"]

    charts = history_charts(told)["charts"]

    assert [chart["name"] for chart in charts] == ["wrong"]
    assert len(charts[0]["lines"]) == 1


@pytest.mark.parametrize("told", [None, "", [], {}, [{}], [{}, {}], history(0.9), [1, 2], [{"loss": "1"}] * 2])
def test_there_is_no_chart_without_a_history(told):
    assert history_charts(told)["charts"] == []
