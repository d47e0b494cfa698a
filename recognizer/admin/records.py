"""What is written once: predictions, and changes of labels."""

from django.contrib import admin

from recognizer.admin.read_only import ReadOnlyAdmin
from recognizer.models import LabelEvent, Prediction


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ("id", "digit", "confidence", "runner_up", "verdict", "model_version", "is_primary", "created")
    list_filter = ("verdict", "digit", "model_version")
    list_select_related = ("model_version",)
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(LabelEvent)
class LabelEventAdmin(ReadOnlyAdmin):
    list_display = ("created", "glyph_id", "old", "new", "user", "visitor", "where")
    list_filter = ("where", "new", "created")
    list_select_related = ("user",)
    show_full_result_count = False
