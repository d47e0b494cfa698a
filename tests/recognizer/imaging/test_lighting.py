"""Page to ink: paper at 0, strokes at 1, whatever the light and the polarity."""

import cv2
import numpy as np
import pytest

from recognizer.imaging.errors import NoInkError
from recognizer.imaging.lighting import extract_ink, has_dark_ink, has_even_paper, paper_side
from tests.pictures import page_with

SEVEN = page_with("7", pen=20)
STROKE = SEVEN < 128


def photographed(page: np.ndarray, *, darkest: float = 0.35, grain: float = 3.0, seed: int = 1) -> np.ndarray:
    """Return the page as a photo on grey paper: light falling off to one corner, soft focus, grain."""
    height, width = page.shape
    slope = np.linspace(1, darkest, width)[None, :] * np.linspace(1, 0.8, height)[:, None]
    reflectance = 0.25 + 0.6 * cv2.GaussianBlur(page, (0, 0), 1.2) / 255
    noise = np.random.default_rng(seed).normal(0, grain, page.shape)
    return np.clip(255 * reflectance * slope + noise, 0, 255).astype(np.uint8)


def agreement(ink: np.ndarray, stroke: np.ndarray) -> float:
    """Return the intersection over union of the found and the true strokes."""
    found = ink > 0.5
    return float((found & stroke).sum() / (found | stroke).sum())


@pytest.mark.parametrize(
    "page",
    [SEVEN, 255 - SEVEN, photographed(SEVEN), 255 - photographed(SEVEN), 180 + SEVEN // 8, SEVEN // 4],
    ids=["dark on light", "light on dark", "photo", "negative photo", "pencil", "dim"],
)
def test_it_finds_the_strokes(page):
    assert agreement(extract_ink(page), STROKE) > 0.85


def test_it_does_not_hollow_a_fat_brush_under_uneven_light():
    fat = page_with("1", pen=80)

    ink = extract_ink(photographed(fat))

    assert ink[140, 140] > 0.9
    assert agreement(ink, fat < 128) > 0.85


def test_it_reads_ink_that_covers_most_of_a_small_bitmap():
    page = np.full((16, 16), 255, np.uint8)
    page[1:15, 1:15] = 0
    page[5:11, 6:10] = 255

    ink = extract_ink(page)

    assert agreement(ink, page == 0) == 1


def test_it_reads_ink_that_covers_most_of_the_rim():
    page = np.full((16, 16), 255, np.uint8)
    page[[0, 1, -2, -1], 3:13] = 0
    page[3:13, [0, 1, -2, -1]] = 0

    ink = extract_ink(page)

    assert agreement(ink, page == 0) == 1


@pytest.mark.parametrize(
    "page",
    [
        np.full((100, 100), 255, np.uint8),
        np.zeros((100, 100), np.uint8),
        np.full((100, 100), 128, np.uint8),
        np.tile(np.linspace(60, 220, 200), (100, 1)).astype(np.uint8),
        photographed(np.full((200, 200), 255, np.uint8)),
        np.full((1, 1), 3, np.uint8),
    ],
    ids=["white", "black", "grey", "slope", "empty photo", "one pixel"],
)
def test_it_refuses_a_page_without_ink(page):
    with pytest.raises(NoInkError):
        extract_ink(page)


def test_it_tells_even_paper_from_uneven_light():
    assert all(has_even_paper(page, paper_side(page)) for page in (SEVEN, 255 - SEVEN))
    assert not has_even_paper(photographed(SEVEN), paper_side(photographed(SEVEN)))


def test_it_tells_dark_ink_from_light_ink_under_uneven_light():
    photo = photographed(SEVEN)

    assert has_dark_ink(photo)
    assert not has_dark_ink(255 - photo)


def printed_paper(height: int, width: int) -> np.ndarray:
    """Return paper with fine slanted lines printed all over it. (height, width) uint8."""
    rows, columns = np.indices((height, width))
    lines = (rows + columns // 4) % 6 < 2
    return np.where(lines, 150, 205).astype(np.uint8)


def test_it_keeps_the_pen_and_drops_the_pattern_of_the_paper():
    digits = page_with("375", side=50, pen=4)
    page = np.minimum(printed_paper(*digits.shape), np.where(digits < 128, 90, 255).astype(np.uint8))

    ink = extract_ink(page)

    assert agreement(ink, digits < 128) > 0.85
    assert (ink[digits > 128] > 0.38).mean() < 0.02


def test_it_keeps_a_faint_stroke_beside_a_dark_one():
    page = np.full((120, 240), 230, np.uint8)
    faint, dark = page_with("7", side=120, pen=8) < 128, page_with("3", side=120, pen=8) < 128
    page[:, :120][faint] = 120
    page[:, 120:][dark] = 40

    ink = extract_ink(page)

    assert (ink[:, :120][faint] > 0.38).mean() > 0.95


def under(light: np.ndarray, *, grain: float = 1.5) -> np.ndarray:
    """Return empty paper under this light. light: (H, W) float, 1 where it is brightest."""
    noise = np.random.default_rng(2).normal(0, grain, light.shape)
    return np.clip(210 * light + noise, 0, 255).astype(np.uint8)


DOWN, ACROSS = np.indices((300, 400)) / np.array([300, 400])[:, None, None]


@pytest.mark.parametrize(
    "light",
    [
        1 - 1.2 * ((ACROSS - 0.5) ** 2 + (DOWN - 0.5) ** 2),
        0.5 + 0.5 * np.exp(-3 * ((ACROSS - 0.3) ** 2 + (DOWN - 0.2) ** 2)),
        1 - 0.4 / (1 + np.exp(-25 * (0.8 * ACROSS + 0.6 * DOWN - 0.7))),
    ],
    ids=["dark corners", "lamp", "shadow of a hand"],
)
def test_it_takes_no_shadow_for_ink(light):
    with pytest.raises(NoInkError):
        extract_ink(under(light))


def test_it_finds_strokes_in_and_beside_a_shadow():
    digits = page_with("47", side=200, pen=12)
    shadow = np.where(np.indices(digits.shape)[1] > 200, 0.55, 1.0)
    page = (cv2.GaussianBlur(shadow, (0, 0), 6) * (60 + 150 * (digits / 255))).astype(np.uint8)

    assert agreement(extract_ink(page), digits < 128) > 0.85
