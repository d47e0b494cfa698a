"""The admin as a whole: every page renders, for staff only, under the site's own policy."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from knox.models import AuthToken

from recognizer.models import Comparison, Picture, Promotion, TrainingRun
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

PAGES = ["/admin/", "/admin/recognizer/", "/admin/auth/", "/admin/password_change/"]


@pytest.fixture
def one_of_each(admin_user):
    """Store a row of everything the admin shows."""
    version = make_version()
    picture = make_picture(version, digits="42")
    picture.glyphs.first().set_label(1, owner=Owner(user=admin_user), where="page")
    TrainingRun.objects.create(kind="cnn", epochs=1, base=version, user=admin_user)
    comparison = Comparison.objects.create(candidate=version, base=version, figures={}, gates=[], is_passed=True)
    Promotion.objects.create(version=version, kind="promotion", comparison=comparison, user=admin_user)
    Group.objects.create(name="reviewers")
    AuthToken.objects.create(user=admin_user)


def test_from_a_row_to_its_page_and_from_none_to_nowhere(admin_client, one_of_each):
    picture = Picture.objects.get()
    address = f"/admin/r/{ContentType.objects.get_for_model(Picture).pk}/"

    assert admin_client.get(f"{address}{picture.pk}/")["Location"].endswith(f"/p/{picture.pk}/")
    assert [admin_client.get(f"{address}{number}/").status_code for number in ("0", "seven")] == [404, 404]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_every_list_and_every_rows_page_renders(admin_client, one_of_each, model):
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

    listed = admin_client.get(address)

    assert listed.status_code == 200
    for row in model.objects.all():
        assert admin_client.get(f"{address}{row.pk}/change/").status_code == 200
        assert admin_client.get(f"{address}{row.pk}/history/").status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_every_other_page_renders(admin_client, one_of_each, address):
    assert admin_client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/admin/", "/admin/recognizer/glyph/"])
def test_its_policy_allows_own_files_only(admin_client, one_of_each, address):
    policy = admin_client.get(address)["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_it_is_for_staff_only(client, db, django_user_model, model):
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    anonymous = client.get(address)
    client.force_login(django_user_model.objects.create_user("eve"))

    assert (anonymous.status_code, client.get(address).status_code) == (302, 302)


def test_staff_without_a_right_see_nothing(client, one_of_each, django_user_model):
    client.force_login(django_user_model.objects.create_user("sam", is_staff=True))

    assert client.get("/admin/recognizer/glyph/").status_code == 403
    assert client.get("/admin/").status_code == 200
