"""What is written once: predictions, and changes of labels."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from recognizer.admin.read_only import ReadOnlyAdmin
from recognizer.labels import LABEL_CHOICES
from recognizer.models import LabelEvent, Prediction

LABEL_TEXTS = {None: gettext_lazy("no label"), **dict(LABEL_CHOICES)}


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ("id", "digit", "confidence", "runner_up", "verdict", "model_version", "is_primary", "created")
    list_filter = ("verdict", "digit", "is_primary", "model_version")
    list_select_related = versions = ("model_version",)
    show_full_result_count = False
    ordering = ("-id",)


@admin.register(LabelEvent)
class LabelEventAdmin(ReadOnlyAdmin):
    list_display = ("created", "glyph_id", "changed", "user", "visitor", "where")
    list_filter = ("what", "where", "new", "created")
    list_select_related = ("user",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("What changed"))
    def changed(self, event: LabelEvent) -> str:
        return what_changed(event)


def what_changed(event: LabelEvent) -> str:
    """Return old and new label, or what else was said of the glyph."""
    if event.what == LabelEvent.What.LABEL:
        return f"{LABEL_TEXTS[event.old]} → {LABEL_TEXTS[event.new]}"
    return event.get_what_display()
