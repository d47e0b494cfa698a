"""Model versions in the admin: looked at and made active."""

import pytest

from recognizer.models import ModelVersion
from tests.recognizer.rows import make_version

LIST = "/admin/recognizer/modelversion/"


@pytest.fixture
def versions(db) -> tuple[ModelVersion, ModelVersion]:
    card = {"figures": {"mnist_test": {"accuracy": 0.9972}}}
    return make_version(version="1", card=card), make_version(version="2", state="candidate")


def activate(client, *versions: ModelVersion) -> str:
    form = {"action": "activate", "_selected_action": [version.pk for version in versions]}
    return client.post(LIST, form, follow=True).content.decode()


def states() -> dict[str, str]:
    return dict(ModelVersion.objects.values_list("version", "state"))


def test_the_list_shows_state_and_accuracy(admin_client, versions):
    page = admin_client.get(LIST).content.decode()

    assert "cnn 1" in page
    assert "99.72%" in page
    assert "candidate" in page


def test_the_page_shows_the_card(admin_client, versions):
    page = admin_client.get(f"{LIST}{versions[0].pk}/change/").content.decode()

    assert "mnist_test" in page


def test_a_version_is_made_active(admin_client, versions):
    page = activate(admin_client, versions[1])

    assert "cnn 2 now reads new pictures." in page.lower()
    assert states() == {"1": "retired", "2": "active"}


def test_one_at_a_time(admin_client, versions):
    page = activate(admin_client, *versions)

    assert "Choose exactly one version." in page
    assert states() == {"1": "active", "2": "candidate"}


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
