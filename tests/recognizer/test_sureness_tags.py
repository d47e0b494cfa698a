"""What a page tells static/js/sureness.js: verdicts in both ways, and from when on a network is sure."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

from recognizer.models import ModelVersion, Prediction
from recognizer.templatetags.pictures import as_number, certainty, percent, plain_percent, sure_text, unsure_text
from tests.recognizer.rows import make_version

PREDICTION = {"digit": 4, "runner_up": 9, "confidence": 0.7, "none_probability": 0.0, "verdict": "unsure"}


def rendered(text: str, **context) -> str:
    return Template("{% load pictures %}" + text).render(Context(context))


def test_certainty_is_what_the_thresholds_are_of():
    assert certainty(Prediction(**PREDICTION | {"confidence": 0.8, "none_probability": 0.25})) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("fields", "sure", "unsure"),
    [
        ({}, "4", "4 or 9?"),
        ({"verdict": "digit"}, "4", "4 or 9?"),
        ({"confidence": 0.99}, "4", "4?"),
        ({"verdict": "not_a_digit"}, "not a digit", "not a digit"),
    ],
)
def test_a_verdict_is_there_in_both_ways(fields, sure, unsure):
    prediction = Prediction(**PREDICTION | fields)

    assert (sure_text(prediction), unsure_text(prediction)) == (sure, unsure)
    chip = rendered("{% include 'recognizer/includes/verdict.html' %}", answer=prediction)
    assert f'data-sure="{sure}" data-unsure="{unsure}"' in chip
    assert chip.strip().endswith(f">{sure if prediction.verdict != 'unsure' else unsure}</span>")


def test_a_correction_stands_first_and_no_threshold_tells_it_anew():
    chip = rendered("{% include 'recognizer/includes/verdict.html' with label='1' %}", answer=Prediction(**PREDICTION))

    assert "1 <span" in chip
    assert "read as 4 or 9?" in chip
    assert "data-certainty" not in chip


@pytest.mark.parametrize(
    ("label", "verdict", "text"), [("4", "digit", "4"), ("not a digit", "not_a_digit", "not a digit")]
)
def test_a_label_that_says_the_same_is_not_said_twice(label, verdict, text):
    template = "{% include 'recognizer/includes/verdict.html' with label=said %}"

    chip = rendered(template, answer=Prediction(**PREDICTION | {"verdict": verdict}), said=label)

    assert f'data-sure="{text}"' in chip


def test_a_network_is_sure_from_where_its_card_says(db):
    make_version("cnn", card={"thresholds": {"sure": 0.81}})
    old = make_version("cnn", "0", "retired", card={"thresholds": {"sure": 0.9}})

    assert rendered("{% sure_threshold None as own %}{{ own }}") == "0.81"
    assert rendered("{% sure_threshold version as own %}{{ own }}", version=old) == "0.9"
    assert rendered("{% sure_threshold version as own %}{{ own }}") == "0.81"


@pytest.mark.parametrize("card", [{}, {"thresholds": {}}, None])
def test_without_a_card_there_is_a_usual_threshold(db, card):
    if card is not None:
        make_version("cnn", card=card)

    assert rendered("{% sure_threshold version as own %}{{ own }}") == "0.75"
    assert ModelVersion.objects.count() == (card is not None)


def test_the_slider_says_all_its_places_in_words(db):
    page = rendered("{% include 'recognizer/includes/threshold.html' %}")

    assert 'max="9"' in page
    assert 'label="50 %" data-certainty="0.500000"' in page
    assert 'label="99.9 %" data-certainty="0.999000"' in page
    assert " hidden>" in page.split("<label")[0]


def test_beside_a_list_it_says_what_the_slider_does_not_move(db):
    told = "Filters and downloads go by the network’s own verdict."
    version = make_version("cnn")

    assert told in rendered("{% include 'recognizer/includes/threshold.html' %}")
    assert told not in rendered("{% include 'recognizer/includes/threshold.html' %}", version=version)


def test_numbers_for_people_follow_the_language_and_those_for_the_script_do_not():
    with override("de"):
        assert (percent(0.9731), plain_percent(0.995), as_number(0.9731)) == ("97,3 %", "99,5 %", "0.973100")
        assert percent(0) == "< 0,1 %"
