"""Pages of pictures, newest first, that begin after a picture and not at a number: each costs the same."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.http import QueryDict

from recognizer.querysets import PictureQuerySet

PLACES = ("before", "after")
"""What the query string calls the picture that a page ends before or begins after."""


@dataclass(frozen=True)
class Place:
    """A picture's place in the order of time; ids keep equal times apart."""

    created: datetime
    pk: UUID

    def __str__(self) -> str:
        return f"{self.created.isoformat()}_{self.pk}"

    def older(self, pictures: PictureQuerySet) -> PictureQuerySet:
        """Keep what is older. One bound on the time lets the index begin here; an “or” would walk there."""
        return pictures.filter(created__lte=self.created).exclude(created=self.created, id__gte=self.pk)

    def newer(self, pictures: PictureQuerySet) -> PictureQuerySet:
        """Keep what is newer, the oldest of it first."""
        newer = pictures.filter(created__gte=self.created).exclude(created=self.created, id__lte=self.pk)
        return newer.order_by("created", "id")


@dataclass(frozen=True)
class Page:
    """The ids of its pictures, and the query strings of the pages next to it, None where there is none."""

    ids: list[UUID]
    newer: str | None = None
    older: str | None = None


def page_of(pictures: PictureQuerySet, query: QueryDict, size: int) -> Page:
    """Return the page that a query string asks for: the first one, if it asks for none that there is.

    Only what an index holds is asked for, so that it alone is read, however few of many pictures match.
    """
    before, after = (_place(query.get(name)) for name in PLACES)
    rows = after.newer(pictures) if after else before.older(pictures) if before else pictures
    found = [Place(*row) for row in rows.values_list("created", "pk")[: size + 1]]
    if not found:  # what came after this place was deleted meanwhile
        return page_of(pictures, without(query, *PLACES), size) if before or after else Page([])
    page = found[:size][::-1] if after else found[:size]
    goes_on = len(found) > size
    has_newer, has_older = (goes_on, True) if after else (before is not None, goes_on)
    return Page(
        [place.pk for place in page],
        newer=query_string(query, after=page[0]) if has_newer else None,
        older=query_string(query, before=page[-1]) if has_older else None,
    )


def query_string(query: QueryDict, **changed: object) -> str:
    """Return the query string of the first page, everything else kept, with these values besides."""
    kept = without(query, *PLACES, *changed)
    kept.update({name: str(value) for name, value in changed.items()})
    return "?" + kept.urlencode()


def without(query: QueryDict, *names: str) -> QueryDict:
    """Return what a query string asks for beside these, without what it leaves empty."""
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in query.items() if value and name not in names})
    return kept


def _place(value: str | None) -> Place | None:
    """Return the place that a query string names, None where it names none."""
    try:
        created, pk = (value or "").split("_")
        return Place(datetime.fromisoformat(created).astimezone(UTC), UUID(pk))
    except (ValueError, OverflowError):
        return None
