"""Saying what a glyph is, on its picture's page: `/p/<uuid>/label/`."""

import pytest

from recognizer.labels import NOT_A_DIGIT
from recognizer.models import LabelEvent, Prediction


def say(client, picture, label: str, glyph: int | str | None = None):
    glyph = picture.glyphs.get().pk if glyph is None else glyph
    return client.post(f"/p/{picture.pk}/label/", {"glyph": glyph, "label": label})


@pytest.mark.parametrize(("label", "kept"), [("7", 7), ("1", 1), ("0", 0), ("not_a_digit", NOT_A_DIGIT)])
def test_it_keeps_the_label_with_its_event(client, picture, visitor, label, kept):
    answer = say(client, picture, label)

    glyph, event = picture.glyphs.get(), LabelEvent.objects.get()
    assert answer.url == f"/p/{picture.pk}/#glyph-0"
    assert glyph.label == kept
    assert glyph.labelled_at is not None
    assert (event.glyph, event.old, event.new, event.where) == (glyph, None, kept, "page")
    assert (event.user, event.visitor) == (None, visitor.visitor)


def test_a_users_label_names_the_user(admin_client, admin_user, admin_picture):
    say(admin_client, admin_picture, "1")

    assert admin_picture.glyphs.get().labelled_by == admin_user
    assert (LabelEvent.objects.get().user, LabelEvent.objects.get().visitor) == (admin_user, None)


def test_undo_takes_the_label_back_with_an_event_of_its_own(client, picture):
    say(client, picture, "1")

    say(client, picture, "")

    glyph = picture.glyphs.get()
    assert (glyph.label, glyph.labelled_at, glyph.labelled_by) == (None, None, None)
    assert list(LabelEvent.objects.order_by("id").values_list("old", "new")) == [(None, 1), (1, None)]


def test_saying_the_same_again_writes_no_event(client, picture):
    say(client, picture, "1")

    say(client, picture, "1")

    assert LabelEvent.objects.count() == 1


def test_the_prediction_stays_as_it_was(client, network, picture):
    before, calls = Prediction.objects.values().get(), network.calls

    say(client, picture, "1")

    assert Prediction.objects.values().get() == before
    assert network.calls == calls


@pytest.mark.parametrize("label", ["10", "-1", "seven", "٣", "7.0", "null"])
def test_what_is_no_label_changes_nothing_and_is_told(client, picture, label):
    answer = say(client, picture, label)

    assert "This is no label." in client.get(answer.url).content.decode()
    assert picture.glyphs.get().label is None
    assert not LabelEvent.objects.exists()


def test_a_glyph_of_another_picture_is_not_there(client, picture, other_picture):
    answer = say(client, picture, "1", other_picture.glyphs.get().pk)

    assert answer.status_code == 404
    assert other_picture.glyphs.get().label is None


@pytest.mark.parametrize(("glyph", "status"), [("0", 404), ("9" * 30, 404), ("seven", 302), ("", 302)])
def test_a_glyph_that_is_none_is_no_fault(client, picture, glyph, status):
    assert say(client, picture, "1", glyph).status_code == status
    assert picture.glyphs.get().label is None


def test_it_refuses_to_be_got(client, picture):
    assert client.get(f"/p/{picture.pk}/label/").status_code == 405


@pytest.mark.usefixtures("vanishing_pictures")
def test_a_picture_that_is_deleted_meanwhile_is_not_there(client, picture):
    assert say(client, picture, "1").status_code == 404
