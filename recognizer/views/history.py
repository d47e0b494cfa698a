"""What this visitor or user gave so far."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from recognizer.history.filters import PictureFilter
from recognizer.history.keyset import PLACES, Page, page_of, query_string, without
from recognizer.models import Picture
from recognizer.owners import owner_of

PAGE_SIZE = 24
LAYOUTS = ("grid", "table")
LAYOUT_COOKIE = "history_view"
LAYOUT_COOKIE_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Chip:
    """A wish that the pictures on the page fulfil, and the address of the page without it."""

    name: str
    value: str
    url_without: str


@require_safe
@cache_control(private=True, no_store=True)
def history(request: HttpRequest) -> HttpResponse:
    """Show one page of the pictures, newest first, as narrowed down by the query string."""
    own = Picture.objects.owned_by(owner_of(request))
    narrowed = PictureFilter(request.GET, queryset=own)
    page = page_of(narrowed.qs, request.GET, PAGE_SIZE)
    layout = _layout_of(request)
    context = {
        "filter": narrowed,
        "chips": chips_of(narrowed, request.GET),
        "is_filtered": any(request.GET.get(name) for name in narrowed.filters),
        "pictures": _pictures(page),
        "newer_url": page.newer,
        "older_url": page.older,
        "layout": layout,
        "layout_urls": {name: _other_layout_url(request.GET, name) for name in LAYOUTS},
        "clear_url": "?" + without(request.GET, *PLACES, *narrowed.filters).urlencode(),
        "wishes": without(request.GET, "view", *PLACES).urlencode(),
    }
    response = render(request, "recognizer/history.html", context)
    if request.GET.get("view") == layout != request.COOKIES.get(LAYOUT_COOKIE):
        _remember_layout(request, response, layout)
    return response


def history_url(query: str) -> str:
    """Return the address of the history with a query string that a form sent back."""
    kept = without(QueryDict(query))
    return reverse("history") + ("?" + kept.urlencode() if kept else "")


def _pictures(page: Page) -> list[Picture]:
    """Return the pictures of a page in its order."""
    found = Picture.objects.filter(pk__in=page.ids).with_glyphs().in_bulk()
    return [found[pk] for pk in page.ids if pk in found and found[pk].is_whole]  # one may be deleted meanwhile


def chips_of(narrowed: PictureFilter, query: QueryDict) -> list[Chip]:
    """Return what the pictures are narrowed by."""
    return [
        Chip(wish.name, wish.value, "?" + without(query, wish.parameter, *PLACES).urlencode())
        for wish in narrowed.wishes()
    ]


def _layout_of(request: HttpRequest) -> str:
    """Return how the pictures are laid out: as asked for now, else as last time."""
    for asked in (request.GET.get("view"), request.COOKIES.get(LAYOUT_COOKIE)):
        if asked in LAYOUTS:
            return asked
    return LAYOUTS[0]


def _other_layout_url(query: QueryDict, layout: str) -> str:
    """Return the query string of the same page in this layout."""
    places = {name: query[name] for name in PLACES if query.get(name)}
    return query_string(query, view=layout, **places)


def _remember_layout(request: HttpRequest, response: HttpResponse, layout: str) -> None:
    response.set_cookie(
        LAYOUT_COOKIE,
        layout,
        max_age=LAYOUT_COOKIE_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
