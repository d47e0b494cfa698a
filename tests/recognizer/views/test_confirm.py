"""Saying that all marks of a number were read right: `/p/<uuid>/confirm/`."""

import pytest

from recognizer.models import Glyph, LabelEvent
from recognizer.recognition import recognize
from tests.pictures import png_of


@pytest.fixture
def number(network, visitor):
    """Store a picture of the client's visitor with two marks, read as 7s."""
    return recognize(png_of("47"), owner=visitor, source="draw")


def confirm(client, picture):
    return client.post(f"/p/{picture.pk}/confirm/")


def labels_of(picture) -> list[int | None]:
    return list(picture.glyphs.values_list("label", flat=True))


def test_every_mark_becomes_what_it_was_read_as_with_an_event_each(client, number, visitor):
    answer = confirm(client, number)

    assert (answer.status_code, answer.url) == (302, f"/p/{number.pk}/")
    assert labels_of(number) == [7, 7]
    events = LabelEvent.objects.values_list("old", "new", "where", "visitor")
    assert list(events) == [(None, 7, "page", visitor.visitor)] * 2
    assert "2 labels are kept" in client.get(answer.url).content.decode()


def test_what_has_a_label_keeps_it(client, number, visitor):
    number.glyphs.first().set_label(4, owner=visitor, where="page")

    confirm(client, number)

    assert labels_of(number) == [4, 7]
    assert LabelEvent.objects.count() == 2


def test_a_mark_that_was_read_as_none_is_confirmed_as_none(client, network, visitor):
    network.says(10)
    picture = recognize(png_of("47"), owner=visitor, source="draw")

    confirm(client, picture)

    assert labels_of(picture) == [10, 10]


def test_again_it_changes_nothing(client, number):
    confirm(client, number)
    confirm(client, number)

    assert LabelEvent.objects.count() == 2


def test_a_fault_on_the_way_leaves_no_label(client, number, monkeypatch):
    set_label = Glyph.set_label

    def fail_at_the_second(glyph: Glyph, *args, **kwargs) -> bool:
        if glyph.position:
            raise Glyph.DoesNotExist
        return set_label(glyph, *args, **kwargs)

    monkeypatch.setattr(Glyph, "set_label", fail_at_the_second)

    assert confirm(client, number).status_code == 404
    assert labels_of(number) == [None, None]
    assert not LabelEvent.objects.exists()


def test_the_picture_of_somebody_else_is_not_there(client, visitor, other_picture):
    assert confirm(client, other_picture).status_code == 404
    assert labels_of(other_picture) == [None]


def test_it_refuses_to_be_got(client, number):
    assert client.get(f"/p/{number.pk}/confirm/").status_code == 405
