"""Whose a picture is: a user's or, before anyone signs in, a visitor's."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse

COOKIE_NAME = "visitor"
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600
COOKIE_RENEWED_AFTER_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Owner:
    """A user, or else a visitor's number; neither is nobody."""

    user: AbstractBaseUser | None = None
    visitor: uuid.UUID | None = None


def visitor_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the visitor's number from the signed cookie, None where it is missing or forged."""
    value = request.get_signed_cookie(COOKIE_NAME, default="", max_age=COOKIE_MAX_AGE_SECONDS)
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def is_due_for_renewal(request: HttpRequest) -> bool:
    """Say whether the visitor's cookie is so old that it is sent again, so that it never ends while it is used."""
    if request.visitor is None:
        return False
    return not request.get_signed_cookie(COOKIE_NAME, default="", max_age=COOKIE_RENEWED_AFTER_SECONDS)


def owner_of(request: HttpRequest) -> Owner:
    """Return who is asking."""
    if request.user.is_authenticated:
        return Owner(user=request.user)
    return Owner(visitor=request.visitor)


def new_owner_of(request: HttpRequest) -> Owner:
    """Return who is asking, as an owner for a new picture: an unknown visitor is given a number."""
    if not request.user.is_authenticated and request.visitor is None:
        # The middleware sends it as a cookie. REST framework wraps the request that the middleware knows.
        request = getattr(request, "_request", request)
        request.visitor = uuid.uuid4()
        request.visitor_is_new = True
    return owner_of(request)


def remember_visitor(request: HttpRequest, response: HttpResponse) -> None:
    """Send the visitor's number back as a signed cookie."""
    response.set_signed_cookie(
        COOKIE_NAME,
        str(request.visitor),
        max_age=COOKIE_MAX_AGE_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
