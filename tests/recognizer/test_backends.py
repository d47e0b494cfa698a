"""How a name and a password find their user."""

import pytest
from django.contrib.auth import authenticate
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
