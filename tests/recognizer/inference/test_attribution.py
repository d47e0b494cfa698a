"""What in a glyph speaks for which class: by hand, and against numbers."""

from itertools import pairwise

import numpy as np
import pytest

from recognizer.inference.attribution import enlarged, grad_cam, input_gradients, of_numpy_mlp, place_of
from recognizer.inference.numpy_mlp import SIZES, forward

STEP = 1e-5


def random_layers(sizes: tuple[int, ...], seed: int = 1, dtype=np.float64) -> list[tuple[np.ndarray, np.ndarray]]:
    generator = np.random.default_rng(seed)
    return [
        (generator.normal(size=(before, after)).astype(dtype) / before**0.5, generator.normal(size=after).astype(dtype))
        for before, after in pairwise(sizes)
    ]


def test_the_gradient_of_each_logit_by_each_pixel_is_what_a_small_step_says():
    layers = random_layers((12, 9, 7, 11))
    X = np.random.default_rng(2).random((1, 12))

    gradients = input_gradients(layers, forward(layers, X))

    assert gradients.shape == (11, 12)
    for pixel in range(12):
        step = STEP * np.eye(12)[pixel]
        rise = (forward(layers, X + step)[-1] - forward(layers, X - step)[-1])[0] / (2 * STEP)
        assert gradients[:, pixel] == pytest.approx(rise, abs=1e-7)


def test_of_a_network_that_adds_up_its_input_the_map_is_what_each_pixel_adds():
    W = np.random.default_rng(3).normal(size=(784, 64)).astype(np.float32) ** 2  # above zero: every unit answers
    through = np.eye(64, dtype=np.float32)
    last = np.random.default_rng(4).normal(size=(64, 11)).astype(np.float32)
    layers = [(W, np.zeros(64, np.float32)), (through, np.zeros(64, np.float32)), (last, np.zeros(11, np.float32))]
    x = np.random.default_rng(5).random((28, 28), np.float32)

    found = of_numpy_mlp(layers, x)

    assert found.method == "gradient_input"
    assert found.maps.sum(axis=(1, 2)) == pytest.approx(forward(layers, x.reshape(1, -1))[-1][0], rel=1e-3)
    assert np.array_equal(found.filters[5].ravel(), W[:, 5])
    assert found.activations == pytest.approx(x.ravel() @ W, rel=1e-4)


def test_paper_adds_nothing():
    found = of_numpy_mlp(random_layers(SIZES, dtype=np.float32), np.zeros((28, 28), np.float32))

    assert not found.maps.any()


def test_grad_cam_weighs_each_place_by_its_own_gradient():
    activations = np.array([[[1, 0], [0, 2]], [[3, 0], [0, 4]]], np.float32)  # (2, 2, 2)
    gradients = np.zeros((2, 2, 2, 2), np.float32)
    gradients[0, :, :, 0] = [[4, 5], [0, 6]]  # of class 0
    gradients[1, :, :, 1] = [[-2, -2], [-2, -3]]  # of class 1

    maps = grad_cam(activations, gradients)

    assert maps.tolist() == [[[4, 0], [0, 0]], [[0, -4], [0, -12]]]


def test_a_map_of_one_place_stays_level_when_it_is_enlarged():
    assert np.allclose(enlarged(np.full((2, 1, 1), 3.0)), 3)


def test_an_enlarged_map_is_largest_where_the_coarse_one_was():
    coarse = np.zeros((1, 7, 7))
    coarse[0, 1, 5] = 1

    fine = enlarged(coarse)[0]

    row, column = np.unravel_index(fine.argmax(), fine.shape)
    assert fine.shape == (28, 28)
    assert (row // 4, column // 4) == (1, 5)
    assert fine[4:8, 20:24].mean() > fine[12:16, 8:12].mean() == 0


def glyph_with_ink(rows: slice = slice(4, 24), columns: slice = slice(4, 24)) -> np.ndarray:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[rows, columns] = 255
    return glyph


@pytest.mark.parametrize(
    ("rows", "columns", "place"),
    [
        (slice(4, 10), slice(4, 10), ("top", "left")),
        (slice(4, 10), slice(10, 18), ("top", "middle")),
        (slice(18, 24), slice(18, 24), ("bottom", "right")),
        (slice(10, 18), slice(18, 24), ("middle", "right")),
        (slice(11, 17), slice(11, 17), ("middle", "middle")),
        (slice(4, 24), slice(4, 24), ("all", "all")),
    ],
)
def test_it_says_where_on_the_glyph_a_map_weighs_most(rows, columns, place):
    relevance = np.full((28, 28), 0.1)
    relevance[rows, columns] = 1

    assert place_of(relevance, glyph_with_ink()) == place


def test_the_place_is_on_the_glyph_not_on_its_canvas():
    relevance = np.zeros((28, 28))
    relevance[4:8, 4:8] = 1

    assert place_of(relevance, glyph_with_ink(slice(2, 10), slice(2, 10))) == ("middle", "middle")


@pytest.mark.parametrize("value", [0, -1])
def test_what_is_nowhere_above_zero_has_no_place(value):
    assert place_of(np.full((28, 28), value), glyph_with_ink()) is None


def test_a_glyph_without_clear_ink_has_places_too():
    relevance = np.zeros((28, 28))
    relevance[:3, :3] = 1

    assert place_of(relevance, np.zeros((28, 28), np.uint8)) == ("top", "left")
