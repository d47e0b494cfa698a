"""One picture's page: `/p/<uuid>/`."""

import re
import uuid

import pytest

from recognizer.models import Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.pictures import png_of


def page_of(client, picture: Picture) -> str:
    answer = client.get(f"/p/{picture.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_all_ten_probabilities_of_every_glyph(client, network, visitor):
    picture = recognize(png_of("47"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert picture.glyphs.count() == 2
    for glyph in picture.glyphs.all():
        meters = re.findall(rf'<meter id="glyph-{glyph.position}-(\d)"[^>]* value="([\d.]+)"', page)
        assert [int(digit) for digit, _ in meters] == list(range(10))
        assert [float(p) for _, p in meters] == pytest.approx(glyph.answer.probabilities, abs=5e-5)


def test_it_shows_the_image_with_a_box_around_each_mark(client, network, visitor):
    picture = recognize(png_of("47"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert f'href="/p/{picture.pk}/image/"' in page
    boxes = re.findall(r'<rect class="mark-box" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', page)
    assert [tuple(map(int, box)) for box in boxes] == [(g.x, g.y, g.width, g.height) for g in picture.glyphs.all()]


def test_it_shows_what_the_network_saw(client, picture):
    assert page_of(client, picture).count('src="data:image/png;base64,') == 1


def test_it_names_the_model_that_read_it(client, picture):
    assert "Convolutional network stub" in page_of(client, picture)


@pytest.mark.parametrize(
    ("answer", "words", "verdict"),
    [
        ((7, None), "Surely 7", "digit"),
        ((4, 9), "4 or 9?", "unsure"),
        ((10, None), "not a digit", "not_a_digit"),
    ],
)
def test_it_says_the_verdict_in_words(client, network, visitor, answer, words, verdict):
    network.says(answer[0], runner_up=answer[1])
    picture = recognize(png_of("4"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert picture.glyphs.get().answer.verdict == verdict
    assert words in page
    assert f'class="verdict verdict-{verdict}"' in page


def test_ink_that_is_no_digit_is_shown_with_an_empty_reading(client, network, visitor):
    network.says(10)
    picture = recognize(png_of("7"), owner=visitor, source="draw")

    page = page_of(client, picture)

    assert picture.reading == ""
    assert "No digit found" in page


def test_a_label_takes_the_place_of_the_reading(client, picture, visitor):
    picture.glyphs.get().set_label(1, owner=visitor, where="page")

    page = page_of(client, picture)

    assert "Corrected by hand. The network read 7." in page
    assert re.search(r'class="answer-digits">\s*1\s*<', page)


def test_it_is_kept_in_no_cache(client, picture):
    header = client.get(f"/p/{picture.pk}/")["Cache-Control"]

    assert "no-store" in header
    assert "private" in header


@pytest.mark.parametrize("address", [f"/p/{uuid.uuid4()}/", "/p/7/", "/p/not-a-uuid/", "/p/%00/"])
def test_it_is_not_there_for_an_unknown_or_malformed_id(client, picture, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert "There is nothing here, or it is not yours." in answer.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_refuses_another_method(client, picture, method):
    assert getattr(client, method)(f"/p/{picture.pk}/").status_code == 405
    assert Picture.objects.filter(pk=picture.pk).exists()


def test_it_asks_the_database_as_often_for_many_glyphs_as_for_one(
    client, network, visitor, django_assert_max_num_queries
):
    picture = recognize(png_of("1234567"), owner=visitor, source="draw")
    assert picture.glyphs.count() == 7

    with django_assert_max_num_queries(4):
        page_of(client, picture)


def test_it_never_predicts_again(client, network, picture):
    calls = network.calls

    page_of(client, picture)

    assert network.calls == calls


def test_a_corrected_mark_says_what_it_is_and_what_it_was_read_as(client, picture):
    picture.glyphs.get().set_label(1, owner=Owner(visitor=picture.visitor), where="page")

    page = client.get(f"/p/{picture.pk}/").content.decode()

    assert "1, read as 7" in page
