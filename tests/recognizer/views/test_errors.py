"""Answers that Django asks for by name: a page for a person, JSON under the API's addresses."""

import inspect

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.test import Client, RequestFactory
from django.urls import reverse

from recognizer.imaging import errors as imaging
from recognizer.models import Picture
from recognizer.problems import (
    CSRF_FAILED,
    METHOD_NOT_ALLOWED,
    MODEL_UNAVAILABLE,
    NOT_FOUND,
    Problem,
    problem_of,
    problem_response,
)
from recognizer.throttling import RateLimitedError
from recognizer.views import errors

PICTURE_ERRORS = [cls for _, cls in inspect.getmembers(imaging, inspect.isclass) if cls.__module__ == imaging.__name__]
PROBLEMS = [
    errors.BAD_REQUEST,
    errors.FORBIDDEN,
    errors.TOO_LARGE,
    CSRF_FAILED,
    METHOD_NOT_ALLOWED,
    MODEL_UNAVAILABLE,
    NOT_FOUND,
    Problem(499, "unheard_of", "Nobody has heard of this.", "Tell us about it."),
    *(problem_of(cls()) for cls in PICTURE_ERRORS),
    problem_of(RateLimitedError(37)),
]


def request_for(address: str):
    """Return a request as a handler of errors gets it when no middleware has seen it."""
    request = RequestFactory().get(address)
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: f"{problem.status}-{problem.code}")
def test_every_problem_has_a_page_that_tells_it_and_leads_on(db, problem):
    answer = problem_response(request_for("/"), problem)

    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert answer.status_code == problem.status
    assert main.count("<h1>") == 1
    assert str(problem.message) in main
    assert str(problem.remedy) in main
    assert 'class="button"' in main


def test_who_sends_too_much_is_told_how_long_to_wait(db):
    answer = problem_response(request_for("/"), problem_of(RateLimitedError(37)))

    assert (answer.status_code, answer["Retry-After"]) == (429, "37")
    assert "37 seconds" in answer.content.decode()


def test_a_page_that_is_not_there_offers_the_sheet_and_the_own_pictures(client, db):
    main = client.get("/nothing/").content.decode().split("<main", 1)[1].split("</main>", 1)[0]

    assert f'class="button" href="{reverse("draw")}"' in main
    assert f'href="{reverse("history")}"' in main


def test_a_permission_that_is_missing_is_told_with_a_page(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))

    answer = client.get("/review/")

    assert answer.status_code == 403
    assert "This is only for people with the right to it." in answer.content.decode()


def test_a_permission_that_is_missing_in_the_api_is_told_in_json(db):
    answer = errors.forbidden(request_for("/api/v1/labels/npz/"), PermissionDenied())

    assert answer["Content-Type"] == "application/json"
    assert answer.status_code == 403


def test_a_form_that_carries_too_much_is_told_so(client, settings, db):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    answer = client.post("/account/login/", {"username": "a" * 100})

    assert answer.status_code == 413
    assert "More was sent than this site takes at once." in answer.content.decode()
    assert errors.bad_request(request_for("/"), RequestDataTooBig()).status_code == 413


def test_the_page_of_a_fault_needs_nothing_of_a_request(rf):
    answer = errors.server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()


@pytest.mark.parametrize("address", ["/nothing/", "/p/7/", "/account/nothing/"])
def test_an_unknown_address_is_answered_with_a_page(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_picture_that_is_not_ones_own_is_found_after_logging_in(client, admin_client, picture):
    address = f"/p/{picture.pk}/"

    page = Client().get(address).content.decode()

    assert f"/account/login/?next={address}" in page
    assert "aria-current" not in page.split("<main")[0]
    assert "/account/login/" not in admin_client.get(address).content.decode()


@pytest.mark.parametrize(
    "address", ["/api/v1/nothing/", "/api/v1/pictures/not-a-uuid/", "/api/v1/glyphs/-1/label/", "/api/v2/pictures/"]
)
def test_an_unknown_address_of_the_api_is_answered_with_json(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": "not_found",
            "message": "There is nothing here, or it is not yours. "
            "Check the address, and that you are signed in as the owner.",
        }
    }


def test_a_host_that_is_not_ours_is_refused(client, db):
    answer = client.get("/", headers={"Host": "evil.example"})

    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["/", "/upload/", "/history/"])
def test_a_fault_of_ours_is_a_page_that_needs_no_database(monkeypatch, network, address):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Picture.objects, "owned_by", fail)

    answer = Client(raise_request_exception=False).get(address)

    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_a_fault_of_ours_in_the_api_is_json(monkeypatch, network):
    def fail(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(Picture.objects, "owned_by", fail)

    answer = Client(raise_request_exception=False).get("/api/v1/pictures/")

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "server_error"
    assert "secret detail" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page(db):
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {})

    assert answer.status_code == 403
    assert "This form has expired or did not come from this site." in answer.content.decode()
