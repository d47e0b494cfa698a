"""Labelled glyphs as files: `GET /api/v1/labels/<format>/`."""

import csv
import io
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from knox.models import AuthToken

from recognizer.inference.labelled import read_labelled
from recognizer.learning.export_files import FORMATS
from tests.recognizer.exported import make_labelled
from tests.recognizer.outages import lost_database


@pytest.fixture
def ellen(db) -> User:
    """Make somebody who may export."""
    user = User.objects.create_user("ellen")
    user.groups.add(Group.objects.get(name="Exporters"))
    return user


@pytest.fixture
def program(ellen) -> Client:
    """Make a program that has ellen's token and no cookies."""
    _, token = AuthToken.objects.create(user=ellen)
    return Client(headers={"Authorization": f"Token {token}"})


def refusal_of(answer) -> str:
    """Return the code of an answer that is a refusal and nothing else."""
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"code", "message"}
    return answer.json()["error"]["code"]


# Who


@pytest.mark.parametrize("name", FORMATS)
def test_a_token_gets_every_format(program, name):
    make_labelled()

    answer = program.get(f"/api/v1/labels/{name}/")

    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"] == FORMATS[name].content_type
    assert answer["Content-Disposition"].startswith('attachment; filename="labels-')


def test_a_session_gets_them_too(client, ellen):
    client.force_login(ellen)

    assert client.get("/api/v1/labels/csv/").status_code == 200


def test_whoever_does_not_say_who_they_are_is_told_to(client, db):
    answer = client.get("/api/v1/labels/npz/")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert refusal_of(answer) == "not_authenticated"


def test_whoever_may_not_export_is_told_so(db):
    _, token = AuthToken.objects.create(user=User.objects.create_user("eve", is_staff=True))

    answer = Client().get("/api/v1/labels/npz/", headers={"Authorization": f"Token {token}"})

    assert answer.status_code == 403
    assert refusal_of(answer) == "permission_denied"
    assert "may not export" in answer.json()["error"]["message"]


def test_a_token_ends_with_the_right(program, ellen):
    ellen.groups.clear()

    assert program.get("/api/v1/labels/npz/").status_code == 403


# What


def test_the_arrays_can_be_learnt_from(program, tmp_path):
    glyph = make_labelled(4)
    make_labelled(may_train=False)

    (tmp_path / "labels.npz").write_bytes(program.get("/api/v1/labels/npz/").getvalue())

    assert read_labelled(tmp_path / "labels.npz").ids.tolist() == [glyph.pk]


def test_the_table_is_the_labelled_glyphs(program):
    glyph = make_labelled(4)

    (row,) = csv.DictReader(io.StringIO(program.get("/api/v1/labels/csv/").getvalue().decode(), newline=""))

    assert (row["id"], row["label"]) == (str(glyph.pk), "4")


def test_without_a_label_the_file_is_an_empty_one(program):
    archive = ZipFile(io.BytesIO(program.get("/api/v1/labels/zip/").getvalue()))

    assert archive.namelist() == ["manifest.csv"]


@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/octet-stream", "*/*"])
def test_the_format_is_the_one_of_the_address_whatever_is_accepted(program, accept):
    answer = program.get("/api/v1/labels/csv/", headers={"Accept": accept})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"


# Refusals


def test_an_unknown_format_is_told_with_those_that_there_are(program):
    answer = program.get("/api/v1/labels/xlsx/")

    assert answer.status_code == 404
    assert refusal_of(answer) == "not_found"
    assert answer.json()["error"]["message"] == "There is no format “xlsx”. Ask for one of csv, idx, npz, zip."


@pytest.mark.parametrize("name", FORMATS)
def test_a_lost_database_is_unavailable_and_no_half_file(program, name):
    make_labelled()

    with lost_database(only="pixels"):
        answer = program.get(f"/api/v1/labels/{name}/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert refusal_of(answer) == "storage_unavailable"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_another_method_is_refused(program, method):
    answer = getattr(program, method)("/api/v1/labels/csv/")

    assert answer.status_code == 405
    assert refusal_of(answer) == "method_not_allowed"


def test_the_schema_names_the_formats_and_every_refusal(client, db):
    paths = client.get("/api/v1/schema/?format=json", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    described = paths["paths"]["/api/v1/labels/{file_format}/"]["get"]

    (parameter,) = described["parameters"]
    assert parameter["schema"]["enum"] == sorted(FORMATS)
    assert set(described["responses"]) == {"200", "401", "403", "404", "503"}
    assert set(described["responses"]["200"]["content"]) == {"text/csv", "application/octet-stream", "application/zip"}
