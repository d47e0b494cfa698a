"""Rows that the admin shows and does not change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from recognizer.admin.many_rows import ManyRowsAdmin


class ReadOnlyAdmin(ManyRowsAdmin):
    """Rows that are only looked at here."""

    versions: tuple[str, ...] = ()
    """The relations to model versions; their long cards are not fetched with every row."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer(*(f"{name}__card" for name in self.versions))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Say no on the pages of these rows; a picture or a user that is deleted takes its own along."""
        return goes_along(self, request) and super().has_delete_permission(request, obj)


def goes_along(rows: admin.ModelAdmin, request: HttpRequest) -> bool:
    """Say whether the rows would be deleted with others, not on a page of their own."""
    return rows.opts.model_name not in request.resolver_match.url_name.split("_")
