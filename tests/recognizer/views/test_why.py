"""Why a mark was read so: `/p/<uuid>/glyphs/<position>/why/`."""

import re

import pytest

from recognizer import explanations
from recognizer.inference.artifacts import ArtifactError
from recognizer.models import ModelVersion
from recognizer.recognition import recognize
from recognizer.stores.folder import PictureStorage
from tests.pictures import png_of

SECTIONS = (
    "From the picture to 28 × 28 pixels",
    "Where the network looked",
    "What its first layer saw",
    "side by side",
)


def name_of(label: str, kind: str) -> str:
    return f"{label} {ModelVersion.objects.get(kind=kind).version}"


def address_of(picture, position: int = 0) -> str:
    return f"/p/{picture.pk}/glyphs/{position}/why/"


@pytest.fixture
def read_picture(real_network, visitor):
    """Store a picture of the client's visitor that the real network has read."""
    return recognize(png_of("47"), owner=visitor, source="draw")


def test_it_tells_the_way_the_look_the_first_layer_and_the_other_networks(client, read_picture):
    answer = client.get(address_of(read_picture, 1))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>Why did it say that?</h1>" in page
    assert all(section in page for section in SECTIONS)
    assert page.count('class="step"') == 5
    assert page.count('class="heat"') == 4
    assert re.search(r"What speaks most for 7 lies [a-z ]+\.", page)
    assert name_of("Keras MLP", "mlp") in page
    assert name_of("NumPy MLP", "numpy_mlp") in page
    assert f'href="/p/{read_picture.pk}/#glyph-1"' in page


def test_a_part_comes_without_the_page_around_it(client, read_picture):
    part = client.get(address_of(read_picture) + "?part").content.decode()

    assert "<html" not in part
    assert all(section in part for section in SECTIONS)


def test_what_the_page_shows_side_by_side_is_not_said_twice(client, real_network, visitor):
    picture = recognize(png_of("4"), owner=visitor, source="draw", kind="all")

    assert "side by side" not in client.get(address_of(picture) + "?part").content.decode()
    assert "side by side" in client.get(address_of(picture)).content.decode()


def test_an_mlp_says_that_it_is_explained_in_another_way(client, real_network, visitor):
    picture = recognize(png_of("4"), owner=visitor, source="draw", kind="numpy_mlp")

    page = client.get(address_of(picture)).content.decode()

    assert "gradient × input" in page
    assert "The 20 neurons of 64 that answered most" in page


@pytest.mark.parametrize("suffix", ["", "?part"])
def test_to_others_it_is_not_there(client, other_picture, visitor, suffix):
    assert client.get(address_of(other_picture) + suffix).status_code == 404


@pytest.mark.parametrize("position", [1, 99999999999])
def test_a_mark_that_there_is_not_is_not_there(client, picture, position):
    assert client.get(address_of(picture, position)).status_code == 404


@pytest.fixture
def _unexplained(monkeypatch):
    """Let no network explain itself."""

    def fail(artifact):
        raise ArtifactError("It is of another kind.")

    monkeypatch.setattr(explanations, "load_explainer", fail)
    monkeypatch.setattr(explanations, "_explainers", {})


@pytest.mark.usefixtures("_unexplained")
def test_it_is_kept_in_no_shared_cache(client, picture):
    header = client.get(address_of(picture))["Cache-Control"]

    assert "private" in header
    assert "no-store" in header


def test_it_refuses_to_be_posted(client, picture):
    assert client.post(address_of(picture)).status_code == 405


@pytest.mark.parametrize("suffix", ["", "?part"])
def test_what_is_missing_is_told_calmly(client, read_picture, settings, monkeypatch, suffix):
    monkeypatch.setattr(explanations, "_explainers", {})
    read_picture.image.storage.delete(read_picture.image.name)
    ModelVersion.objects.filter(kind="cnn").update(folder="gone", sha256="f" * 64)
    ModelVersion.objects.filter(kind="mlp").update(state="retired")

    answer = client.get(address_of(read_picture) + suffix)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "The steps cannot be shown any more" in page
    assert "is not at hand, so what it looked at cannot be shown" in page
    assert name_of("NumPy MLP", "numpy_mlp") in page
    assert "Keras MLP" not in page


@pytest.mark.usefixtures("_unexplained")
def test_a_network_that_cannot_explain_itself_is_no_fault_of_the_page(client, picture):
    assert "is not at hand" in client.get(address_of(picture)).content.decode()


@pytest.mark.usefixtures("_unexplained")
def test_one_too_many_is_told_when_to_ask_again(client, picture, settings):
    settings.RATE_LIMIT = "1/min"
    good = [client.get(address_of(picture)).status_code for _ in range(10)]

    answer = client.get(address_of(picture))

    assert good == [200] * 10
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "You have asked for many explanations in a short time." in answer.content.decode()


@pytest.mark.usefixtures("_unexplained")
def test_a_file_that_is_missing_is_not_sought_again_at_once(client, picture, monkeypatch):
    sought = []

    def fail(storage: PictureStorage, name: str, mode: str) -> None:
        sought.append(name)
        raise FileNotFoundError(name)

    monkeypatch.setattr(PictureStorage, "_open", fail)

    for _ in range(3):
        assert "The steps cannot be shown any more" in client.get(address_of(picture)).content.decode()

    assert sought == [picture.image.name]
