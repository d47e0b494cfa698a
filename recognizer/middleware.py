"""What happens around every view: visitors are recognised, outages told with a 503, answers kept private."""

import logging
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.common import CommonMiddleware
from django.utils.cache import patch_cache_control

from recognizer.lock_waits import one_wait
from recognizer.owners import is_due_for_renewal, remember_visitor, visitor_of
from recognizer.problems import METHOD_NOT_ALLOWED, STORAGE_UNAVAILABLE, is_outage, problem_response, too_many_logins
from recognizer.throttling import LoginThrottle

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]


SUPERVISED = ("/healthz", "/readyz", "/metrics")


class HostMiddleware(CommonMiddleware):
    """Django's own; but a supervisor may ask a machine by whatever name or address that has."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        return None if request.path_info in SUPERVISED else super().process_request(request)


class AnswerMiddleware:
    """Fills in what an answer does not say itself: that it is nobody else's, and what is wrong with a blank 405."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            _tell_wrong_method(request, response)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


def _tell_wrong_method(request: HttpRequest, response: HttpResponse) -> None:
    """Put the error page into the answer; its headers, which name the methods, stay."""
    page = problem_response(request, METHOD_NOT_ALLOWED)
    response.content = page.content
    response["Content-Type"] = page["Content-Type"]
    response["Content-Length"] = str(len(page.content))


class LoginMiddleware:
    """Refuses another try after too many wrong passwords, to log in or to change the password, wherever the page is."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        throttle = getattr(request, "login_throttle", None)
        if throttle is not None and response.status_code == 302:  # a wrong password brings the form again
            throttle.forget_if_logged_in()
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        if (username := _whose_password(request)) is None:
            return None
        throttle = LoginThrottle(request, username)
        try:
            seconds = throttle.seconds_to_wait()
        except OSError as error:  # the cache may be a folder, on a disk that is full
            logger.error("A try to log in could not be counted: %s", error)
            return problem_response(request, STORAGE_UNAVAILABLE)
        if seconds:
            return problem_response(request, too_many_logins(seconds))
        request.login_throttle = throttle
        return None


def _whose_password(request: HttpRequest) -> str | None:
    """Return the name of the user whose password is tried, None where none is looked at."""
    page = request.resolver_match.url_name if request.method == "POST" else None
    if page == "login" and not request.user.is_authenticated:
        return request.POST.get("username", "")
    if page == "password_change" and request.user.is_authenticated:
        return request.user.get_username()
    return None


class VisitorMiddleware:
    """Sets request.visitor from the signed cookie; sends the cookie of a new visitor, and one that grows old again."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visitor = visitor_of(request)
        request.visitor_is_new = False
        response = self.get_response(request)
        if response.status_code < 400 and (request.visitor_is_new or is_due_for_renewal(request)):
            remember_visitor(request, response)
        return response


class OutageMiddleware:
    """Answers 503 instead of 500 while the database is locked or away, or the disk full."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_wait(connection):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_outage(error):
            return None
        logger.error("Database or disk cannot be used: %s", error)
        request.user = AnonymousUser()  # who is asking stands in the database
        return problem_response(request, STORAGE_UNAVAILABLE)
