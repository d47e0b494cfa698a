"""Reading and keeping a picture: `POST /api/v1/pictures/`."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from recognizer.models import ModelVersion, Picture
from recognizer.problems import CSRF_FAILED
from tests.pictures import png_of

ADDRESS = "/api/v1/pictures/"
FIELDS = {"id", "url", "reading", "model", "source", "created", "glyphs"}
OTHER_FIELDS = {"model", "verdict", "digit", "confidence", "probabilities", "none_probability", "runner_up"}
CONTRACT = {"id", "position", "box", "verdict", "digit", "confidence", "probabilities", "label"}
GLYPH_FIELDS = CONTRACT | {"none_probability", "runner_up", "others"}


def post(client, text: str = "7", *, headers: dict | None = None, **fields):
    image = SimpleUploadedFile("seven.png", png_of(text))
    return client.post(ADDRESS, {"image": image, **fields}, headers=headers)


def test_it_answers_every_field_of_the_contract(client, network):
    before = timezone.now()

    answer = post(client, "47")

    body, picture = answer.json(), Picture.objects.get()
    assert answer.status_code == 201
    assert set(body) == FIELDS
    assert body["id"] == str(picture.pk)
    assert body["url"] == answer["Location"] == f"http://testserver/p/{picture.pk}/"
    assert body["reading"] == "77"
    assert body["model"] == {"kind": "cnn", "version": "stub"}
    assert body["source"] == "api"
    assert before <= datetime.fromisoformat(body["created"]) <= timezone.now()
    assert len(body["glyphs"]) == 2


def test_it_answers_every_field_of_a_glyph(client, network):
    network.says(4, runner_up=9)

    body = post(client, "47").json()

    for position, (glyph, row) in enumerate(zip(body["glyphs"], Picture.objects.get().glyphs.all(), strict=True)):
        x, y, width, height = glyph["box"]
        assert set(glyph) == GLYPH_FIELDS
        assert (glyph["id"], glyph["position"], glyph["label"]) == (row.pk, position, None)
        assert (glyph["verdict"], glyph["digit"], glyph["runner_up"]) == ("unsure", 4, 9)
        assert glyph["none_probability"] == pytest.approx(row.answer.none_probability)
        assert glyph["others"] == []
        assert 0 <= x < x + width <= 560
        assert 0 <= y < y + height <= 280
        assert len(glyph["probabilities"]) == 10
        assert sum(glyph["probabilities"]) == pytest.approx(1, abs=1e-5)
        assert glyph["confidence"] == pytest.approx(max(glyph["probabilities"]), abs=1e-6)
        assert glyph["probabilities"].index(max(glyph["probabilities"])) == 4


def test_what_is_no_digit_is_not_in_the_reading(client, network):
    network.says(10)

    body = post(client).json()

    assert body["reading"] == ""
    assert body["glyphs"][0]["verdict"] == "not_a_digit"


def test_a_stranger_becomes_a_visitor_who_finds_it_again(client, network):
    body = post(client).json()

    assert client.get(f"{ADDRESS}{body['id']}/").status_code == 200
    assert client.get(body["url"]).status_code == 200
    assert Client().get(f"{ADDRESS}{body['id']}/").status_code == 404


def test_a_token_makes_it_the_users(network, admin_user):
    _, token = AuthToken.objects.create(user=admin_user)

    answer = post(Client(), headers={"Authorization": f"Token {token}"})

    assert answer.status_code == 201
    assert Picture.objects.get().user == admin_user
    assert "visitor" not in answer.cookies


def test_the_file_name_is_kept_as_a_label(client, network):
    post(client)

    assert Picture.objects.get().name == "seven.png"


def test_it_is_not_used_for_training_unasked(client, network):
    post(client, may_train="on")

    assert Picture.objects.get().may_train is False


def test_it_reads_by_the_kind_that_is_asked_for(client, network):
    ModelVersion.objects.create(kind="mlp", version="3", folder="m", sha256="0" * 64, state="active")

    assert post(client, model="mlp").json()["model"] == {"kind": "mlp", "version": "3"}
    assert post(client, model="").json()["model"] == {"kind": "cnn", "version": "stub"}


@pytest.mark.parametrize("address", [ADDRESS, "/api/v1/guess/"])
def test_a_kind_that_there_is_not_is_refused(client, network, address):
    answer = client.post(address, {"image": SimpleUploadedFile("7.png", png_of()), "model": "oracle"})

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_model"
    assert "Choose one of: cnn." in answer.json()["error"]["message"]
    assert not Picture.objects.exists()


@pytest.mark.parametrize("address", [ADDRESS, "/api/v1/guess/"])
def test_a_kind_without_an_active_version_is_unavailable(client, network, settings, address):
    ModelVersion.objects.create(kind="mlp", version="3", folder="m", sha256="0" * 64, state="retired")

    answer = client.post(address, {"image": SimpleUploadedFile("7.png", png_of()), "model": "mlp"})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer.json()["error"]["code"] == "model_unavailable"
    assert not Picture.objects.exists()
    assert not list(settings.MEDIA_ROOT.rglob("*.png"))


def test_all_kinds_may_be_asked_and_the_default_one_reads(client, real_network):
    body = post(client, "47", model="all").json()

    assert body["model"] == {"kind": "cnn", "version": real_network.version}
    assert body["reading"] == "47"
    for glyph, digit in zip(body["glyphs"], (4, 7), strict=True):
        assert [other["model"]["kind"] for other in glyph["others"]] == ["mlp", "numpy_mlp"]
        for other in glyph["others"]:
            assert set(other) == OTHER_FIELDS
            assert other["digit"] == digit
    assert client.get(f"{ADDRESS}{body['id']}/").json()["glyphs"] == body["glyphs"]


def test_a_session_needs_the_csrf_token(network, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    answer = post(client)

    assert answer.status_code == 403
    assert answer.json() == CSRF_FAILED.json
    assert not Picture.objects.exists()


def test_an_anonymous_program_needs_no_csrf_token(network):
    assert post(Client(enforce_csrf_checks=True)).status_code == 201


@pytest.mark.parametrize("digit", "0123456789")
def test_the_real_network_reads_each_digit(client, real_network, digit):
    body = post(client, digit).json()

    assert body["reading"] == digit
    assert body["glyphs"][0]["digit"] == int(digit)
    assert body["model"] == {"kind": real_network.kind, "version": real_network.version}
