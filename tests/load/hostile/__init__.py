"""Requests that mean no good: damaged pictures and zips, strange names, types, bodies, headers and addresses."""

import random
from collections.abc import Callable
from functools import partial

from tests.load.hostile import addresses, bodies, lines, pictures, zips
from tests.load.hostile.request import Hostile

Maker = Callable[[random.Random], Hostile]
AT_FIXED_DOORS = (
    *(pictures.picture, pictures.bad_picture, zips.zip_file, bodies.name_and_type, bodies.part_head, bodies.body),
    *(bodies.label, bodies.form_fields, addresses.nowhere),
)
AT_EVERY_ROUTE = (addresses.query_string, addresses.method, addresses.headers)
BY_LINE = (lines.chunked, lines.cut_off, lines.no_request)
"""Make what only a line of one's own can send."""
OFTEN = {"picture": 3, "zip_file": 2, "query_string": 2, "method": 2}
"""Kinds that are asked for more often than the others."""


def makers(routes: list[str]) -> dict[str, Maker]:
    """Return what makes a request of each kind that a client can send, by its name."""
    fixed = {make.__name__: make for make in AT_FIXED_DOORS}
    return fixed | {make.__name__: partial(make, routes) for make in AT_EVERY_ROUTE}


def requests_of(routes: list[str], count: int, rng: random.Random) -> list[Hostile]:
    """Return so many requests of all kinds."""
    chosen = [make for name, make in makers(routes).items() for _ in range(OFTEN.get(name, 1))]
    return [rng.choice((*chosen, *BY_LINE))(rng) for _ in range(count)]
