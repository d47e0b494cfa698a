"""How a request is read: its token, its body and what it asks for, whatever they are made of."""

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, ParseError, PermissionDenied
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class TokenAuthentication(KnoxTokenAuthentication):
    """Knows a user by a token; one that is no ASCII is a wrong one and no fault of ours.

    A token under the wrong word is told so: taken for nobody's, the picture sent with it could never be found again.
    """

    def authenticate(self, request: Request) -> tuple | None:
        if get_authorization_header(request).lower().startswith(b"bearer"):
            raise AuthenticationFailed("Send the token as “Authorization: Token …”.")
        return super().authenticate(request)

    def authenticate_credentials(self, token: bytes) -> tuple:
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)


class TokenScheme(KnoxTokenScheme):
    """Describes the tokens in the schema."""

    target_class = TokenAuthentication


def refuse_other_sites(request: Request) -> None:
    """Let no page of another site give a picture: the answer would make the browser a new visitor.

    The visitor's own cookie is not sent along from there, and the new one would take its place for good; a page of
    another site of the same domain could give pictures in the visitor's name. Browsers tell where a page is from by
    one header, old ones and those without HTTPS by another; programs send neither. Raises PermissionDenied.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    is_elsewhere = site in ("cross-site", "same-site")
    if site is None and origin is not None:
        is_elsewhere = origin.partition("://")[2] != request.get_host()
    if is_elsewhere:
        raise PermissionDenied("CSRF Failed: a page of another site sent this.")


class ShallowJSONParser(JSONParser):
    """Reads JSON that is not nested beyond all reason."""

    def parse(self, *args, **kwargs) -> object:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class WhateverIsAccepted(DefaultContentNegotiation):
    """Lets a program ask for image/png where errors are JSON."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
