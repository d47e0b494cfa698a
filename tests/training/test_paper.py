import numpy as np
import pytest

from training import paper

SHAPE = (70, 110)


def many(draw, count: int = 40) -> list[np.ndarray]:
    return [draw(np.random.default_rng(seed)) for seed in range(count)]


def test_paper_is_bright_and_half_of_it_even():
    papers = many(lambda rng: paper.blank_paper(SHAPE, rng), 100)

    assert {(sheet.shape, sheet.dtype) for sheet in papers} == {(SHAPE, np.dtype("float32"))}
    assert all(0.3 <= sheet.min() <= sheet.max() <= 1 for sheet in papers)
    assert 0.35 < np.mean([np.ptp(sheet) == 0 for sheet in papers]) < 0.65


def test_print_leaves_paper_free_and_has_many_patterns():
    patterns = many(lambda rng: paper.print_pattern(SHAPE, rng))

    assert {(pattern.shape, pattern.dtype) for pattern in patterns} == {(SHAPE, np.dtype("float32"))}
    assert all(pattern.min() == 0 and 0.5 < pattern.max() <= 1 for pattern in patterns)
    assert all(0.02 < (pattern > 0).mean() < 0.9 for pattern in patterns)
    assert len({pattern.tobytes() for pattern in patterns}) == len(patterns)


def test_rules_are_lines_across_the_page_that_leave_most_of_it_free():
    rules = many(lambda rng: paper.print_rules(SHAPE, 55, 40, rng))

    assert {(plane.shape, plane.dtype) for plane in rules} == {(SHAPE, np.dtype("float32"))}
    assert all(0 <= plane.min() <= plane.max() <= 1 for plane in rules)
    assert all((plane > 0.5).mean() < 0.25 for plane in rules)
    assert np.mean([(plane > 0.3).any(axis=0).mean() > 0.9 for plane in rules]) > 0.5


@pytest.mark.parametrize("shape", [(70, 110), (9, 8)])
def test_a_picture_still_shows_the_page_and_seldom_twice_the_same(shape):
    page = np.full(shape, 0.9, np.float32)
    page[:, : shape[1] // 2] = 0.2

    pictures = many(lambda rng: paper.take_picture(page.copy(), rng))

    assert {(picture.shape, picture.dtype) for picture in pictures} == {(shape, np.dtype("uint8"))}
    for picture in pictures:
        dark, bright = picture[:, : shape[1] // 2 - 2], picture[:, shape[1] // 2 + 2 :]
        assert bright.mean() - dark.mean() > 90
    assert len({picture.tobytes() for picture in pictures}) > 25


def test_a_picture_is_not_darker_than_black_nor_brighter_than_white():
    page = np.linspace(-0.5, 1.5, 110 * 70, dtype=np.float32).reshape(SHAPE)

    for picture in many(lambda rng: paper.take_picture(page, rng)):
        assert picture[0].mean() < 30
        assert picture[-1].mean() > 225


def test_texture_has_the_whole_range():
    for texture in many(lambda rng: paper.texture(SHAPE, rng)):
        assert texture.shape == SHAPE
        assert texture.dtype == np.float32
        assert 0 <= texture.min() <= texture.max() <= 1
        assert np.ptp(texture) > 0.5


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: paper.blank_paper(SHAPE, rng),
        lambda rng: paper.print_pattern(SHAPE, rng),
        lambda rng: paper.print_rules(SHAPE, 55, 40, rng),
        lambda rng: paper.texture(SHAPE, rng),
        lambda rng: paper.take_picture(np.full(SHAPE, 0.7, np.float32), rng),
    ],
)
def test_equal_seeds_draw_the_same(draw):
    np.testing.assert_array_equal(many(draw, 8), many(draw, 8))
