"""Where labels are corrected in bulk."""

from django.contrib import admin, messages
from django.db.models import Field, Prefetch, QuerySet
from django.forms import Field as FormField
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.admin import actions
from recognizer.admin.filters import DigitFilter, LabelledFilter, ModelKindFilter, SourceFilter, VerdictFilter
from recognizer.admin.read_only import goes_along
from recognizer.admin.sheet_pages import LabelSheetAdmin
from recognizer.models import Glyph, LabelEvent, Prediction, Verdict
from recognizer.owners import Owner
from recognizer.templatetags.pictures import percent, png_data_uri, verdict_text


@admin.register(Glyph)
class GlyphAdmin(LabelSheetAdmin):
    """Where labels are corrected: in the list itself, on a glyph's page, or by a sheet."""

    list_display = (
        "thumbnail",
        "predicted",
        "confidence",
        "runner_up",
        "label",
        "usable",
        "excluded",
        "sample",
        "answered_by",
        "when",
        "picture_link",
    )
    list_display_links = ("thumbnail", "predicted")
    list_editable = ("label",)
    list_filter = (
        LabelledFilter,
        VerdictFilter,
        DigitFilter,
        "is_usable",
        "is_excluded",
        "is_sample",
        ModelKindFilter,
        SourceFilter,
        "picture__created",
    )
    sortable_by = ("confidence", "when")
    ordering = ("-id",)
    action_form = actions.GlyphActionForm
    actions = (
        actions.confirm_prediction,
        actions.mark_unusable,
        actions.mark_usable,
        actions.exclude_from_training,
        actions.include_in_training,
        actions.read_with_model,
        actions.queue_training,
    )
    fields = (
        "thumbnail",
        "label",
        "labelled_by",
        "labelled_at",
        "is_usable",
        "is_excluded",
        "is_sample",
        "picture_link",
        "predictions",
        "changes",
    )
    readonly_fields = tuple(name for name in fields if name != "label")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        primary = Prediction.objects.filter(is_primary=True).select_related("model_version")
        primary = primary.defer("model_version__card")  # long, and read again with every row
        return (
            super()
            .get_queryset(request)
            .select_related("picture", "labelled_by")
            .defer("picture__thumbnail")
            .prefetch_related(Prefetch("predictions", primary))
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        """Say no on the glyphs' own pages: a picture's reading is made of all its glyphs."""
        return goes_along(self, request) and super().has_delete_permission(request, obj)

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recognizer.review_glyph") or self.has_change_permission(request)

    def has_train_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recognizer.start_trainingrun")

    def formfield_for_choice_field(self, db_field: Field, request: HttpRequest, **kwargs) -> FormField:
        """Let the form remember what it showed, so that only what this reviewer changed is saved."""
        field = super().formfield_for_choice_field(db_field, request, show_hidden_initial=True, **kwargs)
        field.widget.attrs["aria-label"] = db_field.verbose_name  # in the list no label stands beside it
        return field

    def save_model(self, request: HttpRequest, obj: Glyph, form: ModelForm, change: bool) -> None:
        """Keep the label with its event. The prediction is not touched and nothing is predicted again."""
        if "label" not in form.changed_data:
            return
        try:
            obj.set_label(obj.label, owner=Owner(user=request.user), where=LabelEvent.Where.ADMIN)
        except Glyph.DoesNotExist:
            text = _("%(glyph)s was deleted meanwhile; its label is not kept.") % {"glyph": obj}
            self.message_user(request, text, messages.ERROR)

    @admin.display(description=gettext_lazy("Glyph"))
    def thumbnail(self, glyph: Glyph) -> str:
        return format_html(
            '<img src="{}" width="56" height="56" alt="{}" class="glyph">', png_data_uri(glyph.pixels), glyph
        )

    @admin.display(description=gettext_lazy("Predicted"))
    def predicted(self, glyph: Glyph) -> str:
        return verdict_text(glyph.answer)

    @admin.display(description=gettext_lazy("Confidence"), ordering="margin")
    def confidence(self, glyph: Glyph) -> str:
        """Say how sure the reading was; sorted by how far ahead of the next best it was, as the review queue is."""
        answer = glyph.answer
        return percent(answer.none_probability if answer.verdict == Verdict.NOT_A_DIGIT else answer.confidence)

    @admin.display(description=gettext_lazy("Runner-up"))
    def runner_up(self, glyph: Glyph) -> str:
        answer = glyph.answer
        return f"{answer.runner_up} ({percent(answer.probabilities[answer.runner_up])})"

    @admin.display(description=gettext_lazy("Usable"))
    def usable(self, glyph: Glyph) -> str:
        return _("yes") if glyph.is_usable else _("no")

    @admin.display(description=gettext_lazy("Kept out"))
    def excluded(self, glyph: Glyph) -> str:
        return _("kept out") if glyph.is_excluded else ""

    @admin.display(description=gettext_lazy("Sample"))
    def sample(self, glyph: Glyph) -> str:
        return _("sample") if glyph.is_sample else ""

    @admin.display(description=gettext_lazy("Model"))
    def answered_by(self, glyph: Glyph) -> str:
        return str(glyph.answer.model_version)

    @admin.display(description=gettext_lazy("When"), ordering="pk")
    def when(self, glyph: Glyph):
        return glyph.picture.created

    @admin.display(description=gettext_lazy("Picture"))
    def picture_link(self, glyph: Glyph) -> str:
        address = reverse("admin:recognizer_picture_change", args=[glyph.picture_id])
        return format_html('<a href="{}">{}</a>', address, glyph.picture.reading or _("no digit"))

    @admin.display(description=gettext_lazy("Predictions"))
    def predictions(self, glyph: Glyph) -> str:
        """Show what every version said that has read this glyph, the picture's reading first."""
        said = (
            Prediction.objects.filter(glyph=glyph).select_related("model_version").order_by("-is_primary", "-created")
        )
        return render_to_string("admin/recognizer/glyph/predictions.html", {"predictions": said})

    @admin.display(description=gettext_lazy("Changes"))
    def changes(self, glyph: Glyph) -> str:
        """Show who said what of this glyph, from where and when, the last first."""
        events = glyph.label_events.select_related("user")
        return render_to_string("admin/recognizer/glyph/changes.html", {"events": events})
