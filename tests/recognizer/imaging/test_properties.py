"""What holds of decoding and normalization whatever they are given."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from recognizer.imaging.decoding import FORMATS, MAX_PAGE_SIDE, MAX_PIXELS, decode
from recognizer.imaging.errors import NoInkError, PictureError
from recognizer.imaging.normalization import BOX, SIZE, boxed, normalize
from tests.load.hostile.pictures import swollen_pictures
from tests.own_site import ROOT
from tests.pictures import encoded, page_with

GOOD = {file_format: encoded(page_with("7", side=60, pen=5), file_format) for file_format in FORMATS}
BEGINNINGS = [data[:length] for data in GOOD.values() for length in (4, 12, 26, 40)]

thorough = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
pages = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=60))
inks = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=80), elements=st.floats(0, 1, width=32))


@st.composite
def damaged_pictures(draw) -> bytes:
    """Draw a picture file of a supported format in which some bytes were changed, taken out, doubled or put in."""
    data = bytearray(GOOD[draw(st.sampled_from(FORMATS))])
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["change", "cut", "double", "put in", "end"])):
            case "change" if data:
                data[place] = draw(st.integers(0, 255))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case "double":
                data[place:place] = data[place : place + draw(st.integers(1, 40))]
            case "put in":
                data[place:place] = draw(st.binary(max_size=12))
            case "end":
                del data[place:]
    return bytes(data)


def page_or_refusal(data: bytes) -> None:
    """Check that the bytes are a page of a size that is taken, or refused by an error that callers know."""
    try:
        decoded = decode(data)
    except PictureError:
        return
    assert decoded.page.dtype == np.uint8
    assert decoded.page.ndim == 2
    assert 1 <= min(decoded.page.shape) <= max(decoded.page.shape) <= MAX_PAGE_SIDE


@thorough
@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_refused(data):
    page_or_refusal(data)


@thorough
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200))
def test_what_begins_as_a_picture_and_goes_on_as_anything_is_a_page_or_refused(beginning, rest):
    page_or_refusal(beginning + rest)


@thorough
@given(damaged_pictures())
def test_a_damaged_picture_is_a_page_or_refused(data):
    page_or_refusal(data)


def test_no_picture_costs_more_memory_than_its_pixels_in_colour(tmp_path):
    """The highest that memory rises to is asked of a process of its own, which has decoded a small picture before."""
    paths = [tmp_path / str(number) for number in range(1 + len(swollen_pictures()))]
    for path, data in zip(paths, [GOOD["PNG"], *swollen_pictures()], strict=True):
        path.write_bytes(data)
    program = (
        "import resource, sys; from pathlib import Path; from recognizer.imaging import decoding, errors\n"
        "for path in sys.argv[1:]:\n"
        "    try: decoding.decode(Path(path).read_bytes())\n"
        "    except errors.PictureError: pass\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    )

    done = subprocess.run([sys.executable, "-c", program, *paths], cwd=ROOT, capture_output=True, text=True)

    before, *after = map(int, done.stdout.split())
    assert len(after) == len(swollen_pictures())
    assert max(after) - before < 8 * MAX_PIXELS


@thorough
@given(pages, st.sampled_from([("PNG", {}), ("BMP", {}), ("GIF", {}), ("WEBP", {"lossless": True})]))
def test_a_grey_picture_that_lost_nothing_is_the_page(page, written):
    file_format, options = written

    decoded = decode(encoded(page, file_format, **options))

    assert np.array_equal(decoded.page, page)
    assert (decoded.width, decoded.height) == page.shape[::-1]


@thorough
@given(inks)
def test_any_ink_is_a_glyph_or_none(ink):
    if ink.max() <= 0.3:
        with pytest.raises(NoInkError):
            normalize(ink)
        return
    glyph = normalize(ink)

    assert glyph.shape == (SIZE, SIZE)
    assert glyph.dtype == np.uint8
    assert glyph.any()


@thorough
@given(inks)
def test_no_ink_is_lost_on_the_canvas(ink):
    if ink.max() <= 0.3:
        return

    in_box = boxed(ink)

    assert max(in_box.shape) == BOX
    assert normalize(ink).sum() / 255 == pytest.approx(in_box.sum(), abs=0.5 * in_box.size / 255 + 1e-3)


@thorough
@given(inks, st.tuples(*[st.integers(0, 30)] * 4))
def test_where_the_ink_lies_changes_nothing(ink, margins):
    above, below, left, right = margins
    ink = np.where(ink > 0.3, ink, 0)
    if not ink.any():
        return

    assert np.array_equal(normalize(np.pad(ink, ((above, below), (left, right)))), normalize(ink))
