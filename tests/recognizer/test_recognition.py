"""The one door: file then rows, both or neither."""

import hashlib
import logging
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, OperationalError, connection

from recognizer import registry
from recognizer.imaging.errors import NoInkError, UnreadablePictureError
from recognizer.models import Glyph, Picture, Prediction
from recognizer.owners import Owner
from recognizer.recognition import StorageUnavailableError, clean_name, guess, recognize
from tests.pictures import encoded, page_with, png_of
from tests.recognizer.outages import lost_database, raise_disk_full


def files_in(folder) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def assert_nothing_is_stored(settings):
    assert [m.objects.count() for m in (Picture, Glyph, Prediction)] == [0, 0, 0]
    assert files_in(settings.MEDIA_ROOT) == []


def test_it_stores_rows_that_say_what_was_read(network, visitor):
    network.says(4, runner_up=9)

    picture = recognize(png_of("47"), owner=visitor, source="draw", may_train=True)

    stored = Picture.objects.get()
    assert stored == picture
    assert (stored.reading, stored.source, stored.visitor, stored.user) == ("44", "draw", visitor.visitor, None)
    assert (stored.width, stored.height, stored.may_train) == (560, 280, True)
    assert [glyph.position for glyph in stored.glyphs.all()] == [0, 1]
    for glyph in stored.glyphs.all():
        answer = glyph.predictions.get()
        assert len(glyph.pixels) == 784
        assert (answer.digit, answer.runner_up, answer.verdict, answer.is_primary) == (4, 9, "unsure", True)
        assert answer.confidence == pytest.approx(answer.probabilities[4], abs=1e-6)
        assert answer.model_version == stored.model_version


def test_it_stores_a_file_whose_checksum_it_knows(network, visitor, settings):
    picture = recognize(png_of("7"), owner=visitor, source="draw")

    data = (settings.MEDIA_ROOT / picture.image.name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == picture.sha256
    assert files_in(settings.MEDIA_ROOT) == [f"{picture.pk.hex}.png"]


def test_boxes_are_in_pixels_of_the_picture_as_given(network, visitor):
    picture = recognize(encoded(page_with("1", side=3000, pen=200)), owner=visitor, source="upload")

    glyph = picture.glyphs.get()
    assert (picture.width, picture.height) == (3000, 3000)
    assert glyph.x + glyph.width / 2 == pytest.approx(1500, abs=30)
    assert glyph.height == pytest.approx(2400 + 200, abs=60)


def test_a_user_owns_it_rather_than_the_browser(network, visitor, admin_user):
    owner = Owner(user=admin_user, visitor=visitor.visitor)

    picture = recognize(png_of("7"), owner=owner, source="draw")

    assert (picture.user, picture.visitor) == (admin_user, None)


def test_a_guess_stores_nothing(network, settings):
    version, reading = guess(png_of("7"))

    assert (version.version, reading.text) == ("stub", "7")
    assert_nothing_is_stored(settings)


@pytest.mark.parametrize(("data", "error"), [(b"\x89PNG\r\n\x1a\n", UnreadablePictureError), (None, NoInkError)])
def test_a_refused_picture_stores_nothing(network, visitor, settings, data, error):
    blank = encoded(page_with("7") * 0 + 255)

    with pytest.raises(error):
        recognize(data or blank, owner=visitor, source="draw")

    assert_nothing_is_stored(settings)


@pytest.mark.parametrize("error", [OperationalError("database is locked"), IntegrityError("no"), DatabaseError("no")])
def test_a_database_that_refuses_is_unavailable_storage(network, visitor, settings, monkeypatch, error):
    monkeypatch.setattr(Prediction.objects, "bulk_create", Mock(side_effect=error))

    with pytest.raises(StorageUnavailableError):
        recognize(png_of("7"), owner=visitor, source="draw")

    assert_nothing_is_stored(settings)


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_is_committed(network, visitor):
    picture = recognize(png_of("7"), owner=visitor, source="draw")

    connection.rollback()
    assert Picture.objects.get() == picture


def test_a_media_root_that_cannot_be_written_is_unavailable_storage(network, visitor, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"

    with pytest.raises(StorageUnavailableError):
        recognize(png_of("7"), owner=visitor, source="draw")

    assert not Picture.objects.exists()


@pytest.mark.parametrize("address", ["/", "/upload/"])
@pytest.mark.parametrize("outage", ["disk", "database"])
def test_a_page_tells_of_unavailable_storage(client, network, settings, monkeypatch, address, outage):
    form = {"image": SimpleUploadedFile("7.png", png_of())}

    if outage == "disk":
        monkeypatch.setattr("recognizer.stores.folder.os.fsync", raise_disk_full)
        answer = client.post(address, form)
    else:
        with lost_database(only="INSERT"):
            answer = client.post(address, form)

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Readings cannot be stored at the moment." in answer.content.decode()
    assert "visitor" not in client.cookies
    assert_nothing_is_stored(settings)


def test_the_cause_is_logged(network, visitor, monkeypatch, caplog):
    monkeypatch.setattr("recognizer.stores.folder.os.fsync", raise_disk_full)

    with caplog.at_level(logging.ERROR), pytest.raises(StorageUnavailableError):
        recognize(png_of("7"), owner=visitor, source="draw")

    assert "No space left on device" in caplog.text


def test_an_unknown_kind_is_refused_before_anything_is_stored(network, visitor, settings):
    with pytest.raises(registry.UnknownModelError):
        recognize(png_of("7"), owner=visitor, source="draw", kind="oracle")

    assert_nothing_is_stored(settings)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("seven.png", "seven.png"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\ada\seven.png", "seven.png"),
        ("a\0b\r\nc\x1b[31m.png", "abc[31m.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("Füller 7️⃣.jpg", "Füller 7\ufe0f\u20e3.jpg"),
        ("\udcff.png", ".png"),
        ("folder/", ""),
        ("", ""),
        ("7" * 300, "7" * 255),
    ],
)
def test_a_file_name_becomes_a_label(name, label):
    assert clean_name(name) == label


def test_it_keeps_the_name_as_such_a_label(network, visitor):
    recognize(png_of("7"), owner=visitor, source="api", name="C:\\scans\\seven\0.png")

    assert Picture.objects.get().name == "seven.png"


def test_two_readings_of_the_same_bytes_are_two_pictures(network, visitor, settings):
    one, two = (recognize(png_of("7"), owner=visitor, source="draw") for _ in range(2))

    assert one.sha256 == two.sha256
    assert len(files_in(settings.MEDIA_ROOT)) == 2


def test_the_real_network_reads_a_row_of_digits_in_order(real_network, visitor):
    picture = recognize(png_of("2047"), owner=visitor, source="draw")

    assert picture.reading == "2047"
    assert [glyph.answer.digit for glyph in picture.glyphs.all()] == [2, 0, 4, 7]
