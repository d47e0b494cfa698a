"""What the admin's lists can be narrowed to; the choices are known and not looked for among the rows.

What is asked of other tables is asked of one glyph after the other, the newest first, until a page is full: a join
would let the database begin at the other table and sort all that it finds.
"""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from recognizer.labels import LABEL_CHOICES, NOT_A_DIGIT
from recognizer.models import Glyph, ModelKind, ModelVersion, Picture, Prediction, Verdict


class LabelledFilter(admin.SimpleListFilter):
    """What a person's label says of the prediction."""

    title = _("label")
    parameter_name = "labelled"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("no", _("unlabelled")),
            ("right", _("labelled, prediction right")),
            ("wrong", _("labelled, prediction wrong")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        is_right = Q(digit=OuterRef("label")) & ~Q(verdict=Verdict.NOT_A_DIGIT)
        is_right |= Q(verdict=Verdict.NOT_A_DIGIT) & Exact(OuterRef("label"), NOT_A_DIGIT)
        match self.value():
            case "no":
                return queryset.filter(label__isnull=True)
            case "right":
                return queryset.filter(answered(is_right), label__isnull=False)
            case "wrong":
                return queryset.filter(~answered(is_right), label__isnull=False)
        return queryset


class ChoiceFilter(admin.SimpleListFilter):
    """A filter with these choices; any other value narrows nothing."""

    choices_shown: list[tuple[str, str]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return self.choices_shown

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        is_choice = self.value() in dict(self.choices_shown)
        return self.narrowed(queryset, self.value()) if is_choice else queryset

    def narrowed(self, rows: QuerySet, value: str) -> QuerySet:
        """Keep the rows of this choice: by default, those in whose field of the parameter's name it stands."""
        return rows.filter(**{self.parameter_name: value})


class VerdictFilter(ChoiceFilter):
    title = _("verdict")
    parameter_name = "verdict"
    choices_shown = Verdict.choices

    def narrowed(self, glyphs: QuerySet, value: str) -> QuerySet:
        return glyphs.filter(answered(Q(verdict=value)))


class DigitFilter(ChoiceFilter):
    title = _("predicted digit")
    parameter_name = "digit"
    choices_shown = [(str(digit), str(digit)) for digit in range(10)]

    def narrowed(self, glyphs: QuerySet, value: str) -> QuerySet:
        return glyphs.filter(answered(Q(digit=value)))


class ModelKindFilter(ChoiceFilter):
    title = _("model")
    parameter_name = "model"
    choices_shown = ModelKind.choices

    def narrowed(self, glyphs: QuerySet, value: str) -> QuerySet:
        """Begin with the newest glyph that this kind read: a kind that is not in use is not looked for in all later."""
        versions = list(ModelVersion.objects.filter(kind=value).values_list("pk", flat=True))
        last = Glyph.last_read_by(versions)
        return glyphs.filter(answered(Q(model_version__in=versions, glyph__lte=last)), pk__lte=last)


class SourceFilter(ChoiceFilter):
    title = _("source")
    parameter_name = "source"
    choices_shown = Picture.Source.choices

    def narrowed(self, glyphs: QuerySet, value: str) -> QuerySet:
        return glyphs.filter(Exists(Picture.objects.filter(pk=OuterRef("picture"), source=value)))


class SaidDigitFilter(ChoiceFilter):
    """A filter on the predictions themselves."""

    title = _("digit")
    parameter_name = "digit"
    choices_shown = DigitFilter.choices_shown


class NewLabelFilter(ChoiceFilter):
    """A filter on the changes of labels."""

    title = _("new")
    parameter_name = "new"
    choices_shown = [(str(label), name) for label, name in LABEL_CHOICES]


def answered(said: Q) -> Exists:
    """Say whether the prediction that made the reading of a glyph said this."""
    return Exists(Prediction.objects.filter(said, glyph=OuterRef("pk"), is_primary=True))
