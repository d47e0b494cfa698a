"""What other networks say of stored marks, beside their reading and never in its place."""

import pytest

from recognizer import opinions, registry
from recognizer.models import Glyph, ModelVersion, Picture, Prediction
from recognizer.opinions import read_again
from tests.recognizer.rows import make_picture, make_version


def read_by_mlp(digits: str = "7") -> list[Glyph]:
    """Store a picture that another model has read."""
    version = ModelVersion.objects.filter(kind="mlp").first() or make_version("mlp")
    return list(make_picture(version, digits=digits).glyphs.all())


def test_reading_again_keeps_what_another_model_says_and_changes_no_reading(network):
    glyphs = read_by_mlp("47")
    network.says(3, runner_up=8)
    before = list(Prediction.objects.values()), Picture.objects.values().get(), list(Glyph.objects.values())

    assert read_again(glyphs, "cnn") == 2

    again = Prediction.objects.filter(is_primary=False).order_by("glyph__position")
    assert [(p.glyph, p.digit, p.runner_up, p.verdict) for p in again] == [(g, 3, 8, "unsure") for g in glyphs]
    assert [str(p.model_version) for p in again] == ["cnn stub"] * 2
    assert sum(again[0].probabilities) == pytest.approx(1, abs=1e-5)
    after = Prediction.objects.filter(is_primary=True)
    assert (list(after.values()), Picture.objects.values().get(), list(Glyph.objects.values())) == before


def test_what_a_version_has_read_it_does_not_read_again(network, picture):
    calls = network.calls
    glyphs = [*picture.glyphs.all(), *read_by_mlp()]

    assert [read_again(glyphs, "cnn"), read_again(glyphs, "cnn")] == [1, 0]
    assert network.calls == calls + 1


def test_the_network_is_shown_the_pixels_that_are_kept(network, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "recognizer.inference.predictor.Predictor.predict", lambda self, glyphs: shown.append(glyphs) or []
    )
    glyph = read_by_mlp()[0]
    glyph.pixels = bytes(range(256)) * 3 + bytes(16)

    with pytest.raises(ValueError, match="zip"):
        read_again([glyph], "cnn")

    assert (shown[0].shape, shown[0].dtype.name) == ((1, 28, 28), "uint8")
    assert shown[0].tobytes() == glyph.pixels


def test_many_are_read_again_a_few_at_a_time(network, monkeypatch):
    monkeypatch.setattr(opinions, "READ_AGAIN_AT_ONCE", 2)

    assert read_again(iter(read_by_mlp("12345")), "cnn") == 5
    assert network.calls == 3


def test_somebody_may_read_the_same_glyph_again_at_the_same_time(network, monkeypatch):
    glyphs = read_by_mlp("12")
    from_bytes = opinions.from_bytes

    def be_second(stored):
        monkeypatch.setattr(opinions, "from_bytes", from_bytes)
        read_again(glyphs[:1], "cnn")
        return from_bytes(stored)

    monkeypatch.setattr(opinions, "from_bytes", be_second)

    assert read_again(glyphs, "cnn") == 1
    assert Prediction.objects.filter(is_primary=False).count() == 2


def test_what_is_deleted_while_it_is_read_again_is_left_out(network, monkeypatch):
    deleted, kept = read_by_mlp()[0], read_by_mlp()[0]
    from_bytes = opinions.from_bytes
    monkeypatch.setattr(opinions, "from_bytes", lambda stored: deleted.picture.delete() and from_bytes(stored))

    assert read_again([deleted, kept], "cnn") == 1
    assert Prediction.objects.filter(is_primary=False).get().glyph == kept


@pytest.mark.parametrize(
    ("kind", "error"), [("oracle", registry.UnknownModelError), ("mlp", registry.ModelUnavailableError)]
)
def test_without_that_model_nothing_is_read_again(network, kind, error):
    glyphs = read_by_mlp()
    ModelVersion.objects.filter(kind="mlp").update(state="retired")

    with pytest.raises(error):
        read_again(glyphs, kind)

    assert Prediction.objects.count() == 1
