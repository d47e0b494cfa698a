import numpy as np
import pytest

from recognizer.inference.artifacts import CLASSES, NOT_A_DIGIT, file_sha256
from recognizer.inference.labelled import LabelledFileError
from tests.training.conftest import printed_digits
from tests.training.corrections import write_labelled
from training.calibration import Calibration
from training.corrections import corrections_as_card, count_right, read_corrections
from training.kinds import FittedNetwork
from training.mnist import Examples

CALIBRATION = Calibration(temperature=1.0, sure=0.9, not_a_digit=0.5)


@pytest.fixture
def path(tmp_path):
    """Twenty labelled glyphs, every fifth of them held out and the last no digit."""
    examples = printed_digits(20)
    examples.labels[-1] = NOT_A_DIGIT
    return write_labelled(tmp_path / "labels.npz", examples, np.arange(20) % 5 == 0)


def answering(answers: list[int]) -> FittedNetwork:
    """A network that gives these answers."""
    logits = 9 * np.eye(11, dtype=np.float32)[answers]
    return FittedNetwork(
        lambda _: logits, parameters=0, history=[], model_file="", save=None, weights=[], with_weights=None
    )


def test_what_is_held_out_is_kept_apart(path):
    corrections = read_corrections(path)

    assert (len(corrections.learnt), len(corrections.held_out)) == (16, 4)
    np.testing.assert_array_equal(corrections.held_out.glyphs, printed_digits(20).glyphs[::5])
    assert corrections.held_out.labels.tolist() == [0, 5, 0, 5]
    assert corrections.sha256 == file_sha256(path)


@pytest.mark.parametrize(("count", "reason"), [(0, "holds no glyph"), (3, "all of its 3 glyphs are held out")])
def test_a_file_without_anything_to_learn_from_is_refused(tmp_path, count, reason):
    path = write_labelled(tmp_path / "labels.npz", printed_digits(3).take(slice(count)), np.ones(count, bool))

    with pytest.raises(LabelledFileError, match=rf"{reason}.*Label more glyphs"):
        read_corrections(path)


def test_not_a_digit_is_an_answer_like_any_other():
    examples = Examples(np.zeros((4, 28, 28), np.uint8), np.array([3, 4, NOT_A_DIGIT, 5], np.uint8))

    assert count_right(answering([3, 9, NOT_A_DIGIT, NOT_A_DIGIT]), examples, CALIBRATION) == 2


def test_the_card_tells_what_was_learnt_and_what_was_not(path):
    told = corrections_as_card(read_corrections(path), right=3, right_before=1)

    assert (told["learnt"], told["held_out"], told["n"]) == (16, 4, 4)
    assert (told["held_out_right_before"], told["held_out_right"], told["accuracy"]) == (1, 3, 0.75)
    assert told["interval_95"][0] < 0.75 < told["interval_95"][1]
    assert told["held_out_by_label"] == dict.fromkeys(CLASSES, 0) | {"0": 2, "5": 2}
    assert told["learnt_by_label"]["not_a_digit"] == 1
    assert sum(told["learnt_by_label"].values()) == 16


def test_nothing_held_out_is_no_figure(tmp_path):
    corrections = read_corrections(write_labelled(tmp_path / "labels.npz", printed_digits(5), np.zeros(5, bool)))

    assert count_right(answering([]), corrections.held_out, CALIBRATION) == 0
    told = corrections_as_card(corrections, right=0)
    assert (told["n"], told["accuracy"], told["interval_95"]) == (0, None, None)
