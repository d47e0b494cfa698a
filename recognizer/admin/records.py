"""What is written once: predictions, and changes of labels."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from recognizer.admin.filters import NewLabelFilter, SaidDigitFilter
from recognizer.admin.read_only import ReadOnlyAdmin
from recognizer.models import LabelEvent, Prediction


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ("id", "digit", "confidence", "runner_up", "verdict", "model_version", "is_primary", "created")
    list_filter = ("verdict", SaidDigitFilter, "is_primary", "model_version")
    list_select_related = versions = ("model_version",)
    sortable_by = ("id",)
    ordering = ("-id",)


@admin.register(LabelEvent)
class LabelEventAdmin(ReadOnlyAdmin):
    list_display = ("created", "glyph_number", "changed", "user", "visitor", "where")
    list_filter = ("what", "where", NewLabelFilter, "created")
    list_select_related = ("user",)
    sortable_by = ("created", "glyph_number")

    @admin.display(description=gettext_lazy("Glyph"), ordering="glyph")
    def glyph_number(self, event: LabelEvent) -> int:
        return event.glyph_id

    @admin.display(description=gettext_lazy("What changed"))
    def changed(self, event: LabelEvent) -> str:
        return str(event)
