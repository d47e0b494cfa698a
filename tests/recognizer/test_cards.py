"""How figures of a model's card are put into words and tables."""

import base64

import numpy as np
import pytest

from recognizer.imaging.encoding import encode_png
from recognizer.templatetags import cards

NO_NUMBERS = (None, "", "0.5", [], {}, True)


@pytest.mark.parametrize(
    ("value", "decimals", "text"), [(0.9965, 2, "99.65 %"), (0.9, 1, "90.0 %"), (0, 1, "0.0 %"), (1, 0, "100 %")]
)
def test_a_share_is_a_percentage(value, decimals, text):
    assert cards.share(value, decimals) == text


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_number_is_left_blank(value):
    assert cards.share(value) == cards.count(value) == cards.duration(value) == cards.share_of(value, 5) == ""


def test_a_share_of_nothing_is_left_blank():
    assert cards.share_of(1, 8) == "12.5 %"
    assert cards.share_of(1, 0) == ""


def test_an_interval_says_its_unit_once():
    assert cards.interval([0.99514, 0.99748], 2) == "99.51–99.75 %"


@pytest.mark.parametrize("bounds", [None, [], [0.1], [0.1, "0.2"], [0.1, 0.2, 0.3], "ab", {}])
def test_what_is_no_interval_is_left_blank(bounds):
    assert cards.interval(bounds) == ""


def test_a_table_tells_shares_from_counts():
    assert (cards.figure(0.5), cards.figure(1.0), cards.figure(1), cards.figure(12_000)) == (
        "50.0 %",
        "100.0 %",
        "1",
        "12,000",
    )


@pytest.mark.parametrize(
    ("seconds", "text"), [(11, "11 s"), (59.6, "1 min 0 s"), (1654, "27 min 34 s"), (7380, "2 h 3 min")]
)
def test_a_time_is_told_in_the_units_that_matter(seconds, text):
    assert cards.duration(seconds) == text


@pytest.mark.parametrize("text", [None, 5, "", "yesterday"])
def test_what_is_no_time_is_none(text):
    assert cards.moment(text) is None


def test_facts_are_lines_of_words():
    told = {"batch_size": 256, "decay": 0.0005, "warm": 1.0, "on": True, "hands": {"n": 1200}, "of": ["a", 2], "sha": 1}

    assert cards.facts(told, "sha,unknown") == [
        ("Batch size", "256"),
        ("Decay", "0.0005"),
        ("Warm", "1"),
        ("On", "yes"),
        ("Hands: n", "1,200"),
        ("Of", "a, 2"),
    ]
    assert cards.facts("a sentence") == []


def test_only_a_png_becomes_a_picture():
    png = base64.b64encode(encode_png(np.zeros((28, 28), np.uint8))).decode()

    assert cards.png_source(png) == f"data:image/png;base64,{png}"
    for other in (None, 5, "", "no base64", base64.b64encode(b"<svg onload=alert(1)>").decode(), f'{png}" onerror="x'):
        assert cards.png_source(other) == ""


def test_a_confusion_matrix_counts_and_shades_mistakes():
    first, second = cards.confusion_rows([[995, 5, 0], [100, 800, 100]])

    assert (first["n"], first["wrong"]) == (1000, 5)
    assert first["cells"] == [(995, "hit"), (5, "heat-2"), (0, "none")]
    assert (second["n"], second["wrong"]) == (1000, 200)
    assert second["cells"] == [(100, "heat-5"), (800, "hit"), (100, "heat-5")]


@pytest.mark.parametrize("matrix", [None, [], "", {}, [1], [[1], [2]], [[1, 2], [3]], [[1, "2"], [3, 4]]])
def test_what_is_no_confusion_matrix_has_no_rows(matrix):
    assert cards.confusion_rows(matrix) == []


def test_corrections_are_counted_by_label():
    told = {"learnt_by_label": {"1": 5, "not_a_digit": 2}, "held_out_by_label": {"1": 1}}

    assert cards.correction_rows(told) == [
        {"label": "1", "learnt": 5, "held_out": 1},
        {"label": "not_a_digit", "learnt": 2, "held_out": None},
    ]


@pytest.mark.parametrize("told", [None, "", [], {}, {"learnt_by_label": {"1": 5}}, {"learnt_by_label": 5}])
def test_corrections_of_which_a_card_does_not_tell_have_no_rows(told):
    assert cards.correction_rows(told) == []


def test_the_worst_digit_has_the_longest_bar():
    rows = cards.classes_seen({"per_class": [1.0, 0.9], "confusion": [[10, 0], [1, 9]]})

    assert [row["n"] for row in rows] == [10, 10]
    assert [row["wrong"] for row in rows] == [0, 1]
    assert rows[0]["error"] == 0
    assert rows[1]["error"] == rows[1]["worst"] == rows[0]["worst"]


def test_digits_are_told_without_counts_too():
    assert [row["n"] for row in cards.classes_seen({"per_class": [0.9]})] == [None]
    assert cards.classes_seen({"per_class": ["0.9"]}) == cards.classes_seen({}) == cards.classes_seen(None) == []
