"""Bad pictures at every door: the design's answer, the same sentence everywhere, nothing stored."""

import html
import re

import pytest

from recognizer.imaging.decoding import MAX_UPLOAD_BYTES
from recognizer.models import Picture
from tests.pictures import png_of
from tests.recognizer.bad_pictures import BAD_PICTURES, BadPicture

PAGES = ("/", "/upload/")
API = ("/api/v1/pictures/", "/api/v1/guess/")

each_bad_picture = pytest.mark.parametrize("bad", BAD_PICTURES.values(), ids=BAD_PICTURES.keys())


def text_of(answer) -> str:
    """Return what a person reads on the page, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def assert_nothing_is_stored(client, network, media_root):
    assert not Picture.objects.exists()
    assert [path for path in media_root.rglob("*") if path.is_file()] == []
    assert "visitor" not in client.cookies
    assert network.calls == 0


@each_bad_picture
@pytest.mark.parametrize("address", PAGES)
def test_a_page_refuses_it(client, network, settings, address, bad: BadPicture):
    answer = client.post(address, bad.form())

    assert answer.status_code == bad.status
    assert 'role="alert"' in answer.content.decode()
    assert_nothing_is_stored(client, network, settings.MEDIA_ROOT)


@each_bad_picture
@pytest.mark.parametrize("address", API)
def test_the_api_refuses_it(client, network, settings, address, bad: BadPicture):
    answer = client.post(address, bad.form())

    assert answer.status_code == bad.status
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"error": {"code": bad.code, "message": answer.json()["error"]["message"]}}
    assert_nothing_is_stored(client, network, settings.MEDIA_ROOT)


@each_bad_picture
def test_pages_and_api_say_the_same_sentence(client, network, bad: BadPicture):
    sentences = {client.post(address, bad.form()).json()["error"]["message"] for address in API}
    pages = [text_of(client.post(address, bad.form())) for address in PAGES]

    assert len(sentences) == 1
    sentence = sentences.pop()
    assert sentence.endswith(".")
    assert all(sentence in page for page in pages)


@pytest.mark.parametrize("address", PAGES + API)
def test_a_picture_of_exactly_8_mib_is_read(client, network, address):
    form = BadPicture("7.png", lambda: png_of("7").ljust(MAX_UPLOAD_BYTES, b"\0"), 0, "").form()

    answer = client.post(address, form)

    assert answer.status_code in (200, 201, 302)
    assert network.calls == 1


@pytest.mark.parametrize("address", PAGES + API)
def test_a_request_that_is_no_form_is_refused(client, network, settings, address):
    answer = client.post(address, b"--x\r\nnot a form", content_type="multipart/form-data; boundary=")

    assert answer.status_code == 400
    assert_nothing_is_stored(client, network, settings.MEDIA_ROOT)


@pytest.mark.parametrize("address", API)
def test_the_api_answers_json_for_a_form_field_without_end(client, network, settings, address):
    answer = client.post(address, {"image": "7" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})

    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize("address", API)
def test_the_api_refuses_a_body_that_is_not_a_form(client, network, address):
    answer = client.post(address, {"image": "aGVsbG8="}, content_type="application/json")

    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "unsupported_media_type"
