"""From pixels to the PNG files that are kept and shown: our own encoding, without metadata."""

import cv2
import numpy as np

THUMBNAIL_SIDE = 160


def encode_png(image: np.ndarray) -> bytes:
    """Return a grey PNG. image: (H, W) uint8."""
    encoded, data = cv2.imencode(".png", image)
    if not encoded:
        raise ValueError(f"An array of shape {image.shape} and type {image.dtype} is no grey picture.")
    return data.tobytes()


def encode_thumbnail(page: np.ndarray) -> bytes:
    """Return a grey PNG of at most THUMBNAIL_SIDE pixels a side. page: (H, W) uint8."""
    shrink = THUMBNAIL_SIDE / max(page.shape)
    if shrink < 1:
        size = (max(1, round(page.shape[1] * shrink)), max(1, round(page.shape[0] * shrink)))
        page = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    return encode_png(page)
