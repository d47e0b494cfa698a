import numpy as np
import pytest

from training import negatives
from training.negatives import KINDS, PRINTED, draw_mark, draw_negatives


def test_they_are_framed_like_digits(digits):
    glyphs = draw_negatives(300, digits.glyphs, np.random.default_rng(0))

    assert glyphs.shape == (300, 28, 28)
    assert glyphs.dtype == np.uint8
    assert glyphs.max(axis=(1, 2)).min() > 100


def test_equal_seeds_draw_equal_ink(digits):
    first, again = (draw_negatives(50, digits.glyphs, np.random.default_rng(7)) for _ in range(2))

    np.testing.assert_array_equal(first, again)


def test_none_may_be_asked_for(digits):
    assert draw_negatives(0, digits.glyphs, np.random.default_rng(0)).shape == (0, 28, 28)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_ink_in_many_ways(kind, digits):
    rng = np.random.default_rng(0)

    canvases = [kind(digits.glyphs, rng) for _ in range(20)]

    assert all(canvas.dtype == np.uint8 and canvas.max() > 100 for canvas in canvases)
    assert len({canvas.tobytes() for canvas in canvases}) > 10


def test_characters_that_look_like_digits_are_left_out():
    assert not set("IlOoQDSsZzBbgq0123456789|/\\") & set(PRINTED)


def test_a_fragment_is_never_an_upright_stroke():
    ones = np.zeros((4, 28, 28), np.uint8)
    ones[:, 4:24, 13:16] = 255
    bars = ones.transpose(0, 2, 1)
    rng = np.random.default_rng(0)

    for _ in range(30):
        strip = negatives._fragment(np.concatenate([ones, bars]), rng)

        assert np.ptp(np.flatnonzero(strip.max(0))) > 1.5 * len(strip)


def test_marks_for_a_page_have_ink_and_a_margin_around_it():
    first, again = ([draw_mark(rng) for _ in range(60)] for rng in (np.random.default_rng(1), np.random.default_rng(1)))

    np.testing.assert_array_equal(first, again)
    for mark in first:
        assert (mark.shape, mark.dtype) == ((96, 96), np.uint8)
        assert np.count_nonzero(mark > 110) > 20
        assert not mark[[0, 1, -2, -1]].any()
        assert not mark[:, [0, 1, -2, -1]].any()


def test_marks_for_a_page_are_of_every_sort_but_pairs_fragments_and_textures(monkeypatch):
    drawn = set()
    for kind in KINDS:
        name = kind.__name__
        blank = np.zeros((80, 80), np.uint8)
        monkeypatch.setattr(negatives, name, lambda digits, rng, name=name, blank=blank: drawn.add(name) or blank)
    rng = np.random.default_rng(0)

    for _ in range(200):
        draw_mark(rng)

    assert drawn == {"_scribble", "_blot", "_bars", "_printed", "_written", "_invented"}
