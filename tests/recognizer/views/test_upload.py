"""Reading a picture that was uploaded: `/upload/`."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recognizer.models import ModelVersion, Picture
from tests.pictures import encoded, page_with, png_of


def upload(client, data: bytes | None = None, name: str = "seven.png", **fields):
    return client.post("/upload/", {"image": SimpleUploadedFile(name, data or png_of("7")), **fields})


def test_it_shows_the_form(client, network):
    answer = client.get("/upload/")

    assert answer.status_code == 200
    assert 'name="image"' in answer.content.decode()
    assert "<upload-files" in answer.content.decode()


def test_it_stores_the_picture_and_goes_to_its_page(client, network):
    answer = upload(client)

    picture = Picture.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/p/{picture.pk}/"
    assert (picture.reading, picture.source) == ("7", "upload")
    assert picture.image.storage.exists(picture.image.name)


def test_it_stores_our_own_encoding_and_never_the_bytes_that_were_sent(client, network):
    data = encoded(page_with("7"), "JPEG", comment=b"secret place")

    upload(client, data, "seven.jpg")

    stored = Picture.objects.get().image.read()
    assert stored.startswith(b"\x89PNG")
    assert b"secret" not in stored


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_it_takes_every_format_by_content(client, network, file_format):
    answer = upload(client, encoded(page_with("7"), file_format), "seven")

    assert answer.status_code == 302


def test_it_keeps_the_name_as_an_escaped_label_only(client, network):
    name = "<img src=x onerror=alert(1)>.png"

    answer = client.get(upload(client, name=name).url)

    picture = Picture.objects.get()
    page = answer.content.decode()
    assert picture.name == name
    assert picture.image.name == f"pictures/{picture.pk.hex[:2]}/{picture.pk.hex}.png"
    assert "<img src=x" not in page
    assert html.escape(name) in page


def test_a_name_with_folders_reaches_no_other_folder(client, network, settings):
    upload(client, name="../../../etc/passwd")

    assert Picture.objects.get().name == "passwd"
    files = [path for path in settings.MEDIA_ROOT.parent.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [f"{Picture.objects.get().pk.hex}.png"]


@pytest.mark.parametrize(("ticked", "may_train"), [({"may_train": "on"}, True), ({}, False)])
def test_only_a_ticked_box_is_consent(client, network, ticked, may_train):
    upload(client, **ticked)

    assert Picture.objects.get().may_train is may_train


def test_it_offers_no_choice_between_models_while_there_is_one(client, network):
    assert 'name="model"' not in client.get("/upload/").content.decode()


def test_it_reads_by_the_model_that_was_chosen(client, network):
    mlp = ModelVersion.objects.create(kind="mlp", version="1", folder="m", sha256="0" * 64, state="active")

    page = client.get("/upload/").content.decode()
    upload(client, model="mlp")

    assert '<option value="mlp"' in page
    assert Picture.objects.get().model_version == mlp


def test_a_model_that_is_not_offered_is_refused_and_nothing_stored(client, network):
    ModelVersion.objects.create(kind="mlp", version="1", folder="m", sha256="0" * 64, state="active")

    answer = upload(client, model="numpy_mlp")

    assert answer.status_code == 400
    assert not Picture.objects.exists()


def test_a_source_that_nobody_can_have_is_refused(client, network):
    assert upload(client, source="batch").status_code == 400
    assert not Picture.objects.exists()


def test_it_refuses_another_method(client, network):
    assert client.put("/upload/").status_code == 405
    assert client.delete("/upload/").status_code == 405


def test_it_wants_the_csrf_token(network):
    answer = upload(Client(enforce_csrf_checks=True))

    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()
    assert not Picture.objects.exists()


def test_a_user_owns_what_they_upload_and_gets_no_visitor_cookie(admin_client, admin_user, network):
    upload(admin_client)

    picture = Picture.objects.get()
    assert (picture.user, picture.visitor) == (admin_user, None)
    assert "visitor" not in admin_client.cookies


def test_it_shows_what_was_read_lately(client, picture):
    assert f'href="/p/{picture.pk}/"' in client.get("/upload/").content.decode()
