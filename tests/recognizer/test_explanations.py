"""Why a mark was read as it was: made on demand, kept, and left out where something is missing."""

import threading

import numpy as np
import pytest

from recognizer import explanations
from recognizer.explanations import look_of, predictions_beside, steps_of
from recognizer.inference.attribution import Attribution
from recognizer.models import Glyph, ModelVersion, Prediction
from recognizer.recognition import recognize
from tests.pictures import png_of
from tests.recognizer.rows import make_version, prediction_fields


class StubExplainer:
    """Says that the upper left speaks for 7, nothing for 9 and everything for the rest."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, glyph: np.ndarray) -> Attribution:
        self.calls += 1
        maps = np.ones((11, 28, 28), np.float32)
        maps[9] = -1
        maps[7] = 0
        maps[7, :10, :10] = 1
        return Attribution("grad_cam", maps, np.zeros((30, 3, 3)), np.arange(30.0)[:, None, None] * np.ones((28, 28)))


@pytest.fixture
def explainer(monkeypatch) -> StubExplainer:
    """Put a stub in the place of every network that explains."""
    stub = StubExplainer()
    monkeypatch.setattr(explanations.registry, "registered_artifact", lambda version: version)
    monkeypatch.setattr(explanations, "load_explainer", lambda artifact: stub)
    monkeypatch.setattr(explanations, "_explainers", {})
    return stub


def glyph_of(picture) -> Glyph:
    return picture.glyphs.get()


def test_a_reading_works_none_of_it_out(client, network, visitor, explainer, monkeypatch):
    monkeypatch.setattr(explanations, "steps_of_mark", lambda *_: pytest.fail("The steps were worked out."))

    picture = recognize(png_of("7"), owner=visitor, source="draw")
    assert client.get(picture.get_absolute_url()).status_code == 200

    assert explainer.calls == 0


def test_the_steps_end_with_what_was_read(picture):
    steps = steps_of(glyph_of(picture))

    assert [step.name for step in steps] == ["page", "ink", "alone", "boxed", "centred"]
    assert all(step.png.startswith(b"\x89PNG") for step in steps)


def test_a_look_tells_of_the_answer_the_runner_up_and_no_digit(network, visitor, explainer):
    network.says(7, runner_up=9)
    glyph = glyph_of(recognize(png_of("7"), owner=visitor, source="draw"))

    look = look_of(glyph, glyph.answer)

    assert (look.said.value, look.said.place) == (7, ("top", "left"))
    assert (look.other.value, look.other.place) == (9, None)
    assert (look.none.value, look.unit_count, len(look.units)) == (10, 30, 20)
    assert look.units[0].answer != look.units[19].answer


def test_what_is_no_digit_is_told_beside_the_likeliest_one(network, visitor, explainer):
    network.says(10, runner_up=3)
    glyph = glyph_of(recognize(png_of("7"), owner=visitor, source="draw"))

    look = look_of(glyph, glyph.answer)

    assert (look.said.value, look.other.value, look.none) == (10, 3, None)


def test_what_was_made_is_kept(picture, explainer, monkeypatch):
    glyph = glyph_of(picture)
    first = steps_of(glyph), look_of(glyph, glyph.answer)
    monkeypatch.setattr(explanations, "steps_of_mark", lambda *_: pytest.fail("The steps were worked out again."))

    again = steps_of(glyph), look_of(glyph, glyph.answer)

    assert again == first
    assert explainer.calls == 1


def test_what_another_version_saw_is_another_thing(picture, explainer):
    glyph = glyph_of(picture)
    look_of(glyph, glyph.answer)
    other = make_version("mlp", sha256="1" * 64)
    prediction = Prediction.objects.create(glyph=glyph, model_version=other, is_primary=False, **prediction_fields(7))

    look_of(glyph, prediction)

    assert explainer.calls == 2


def test_a_network_is_loaded_once(picture, other_picture, monkeypatch):
    loaded = []
    monkeypatch.setattr(explanations, "load_explainer", lambda artifact: loaded.append(artifact) or StubExplainer())
    monkeypatch.setattr(explanations, "_explainers", {})

    for shown in (picture, other_picture):
        look_of(glyph_of(shown), glyph_of(shown).answer)

    assert len(loaded) == 1


def test_nobody_waits_for_what_another_fetches_from_the_bucket(picture, explainer, monkeypatch):
    glyph, told = glyph_of(picture), []
    here, in_bucket = (make_version("mlp", name, "retired", sha256=f"{name:>064}") for name in "12")

    def ask(version: ModelVersion) -> None:
        told.append((version, look_of(glyph, Prediction(glyph=glyph, model_version=version, **prediction_fields(7)))))

    def artifact(version: ModelVersion) -> ModelVersion:
        if version == in_bucket:  # while it is fetched, somebody else asks
            other = threading.Thread(target=ask, args=(here,), daemon=True)
            other.start()
            other.join(timeout=20)
            told.append((version, "fetched"))
        return version

    monkeypatch.setattr(explanations.registry, "registered_artifact", artifact)
    ask(in_bucket)

    assert [version for version, _ in told] == [here, in_bucket, in_bucket]


def test_only_a_few_networks_are_held_ready(picture, explainer, monkeypatch):
    glyph = glyph_of(picture)
    for number in range(explanations.MOST_EXPLAINERS + 2):
        version = make_version("mlp", str(number), "retired", sha256=f"{number:064}")
        look_of(glyph, Prediction(glyph=glyph, model_version=version, **prediction_fields(7)))

    assert len(explanations._explainers) == explanations.MOST_EXPLAINERS


def test_without_its_file_a_picture_has_no_steps(picture):
    picture.image.storage.delete(picture.image.name)

    assert steps_of(glyph_of(picture)) is None


def test_a_file_that_is_no_picture_any_more_has_no_steps(picture, settings):
    (settings.MEDIA_ROOT / picture.image.name).write_bytes(b"scratched")

    assert steps_of(glyph_of(picture)) is None


def test_a_mark_that_would_be_found_otherwise_today_has_no_steps(picture):
    Glyph.objects.update(pixels=bytes(783) + b"\xff")

    assert steps_of(glyph_of(picture)) is None


def test_a_version_that_is_gone_shows_no_look(real_network, visitor):
    picture = recognize(png_of("7"), owner=visitor, source="draw")
    ModelVersion.objects.filter(pk=real_network.pk).update(folder="gone", sha256="f" * 64)

    glyph = glyph_of(picture)

    assert look_of(glyph, glyph.answer) is None


def test_the_active_networks_are_told_side_by_side_and_nothing_is_stored(real_network, visitor):
    picture = recognize(png_of("4"), owner=visitor, source="draw")

    beside = predictions_beside(glyph_of(picture))

    assert [p.model_version.kind for p in beside] == ["cnn", "mlp", "numpy_mlp"]
    assert [p.digit for p in beside] == [4, 4, 4]
    assert all(sum(p.probabilities) == pytest.approx(1, abs=1e-5) for p in beside)
    assert Prediction.objects.count() == 1


def test_what_is_stored_is_not_asked_again(picture, network):
    glyph = glyph_of(picture)
    mlp = make_version("mlp")
    stored = Prediction.objects.create(glyph=glyph, model_version=mlp, is_primary=False, **prediction_fields(3))
    calls = network.calls

    assert predictions_beside(glyph) == [glyph.answer, stored]
    assert network.calls == calls


def test_a_network_that_cannot_be_loaded_is_left_out(picture, network, settings, monkeypatch):
    make_version("mlp", sha256="1" * 64)  # the stub's artifact has another checksum

    assert [p.model_version.kind for p in predictions_beside(glyph_of(picture))] == ["cnn"]
