"""Many rows, a few at a time."""

from collections.abc import Iterator

from django.db.models import Model, QuerySet


def in_chunks(queryset: QuerySet, size: int) -> Iterator[list[Model]]:
    """Yield the rows in lists of at most this size; one that is gone, or no longer asked for, by its turn is left out.

    Only the rows' numbers are looked up beforehand, and no query stays open, which SQLite's writers would wait for.
    """
    numbers = list(queryset.values_list("pk", flat=True))
    for start in range(0, len(numbers), size):
        yield list(queryset.filter(pk__in=numbers[start : start + size]))
