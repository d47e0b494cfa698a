"""How a name and a password find their user."""

import pytest
from django.contrib.auth import authenticate, get_user
from django.contrib.auth.models import User


@pytest.fixture
def ada(db) -> User:
    return User.objects.create_user("Ada", password="engine")


@pytest.mark.parametrize("name", ["Ada", "ada", "ADA"])
def test_a_name_finds_its_user_in_any_case(ada, name):
    assert authenticate(username=name, password="engine") == ada


@pytest.mark.parametrize(("name", "password"), [("ada", "ENGINE"), ("adam", "engine"), ("ad_", "engine"), ("", "")])
def test_nothing_else_does(ada, name, password):
    assert authenticate(username=name, password=password) is None


def test_two_names_that_differ_by_case_alone_stay_apart(ada):
    other = User.objects.create_user("ADA", password="other")

    assert authenticate(username="Ada", password="engine") == ada
    assert authenticate(username="ADA", password="other") == other
    assert authenticate(username="ADA", password="engine") is None
    assert authenticate(username="aDa", password="engine") is None


def test_who_is_not_active_does_not_come_in(ada):
    ada.is_active = False
    ada.save()

    assert authenticate(username="ada", password="engine") is None


def test_a_session_that_an_older_release_began_goes_on(client, ada):
    client.force_login(ada, "django.contrib.auth.backends.ModelBackend")

    assert get_user(client) == ada


def test_a_name_as_it_was_written_is_found_by_the_index(ada, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(User, "check_password", lambda user, password: True)

    with django_assert_num_queries(2) as asked:
        authenticate(username="Ada", password="engine")

    assert not any("LIKE" in query["sql"] or "UPPER" in query["sql"] for query in asked)
