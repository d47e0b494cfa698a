"""From a page in grey to its ink: paper evened out, dark on light or light on dark alike."""

import cv2
import numpy as np

from recognizer.imaging.contrast import otsu_threshold, stretch, thinned

SURVEY_SIDE = 96
"""Paper and light vary slowly: they are surveyed on a copy of the page of this many pixels on its longer side."""
GRAINY_SIDE = 100
"""On a photo at least this large a stroke is several pixels wide, and the grain of the sensor is smoothed away."""
PAPER_WINDOW = 0.4
"""Side of the window, as a share of the page's shorter one, that the widest stroke cannot fill."""
SHADOW_DROP = 0.5
"""Beside a stroke it is lighter than in it by more than this share of the stroke's depth."""
SHADOW_SHARE = 0.35
"""Of the surroundings of a piece of ink: where more than this is dark the piece is a shadow."""


def extract_ink(page: np.ndarray) -> np.ndarray:
    """Return how much ink lies on each pixel: 0 for paper, 1 for a full stroke.

    page: (H, W) uint8. Returns (H, W) float32 in [0, 1], bright foreground.
    Raises NoInkError for a page on which nothing stands out from the paper.
    """
    return stretch(even_out(page))


def even_out(page: np.ndarray) -> np.ndarray:
    """Return how far each pixel is from the paper, on the side where the ink is. (H, W) float32 in [0, 1]."""
    sample = np.ascontiguousarray(thinned(page))
    paper = paper_side(sample)
    if has_even_paper(sample, paper):
        return _ink_on_even_paper(page, sample, paper)
    dark_on_light = page if has_dark_ink(page) else 255 - page
    if min(page.shape) >= GRAINY_SIDE:
        dark_on_light = cv2.GaussianBlur(dark_on_light, (3, 3), 0)
    survey = _survey(dark_on_light)
    levels = cv2.resize(paper_under(survey), page.shape[::-1], interpolation=cv2.INTER_LINEAR)
    np.multiply(levels, 255, out=levels)
    np.maximum(levels, 5.1, out=levels)
    np.divide(dark_on_light, levels, out=levels)
    np.subtract(1, levels, out=levels)
    np.clip(levels, 0, 1, out=levels)
    shadows = find_shadows(survey, _survey(levels))
    if shadows.any():
        levels[cv2.resize(shadows, levels.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0] = 0
    return levels


def find_shadows(levels: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Return where a change of the light was left as ink: there it is as dark beside the ink as in it.

    levels: (h, w) uint8, dark ink on light paper; ink: (h, w) float32, the same evened out. Returns (h, w) uint8.
    A stroke has light paper close by on all sides, a shadow at most on one.
    """
    darkness = np.rint(ink * 255).astype(np.uint8)
    mask = (darkness > otsu_threshold(darkness)).astype(np.uint8)
    count, labels, _, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count == 1:
        return mask
    paper = float(np.median(ink[mask == 0]))
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, labels.ravel(), cv2.blur(ink, (3, 3)).ravel())
    window = np.ones((5, 5), np.uint8)
    around = cv2.dilate(labels.astype(np.float32), window).astype(int)
    around[cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0] = 0
    wide = np.ones((7, 7), np.uint8)
    drop = (levels - cv2.erode(levels, wide)) / np.maximum(cv2.dilate(levels, wide), np.float32(1))
    is_dark = drop < SHADOW_DROP * (deepest[around] - paper)
    edge = np.bincount(around.ravel(), minlength=count)
    dark = np.bincount(around.ravel(), weights=is_dark.ravel(), minlength=count)
    is_shadow = dark > SHADOW_SHARE * edge
    is_shadow[0] = False
    return cv2.dilate(is_shadow[labels].astype(np.uint8), window)


def has_even_paper(page: np.ndarray, paper: np.ndarray) -> bool:
    """Say whether the paper is of one level, as on a drawing or a clean scan: then there is no light to even out.

    Evening out the light of such a page would hollow thick strokes. paper: (H, W) bool, as paper_side gives it.
    """
    far_from_ink = cv2.erode(paper.view(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).view(bool)
    where = far_from_ink if np.count_nonzero(far_from_ink) >= 0.1 * page.size else paper
    if not where.any():
        return True
    low, high = _quantiles(page, where, 0.02, 0.98)
    return high - low <= 16


def _quantiles(page: np.ndarray, where: np.ndarray, *shares: float) -> list[float]:
    """Return what np.quantile does of the bytes there, by counting them. page: (h, w) uint8; where: (h, w) bool."""
    counts = cv2.calcHist([page], [0], where.view(np.uint8), [256], [0, 256]).ravel()
    most = np.cumsum(counts.astype(int))
    places = [share * (int(most[-1]) - 1) for share in shares]
    below, above = (np.searchsorted(most, round_(places), "right") for round_ in (np.floor, np.ceil))
    return (below + (above - below) * np.mod(places, 1)).tolist()


def has_dark_ink(page: np.ndarray) -> bool:
    """Say whether the ink is darker than the paper around it, under light that may change across the page."""
    survey = _survey(page)
    window = int(0.6 * min(survey.shape)) | 1
    deviation = survey.astype(np.int16) - cv2.medianBlur(survey, max(3, window))
    darkest, lightest = np.percentile(deviation, (1, 99))
    return bool(-darkest >= lightest)


def paper_under(survey: np.ndarray) -> np.ndarray:
    """Return the level that the paper would have under the dark ink.

    survey: (h, w) uint8. Returns (h, w) float32 in [0, 1]. What is left of the light after its slope is taken away
    is followed by a closing with a window wider than any stroke, so that a thick stroke is not taken for paper.
    """
    survey = cv2.medianBlur(survey, 3).astype(np.float32) / 255
    slope = fitted_slope(survey)
    window = max(3, int(PAPER_WINDOW * min(survey.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    rest = cv2.morphologyEx(survey - slope, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    return slope + cv2.GaussianBlur(rest, (0, 0), window / 6, borderType=cv2.BORDER_REPLICATE)


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


def _ink_on_even_paper(page: np.ndarray, sample: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Return the distance from the paper's one level, on the side where the ink is. (H, W) float32 in [0, 1].

    sample: the page thinned; paper: which of its pixels are on the paper's side.
    """
    if paper.all():
        return np.zeros(page.shape, np.float32)
    (level,), (ink_level,) = (_quantiles(sample, where, 0.5) for where in (paper, ~paper))
    is_dark = level > ink_level
    ink = np.clip(level - np.arange(256) if is_dark else np.arange(256) - level, 0, 255).astype(np.float32) / 255
    return cv2.LUT(page, ink)


def paper_side(page: np.ndarray) -> np.ndarray:
    """Return which pixels are on the paper's side of the threshold: most of page and rim. (H, W) bool."""
    light = page > otsu_threshold(page)
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return light if rim.mean() + np.count_nonzero(light) / light.size >= 1 else ~light


def _survey(page: np.ndarray) -> np.ndarray:
    """Return a small copy of the page."""
    shrink = SURVEY_SIDE / max(page.shape)
    if shrink >= 1:
        return page
    size = (max(1, round(page.shape[1] * shrink)), max(1, round(page.shape[0] * shrink)))
    step = max(1, int(0.2 / shrink))  # an average of five pixels each way is enough
    page = np.ascontiguousarray(page[::step, ::step])
    return cv2.resize(page, size, interpolation=cv2.INTER_AREA)
