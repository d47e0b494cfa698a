"""Lists of rows of which there may be millions: no page of them counts, sorts or looks through them all."""

from functools import cached_property

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from recognizer.numbers import AtLeast

PAGES_AHEAD = 4
"""So many pages after the one that is shown are known to be there."""


class PaginatorAhead(Paginator):
    """Counts the rows up to some pages after the one that is asked for."""

    def __init__(self, rows: QuerySet, per_page: int, *args, page: int, **kwargs) -> None:
        super().__init__(rows, per_page, *args, **kwargs)
        self.most = (page + PAGES_AHEAD) * per_page

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, AtLeast so many where there are more than are counted."""
        count = self.object_list[: self.most + 1].count()
        return AtLeast(self.most) if count > self.most else count


class ManyRowsAdmin(admin.ModelAdmin):
    """A list whose pages cost the same however many rows there are; what it is sorted and narrowed by has an index."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_paginator(self, request: HttpRequest, queryset: QuerySet, per_page: int, *args, **kwargs) -> Paginator:
        asked = request.GET.get("p", "")[:9]
        page = int(asked) if asked.isascii() and asked.isdecimal() else 1
        return PaginatorAhead(queryset, per_page, *args, page=max(page, 1), **kwargs)
