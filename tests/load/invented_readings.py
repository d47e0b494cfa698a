"""What a network might say of marks that nobody drew: right about as often as it is sure."""

import numpy as np

NOT_A_DIGIT = 10
MISTAKEN_FOR = (6, 7, 3, 5, 9, 3, 0, 1, 3, 4, 1)
"""What each digit, and a mark that is none, is most often taken for."""
NOT_A_DIGIT_SHARE = 0.05


def invent(n: int, place: float, rng: np.random.Generator) -> tuple[np.ndarray, list[dict]]:
    """Return n true classes and what the network says of each: right as often as it is sure."""
    truths = np.where(rng.random(n) < NOT_A_DIGIT_SHARE, NOT_A_DIGIT, rng.integers(0, 10, n))
    sureness = 1 - 0.5 * rng.beta(0.16, 2 - 0.5 * place, n)
    usual = rng.random(n) < 0.7
    mistakes = np.where(usual, np.array(MISTAKEN_FOR)[truths], (truths + rng.integers(1, 11, n)) % 11)
    values = np.where(rng.random(n) < sureness, truths, mistakes)
    return truths, [_said(int(value), float(sure)) for value, sure in zip(values, sureness, strict=True)]


def _said(value: int, sure: float) -> dict:
    """Return the fields of a prediction that takes a mark for this, so surely (0.5 to 1)."""
    is_digit = value != NOT_A_DIGIT
    digit = value if is_digit else 0
    confidence = round(min(sure, 0.9999), 6)
    rest = (1 - confidence) / 9
    verdict = ("digit" if confidence >= 0.9 else "unsure") if is_digit else "not_a_digit"
    return {
        "probabilities": [confidence if d == digit else rest for d in range(10)],
        "none_probability": 0.001 if is_digit else confidence,
        "digit": digit,
        "runner_up": (digit + 1) % 10,
        "confidence": confidence,
        "verdict": verdict,
    }


def _pixels() -> list[bytes]:
    """Return a glyph of each digit, and a stroke that is none."""
    from recognizer.imaging.normalization import normalize
    from tests.pictures import page_with

    pages = [page_with(str(digit)) for digit in range(10)]
    stroke = np.full_like(pages[0], 255)
    stroke[120:160, 60:220] = 0
    return [normalize((255 - page).astype(np.float32) / 255).tobytes() for page in (*pages, stroke)]


PIXELS = _pixels()
"""A glyph of each digit, and of a stroke that is none, as the database keeps them."""
