"""Reading a picture of which nothing is kept: `POST /api/v1/guess/`."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recognizer.models import Glyph, Picture, Prediction
from tests.pictures import png_of


def guess(client, text: str = "47", **fields):
    return client.post("/api/v1/guess/", {"image": SimpleUploadedFile("47.png", png_of(text)), **fields})


def test_it_answers_as_a_stored_picture_would(client, network):
    stored = client.post("/api/v1/pictures/", {"image": SimpleUploadedFile("47.png", png_of("47"))}).json()

    answer = guess(client)

    guessed = answer.json()
    assert answer.status_code == 200
    assert (guessed.pop("id"), guessed.pop("url"), guessed.pop("created")) == (None, None, None)
    for name in ("reading", "model", "source"):
        assert guessed[name] == stored[name]
    for glyph, twin in zip(guessed["glyphs"], stored["glyphs"], strict=True):
        assert glyph.keys() == twin.keys()
        assert glyph["id"] is None
        assert glyph["probabilities"] == pytest.approx(twin["probabilities"], abs=1e-6)
        for name in ("position", "box", "verdict", "digit", "label"):
            assert glyph[name] == twin[name]


def test_all_kinds_answer_as_they_do_for_a_stored_picture(client, real_network):
    image = SimpleUploadedFile("47.png", png_of("47"))
    stored = client.post("/api/v1/pictures/", {"image": image, "model": "all"}).json()
    rows = [m.objects.count() for m in (Picture, Glyph, Prediction)]

    guessed = guess(client, model="all").json()

    assert guessed["model"] == stored["model"]
    for glyph, twin in zip(guessed["glyphs"], stored["glyphs"], strict=True):
        assert [other["model"] for other in glyph["others"]] == [other["model"] for other in twin["others"]]
        for other, same in zip(glyph["others"], twin["others"], strict=True):
            assert other["probabilities"] == pytest.approx(same["probabilities"], abs=1e-5)
            assert (other["digit"], other["verdict"]) == (same["digit"], same["verdict"])
    assert [m.objects.count() for m in (Picture, Glyph, Prediction)] == rows


def test_it_keeps_nothing(client, network, settings):
    guess(client)

    assert [m.objects.count() for m in (Picture, Glyph, Prediction)] == [0, 0, 0]
    assert not list(settings.MEDIA_ROOT.rglob("*"))
    assert "visitor" not in client.cookies


def test_it_needs_no_csrf_token_without_a_session(network):
    assert guess(Client(enforce_csrf_checks=True)).status_code == 200


def test_it_takes_the_csrf_token_of_a_page_from_someone_signed_in(network, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/").content.decode())[1]
    image = SimpleUploadedFile("47.png", png_of("47"))

    assert guess(client).status_code == 403
    assert client.post("/api/v1/guess/", {"image": image}, headers={"X-CSRFToken": token}).status_code == 200


def test_it_refuses_to_be_got(client, network):
    answer = client.get("/api/v1/guess/")

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "method_not_allowed"
    assert answer["Allow"] == "POST, OPTIONS"


def test_the_real_network_reads_a_number(client, real_network):
    assert guess(client, "407").json()["reading"] == "407"
