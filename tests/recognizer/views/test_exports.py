"""Labelled glyphs as files: `/exports/`, `/exports/<format>/`."""

import csv
import io
import re
from html import unescape
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from recognizer.inference.labelled import read_labelled
from recognizer.labels import NOT_A_DIGIT
from recognizer.learning.export_files import FORMATS
from recognizer.models import Picture
from tests.recognizer.exported import make_labelled
from tests.recognizer.outages import lost_database, raise_disk_full

ADDRESSES = ["/exports/", *(f"/exports/{name}/" for name in FORMATS)]


@pytest.fixture
def exporter(db, client: Client) -> Client:
    """Log the client in as somebody who may export and nothing else."""
    user = User.objects.create_user("ellen")
    user.groups.add(Group.objects.get(name="Exporters"))
    client.force_login(user)
    return client


def words_of(answer) -> str:
    """Return what a page says, without its markup and with single spaces."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL).group()
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


# Who


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_is_not_logged_in_is_sent_to_do_so(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={address}"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("group", [None, "Reviewers", "Trainers", "Promoters"])
def test_whoever_may_not_export_is_refused(client, db, address, group):
    user = User.objects.create_user("eve", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_exporters_are_let_in(exporter, address):
    assert exporter.get(address).status_code == 200


# The page


def test_it_says_how_many_there_are_of_every_label(exporter):
    for label in (3, 3, 0, NOT_A_DIGIT):
        make_labelled(label)

    words = words_of(exporter.get("/exports/"))

    assert "4 glyphs in four formats" in words
    assert "By label 0 1 1 0 2 0 3 2 4 0 5 0 6 0 7 0 8 0 9 0 not a digit 1" in words
    assert "every labelled glyph is exported" in words


def test_it_says_how_many_are_left_out_and_why(exporter):
    make_labelled()
    for fields in ({"may_train": False}, {"may_train": False}, {"is_excluded": True}):
        make_labelled(**fields)

    words = words_of(exporter.get("/exports/"))

    assert "1 glyph in four formats" in words
    assert "does not allow training with it 2" in words
    assert "kept out of training by a reviewer 1" in words
    assert "nobody can tell what it is 0" in words


def test_it_offers_every_format_and_says_what_held_out_means(exporter):
    make_labelled()

    answer = exporter.get("/exports/")

    assert set(re.findall(r'href="/exports/(\w+)/"', answer.content.decode())) == set(FORMATS)
    assert "About one picture in five" in words_of(answer)


def test_without_a_label_it_says_what_to_do_and_offers_no_file(exporter):
    make_labelled(None)

    answer = exporter.get("/exports/")

    assert "Nothing to export yet" in words_of(answer)
    assert "So far nothing is labelled." in words_of(answer)
    assert "/exports/npz/" not in answer.content.decode()


def test_where_all_is_left_out_it_says_why(exporter):
    make_labelled(may_train=False)

    words = words_of(exporter.get("/exports/"))

    assert "Nothing to export yet" in words
    assert "So far nothing is labelled." not in words
    assert "does not allow training with it 1" in words


def test_the_number_of_queries_does_not_grow(exporter, django_assert_num_queries):
    for label in range(11):
        make_labelled(label)

    with django_assert_num_queries(6):  # session, user, two kinds of permissions, and two that count
        exporter.get("/exports/")


# The files


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_named_after_day_and_count(exporter, name):
    make_labelled()
    make_labelled()

    answer = exporter.get(f"/exports/{name}/")

    ending = {"csv": ".csv", "idx": "-idx.zip", "npz": ".npz", "zip": "-png.zip"}[name]
    expected = f'attachment; filename="labels-{timezone.now():%Y-%m-%d}-2{ending}"'
    assert answer.streaming
    assert answer["Content-Disposition"] == expected
    assert answer["Content-Type"] == FORMATS[name].content_type
    assert "private" in answer["Cache-Control"]


def test_the_table_is_the_labelled_glyphs(exporter, admin_user):
    glyph = make_labelled(4, user=admin_user)
    make_labelled(may_train=False)

    (row,) = csv.DictReader(io.StringIO(exporter.get("/exports/csv/").getvalue().decode(), newline=""))

    assert (row["id"], row["label"], row["labelled_by"]) == (str(glyph.pk), "4", "admin")


def test_the_arrays_can_be_learnt_from(exporter, tmp_path):
    glyph = make_labelled(NOT_A_DIGIT)

    (tmp_path / "labels.npz").write_bytes(exporter.get("/exports/npz/").getvalue())

    labelled = read_labelled(tmp_path / "labels.npz")
    assert (labelled.ids.tolist(), labelled.labels.tolist()) == ([glyph.pk], [NOT_A_DIGIT])
    assert labelled.glyphs.tobytes() == glyph.pixels


def test_a_deleted_picture_is_in_none_of_the_next_files(exporter, tmp_path):
    gone, left = make_labelled(5), make_labelled(6)

    Picture.objects.get(pk=gone.picture_id).delete()

    files = {name: io.BytesIO(exporter.get(f"/exports/{name}/").getvalue()) for name in FORMATS}
    assert str(gone.picture_id).encode() not in files["csv"].getvalue()
    assert ZipFile(files["idx"]).read("train-labels-idx1-ubyte")[8:] == b"\x06"
    assert ZipFile(files["npz"]).read("ids.npy").endswith(left.pk.to_bytes(8, "little"))
    assert ZipFile(files["zip"]).namelist() == [f"glyphs/6/{left.pk}.png", "manifest.csv"]


def test_to_look_at_the_head_costs_no_export(exporter, monkeypatch):
    make_labelled()
    monkeypatch.setattr("recognizer.downloads.exported_glyphs", None)

    answer = exporter.head("/exports/npz/")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('-1.npz"')
    assert answer.getvalue() == b""


@pytest.mark.parametrize("address", ["/exports/xlsx/", "/exports/NPZ/", "/exports/manifest.csv/"])
def test_there_is_no_other_format(exporter, address):
    assert exporter.get(address).status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_sent_here(exporter, address):
    assert exporter.post(address).status_code == 405


# Outages


@pytest.mark.parametrize("name", FORMATS)
def test_a_lost_database_is_unavailable_and_no_half_file(exporter, name):
    make_labelled()

    with lost_database(only="pixels"):
        answer = exporter.get(f"/exports/{name}/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert not answer.has_header("Content-Disposition")


@pytest.mark.parametrize("name", ["idx", "npz"])
def test_a_full_disk_is_unavailable(exporter, monkeypatch, name):
    make_labelled()
    monkeypatch.setattr("recognizer.learning.export_files.waiting_room", raise_disk_full)

    assert exporter.get(f"/exports/{name}/").status_code == 503
