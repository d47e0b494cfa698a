"""How a label is written outside the database."""

import pytest

from recognizer.labels import NOT_A_DIGIT, label_from_form, label_from_json, label_to_json


@pytest.mark.parametrize("label", [*range(10), NOT_A_DIGIT, None])
def test_a_label_comes_back_as_it_went(label):
    assert label_from_json(label_to_json(label)) == label


@pytest.mark.parametrize(("written", "label"), [("0", 0), ("9", 9), ("", None), ("not_a_digit", NOT_A_DIGIT)])
def test_a_form_writes_labels_as_text(written, label):
    assert label_from_form(written) == label


@pytest.mark.parametrize("written", ["10", "-1", "٣", "²", " 7", "None", "null", "seven"])
def test_any_other_text_is_no_label(written):
    with pytest.raises(ValueError):  # noqa: PT011  (whatever the sentence, callers catch the type)
        label_from_form(written)


@pytest.mark.parametrize("value", [10, -1, 7.0, True, False, "7", "", "10", "٣", " 7", "None", "null", [], {}, b"7"])
def test_anything_else_is_no_label(value):
    with pytest.raises(ValueError):  # noqa: PT011  (whatever the sentence, callers catch the type)
        label_from_json(value)
