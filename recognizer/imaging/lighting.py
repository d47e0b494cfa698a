"""From a page in grey to its ink: paper evened out, dark on light or light on dark alike."""

import cv2
import numpy as np

from recognizer.imaging.errors import NoInkError

MIN_CONTRAST = 0.07
"""Ink weaker than this share of the full range is paper."""
NOISE_FACTOR = 4.0
"""Ink stands out from the grain of the paper by at least this many standard deviations."""
SURVEY_SIDE = 96
"""Paper and light vary slowly: they are surveyed on a copy of the page of this many pixels on its longer side."""
GRAINY_SIDE = 100
"""On a photo at least this large a stroke is several pixels wide, and the grain of the sensor is smoothed away."""
PAPER_WINDOW = 0.4
"""Side of the window, as a share of the page's shorter one, that the widest stroke cannot fill."""


def extract_ink(page: np.ndarray) -> np.ndarray:
    """Return how much ink lies on each pixel: 0 for paper, 1 for a full stroke.

    page: (H, W) uint8. Returns (H, W) float32 in [0, 1], bright foreground.
    Raises NoInkError for a page on which nothing stands out from the paper.
    """
    if has_even_paper(page):
        ink = _ink_on_even_paper(page)
    else:
        levels = page.astype(np.float32) / 255
        dark_on_light = levels if has_dark_ink(page) else 1 - levels
        if min(page.shape) >= GRAINY_SIDE:
            dark_on_light = cv2.GaussianBlur(dark_on_light, (3, 3), 0)
        ink = np.clip(1 - dark_on_light / np.maximum(paper_under(dark_on_light), 0.02), 0, 1)
    return stretch(ink)


def has_even_paper(page: np.ndarray) -> bool:
    """Say whether the paper is of one level, as on a drawing or a clean scan: then there is no light to even out.

    Evening out the light of such a page would hollow thick strokes.
    """
    paper = _paper_side(page)
    far_from_ink = cv2.erode(paper.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(bool)
    sample = page[far_from_ink] if far_from_ink.sum() >= 0.1 * page.size else page[paper]
    if not sample.size:
        return True
    low, high = np.percentile(sample, (2, 98))
    return bool(high - low <= 16)


def has_dark_ink(page: np.ndarray) -> bool:
    """Say whether the ink is darker than the paper around it, under light that may change across the page."""
    survey = _survey(page)
    window = int(0.6 * min(survey.shape)) | 1
    deviation = survey.astype(np.int16) - cv2.medianBlur(survey, max(3, window))
    darkest, lightest = np.percentile(deviation, (1, 99))
    return bool(-darkest >= lightest)


def paper_under(levels: np.ndarray) -> np.ndarray:
    """Return the level that the paper would have under the dark ink.

    levels: (H, W) float32 in [0, 1]. What is left of the light after its slope is taken away is followed by a
    closing with a window wider than any stroke, so that a thick stroke is not taken for paper.
    """
    survey = cv2.medianBlur(_survey(np.rint(levels * 255).astype(np.uint8)), 3).astype(np.float32) / 255
    slope = fitted_slope(survey)
    window = max(3, int(PAPER_WINDOW * min(survey.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    rest = cv2.morphologyEx(survey - slope, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    paper = slope + cv2.GaussianBlur(rest, (0, 0), window / 6, borderType=cv2.BORDER_REPLICATE)
    return cv2.resize(paper, levels.shape[::-1], interpolation=cv2.INTER_LINEAR)


def fitted_slope(levels: np.ndarray) -> np.ndarray:
    """Return the plane that lies nearest to the paper. levels: (H, W) float32; dark ink is left out of the fit."""
    rows, columns = np.indices(levels.shape, dtype=np.float32)
    terms = np.stack([np.ones(levels.size, np.float32), rows.ravel(), columns.ravel()], axis=1)
    values = levels.ravel()
    is_paper = np.ones(values.size, bool)
    for _ in range(3):
        coefficients, *_ = np.linalg.lstsq(terms[is_paper], values[is_paper], rcond=None)
        distance = values - terms @ coefficients
        is_paper = distance >= -max(0.02, float(np.std(distance[is_paper])))
    return (terms @ coefficients).reshape(levels.shape)


def otsu_threshold(page: np.ndarray) -> float:
    """Return the level that best parts a (H, W) uint8 page in two. Source: Otsu 1979."""
    threshold, _ = cv2.threshold(page, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return threshold


def _ink_on_even_paper(page: np.ndarray) -> np.ndarray:
    """Return the distance from the paper's one level, on the side where the ink is. (H, W) float32 in [0, 1]."""
    paper = _paper_side(page)
    if paper.all():
        return np.zeros(page.shape, np.float32)
    level = np.median(page[paper])
    darker = level - page.astype(np.float32)
    return np.clip(darker if level > np.median(page[~paper]) else -darker, 0, 255) / 255


def _paper_side(page: np.ndarray) -> np.ndarray:
    """Return which pixels are on the paper's side of the threshold: most of page and rim. (H, W) bool."""
    light = page > otsu_threshold(page)
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return light if rim.mean() + light.mean() >= 1 else ~light


def stretch(ink: np.ndarray) -> np.ndarray:
    """Return the ink with paper's grain at 0 and a full stroke at 1. Raises NoInkError when there is none."""
    threshold = otsu_threshold(np.rint(ink * 255).astype(np.uint8)) / 255
    paper, strokes = ink[ink <= threshold], ink[ink > threshold]
    if not strokes.size:
        raise NoInkError
    base = float(np.median(paper))
    grain = 1.4826 * float(np.median(np.abs(paper - base)))
    full = float(np.percentile(strokes, 60))
    if full - base < max(MIN_CONTRAST, NOISE_FACTOR * grain):
        raise NoInkError
    return np.clip((ink - base - grain) / (full - base - grain), 0, 1).astype(np.float32)


def _survey(page: np.ndarray) -> np.ndarray:
    """Return a small copy of the page."""
    shrink = SURVEY_SIDE / max(page.shape)
    if shrink >= 1:
        return page
    size = (max(1, round(page.shape[1] * shrink)), max(1, round(page.shape[0] * shrink)))
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA)
