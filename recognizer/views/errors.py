"""Answers that Django asks for by name: a page for a person, JSON under the API's addresses."""

import sys

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import defaults

from recognizer.problems import (
    API_ROOT,
    CSRF_FAILED,
    NOT_FOUND,
    STORAGE_UNAVAILABLE,
    Problem,
    is_outage,
    problem_response,
)

BAD_REQUEST = Problem(400, "bad_request", _("This request cannot be understood."), _("Go back and try it again."))
FORBIDDEN = Problem(
    403, "forbidden", _("This is only for people with the right to it."),
    _("Log in with an account that has it, or ask the site’s owner for it."),
)  # fmt: skip
SERVER_ERROR = Problem(500, "server_error", _("Something broke, and the fault is ours."), _("Try again in a moment."))
TOO_LARGE = Problem(413, "too_large", _("More was sent than this site takes at once."), _("Go back and send less."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token."""
    return problem_response(request, CSRF_FAILED)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses."""
    return problem_response(request, TOO_LARGE if isinstance(exception, RequestDataTooBig) else BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer somebody who lacks a permission."""
    return problem_response(request, FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that there is not, or not for whoever asks."""
    return problem_response(request, NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the site itself is broken: by as little of it as can be.

    An outage before or after the view, as when the session is saved, comes by here and not by OutageMiddleware.
    """
    if is_outage(sys.exception()):
        request.user = AnonymousUser()  # who is asking stands in the database
        return problem_response(request, STORAGE_UNAVAILABLE)
    if request.path_info.startswith(API_ROOT):
        return JsonResponse(SERVER_ERROR.json, status=500)
    return defaults.server_error(request)
