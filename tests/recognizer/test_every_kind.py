"""All networks asked at once: one reads, the others are kept beside it or only told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from recognizer import opinions, registry
from recognizer.forms import PictureForm
from recognizer.models import ModelVersion, Picture, Prediction
from recognizer.opinions import guess_by_others
from recognizer.recognition import EVERY_KIND, guess, recognize
from tests.pictures import png_of
from tests.recognizer.rows import make_version


@pytest.fixture
def _mlp(network):
    """Add an active MLP, which the stub answers for too."""
    make_version("mlp", "3")


def read(visitor, text: str = "47") -> Picture:
    return recognize(png_of(text), owner=visitor, source="draw", kind=EVERY_KIND)


@pytest.mark.usefixtures("_mlp")
def test_the_default_network_reads_and_the_other_is_kept_beside_it(visitor):
    picture = read(visitor)

    assert (str(picture.model_version), picture.reading) == ("cnn stub", "77")
    for glyph in picture.glyphs.all():
        told = glyph.predictions.order_by("-is_primary").values_list("model_version__kind", "is_primary")
        assert list(told) == [("cnn", True), ("mlp", False)]


def test_with_one_network_it_is_asked_alone(network, visitor):
    assert read(visitor).reading == "77"
    assert Prediction.objects.count() == 2


def test_another_kind_is_not_kept_unasked(visitor, real_network):
    recognize(png_of("4"), owner=visitor, source="draw")

    assert Prediction.objects.count() == 1


@pytest.mark.parametrize("error", [registry.ModelUnavailableError("away"), OperationalError("locked")])
@pytest.mark.usefixtures("_mlp")
def test_a_reading_does_not_need_the_others(visitor, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(opinions, "read_again", fail)

    picture = read(visitor)

    assert Picture.objects.get() == picture
    assert Prediction.objects.count() == 2


def test_without_the_default_network_none_reads(network, visitor):
    ModelVersion.objects.update(state="retired")
    make_version("mlp", "3")

    with pytest.raises(registry.ModelUnavailableError):
        read(visitor)

    assert not Picture.objects.exists()


@pytest.mark.usefixtures("_mlp")
def test_others_guess_of_every_glyph_and_nothing_is_kept():
    version, reading = guess(png_of("47"), kind=EVERY_KIND)

    told = guess_by_others(version, reading)

    assert str(version) == "cnn stub"
    assert [(str(other), [p.digit for p in predictions]) for other, predictions in told] == [("mlp 3", [7, 7])]
    assert not Prediction.objects.exists()


def test_others_that_cannot_be_loaded_are_left_out_of_a_guess(network):
    make_version("mlp", "3", sha256="1" * 64)  # the stub's artifact has another checksum

    assert guess_by_others(*guess(png_of("7"))) == []


@pytest.mark.parametrize(
    ("kinds", "last"),
    [
        (("cnn", "mlp", "numpy_mlp"), "All three, side by side"),
        (("cnn", "mlp"), "Both, side by side"),
        (("mlp", "numpy_mlp"), "NumPy MLP"),
    ],
)
def test_the_form_offers_them_together_where_the_default_one_is_among_them(db, kinds, last):
    for kind in kinds:
        make_version(kind, "3")

    assert PictureForm().fields["model"].choices[-1][1] == last


def test_the_form_offers_no_kind_that_is_not_active(db):
    for kind in ("cnn", "mlp"):
        make_version(kind, "3")
    make_version("numpy_mlp", "3", state="retired")

    assert [kind for kind, _ in PictureForm().fields["model"].choices] == ["cnn", "mlp", EVERY_KIND]


def test_with_one_kind_there_is_no_choice(network):
    assert "model" not in PictureForm().fields


@pytest.mark.parametrize("kind", ["numpy_mlp", "oracle", "ALL"])
def test_what_is_not_offered_cannot_be_chosen(network, kind):
    make_version("mlp", "3")

    assert not PictureForm({"model": kind}).is_valid()


@pytest.mark.usefixtures("_mlp")
def test_from_the_page_they_are_read_together(client, visitor):
    answer = client.post("/", {"image": SimpleUploadedFile("d.png", png_of("7")), "source": "draw", "model": "all"})

    assert "The networks side by side" in client.get(answer.url).content.decode()
