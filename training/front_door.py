"""Glyphs that came in by the front door: drawn pages, taken apart by the site's own imaging, labelled by the truth."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
from tqdm import tqdm

from recognizer.imaging.candidates import Candidate, find_candidates
from recognizer.imaging.errors import PictureError
from recognizer.imaging.segmentation import find_marks
from recognizer.inference.artifacts import NOT_A_DIGIT
from training.mnist import Examples
from training.pages import Page, draw_page
from training.progress import Told
from training.writers import Writers

WHOLE = 0.86
"""A glyph with this share of a mark's ink shows the mark."""
FRAGMENT = (0.2, 0.7)
"""With a share between these it shows a fragment, which is no digit unless it looks like one."""
NARROW = 0.45
"""A fragment narrower than this times its height may be a perfect 1."""
FEW_FOREIGN, MANY_FOREIGN = 0.14, 0.25
"""Of a glyph's ink that belongs to other marks: with less it shows one mark, with more several in one."""
MOST_PRINT = 0.4
"""Of a digit's glyph: ink that belongs to no mark, as points and rules; with more it is not said what it shows."""
MOSTLY_PRINT = 0.75
"""With this much a glyph shows no digit."""
CLEAR = 0.45
NEGATIVES_KEPT = 0.7
"""For each digit: numbers give many more ways to cut them wrongly than rightly."""
CHUNK = 500
"""Pages drawn in one go, from a random stream of their own."""


def collect(writers: Writers, pages: int, seed: list[int], title: str, told: Told = lambda done: None) -> Examples:
    """The labelled glyphs of so many pages, the same for the same seed on any number of cores.

    told: is given how much of them is drawn, in [0, 1], after each chunk.
    """
    chunks = [(min(CHUNK, pages - start), [*seed, start]) for start in range(0, pages, CHUNK)]
    with tqdm(total=pages, desc=title, unit="page", mininterval=1) as bar:
        if len(chunks) == 1:
            found = [_collect_chunk(writers, *chunk) for chunk in chunks]
            bar.update(pages)
        else:
            found = []
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(os.cpu_count(), context, _begin_work, (writers,)) as pool:
                for chunk, glyphs in zip(chunks, pool.map(_work, chunks), strict=True):
                    found.append(glyphs)
                    bar.update(chunk[0])
                    told(len(found) / len(chunks))
    glyphs = [glyph for chunk in found for glyph in chunk]
    examples = Examples(
        np.array([pixels for pixels, _ in glyphs], np.uint8).reshape(-1, 28, 28),
        np.array([label for _, label in glyphs], np.uint8),
    )
    return _with_fewer_negatives(examples, np.random.default_rng(seed))


def glyphs_of(page: Page) -> list[tuple[np.ndarray, int]]:
    """What the imaging makes of a page: glyphs (28, 28) uint8, each with its label; doubtful ones are left out."""
    try:
        candidates = [candidate for line in find_candidates(find_marks(page.picture)) for candidate in line]
    except PictureError:
        return []
    labelled = [(candidate.pixels, label_of(candidate, page)) for candidate in candidates]
    return [(pixels, label) for pixels, label in labelled if label is not None]


def label_of(candidate: Candidate, page: Page) -> int | None:
    """What a glyph truly shows: a digit, NOT_A_DIGIT, or None when that cannot be said."""
    inked = _ink_by_owner(candidate, page)
    total, owned = int(inked.sum()), int(inked[1:].sum())
    height, width = candidate.mark.ink.shape
    is_wide = width > NARROW * height
    if owned <= (1 - MOSTLY_PRINT) * total:
        return NOT_A_DIGIT if total and is_wide and not candidate.cuts else None  # a rule has many parts, all alike
    main = int(inked[1:].argmax())
    share = _covered(candidate, page, main + 1) / page.sizes[main]
    foreign = (owned - inked[1 + main]) / total
    if share >= WHOLE and foreign <= FEW_FOREIGN:
        return page.labels[main] if inked[0] <= MOST_PRINT * total else None
    if share >= WHOLE or is_wide:
        if foreign > MANY_FOREIGN or page.labels[main] == NOT_A_DIGIT:
            return NOT_A_DIGIT
        if FRAGMENT[0] <= share <= FRAGMENT[1]:
            return NOT_A_DIGIT
    return None


def _ink_by_owner(candidate: Candidate, page: Page) -> np.ndarray:
    """How many pixels of a glyph belong to no mark, and to each of the page's marks: (1 + marks,) int.

    Ink just beside a mark is the mark's.
    """
    mark = candidate.mark
    places = []
    for start, length, side in zip((mark.top, mark.left), mark.ink.shape, page.owners.shape, strict=True):
        places.append(np.minimum(((start + np.arange(length) + 0.5) / mark.zoom).astype(int), side - 1))
    owners = np.where(page.owners, page.owners, cv2.dilate(page.owners, np.ones((3, 3), np.uint8)))
    return np.bincount(owners[np.ix_(*places)][mark.ink > CLEAR], minlength=len(page.labels) + 1)


def _covered(candidate: Candidate, page: Page, owner: int) -> int:
    """How many pixels of the page that belong to the owner lie under the glyph's ink or beside it.

    Imaging makes strokes thinner than they were: to count the glyph's own pixels would call a whole digit a part.
    """
    mark = candidate.mark
    top, left = int(mark.top / mark.zoom), int(mark.left / mark.zoom)
    height, width = (max(1, round(side / mark.zoom)) for side in mark.ink.shape)
    ink = cv2.resize((mark.ink > CLEAR).astype(np.uint8) * 255, (width, height), interpolation=cv2.INTER_AREA)
    under = cv2.dilate(cv2.copyMakeBorder(ink, 2, 2, 2, 2, cv2.BORDER_CONSTANT), np.ones((3, 3), np.uint8)) > 0
    owners = cv2.copyMakeBorder(page.owners, 2, height + 4, 2, width + 4, cv2.BORDER_CONSTANT)
    window = owners[top : top + height + 4, left : left + width + 4]
    return int(np.count_nonzero((window == owner) & under))


def _with_fewer_negatives(examples: Examples, rng: np.random.Generator) -> Examples:
    negatives = np.flatnonzero(examples.labels == NOT_A_DIGIT)
    spare = max(0, len(negatives) - round(NEGATIVES_KEPT * (len(examples) - len(negatives))))
    kept = np.ones(len(examples), bool)
    kept[rng.permutation(negatives)[:spare]] = False
    return examples.take(kept)


_writers: Writers


def _begin_work(writers: Writers) -> None:
    """Make a process ready to draw pages."""
    global _writers
    _writers = writers
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that it draws for has ended without telling it, as when killed."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _work(chunk: tuple[int, list[int]]) -> list[tuple[np.ndarray, int]]:
    return _collect_chunk(_writers, *chunk)


def _collect_chunk(writers: Writers, pages: int, seed: list[int]) -> list[tuple[np.ndarray, int]]:
    rng = np.random.default_rng(seed)
    return [glyph for _ in range(pages) for glyph in glyphs_of(draw_page(writers, rng))]
