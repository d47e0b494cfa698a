"""What the history is narrowed by: kept with every reading and every label."""

from importlib import import_module

import pytest
from django.apps import apps

from recognizer.history.traits import LABELLED, READ_AS_NO_DIGIT, READ_SURELY, READ_UNSURELY, holding, traits_of
from recognizer.labels import NOT_A_DIGIT
from recognizer.models import Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from tests.pictures import png_of
from tests.recognizer.rows import make_picture, make_version


@pytest.mark.parametrize(
    ("marks", "traits"),
    [
        ([], 0),
        ([(None, 4, "digit")], holding(4) | READ_SURELY),
        ([(None, 4, "digit"), (None, 9, "unsure")], holding(4) | holding(9) | READ_SURELY | READ_UNSURELY),
        ([(None, 4, "not_a_digit")], holding(NOT_A_DIGIT) | READ_AS_NO_DIGIT),
        ([(7, 1, "unsure")], holding(7) | READ_UNSURELY | LABELLED),
        ([(NOT_A_DIGIT, 0, "digit")], holding(NOT_A_DIGIT) | READ_SURELY | LABELLED),
        ([(0, 0, "not_a_digit")], holding(0) | READ_AS_NO_DIGIT | LABELLED),
    ],
)
def test_they_come_from_what_was_read_and_what_people_say(marks, traits):
    assert traits_of(marks) == traits


def test_all_of_them_fit_into_the_column():
    everything = traits_of((10 - digit, digit, verdict) for digit in range(11) for verdict in ("digit", "unsure"))

    assert everything | READ_AS_NO_DIGIT == 2**15 - 1


def test_a_new_reading_has_them(network, visitor):
    network.says(4, runner_up=9)

    picture = recognize(png_of("4"), owner=visitor, source="draw")

    assert Picture.objects.get(pk=picture.pk).traits == holding(4) | READ_UNSURELY


def test_a_label_changes_them_and_its_end_changes_them_back(db):
    picture = make_picture(make_version(), digits="17")
    glyph = picture.glyphs.first()
    owner = Owner(visitor=picture.visitor)

    glyph.set_label(2, owner=owner, where="page")
    labelled = Picture.objects.get(pk=picture.pk).traits
    glyph.set_label(None, owner=owner, where="page")

    assert labelled == holding(2) | holding(7) | READ_SURELY | LABELLED
    assert Picture.objects.get(pk=picture.pk).traits == picture.traits == holding(1) | holding(7) | READ_SURELY


def test_a_mark_that_nobody_can_tell_loses_its_label_there_too(db):
    picture = make_picture(make_version(), digits="1")
    glyph = picture.glyphs.get()
    owner = Owner(visitor=picture.visitor)
    glyph.set_label(2, owner=owner, where="review")

    glyph.set_usable(False, owner=owner, where="review")

    assert Picture.objects.get(pk=picture.pk).traits == picture.traits


def test_the_migration_gives_them_to_the_pictures_of_before(db, monkeypatch):
    migration = import_module("recognizer.migrations.0005_history")
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    version = make_version()
    pictures = [make_picture(version, digits=digits) for digits in ("1", "23", "", "4")]
    pictures.append(make_picture(version, digits="5", verdict="not_a_digit"))
    pictures[1].glyphs.first().set_label(NOT_A_DIGIT, owner=Owner(visitor=pictures[1].visitor), where="page")
    wanted = dict(Picture.objects.values_list("pk", "traits"))
    Picture.objects.update(traits=0)

    migration.give_traits(apps, None)

    assert dict(Picture.objects.values_list("pk", "traits")) == wanted
    assert len(set(wanted.values())) == 5
