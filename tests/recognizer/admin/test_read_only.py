"""What the admin only shows: predictions, label events, trainings, comparisons and promotions."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.models import Batch, BatchItem, Comparison, LabelEvent, ModelVersion, Prediction, Promotion, TrainingRun
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

MODELS = {
    model._meta.model_name: model for model in (Prediction, LabelEvent, TrainingRun, Comparison, Promotion, Batch)
}
FORGED = {"digit": 1, "new": 2, "state": "done", "is_passed": "", "kind": "rollback"}


def store(version: ModelVersion, user: User) -> None:
    """Store one of each, all about one version."""
    make_picture(version).glyphs.get().set_label(1, owner=Owner(user=user), where="page")
    number = TrainingRun.objects.count() + 2
    candidate = make_version(version=str(number), state="candidate", parent=version)
    TrainingRun.objects.create(kind="cnn", epochs=1, base=version, candidate=candidate, user=user, log="epoch 1: 0.2")
    comparison = Comparison.objects.create(
        candidate=candidate, base=version, figures={"mnist_test": {"right": 9958}}, gates=[], is_passed=True
    )
    batch = Batch.objects.create(user=user, came_as="zip", kind="cnn", total=7)
    BatchItem.objects.create(batch=batch, position=0, name="seven.png", state="failed", problem="no_ink")
    Promotion.objects.create(version=version, replaced=candidate, kind="promotion", comparison=comparison, user=user)


@pytest.fixture
def stored(admin_user) -> None:
    store(make_version(), admin_user)


@pytest.mark.parametrize("name", MODELS)
def test_it_can_be_looked_at(admin_client, stored, name):
    row = MODELS[name].objects.get()

    assert admin_client.get(f"/admin/recognizer/{name}/").status_code == 200
    assert admin_client.get(f"/admin/recognizer/{name}/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("trainingrun", ["epoch 1: 0.2", "cnn 2", "waiting"]),
        ("comparison", ["9958", "cnn 1", "cnn 2"]),
        ("promotion", ["promoted", "cnn 1", "cnn 2"]),
        ("batch", ["a zip", "seven.png", "There is nothing written on this picture."]),
    ],
)
def test_its_page_tells_all_there_is(admin_client, stored, name, expected):
    page = admin_client.get(f"/admin/recognizer/{name}/{MODELS[name].objects.get().pk}/change/").content.decode()

    assert [text for text in expected if text not in page] == []


@pytest.mark.parametrize("name", MODELS)
def test_it_is_neither_added_nor_changed_nor_deleted(admin_client, stored, name):
    before = MODELS[name].objects.values().get()
    address = f"/admin/recognizer/{name}/"

    answers = [
        admin_client.get(f"{address}add/"),
        admin_client.post(f"{address}add/", FORGED),
        admin_client.post(f"{address}{before['id']}/change/", FORGED),
        admin_client.get(f"{address}{before['id']}/delete/"),
        admin_client.post(f"{address}{before['id']}/delete/", {"post": "yes"}),
    ]
    form = {"action": "delete_selected", "_selected_action": [before["id"]], "post": "yes"}
    admin_client.post(address, form)

    assert [answer.status_code for answer in answers] == [403] * 5
    assert MODELS[name].objects.values().get() == before


@pytest.mark.parametrize("name", [*MODELS, "modelversion"])
def test_it_asks_the_database_as_often_for_20_rows_as_for_3(admin_client, admin_user, django_assert_num_queries, name):
    version, address = make_version(), f"/admin/recognizer/{name}/"
    for _ in range(3):
        store(version, admin_user)
    with CaptureQueriesContext(connection) as few:
        assert len(admin_client.get(address).context["cl"].result_list) >= 3

    for _ in range(17):
        store(version, admin_user)
    with django_assert_num_queries(len(few)):
        assert len(admin_client.get(address).context["cl"].result_list) >= 20


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("prediction/?verdict__exact=digit", 1),
        ("prediction/?digit=4", 0),
        ("labelevent/?where__exact=page", 1),
        ("labelevent/?new=2", 0),
        ("labelevent/?what__exact=label", 1),
        ("trainingrun/?state__exact=queued", 1),
        ("trainingrun/?kind__exact=mlp", 0),
        ("comparison/?is_passed__exact=0", 0),
        ("promotion/?kind__exact=promotion", 1),
    ],
)
def test_its_list_is_narrowed(admin_client, stored, address, count):
    assert len(admin_client.get(f"/admin/recognizer/{address}").context["cl"].result_list) == count
