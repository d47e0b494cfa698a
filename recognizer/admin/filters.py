"""What the admin's list of glyphs can be narrowed to."""

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from recognizer.labels import NOT_A_DIGIT
from recognizer.models import ModelKind, Verdict


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
        is_right = Q(label=F("answered__digit")) & ~Q(answered__verdict=Verdict.NOT_A_DIGIT)
        is_right |= Q(label=NOT_A_DIGIT, answered__verdict=Verdict.NOT_A_DIGIT)
        match self.value():
            case "no":
                return queryset.filter(label__isnull=True)
            case "right":
                return queryset.filter(is_right)
            case "wrong":
                return queryset.filter(label__isnull=False).exclude(is_right)
        return queryset


class AnswerFilter(admin.SimpleListFilter):
    """A filter on the prediction that made the picture's reading."""

    lookup: str
    choices_shown: list[tuple[str, str]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return self.choices_shown

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        is_choice = self.value() in dict(self.choices_shown)
        return queryset.filter(**{self.lookup: self.value()}) if is_choice else queryset


class VerdictFilter(AnswerFilter):
    title = _("verdict")
    parameter_name = "verdict"
    lookup = "answered__verdict"
    choices_shown = Verdict.choices


class DigitFilter(AnswerFilter):
    title = _("predicted digit")
    parameter_name = "digit"
    lookup = "answered__digit"
    choices_shown = [(str(digit), str(digit)) for digit in range(10)]


class ModelKindFilter(AnswerFilter):
    title = _("model")
    parameter_name = "model"
    lookup = "answered__model_version__kind"
    choices_shown = ModelKind.choices
