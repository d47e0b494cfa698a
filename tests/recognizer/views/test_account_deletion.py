"""The end of an account: `/account/delete/`."""

import uuid

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.core import signing
from django.db.models.deletion import Collector
from knox.models import AuthToken

from recognizer.history.deletion import Deleted
from recognizer.models import Batch, LabelEvent, Picture
from recognizer.owners import Owner
from recognizer.recognition import recognize
from recognizer.views import account_deletion
from tests.pictures import png_of
from tests.recognizer.batches.files import put_aside
from tests.recognizer.rows import make_picture, make_version

PASSWORD = {"password": "difference-engine-9"}


@pytest.fixture
def ada(client, db) -> User:
    """Log the client in as a user."""
    user = User.objects.create_user("ada", **PASSWORD)
    client.force_login(user)
    return user


def test_it_asks_for_the_password(client, ada):
    page = client.get("/account/delete/").content.decode()

    assert 'type="password"' in page
    assert User.objects.filter(pk=ada.pk).exists()


def test_user_pictures_files_and_tokens_go(client, ada, network, other_picture, django_capture_on_commit_callbacks):
    picture = recognize(png_of("7"), owner=Owner(user=ada), source="draw")
    AuthToken.objects.create(user=ada)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/account/delete/", PASSWORD)

    assert answer.url == "/"
    assert answer["Clear-Site-Data"] == '"storage"'
    assert get_user(client).is_anonymous
    assert not User.objects.filter(pk=ada.pk).exists()
    assert not AuthToken.objects.exists()
    assert not picture.image.storage.exists(picture.image.name)
    assert Picture.objects.get() == other_picture
    assert "Your account is deleted" in client.get("/").content.decode()


def test_what_they_said_of_others_marks_stays_without_their_name(client, ada):
    glyph = make_picture(make_version()).glyphs.get()
    glyph.set_label(3, owner=Owner(user=ada), where="review")

    client.post("/account/delete/", PASSWORD)

    glyph.refresh_from_db()
    assert (glyph.label, glyph.labelled_by) == (3, None)
    assert LabelEvent.objects.get().user is None


@pytest.mark.parametrize("sent", [{}, {"password": "wrong"}, {"confirmation": "forged"}])
def test_without_the_password_nothing_goes(client, ada, sent):
    make_picture(make_version(), Owner(user=ada))

    answer = client.post("/account/delete/", sent)

    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert get_user(client) == ada
    assert Picture.objects.count() == 1


def test_the_only_administrator_stays(admin_client, admin_user):
    answer = admin_client.post("/account/delete/", {"password": "password"})

    assert answer.url == "/account/"
    assert "only administrator" in admin_client.get("/account/").content.decode()
    assert User.objects.filter(pk=admin_user.pk).exists()


def test_one_administrator_of_two_may_go(admin_client, admin_user):
    User.objects.create_superuser("grace")

    admin_client.post("/account/delete/", {"password": "password"})

    assert not User.objects.filter(pk=admin_user.pk).exists()


def test_an_administrator_who_may_not_log_in_counts_for_none(admin_client, admin_user):
    User.objects.create_superuser("grace", is_active=False)

    admin_client.post("/account/delete/", {"password": "password"})

    assert User.objects.filter(pk=admin_user.pk).exists()


@pytest.fixture
def _little_time(monkeypatch):
    """Let the first request delete nothing in its time, the next ones all."""
    delete_pictures = account_deletion.delete_pictures
    results = iter([Deleted(0, is_all=False)])

    def delete_late(pictures, **options) -> Deleted:
        return next(results, None) or delete_pictures(pictures, **options)

    monkeypatch.setattr(account_deletion, "delete_pictures", delete_late)


@pytest.mark.usefixtures("_little_time")
def test_many_pictures_take_several_requests_and_the_password_once(client, ada):
    make_picture(make_version(), Owner(user=ada))

    first = client.post("/account/delete/", PASSWORD)
    assert first.status_code == 200
    assert get_user(client) == ada

    second = client.post("/account/delete/", {"confirmation": first.context["confirmation"], "deleted": "200"})
    assert second.url == "/"
    assert not User.objects.filter(pk=ada.pk).exists()


def test_a_confirmation_holds_for_its_user_alone(client, ada):
    of_another = signing.dumps({"user": ada.pk + 1}, salt=account_deletion.SALT)

    assert client.post("/account/delete/", {"confirmation": of_another}).status_code == 400


def test_a_confirmation_ends(client, ada, monkeypatch):
    confirmation = signing.dumps({"user": ada.pk}, salt=account_deletion.SALT)
    monkeypatch.setattr(account_deletion, "CONFIRMED_FOR_SECONDS", -1)

    assert client.post("/account/delete/", {"confirmation": confirmation}).status_code == 400


def test_it_is_for_who_is_logged_in(client, db):
    make_picture(make_version(), Owner(visitor=uuid.uuid4()))

    assert client.get("/account/delete/").url == "/account/login/?next=/account/delete/"
    assert client.post("/account/delete/", PASSWORD).url == "/account/login/?next=/account/delete/"
    assert Picture.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_comes_in_the_last_moment_makes_it_go_on(client, ada, network, monkeypatch):
    delete, came = Collector.delete, []

    def delete_late(collector: Collector) -> tuple:
        if User in collector.data and not came:
            came.append(recognize(png_of("7"), owner=Owner(user=ada), source="api"))
        return delete(collector)

    monkeypatch.setattr(Collector, "delete", delete_late)

    first = client.post("/account/delete/", PASSWORD)
    assert first.status_code == 200
    assert get_user(client) == ada

    client.post("/account/delete/", {"confirmation": first.context["confirmation"]})
    assert not User.objects.filter(pk=ada.pk).exists()
    assert not Picture.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_batches_go_with_the_files_that_wait(client, ada, network, settings):
    put_aside(Owner(user=ada), png_of("7"), png_of("4"))

    client.post("/account/delete/", PASSWORD)

    assert not Batch.objects.exists()
    assert list(settings.MEDIA_ROOT.glob("batches/*")) == []


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client, ada):
    statuses = [client.post("/account/delete/", {"password": "wrong"}).status_code for _ in range(5)]

    answer = client.post("/account/delete/", PASSWORD)

    assert statuses == [400] * 5
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert get_user(client) == ada


@pytest.mark.usefixtures("_little_time")
@pytest.mark.parametrize("garbage", ["9" * 5000, "-1", "many"])
def test_a_number_that_is_none_counts_for_nothing(client, ada, garbage):
    answer = client.post("/account/delete/", PASSWORD | {"deleted": garbage})

    assert answer.status_code == 200
    assert answer.context["deleted"] == 0
