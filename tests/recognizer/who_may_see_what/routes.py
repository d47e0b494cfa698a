"""Every address that the site answers, as its URL resolver knows it."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")
"""How Django writes a part of an address that may be anything."""


def routes() -> list[str]:
    """Return every route once, as /p/<picture_id>/, in the order in which they are tried."""
    return list(dict.fromkeys(_routes(get_resolver(), "/")))


def _routes(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        written = str(pattern.pattern).removeprefix("^").removesuffix("$")
        route = before + PLACE.sub(lambda place: f"<{place[1] or place[2]}>", written)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern, route)


def address_of(route: str, parts: dict[str, object]) -> str:
    """Return the address that a route is with these parts in it; a row of the admin is named by its model."""
    model = re.match(r"/admin/\w+/(\w+)/<", route)
    known = parts | ({"object_id": parts[model[1]]} if model else {})
    return PLACE.sub(lambda place: str(known[place[1]]), route)
