import numpy as np

from training.evaluation import digit_figures


def test_figures_count_digits_taken_for_none_as_wrong():
    labels = np.array([3, 3, 7])
    probabilities = np.eye(10)[[3, 3, 1]]
    none = np.array([0.1, 0.9, 0.0])

    figures = digit_figures(labels, probabilities, none, threshold=0.5)

    assert (figures["n"], figures["correct"]) == (3, 1)
    assert figures["confusion"][3] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]
    assert figures["per_class"][3] == 0.5
    assert figures["confusion"][7][1] == 1
    assert figures["interval_95"][0] < figures["accuracy"] < figures["interval_95"][1]
