"""Pictures in the admin."""

from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recognizer.models import Glyph, LabelEvent, Picture, Prediction
from recognizer.owners import Owner
from tests.recognizer.rows import make_picture, make_version

LIST = "/admin/recognizer/picture/"


def test_the_list_shows_pictures_with_their_readings(admin_client, picture):
    page = admin_client.get(LIST).content.decode()

    assert f'href="{LIST}{picture.pk}/change/"' in page
    assert 'src="data:image/png;base64,' in page
    assert "cnn stub" in page


def test_the_page_shows_picture_and_marks(admin_client, picture):
    page = admin_client.get(f"{LIST}{picture.pk}/change/").content.decode()

    assert page.count('src="data:image/png;base64,') == 2
    assert "7 (&gt; 99.9 %)" in page
    assert f"/admin/recognizer/glyph/{picture.glyphs.get().pk}/change/" in page


def test_nothing_can_be_changed_least_of_all_the_consent(admin_client, network, picture):
    before, calls = Picture.objects.values().get(), network.calls
    inline = {"glyphs-TOTAL_FORMS": 0, "glyphs-INITIAL_FORMS": 0}

    admin_client.post(f"{LIST}{picture.pk}/change/", {"may_train": "on", "reading": "3", "name": "x", **inline})

    assert Picture.objects.values().get() == before
    assert network.calls == calls


def test_deleting_a_picture_removes_everything_read_on_it_and_its_file(
    admin_client, picture, visitor, django_capture_on_commit_callbacks
):
    picture.glyphs.get().set_label(1, owner=visitor, where="page")

    asked = admin_client.get(f"{LIST}{picture.pk}/delete/")
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(f"{LIST}{picture.pk}/delete/", {"post": "yes"})

    assert "Are you sure" in asked.content.decode()
    assert answer.status_code == 302
    assert [m.objects.count() for m in (Picture, Glyph, Prediction, LabelEvent)] == [0, 0, 0, 0]
    assert not picture.image.storage.exists(picture.image.name)


def test_deleting_several_removes_their_files(admin_client, picture, other_picture, django_capture_on_commit_callbacks):
    form = {"action": "delete_selected", "_selected_action": [picture.pk, other_picture.pk], "post": "yes"}

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(LIST, form)

    assert not Picture.objects.exists()
    assert not picture.image.storage.exists(picture.image.name)
    assert not other_picture.image.storage.exists(other_picture.image.name)


def test_deleting_a_user_takes_their_pictures_along(
    admin_client, picture, django_user_model, django_capture_on_commit_callbacks
):
    user = django_user_model.objects.create_user("ada")
    Picture.objects.update(user=user, visitor=None)

    with django_capture_on_commit_callbacks(execute=True):
        answer = admin_client.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not django_user_model.objects.filter(pk=user.pk).exists()
    assert not Picture.objects.exists()
    assert not picture.image.storage.exists(picture.image.name)


def test_staff_who_may_not_delete_pictures_delete_none(client, picture, django_user_model):
    user = django_user_model.objects.create_user("vera", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_picture", "change_picture"]))
    client.force_login(user)

    assert client.post(f"{LIST}{picture.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Picture.objects.exists()


def test_pictures_are_not_added_by_hand(admin_client):
    assert admin_client.get(f"{LIST}add/").status_code == 403


def test_the_list_is_searched_and_narrowed(admin_client, db):
    version = make_version()
    found = make_picture(version, digits="42", source="upload", name="receipt.png")
    make_picture(version, digits="7")

    for query in ("?q=receipt", "?q=42", "?source=upload", f"?model_version__id__exact={version.pk}&q=42"):
        assert [p.pk for p in admin_client.get(LIST + query).context["cl"].result_list] == [found.pk]


def test_it_asks_the_database_as_often_for_20_pictures_as_for_3(admin_client, admin_user, django_assert_num_queries):
    version = make_version()
    for _ in range(3):
        make_picture(version, Owner(user=admin_user), "42")
    with CaptureQueriesContext(connection) as few:
        assert len(admin_client.get(LIST).context["cl"].result_list) == 3

    for _ in range(17):
        make_picture(version, Owner(user=admin_user), "42")
    with django_assert_num_queries(len(few)):
        assert len(admin_client.get(LIST).context["cl"].result_list) == 20


def test_a_page_asks_the_database_as_often_for_9_marks_as_for_1(admin_client, django_assert_num_queries):
    version = make_version()
    one, nine = make_picture(version, digits="7"), make_picture(version, digits="123456789")
    with CaptureQueriesContext(connection) as few:
        admin_client.get(f"{LIST}{one.pk}/change/")

    with django_assert_num_queries(len(few)):
        admin_client.get(f"{LIST}{nine.pk}/change/")
