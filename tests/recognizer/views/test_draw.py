"""Reading what was drawn: `/`."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from recognizer.models import Picture
from tests.pictures import png_of


def test_it_shows_the_drawing_pad(client, network):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "<drawing-pad" in answer.content.decode()


def test_it_offers_samples_to_someone_who_has_no_picture_yet(client, network):
    page = client.get("/").content.decode()

    assert [f'href="/?sample={digit}"' in page for digit in range(10)].count(True) == 3


def test_it_offers_samples_to_others_only_when_they_come_for_one(client, picture):
    assert "?sample=" not in client.get("/").content.decode()
    assert "?sample=7" in client.get("/?sample=7").content.decode()


def test_its_live_guess_asks_the_address_of_the_guesses(client, network):
    page = client.get("/").content.decode()

    assert 'data-url="/api/v1/guess/"' in page


def test_it_says_what_is_wrong_with_an_empty_drawing_and_how_to_mend_it(client, network):
    answer = client.post("/", {"image": SimpleUploadedFile("d.png", png_of("")), "source": "draw"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert "<drawing-pad" in page
    assert not Picture.objects.exists()


def test_it_stores_what_was_drawn_and_goes_to_its_page(client, network):
    drawing = SimpleUploadedFile("drawing.png", png_of("7"))

    answer = client.post("/", {"image": drawing, "source": "draw"})

    picture = Picture.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/p/{picture.pk}/"
    assert (picture.reading, picture.source, picture.name) == ("7", "draw", "")
    assert picture.visitor is not None


def test_it_gives_a_new_visitor_a_cookie_that_finds_the_picture_again(client, network):
    answer = client.post("/", {"image": SimpleUploadedFile("d.png", png_of("7"))}, follow=True)

    assert answer.status_code == 200
    assert answer.request["PATH_INFO"].startswith("/p/")
    assert client.cookies["visitor"]["httponly"]


@pytest.mark.parametrize("digit", "0123456789")
def test_it_reads_each_digit_with_the_real_network(client, real_network, digit):
    client.post("/", {"image": SimpleUploadedFile("d.png", png_of(digit))})

    assert Picture.objects.get().reading == digit
