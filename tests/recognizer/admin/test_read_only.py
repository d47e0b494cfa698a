"""Predictions and label events in the admin: only to be looked at."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.models import LabelEvent, Prediction
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

MODELS = {"prediction": Prediction, "labelevent": LabelEvent}


@pytest.fixture
def stored(admin_user):
    """Store one glyph with its prediction and the event of its label."""
    picture = make_picture(make_version())
    picture.glyphs.get().set_label(1, owner=Owner(user=admin_user), where="page")
    return picture


@pytest.mark.parametrize("name", MODELS)
def test_it_can_be_looked_at(admin_client, stored, name):
    row = MODELS[name].objects.get()

    assert admin_client.get(f"/admin/recognizer/{name}/").status_code == 200
    assert admin_client.get(f"/admin/recognizer/{name}/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("name", MODELS)
def test_it_is_neither_added_nor_changed_nor_deleted(admin_client, stored, name):
    before = MODELS[name].objects.values().get()
    address = f"/admin/recognizer/{name}/"

    answers = [
        admin_client.get(f"{address}add/"),
        admin_client.post(f"{address}add/", {"digit": 1}),
        admin_client.post(f"{address}{before['id']}/change/", {"digit": 1, "new": 2}),
        admin_client.get(f"{address}{before['id']}/delete/"),
        admin_client.post(f"{address}{before['id']}/delete/", {"post": "yes"}),
    ]
    form = {"action": "delete_selected", "_selected_action": [before["id"]], "post": "yes"}
    admin_client.post(address, form)

    assert [answer.status_code for answer in answers] == [403] * 5
    assert MODELS[name].objects.values().get() == before


@pytest.mark.parametrize("name", MODELS)
def test_it_asks_the_database_as_often_for_20_rows_as_for_3(admin_client, admin_user, django_assert_num_queries, name):
    def store(version):
        make_picture(version).glyphs.get().set_label(1, owner=Owner(user=admin_user), where="page")

    version = make_version()
    for _ in range(3):
        store(version)
    with CaptureQueriesContext(connection) as few:
        assert len(admin_client.get(f"/admin/recognizer/{name}/").context["cl"].result_list) == 3

    for _ in range(17):
        store(version)
    with django_assert_num_queries(len(few)):
        assert len(admin_client.get(f"/admin/recognizer/{name}/").context["cl"].result_list) == 20


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("prediction/?verdict__exact=digit", 1),
        ("prediction/?digit=4", 0),
        ("labelevent/?where__exact=page", 1),
        ("labelevent/?new=2", 0),
    ],
)
def test_its_list_is_narrowed(admin_client, stored, address, count):
    assert len(admin_client.get(f"/admin/recognizer/{address}").context["cl"].result_list) == count
