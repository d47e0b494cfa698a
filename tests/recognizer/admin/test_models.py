"""Model versions in the admin: looked at."""

import pytest

from recognizer.models import ModelVersion
from tests.recognizer.rows import make_version

LIST = "/admin/recognizer/modelversion/"


@pytest.fixture
def versions(db) -> tuple[ModelVersion, ModelVersion]:
    card = {"figures": {"mnist_test": {"accuracy": 0.9972}}}
    return make_version(version="1", card=card), make_version(version="2", state="candidate")


def test_the_list_shows_state_and_accuracy(admin_client, versions):
    page = admin_client.get(LIST).content.decode()

    assert "cnn 1" in page
    assert "99.72 %" in page
    assert "candidate" in page


def test_the_page_shows_the_card(admin_client, versions):
    page = admin_client.get(f"{LIST}{versions[0].pk}/change/").content.decode()

    assert "mnist_test" in page


def test_the_gates_are_not_gone_past_in_the_admin(admin_client, versions):
    form = {"action": "activate", "_selected_action": [versions[1].pk]}

    listed = admin_client.get(LIST)
    admin_client.post(LIST, form)

    assert listed.context["action_form"] is None
    assert dict(ModelVersion.objects.values_list("version", "state")) == {"1": "active", "2": "candidate"}


@pytest.mark.parametrize("address", [LIST, LIST + "{}/change/"])
def test_a_version_leads_to_its_own_page_where_it_is_promoted(admin_client, versions, address):
    page = admin_client.get(address.format(versions[1].pk)).content.decode()

    assert 'href="/models/cnn/2/"' in page


def test_versions_are_neither_added_nor_deleted_nor_changed_by_hand(admin_client, versions):
    version = versions[0]
    before = ModelVersion.objects.values().get(pk=version.pk)

    statuses = [
        admin_client.get(f"{LIST}add/").status_code,
        admin_client.post(f"{LIST}{version.pk}/delete/", {"post": "yes"}).status_code,
    ]
    admin_client.post(f"{LIST}{version.pk}/change/", {"state": "retired", "sha256": "1" * 64})

    assert statuses == [403, 403]
    assert ModelVersion.objects.values().get(pk=version.pk) == before
