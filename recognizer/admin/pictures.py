"""What was given, with its marks."""

from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.admin.many_rows import ManyRowsAdmin
from recognizer.models import Glyph, Picture
from recognizer.templatetags.pictures import data_uri, percent, png_data_uri, verdict_text

LOOKED_THROUGH = 2000
"""Of the newest pictures, for a part of a file name."""


class GlyphInline(admin.TabularInline):
    """The marks of a picture."""

    model = Glyph
    fields = readonly_fields = ("glyph", "position", "predicted", "label")
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("predictions")

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("Glyph"))
    def glyph(self, glyph: Glyph) -> str:
        return format_html('<img src="{}" width="56" height="56" alt="" class="glyph">', png_data_uri(glyph.pixels))

    @admin.display(description=gettext_lazy("Predicted"))
    def predicted(self, glyph: Glyph) -> str:
        return f"{verdict_text(glyph.answer)} ({percent(glyph.answer.confidence)})"


@admin.register(Picture)
class PictureAdmin(ManyRowsAdmin):
    """What was given and how it was read; to be looked at or deleted. Consent is not for staff to give."""

    list_display = ("shown", "read", "source", "model_version", "user", "may_train", "created")
    list_display_links = ("shown", "read")
    list_filter = ("source", "model_version", "may_train", "created")
    list_select_related = ("model_version", "user")
    sortable_by = ("created",)
    search_fields = ("reading", "name", "user__username", "id")
    search_help_text = gettext_lazy("A reading, a user, a file or a picture’s number; of new files a part of the name")
    fields = (
        "shown",
        "read",
        "source",
        "name",
        "width",
        "height",
        "sha256",
        "user",
        "visitor",
        "model_version",
        "may_train",
        "created",
    )
    readonly_fields = fields
    inlines = (GlyphInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Picture], search_term: str
    ) -> tuple[QuerySet[Picture], bool]:
        """Keep the pictures of which this is the number or the reading, else the user or else the file name.

        It is only one of them, so that the rows come out of that one's index in their order. Where nothing is called
        so, a part of a name is looked for among the newest.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        if picture_id := _uuid_in(term):
            return queryset.filter(pk=picture_id), False
        if term.isascii() and term.isdecimal():
            return queryset.filter(reading=term), False
        user = get_user_model().objects.filter(username__iexact=term).order_by("pk").first()
        if user:
            return queryset.filter(user=user), False
        named = queryset.filter(name=term).exclude(name="")
        if named.exists():
            return named, False
        newest = Picture.objects.order_by("-created", "-id").values("pk")[:LOOKED_THROUGH]
        return queryset.filter(pk__in=newest, name__icontains=term), False

    @admin.display(description=gettext_lazy("Picture"))
    def shown(self, picture: Picture) -> str:
        return format_html('<img src="{}" height="56" alt="{}">', data_uri(picture.thumbnail), self.read(picture))

    @admin.display(description=gettext_lazy("Reading"))
    def read(self, picture: Picture) -> str:
        return picture.reading or _("no digit")


def _uuid_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
