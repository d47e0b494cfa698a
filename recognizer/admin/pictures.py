"""What was given, with its marks."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.models import Glyph, Picture
from recognizer.templatetags.pictures import data_uri, percent, png_data_uri, verdict_text


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
class PictureAdmin(admin.ModelAdmin):
    """What was given and how it was read; to be looked at or deleted. Consent is not for staff to give."""

    list_display = ("shown", "read", "source", "model_version", "user", "may_train", "created")
    list_display_links = ("shown", "read")
    list_filter = ("source", "model_version__kind", "may_train", "created")
    list_select_related = ("model_version", "user")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("reading", "name", "user__username")
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

    @admin.display(description=gettext_lazy("Picture"))
    def shown(self, picture: Picture) -> str:
        return format_html('<img src="{}" height="56" alt="{}">', data_uri(picture.thumbnail), self.read(picture))

    @admin.display(description=gettext_lazy("Reading"), ordering="reading")
    def read(self, picture: Picture) -> str:
        return picture.reading or _("no digit")
