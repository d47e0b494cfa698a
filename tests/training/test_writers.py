from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from recognizer.inference.artifacts import NOT_A_DIGIT
from tests.training.conftest import printed_digits
from training import hands, negatives, writers
from training.mnist import Examples
from training.strokes import stroke_width
from training.typefaces import CANVAS, Typeface, draw_character
from training.writers import WIDEST_PEN, Writers, choose_pen, enlarge


@pytest.fixture
def typeface(tmp_path) -> Typeface:
    """A family drawn as the font that Pillow carries, whose only letter is X."""
    file = tmp_path / "made-up.woff"
    file.write_bytes(ImageFont.load_default(20).font_bytes)
    return Typeface("Made Up", "1.0", "OFL-1.1", file, ((file, "X"),))


@pytest.fixture
def plain_pen(monkeypatch):
    """Leave each canvas as it was drawn."""
    monkeypatch.setattr(writers, "choose_pen", lambda rng: lambda canvas: canvas)


@pytest.fixture
def signed(monkeypatch, plain_pen):
    """Let hands and typefaces draw a grey of their own, so that it can be told who wrote."""

    def grey(level: int) -> np.ndarray:
        return np.full((CANVAS, CANVAS), level, np.uint8)

    monkeypatch.setattr(hands, "draw_digit", lambda digit, rng: grey(100 + digit))
    monkeypatch.setattr(writers, "draw_character", lambda file, character: grey(ord(character) if file else 255))


def shares(someone: Writers) -> tuple[float, float, float]:
    """Of many pages, the share written by hands, by a typeface and by MNIST's writers; no page has two sorts."""
    rng, sorts = np.random.default_rng(0), []
    for _ in range(1200):
        drawn = someone.digits(2, rng)
        greys = [int(canvas[0, 0]) for canvas, _ in drawn]
        assert len({grey // 40 for grey in greys}) == 1
        for grey, (_, label) in zip(greys, drawn, strict=True):
            assert grey in (0, 100 + label, ord(str(label)))
        sorts.append(greys[0] // 40)
    return tuple(sorts.count(sort) / 1200 for sort in (2, 1, 0))


def test_half_of_the_pages_are_mnists_and_of_the_others_hands_write_more_than_typefaces(digits, typeface, signed):
    assert shares(Writers(digits, [typeface])) == pytest.approx((0.3, 0.2, 0.5), abs=0.04)
    assert shares(Writers(digits)) == pytest.approx((0.5, 0, 0.5), abs=0.04)
    assert shares(Writers(digits, [typeface], with_hands=False)) == pytest.approx((0, 0.5, 0.5), abs=0.04)
    assert shares(Writers(digits, with_hands=False)) == (0, 0, 1)


def test_a_family_of_print_writes_no_digits(digits, typeface, signed):
    in_print = Typeface("Noto Sans Thai", "1.0", "OFL-1.1", None, ((Path("thai.woff"), "X"),))

    assert shares(Writers(digits, [in_print, typeface], with_hands=False))[1] == pytest.approx(0.5, abs=0.04)


def test_mnists_digits_keep_their_label_and_shape(plain_pen):
    sample = printed_digits(10)
    large = {enlarge(glyph).tobytes(): label for glyph, label in zip(sample.glyphs, sample.labels, strict=True)}

    drawn = Writers(sample, with_hands=False).digits(30, np.random.default_rng(0))

    assert len({label for _, label in drawn}) > 5
    assert all(large[canvas.tobytes()] == label for canvas, label in drawn)


def test_an_enlarged_glyph_has_its_ink_where_it_was_with_sharp_edges(digits):
    for glyph in digits.glyphs[:10]:
        canvas = enlarge(glyph)

        assert canvas.shape == (CANVAS, CANVAS)
        assert canvas.dtype == np.uint8
        small = cv2.resize(canvas, (28, 28), interpolation=cv2.INTER_AREA)
        assert np.corrcoef(small.ravel(), glyph.ravel())[0, 1] > 0.9
        assert np.mean((canvas > 20) & (canvas < 235)) < 0.12


def test_letters_and_marks_are_no_digits(digits, typeface, plain_pen, monkeypatch):
    monkeypatch.setattr(negatives, "draw_mark", lambda rng: np.full((CANVAS, CANVAS), 77, np.uint8))
    rng = np.random.default_rng(0)
    letter = draw_character(typeface.digits, "X")

    drawn = [mark for _ in range(100) for mark in Writers(digits, [typeface]).others(3, rng)]

    assert {label for _, label in drawn} == {NOT_A_DIGIT}
    are_letters = [np.array_equal(canvas, letter) for canvas, _ in drawn]
    assert 0.4 < np.mean(are_letters) < 0.8
    assert all(is_letter or (canvas == 77).all() for is_letter, (canvas, _) in zip(are_letters, drawn, strict=True))


def test_without_typefaces_there_are_marks_still(digits):
    drawn = Writers(digits).others(20, np.random.default_rng(0))

    assert {label for _, label in drawn} == {NOT_A_DIGIT}
    assert all(canvas.max() > 200 for canvas, _ in drawn)


def test_equal_seeds_write_equal_pages(digits, typeface):
    for write in (Writers(digits, [typeface]).digits, Writers(digits, [typeface]).others):
        for seed in range(6):
            first, again = (write(4, np.random.default_rng(seed)) for _ in range(2))

            assert [label for _, label in first] == [label for _, label in again]
            np.testing.assert_array_equal([ink for ink, _ in first], [ink for ink, _ in again])


def test_pens_are_of_many_widths_and_never_lose_the_digit():
    canvas = cv2.ellipse(np.zeros((CANVAS, CANVAS), np.uint8), (48, 48), (20, 30), 0, 0, 360, 255, 5, cv2.LINE_AA)
    rng = np.random.default_rng(0)

    widths = [stroke_width(choose_pen(rng)(canvas)) for _ in range(60)]

    assert 1 <= min(widths) < 4
    assert 11 < max(widths) <= WIDEST_PEN


def test_one_page_is_written_with_one_pen():
    ring = cv2.circle(np.zeros((28, 28), np.uint8), (14, 14), 8, 255, 3, cv2.LINE_AA)
    rings = Examples(np.array([ring]), np.zeros(1, np.uint8))

    for seed in range(10):
        drawn = Writers(rings, with_hands=False).digits(3, np.random.default_rng(seed))

        assert len({canvas.tobytes() for canvas, _ in drawn}) == 1
