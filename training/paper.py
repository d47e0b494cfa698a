"""Paper, what is printed on it, and the camera, scanner or drawing program that made the picture."""

import cv2
import numpy as np


def blank_paper(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Paper under some light: (H, W) float32, 0.3 to 1. Half of all papers are even."""
    level = rng.uniform(0.75, 1.0) if rng.random() < 0.7 else rng.uniform(0.5, 0.8)
    paper = np.full(shape, level, np.float32)
    if rng.random() < 0.5:
        return paper
    across = _slope(shape, rng) * rng.uniform(0, 0.3)
    if rng.random() < 0.3:
        across += _clouds(shape, 2, rng) * rng.uniform(0, 0.2)
    if rng.random() < 0.5:
        across += _clouds(shape, int(rng.integers(8, 40)), rng) * rng.uniform(0, 0.06)
    return np.clip(paper * (1 - across), 0.3, 1)


def print_pattern(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """What cheques and squared paper are printed with: (H, W) float32, above 0 where there is print."""
    kind = rng.integers(6)
    rows, columns = np.indices(shape, dtype=np.float32)
    if kind == 0:  # squared paper
        return _grid(shape, rng.uniform(14, 50), rng)
    if kind == 1:  # waves
        wave = rng.uniform(1, 8) * np.sin(columns * rng.uniform(0.03, 0.2) + rng.uniform(0, 6))
        return _thin_stripes(rows + wave + columns * rng.uniform(-0.3, 0.3), rng)
    if kind == 2:  # hatching
        slope = rng.uniform(-1.5, 1.5)
        return _thin_stripes(rows + slope * columns, rng)
    if kind == 3:  # crossed hatching
        slope, period = rng.uniform(0.3, 1.5), rng.uniform(4, 14)
        return np.maximum(
            _thin_stripes(rows + slope * columns, rng, period), _thin_stripes(rows - slope * columns, rng, period)
        )
    if kind == 4:  # guilloche
        centre = rng.uniform(-1, 2, 2) * shape
        distance = np.hypot(rows - centre[0], (columns - centre[1]) * rng.uniform(0.3, 1))
        other = np.hypot(rows - centre[1], columns - centre[0])
        return np.maximum(_thin_stripes(distance, rng), _thin_stripes(other, rng) * (rng.random() < 0.5))
    dots = _grid(shape, rng.uniform(4, 9), rng, dotted=True)  # halftone
    return dots


def print_rules(shape: tuple[int, int], baseline: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """Lines of a form: rules to write on, or a box around the writing. (H, W) float32, 0 to 1.

    baseline: row that the writing stands on. height: of the digits, in pixels.
    """
    rules = np.zeros(shape, np.uint8)
    thickness = int(rng.integers(1, 4))
    if rng.random() < 0.6:
        tilt = rng.uniform(-0.02, 0.02) * shape[1]
        row = baseline + rng.normal(0.06, 0.08) * height
        for step in range(int(rng.integers(1, 3))):
            level = row - step * height * rng.uniform(1.1, 1.5)
            _line(rules, (-2, level - tilt), (shape[1] + 2, level + tilt), thickness)
    else:
        top, bottom = rng.uniform(0, 0.12, 2) * shape[0]
        left, right = rng.uniform(0, 0.12, 2) * shape[1]
        over = height * rng.uniform(-0.05, 0.4)
        for row in (top, shape[0] - 1 - bottom):
            _line(rules, (left - over, row), (shape[1] - right + over, row), thickness)
        for column in (left, shape[1] - 1 - right):
            _line(rules, (column, top - over), (column, shape[0] - bottom + over), thickness)
    return rules.astype(np.float32) / 255


def take_picture(page: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a camera or scanner makes of a page: blurred, noisy, compressed. (H, W) uint8 from float32 in [0, 1]."""
    if rng.random() < 0.5:
        page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.4, 1.2) * min(1.0, min(page.shape) / 60))
    if rng.random() < 0.5:
        page = page + rng.standard_normal(page.shape, np.float32) * np.float32(rng.uniform(0.003, 0.035))
    if rng.random() < 0.3:
        page = np.clip(page, 0, 1) ** np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    picture = (np.clip(page, 0, 1) * 255 + 0.5).astype(np.uint8)
    if rng.random() < 0.4 and min(page.shape) > 24:
        _, coded = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))))
        picture = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return picture


def texture(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """What a picture shows that has nothing to do with writing: (H, W) float32 in [0, 1]."""
    clouds = sum(_clouds(shape, cells, rng) / cells**0.5 for cells in (2, 5, 12, 30)[: rng.integers(1, 5)])
    clouds = (clouds - clouds.min()) / max(1e-6, np.ptp(clouds))
    if rng.random() < 0.5:
        clouds = np.clip((clouds - rng.uniform(0.3, 0.7)) * rng.uniform(2, 20) + 0.5, 0, 1)
    return clouds.astype(np.float32)


def _slope(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    across = np.add.outer(np.linspace(0, rng.uniform(0, 1), shape[0]), np.linspace(0, rng.uniform(0, 1), shape[1]))
    return across[:: rng.choice([-1, 1]), :: rng.choice([-1, 1])].astype(np.float32)


def _clouds(shape: tuple[int, int], cells: int, rng: np.random.Generator) -> np.ndarray:
    coarse = rng.random((cells + 1, cells + 1), np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _thin_stripes(phase: np.ndarray, rng: np.random.Generator, period: float = 0) -> np.ndarray:
    period = period or rng.uniform(3, 14)
    return np.clip(np.cos(phase * (2 * np.pi / period)) * rng.uniform(1, 3), 0, 1).astype(np.float32)


def _grid(shape: tuple[int, int], period: float, rng: np.random.Generator, dotted: bool = False) -> np.ndarray:
    rows, columns = (np.arange(side) + rng.uniform(0, period) for side in shape)
    width = 1.0 if not dotted else 0.45 * period
    on_row, on_column = ((place % period < width).astype(np.float32) for place in (rows, columns))
    return np.minimum.outer(on_row, on_column) if dotted else np.maximum.outer(on_row, on_column)


def _line(canvas: np.ndarray, start: tuple[float, float], end: tuple[float, float], thickness: int) -> None:
    start, end = (tuple(round(16 * place) for place in point) for point in (start, end))
    cv2.line(canvas, start, end, 255, thickness, cv2.LINE_AA, 4)
