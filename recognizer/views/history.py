"""What this visitor or user gave so far."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from recognizer.filters import PictureFilter
from recognizer.models import Picture, PictureQuerySet
from recognizer.owners import owner_of

PAGE_SIZE = 24


@require_safe
@cache_control(private=True, no_store=True)
def history(request: HttpRequest) -> HttpResponse:
    """Show one page of the pictures, newest first, as narrowed down by the query string."""
    own = Picture.objects.owned_by(owner_of(request)).with_glyphs()
    narrowed = PictureFilter(request.GET, queryset=own)
    pictures, newer, older = page_of(narrowed.qs if narrowed.is_valid() else own, request.GET)
    context = {
        "filter": narrowed,
        "pictures": pictures,
        "newer_url": newer,
        "older_url": older,
        "is_filtered": any(request.GET.get(name) for name in narrowed.filters),
    }
    return render(request, "recognizer/history.html", context)


def page_of(pictures: PictureQuerySet, query: QueryDict) -> tuple[list[Picture], str | None, str | None]:
    """Return a page and the query strings of the newer and the older one, None where there is none.

    A page begins after a picture, not at a number, so that it costs the same however many pictures there are.
    """
    before, after = _position(query.get("before")), _position(query.get("after"))
    if after:
        rows = list(_newer_than(pictures, *after).order_by("created", "id")[: PAGE_SIZE + 1])
        has_newer, has_older = len(rows) > PAGE_SIZE, True
        page = rows[:PAGE_SIZE][::-1]
    else:
        rows = list((_older_than(pictures, *before) if before else pictures)[: PAGE_SIZE + 1])
        has_newer, has_older = before is not None, len(rows) > PAGE_SIZE
        page = rows[:PAGE_SIZE]
    if not page:  # what came after this place was deleted meanwhile: begin with the newest again
        return page_of(pictures, _without_place(query)) if before or after else ([], None, None)
    newer = _page_url(query, "after", page[0]) if has_newer else None
    older = _page_url(query, "before", page[-1]) if has_older else None
    return page, newer, older


def _older_than(pictures: PictureQuerySet, created: datetime, pk: UUID) -> PictureQuerySet:
    return pictures.filter(Q(created__lt=created) | Q(created=created, id__lt=pk))


def _newer_than(pictures: PictureQuerySet, created: datetime, pk: UUID) -> PictureQuerySet:
    return pictures.filter(Q(created__gt=created) | Q(created=created, id__gt=pk))


def _position(value: str | None) -> tuple[datetime, UUID] | None:
    """Return the place in the history that a query string names, None where it names none."""
    try:
        created, pk = (value or "").split("_")
        return datetime.fromisoformat(created).astimezone(UTC), UUID(pk)
    except (ValueError, OverflowError):
        return None


def _without_place(query: QueryDict) -> QueryDict:
    return QueryDict(urlencode([(name, value) for name, value in query.items() if name not in ("before", "after")]))


def _page_url(query: QueryDict, direction: str, picture: Picture) -> str:
    """Return the query string of the page next to this picture, filters kept."""
    kept = [(name, value) for name, value in _without_place(query).items() if value]
    return "?" + urlencode([*kept, (direction, f"{picture.created.isoformat()}_{picture.pk}")])
