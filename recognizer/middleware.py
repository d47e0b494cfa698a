"""What happens around every view: visitors are recognised, a lost database is told with a 503."""

import logging
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from recognizer.owners import remember_visitor, visitor_of
from recognizer.problems import STORAGE_UNAVAILABLE, problem_response

logger = logging.getLogger(__name__)

View = Callable[[HttpRequest], HttpResponse]


class VisitorMiddleware:
    """Sets request.visitor from the signed cookie and sends the cookie of a new visitor."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visitor = visitor_of(request)
        request.visitor_is_new = False
        response = self.get_response(request)
        if request.visitor_is_new and response.status_code < 400:
            remember_visitor(request, response)
        return response


class OutageMiddleware:
    """Answers 503 instead of 500 while the database is locked or away."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        logger.error("The database cannot be used: %s", error)
        request.user = AnonymousUser()  # who is asking stands in the database
        return problem_response(request, STORAGE_UNAVAILABLE)
