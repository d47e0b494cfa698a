"""Weights over a plane as small PNG files. The colours are told apart by colour-blind people too, on light and dark."""

import cv2
import numpy as np

from recognizer.imaging.encoding import encode_png

FOR = (0, 159, 230)
"""The colour of what is above zero, as blue, green, red: orange..."""
AGAINST = (233, 180, 86)
"""... and of what is below: sky blue. Source: Okabe and Ito 2002."""


def encode_heat(weights: np.ndarray) -> bytes:
    """Return weights from dark violet, at zero and below, by red to yellow at the largest. weights: (h, w) float."""
    return _encoded(cv2.applyColorMap(_as_bytes(weights, float(weights.max(initial=0))), cv2.COLORMAP_INFERNO))


def encode_signed(weights: np.ndarray) -> bytes:
    """Return weights in orange above zero and in blue below it, black at zero. weights: (h, w) float."""
    largest = float(np.abs(weights).max(initial=0))
    parts = ((weights, FOR), (-weights, AGAINST))
    colours = sum(_as_bytes(part, largest)[..., None] / 255 * np.array(colour) for part, colour in parts)
    return _encoded(np.rint(colours).astype(np.uint8))


def encode_strength(weights: np.ndarray, largest: float) -> bytes:
    """Return weights from black at zero to white at the largest, which may be that of several maps together."""
    return encode_png(_as_bytes(weights, largest))


def _as_bytes(weights: np.ndarray, largest: float) -> np.ndarray:
    """Return weights as (h, w) uint8, 255 at the largest, 0 at zero and below."""
    if largest <= 0:
        return np.zeros(weights.shape, np.uint8)
    return np.rint(np.clip(weights / largest, 0, 1) * 255).astype(np.uint8)


def _encoded(colours: np.ndarray) -> bytes:
    """Return a PNG. colours: (h, w, 3) uint8 as blue, green, red."""
    _, data = cv2.imencode(".png", colours)
    return data.tobytes()
