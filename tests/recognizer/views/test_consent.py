"""Letting a picture be used for training, or no longer: `/p/<uuid>/consent/`."""

import pytest

from recognizer.models import Picture


def say(client, picture, **fields):
    return client.post(f"/p/{picture.pk}/consent/", fields)


def may_train(picture) -> bool:
    return Picture.objects.get(pk=picture.pk).may_train


def test_it_is_given_and_taken_back_and_told(client, picture):
    answer = say(client, picture, may_train="on")
    assert may_train(picture)
    assert "This picture may be used for training." in client.get(answer.url).content.decode()

    answer = say(client, picture)
    assert not may_train(picture)
    assert "This picture is kept from training." in client.get(answer.url).content.decode()


def test_the_page_offers_the_other_way(client, picture):
    assert "Let it be used" in client.get(picture.get_absolute_url()).content.decode()

    picture.set_consent(True)

    assert "Keep it from training" in client.get(picture.get_absolute_url()).content.decode()


def test_nothing_else_of_the_row_is_written(picture):
    Picture.objects.update(name="meanwhile.png")

    picture.set_consent(True)

    stored = Picture.objects.get()
    assert (picture.may_train, stored.may_train, stored.name) == (True, True, "meanwhile.png")


def test_what_is_deleted_meanwhile_stays_deleted(picture):
    Picture.objects.get().delete()

    picture.set_consent(True)

    assert not Picture.objects.exists()


@pytest.mark.parametrize("value", ["", "off", "1", "true"])
def test_only_a_plain_yes_is_one(client, picture, value):
    say(client, picture, may_train=value)

    assert not may_train(picture)


def test_the_picture_of_somebody_else_is_not_there(client, visitor, other_picture):
    assert say(client, other_picture, may_train="on").status_code == 404
    assert not may_train(other_picture)


def test_it_refuses_to_be_got(client, picture):
    assert client.get(f"/p/{picture.pk}/consent/").status_code == 405


def test_who_gives_it_on_a_marks_card_comes_back_to_the_card(client, picture):
    assert say(client, picture, may_train="on", position="0").url == f"/p/{picture.pk}/#glyph-0"


@pytest.mark.parametrize("position", ["", "x", "-1", "²", "9" * 5000])
def test_a_position_that_is_none_leads_to_the_page(client, picture, position):
    assert say(client, picture, may_train="on", position=position).url == f"/p/{picture.pk}/"
    assert may_train(picture)
