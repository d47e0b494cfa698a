"""Many pages read together: each as if it were read alone."""

from dataclasses import replace

import numpy as np
import pytest

from recognizer import registry
from recognizer.imaging.decoding import DecodedPicture, decode
from recognizer.imaging.errors import NoInkError, UnreadablePictureError
from recognizer.inference import reading as reading_module
from recognizer.inference.predictor import Predictor
from recognizer.inference.reading import Reading, read_page, read_pages
from tests.pictures import encoded, page_with, png_of

BLANK = DecodedPicture(np.full((60, 60), 255, np.uint8), 60, 60)


class CountingNetwork:
    """Answers every glyph by what is on it, and keeps how many it was shown at once."""

    def __init__(self) -> None:
        self.shown: list[int] = []

    def __call__(self, glyphs: np.ndarray) -> np.ndarray:
        self.shown.append(len(glyphs))
        logits = np.zeros((len(glyphs), 11), np.float32)
        logits[:, :10] = glyphs.reshape(len(glyphs), 28, 28)[:, 4:24:2, 14]
        return logits * 9


@pytest.fixture
def network() -> CountingNetwork:
    return CountingNetwork()


@pytest.fixture
def predictor(network) -> Predictor:
    return Predictor(network, 1.0, 0.9, 0.5)


def told(reading: Reading) -> list[tuple]:
    """Return all that a reading says, as what can be compared."""
    return [
        (
            glyph.box,
            glyph.pixels.tobytes(),
            glyph.prediction.probabilities.tobytes(),
            glyph.prediction.none_probability,
            glyph.prediction.verdict,
        )
        for glyph in reading.glyphs
    ]


PAGES = [decode(png_of(text, side=side)) for text, side in (("7", 280), ("402", 200), ("1", 90), ("98", 140))]


def test_each_page_is_read_as_it_is_alone(predictor):
    together = read_pages(PAGES, predictor)

    assert [told(reading) for reading in together] == [told(read_page(page, predictor)) for page in PAGES]


def test_the_network_runs_once_over_all_pages(predictor, network):
    read_pages(PAGES, predictor)

    assert len(network.shown) == 1


def test_it_is_shown_no_more_than_so_many_glyphs_at_once(predictor, network):
    together = read_pages(PAGES, predictor, at_once=2)

    assert set(network.shown) <= {1, 2}
    assert [told(reading) for reading in together] == [told(read_page(page, predictor)) for page in PAGES]


def test_a_page_that_is_refused_does_no_harm_to_the_others(predictor):
    first, blank, last = read_pages([PAGES[0], BLANK, PAGES[1]], predictor)

    assert isinstance(blank, NoInkError)
    assert [told(first), told(last)] == [told(read_page(page, predictor)) for page in PAGES[:2]]


def test_a_fault_of_ours_in_one_page_does_no_harm_to_the_others(predictor, monkeypatch, caplog):
    find_marks = reading_module.find_marks
    monkeypatch.setattr(reading_module, "find_marks", lambda page: 1 / 0 if page is PAGES[1].page else find_marks(page))

    readings = read_pages(PAGES, predictor)

    assert isinstance(readings[1], UnreadablePictureError)
    assert all(isinstance(readings[n], Reading) for n in (0, 2, 3))
    assert "ZeroDivisionError" in caplog.text


def test_no_pages_are_no_readings(predictor, network):
    assert read_pages([], predictor) == []
    assert isinstance(read_pages([BLANK], predictor)[0], NoInkError)
    assert network.shown == []


@pytest.mark.parametrize("kind", ["cnn", "mlp", "numpy_mlp"])
def test_the_real_networks_say_the_same_of_pages_together_and_alone(real_network, kind):
    predictor = registry.get_model(kind).predictor
    pages = [decode(encoded(page_with(text, side=160))) for text in ("7", "402", "1", "98", "365")]

    for alone, together in zip(
        [read_page(page, predictor) for page in pages], read_pages(pages, predictor), strict=True
    ):
        assert (alone.text, alone.verdict) == (together.text, together.verdict)
        for one, other in zip(alone.glyphs, together.glyphs, strict=True):
            assert (one.box, one.prediction.verdict) == (other.box, other.prediction.verdict)
            assert (one.pixels == other.pixels).all()
            # Arithmetic on several glyphs at once rounds otherwise in the seventh decimal of a logit.
            assert one.prediction.probabilities == pytest.approx(other.prediction.probabilities, abs=1e-6)


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        (["digit", "digit"], "digit"),
        (["digit", "unsure", "not_a_digit"], "unsure"),
        (["digit", "not_a_digit"], "digit"),
        (["not_a_digit"], "not_a_digit"),
    ],
)
def test_the_verdict_on_a_page_is_that_on_its_least_sure_digit(predictor, verdicts, verdict):
    glyph = read_page(PAGES[0], predictor).glyphs[0]
    glyphs = [replace(glyph, prediction=replace(glyph.prediction, verdict=one)) for one in verdicts]

    assert Reading(glyphs).verdict == verdict
