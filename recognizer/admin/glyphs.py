"""Where labels are corrected in bulk."""

from django.contrib import admin, messages
from django.db.models import Field, FilteredRelation, Prefetch, Q, QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from recognizer.admin.filters import DigitFilter, LabelledFilter, ModelKindFilter, VerdictFilter
from recognizer.admin.read_only import goes_along
from recognizer.models import Glyph, LabelEvent, Prediction, Verdict
from recognizer.owners import Owner
from recognizer.templatetags.pictures import percent, png_data_uri, verdict_text


@admin.register(Glyph)
class GlyphAdmin(admin.ModelAdmin):
    """Where labels are corrected: in the list itself or on a glyph's page."""

    list_display = ("thumbnail", "predicted", "confidence", "runner_up", "label", "answered_by", "when", "picture_link")
    list_display_links = ("thumbnail", "predicted")
    list_editable = ("label",)
    list_filter = (LabelledFilter, VerdictFilter, DigitFilter, ModelKindFilter, "picture__source", "picture__created")
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    ordering = ("-id",)
    actions = ("confirm_prediction",)
    fields = (
        "thumbnail",
        "predicted",
        "confidence",
        "runner_up",
        "label",
        "labelled_by",
        "labelled_at",
        "answered_by",
        "picture_link",
        "changes",
    )
    readonly_fields = tuple(name for name in fields if name != "label")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        answered = FilteredRelation("predictions", condition=Q(predictions__is_primary=True))
        primary = Prediction.objects.filter(is_primary=True).select_related("model_version")
        return (
            super()
            .get_queryset(request)
            .alias(answered=answered)
            .select_related("picture", "labelled_by")
            .defer("picture__thumbnail")
            .prefetch_related(Prefetch("predictions", primary))
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Say no on the glyphs' own pages: a picture's reading is made of all its glyphs."""
        return goes_along(self, request) and super().has_delete_permission(request, obj)

    def formfield_for_choice_field(self, db_field: Field, request: HttpRequest, **kwargs) -> FormField:
        """Let the form remember what it showed, so that only what this reviewer changed is saved."""
        return super().formfield_for_choice_field(db_field, request, show_hidden_initial=True, **kwargs)

    def save_model(self, request: HttpRequest, obj: Glyph, form: ModelForm, change: bool) -> None:
        """Keep the label with its event. The prediction is not touched and nothing is predicted again."""
        if "label" in form.changed_data:
            self._label(request, obj, obj.label)

    def _label(self, request: HttpRequest, glyph: Glyph, label: int | None) -> bool:
        """Write the label and return whether it changed; a glyph that was deleted meanwhile is told of."""
        try:
            return glyph.set_label(label, owner=Owner(user=request.user), where=LabelEvent.Where.ADMIN)
        except Glyph.DoesNotExist:
            self.message_user(request, f"{glyph} was deleted meanwhile; its label is not kept.", messages.ERROR)
            return False

    @admin.display(description="Glyph")
    def thumbnail(self, glyph: Glyph) -> str:
        return format_html(
            '<img src="{}" width="56" height="56" alt="{}" class="glyph">', png_data_uri(glyph.pixels), glyph
        )

    @admin.display(description="Predicted", ordering="answered__digit")
    def predicted(self, glyph: Glyph) -> str:
        return verdict_text(glyph.answer)

    @admin.display(description="Confidence", ordering="answered__confidence")
    def confidence(self, glyph: Glyph) -> str:
        answer = glyph.answer
        return percent(answer.none_probability if answer.verdict == Verdict.NOT_A_DIGIT else answer.confidence)

    @admin.display(description="Runner-up")
    def runner_up(self, glyph: Glyph) -> str:
        answer = glyph.answer
        return f"{answer.runner_up} ({percent(answer.probabilities[answer.runner_up])})"

    @admin.display(description="Model")
    def answered_by(self, glyph: Glyph) -> str:
        return str(glyph.answer.model_version)

    @admin.display(description="When", ordering="picture__created")
    def when(self, glyph: Glyph):
        return glyph.picture.created

    @admin.display(description="Picture")
    def picture_link(self, glyph: Glyph) -> str:
        address = reverse("admin:recognizer_picture_change", args=[glyph.picture_id])
        return format_html('<a href="{}">{}</a>', address, glyph.picture.reading or "no digit")

    @admin.display(description="Changes of the label")
    def changes(self, glyph: Glyph) -> str:
        events = glyph.label_events.select_related("user")
        lines = [f"{e.created:%Y-%m-%d %H:%M} {e.user or 'visitor'} ({e.get_where_display()}): {e}" for e in events]
        return "\n".join(lines) or "none"

    @admin.action(description="The prediction is right", permissions=["change"])
    def confirm_prediction(self, request: HttpRequest, queryset: QuerySet) -> None:
        changed = sum(self._label(request, glyph, glyph.answer.value) for glyph in queryset)
        self.message_user(request, f"{changed} labels written.", messages.SUCCESS)
