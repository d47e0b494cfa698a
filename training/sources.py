"""What a run learns from and is judged by: MNIST's digits dealt out, and pages by the writers of each part."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recognizer import imaging
from training.examples import NO_GLYPHS, Mixture, Sources
from training.front_door import collect
from training.mnist import Examples, split
from training.progress import Told
from training.typefaces import Typeface, typefaces
from training.writers import Writers

VALIDATION_SIZE = 5000
VALIDATION_PAGES = 1.5
"""For each validation digit."""
EVERY_SIXTH = 6
"""Typeface is kept for validation."""
DRAWING = [
    "framing",
    "front_door",
    "hands",
    "letterforms",
    "negatives",
    "pages",
    "paper",
    "strokes",
    "typefaces",
    "writers",
]
"""The modules that decide, besides the site's imaging, which glyphs come of pages."""
MANY_PAGES = 5000
"""Fewer are quickly drawn anew."""


@dataclass(frozen=True)
class Gathered:
    """Sources for training and for validation, without a writer in common."""

    train: Sources
    validation: Sources
    typefaces: list[Typeface]
    """Of both."""
    split_seed: int
    """By which MNIST's training digits were dealt out."""


def gather(
    examples: Examples,
    mixture: Mixture,
    seed: int,
    kept: Path | None = None,
    corrections: Examples = NO_GLYPHS,
    told: Told = lambda done: None,
    split_seed: int | None = None,
) -> Gathered:
    """Training and validation sources, the same for the same seed.

    examples: MNIST's training digits. Validation is done on pages even when none are learnt from. kept: folder in which
    the glyphs of many pages are kept for the next run that wants the same. corrections: to learn from.
    told: is given how much of the pages is drawn, in [0, 1]. split_seed: deals out the digits, the seed if not said.
    Raises FontsMissingError.
    """
    size = min(VALIDATION_SIZE, len(examples) // 6)
    split_seed = seed if split_seed is None else split_seed
    train, validation = split(examples, size, np.random.default_rng([split_seed, 0]))
    faces = typefaces() if mixture.fonts else []
    learnt, held_out = [face for place, face in enumerate(faces) if place % EVERY_SIXTH], faces[::EVERY_SIXTH]
    pages, held_out_pages = round(mixture.pages * len(train)), round(VALIDATION_PAGES * size)
    share = pages / (pages + held_out_pages)
    learnt_glyphs = _collect(
        Writers(train, learnt, mixture.hands),
        pages,
        [seed, 5],
        "pages to learn from",
        kept,
        lambda done: told(share * done),
    )
    held_out_glyphs = _collect(
        Writers(validation, held_out),
        held_out_pages,
        [seed, 6],
        "pages to be judged by",
        kept,
        lambda done: told(share + (1 - share) * done),
    )
    return Gathered(Sources(train, learnt_glyphs, corrections), Sources(validation, held_out_glyphs), faces, split_seed)


def _collect(writers: Writers, pages: int, seed: list[int], title: str, kept: Path | None, told: Told) -> Examples:
    """The glyphs of so many pages, read from where they were kept if nothing that makes them has changed."""
    if not pages:
        return NO_GLYPHS
    if kept is None or pages < MANY_PAGES:
        return collect(writers, pages, seed, title, told)
    path = kept / f"{_fingerprint(writers, pages, seed)}.npz"
    if path.exists():
        with np.load(path) as file:
            return Examples(file["glyphs"], file["labels"])
    examples = collect(writers, pages, seed, title, told)
    kept.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        np.savez_compressed(file, glyphs=examples.glyphs, labels=examples.labels)
    draft.replace(path)
    return examples


def _fingerprint(writers: Writers, pages: int, seed: list[int]) -> str:
    """What the glyphs depend on, in hexadecimal: the writers, the seed, and the code that draws and takes apart."""
    digest = hashlib.sha256(repr((pages, seed, writers.with_hands, writers.typefaces)).encode())
    digest.update(np.ascontiguousarray(writers.mnist.glyphs))
    digest.update(np.ascontiguousarray(writers.mnist.labels))
    drawing = [Path(__file__).with_name(f"{name}.py") for name in DRAWING]
    for module in [*drawing, *sorted(Path(imaging.__file__).parent.glob("*.py"))]:
        digest.update(module.read_bytes())
    return digest.hexdigest()[:16]
