"""How the database goes about what a page asks it for, as SQLite tells it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

LARGE = r"recognizer_(picture|glyph|prediction|labelevent|batch|batchitem)\b"
"""The tables that grow with the pictures."""


class Asked(NamedTuple):
    """One query, and the steps in which it is answered; none where another database is asked."""

    sql: str
    steps: list[str]

    @property
    def sorts_what_it_cuts(self) -> bool:
        """Say whether all that is found is sorted for the sake of a page of it."""
        is_sorted = any("TEMP B-TREE FOR ORDER BY" in step for step in self.steps)
        return "LIMIT" in self.sql and is_sorted and any(re.search(rf" {LARGE}", step) for step in self.steps)

    @property
    def looks_through_all(self) -> bool:
        """Say whether it goes through a whole large table: neither until a page is full, nor in the order of an index.

        The latter is a list that fits on one page.
        """
        return "LIMIT" not in self.sql and any(re.match(rf"SCAN {LARGE}(?! USING INDEX)", step) for step in self.steps)


def asked_by(ask: Callable[[], None]) -> list[Asked]:
    """Return what the database is asked meanwhile."""
    queries = []

    def remember(execute, sql, params, many, context):
        queries.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        ask()
    return [Asked(sql, _steps(sql, params)) for sql, params in queries]


def _steps(sql: str, params: tuple) -> list[str]:
    if connection.vendor != "sqlite" or not sql.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return [row[3] for row in cursor.fetchall()]
