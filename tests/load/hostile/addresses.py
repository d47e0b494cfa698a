"""Every address of the site, asked for in ways that it is not meant for."""

import random
import re
import uuid

from tests.load.hostile.request import OWN, Hostile
from tests.load.hostile.texts import FIELDS, HEADERS, PARAMETERS, STRANGE
from tests.recognizer.who_may_see_what.routes import PLACE

METHODS = ("GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get")
HARMLESS = ("GET", "HEAD", "OPTIONS", "BREW")
ENDS_SOMETHING = re.compile(r"delete|logout|^/api/v1/pictures/<picture_id>/$")
"""An address that may be sent back what its sender owns, or the sender: what is stored could not be counted."""
NUMBERS = ("0", "1", "2", "7", "-1", "9" * 30, "٧", "1.0")
NOWHERE = (
    "/{}",
    "/static/{}",
    "/static/css/{}",
    "//{}",
    "/%2e%2e/{}",
    "/api/{}",
    "/api/v1/{}/",
    "/admin/{}/",
    "/p/{}/image/",
)


def filled(route: str, rng: random.Random) -> str:
    """Return an address of the route, mostly of something that is there or could be."""

    def value(place: re.Match) -> str:
        if rng.random() < 0.2:
            return rng.choice(STRANGE)
        if place[1] in ("picture_id", "batch_id", "run_id"):
            return rng.choice((OWN, OWN, OWN, str(uuid.UUID(int=rng.getrandbits(128)))))
        return rng.choice((OWN, *NUMBERS, "cnn", "mlp", "csv", "zip"))

    return PLACE.sub(value, route)


def strange_query(rng: random.Random, most: int) -> list[tuple[str, str]]:
    """Return a query string's names and values, some of them sound."""
    names = (*PARAMETERS, rng.choice(STRANGE))
    return [(rng.choice(names), rng.choice((*STRANGE, OWN, "1"))) for _ in range(rng.randrange(most))]


def query_string(routes: list[str], rng: random.Random) -> Hostile:
    """An address that is looked at, with a query string full of what it should not hold."""
    return Hostile("query string", rng.choice(("GET", "HEAD")), filled(rng.choice(routes), rng), strange_query(rng, 6))


def method(routes: list[str], rng: random.Random) -> Hostile:
    """An address asked for by any method, with fields that it may not know."""
    route = rng.choice(routes)
    how = rng.choice(HARMLESS if ENDS_SOMETHING.search(route) else METHODS)
    fields = [(rng.choice(FIELDS), rng.choice((*STRANGE, "1"))) for _ in range(rng.randrange(5))]
    hostile = Hostile("method", how, filled(route, rng), strange_query(rng, 2))
    hostile.body = Hostile("", "", "", fields).target().lstrip("?").encode()
    hostile.headers["Content-Type"] = "application/x-www-form-urlencoded"
    return hostile


def headers(routes: list[str], rng: random.Random) -> Hostile:
    """An address that is looked at, with headers that no browser sends."""
    names = rng.sample(sorted(HEADERS), rng.choice((1, 1, 2, 3)))
    chosen = {name: rng.choice(HEADERS[name]) for name in names}
    return Hostile(
        "headers",
        rng.choice(("GET", "GET", "HEAD", "POST")),
        filled(rng.choice(_looked_at(routes)), rng),
        headers=chosen,
    )


def nowhere(rng: random.Random) -> Hostile:
    """An address that there is not."""
    return Hostile("no address", rng.choice(METHODS), rng.choice(NOWHERE).format(rng.choice(STRANGE)))


def _looked_at(routes: list[str]) -> list[str]:
    return [route for route in routes if not ENDS_SOMETHING.search(route)]
