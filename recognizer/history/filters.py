"""What a history can be narrowed to."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import django_filters
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from recognizer.history import traits
from recognizer.labels import NOT_A_DIGIT, NOT_A_DIGIT_NAME
from recognizer.models import ModelKind, ModelVersion, Picture, PictureQuerySet, Verdict


@dataclass(frozen=True)
class Wish:
    """One thing that the pictures are narrowed by, in words, and what the query string calls it."""

    parameter: str
    name: str
    value: str


class DayInput(forms.DateInput):
    """A browser's own calendar; it wants its days as 2026-11-22, whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WishForm(forms.Form):
    """The wishes together: each by itself may be good, and the days still the wrong way round."""

    def clean(self) -> dict[str, object]:
        wishes = super().clean()
        since, until = wishes.get("since"), wishes.get("until")
        if since and until and since > until:
            del wishes["since"], wishes["until"]
            raise forms.ValidationError(_("The first day is after the last one. Swap them or leave one out."))
        return wishes


class PictureFilter(django_filters.FilterSet):
    """By what was read or put right, how surely, by which network, where from, when, and whether it is labelled.

    All of it stands in the index of the owner's pictures by time: a wish that hardly any picture fulfils costs a walk
    through that index, and none through the pictures.
    """

    digit = django_filters.ChoiceFilter(
        label=_("Digit"),
        empty_label=_("Any"),
        choices=[*((digit, digit) for digit in "0123456789"), (NOT_A_DIGIT_NAME, _("not a digit"))],
        method="filter_digit",
    )
    verdict = django_filters.ChoiceFilter(
        label=_("Certainty"),
        empty_label=_("Any"),
        choices=[
            (Verdict.DIGIT, _("every digit sure")),
            (Verdict.UNSURE, _("something unsure")),
            (Verdict.NOT_A_DIGIT, _("something not a digit")),
        ],
        method="filter_verdict",
    )
    labelled = django_filters.ChoiceFilter(
        label=_("Labelled"),
        empty_label=_("Any"),
        choices=[("yes", _("labelled")), ("no", _("not labelled"))],
        method="filter_labelled",
    )
    model = django_filters.ChoiceFilter(
        label=_("Network"), empty_label=_("Any"), choices=ModelKind.choices, method="filter_model"
    )
    source = django_filters.ChoiceFilter(label=_("Source"), empty_label=_("Any"), choices=Picture.Source.choices)
    since = django_filters.DateFilter(label=_("From"), widget=DayInput, method="filter_since")
    until = django_filters.DateFilter(label=_("To"), widget=DayInput, method="filter_until")

    class Meta:
        model = Picture
        fields = ()
        form = WishForm

    def wishes(self) -> list[Wish]:
        """Return what the pictures are narrowed by; what could not be understood is none of it."""
        granted = [(name, value) for name, value in self.form.cleaned_data.items() if value]
        return [Wish(name, str(self.form.fields[name].label), self._in_words(name, value)) for name, value in granted]

    def _in_words(self, name: str, value: str | date) -> str:
        if isinstance(value, date):
            return date_format(value)
        return str(dict(self.form.fields[name].choices)[value])

    def filter_digit(self, pictures: PictureQuerySet, name: str, value: str) -> PictureQuerySet:
        """Keep the pictures with a mark that is held to be this: by its label, else by what was read."""
        return pictures.with_trait(traits.holding(NOT_A_DIGIT if value == NOT_A_DIGIT_NAME else int(value)))

    def filter_verdict(self, pictures: PictureQuerySet, name: str, value: str) -> PictureQuerySet:
        """Keep the pictures that the network was so sure of, whatever people said since."""
        narrowed = pictures.with_trait(traits.VERDICTS[value])
        return narrowed.without_trait(traits.READ_UNSURELY) if value == Verdict.DIGIT else narrowed

    def filter_labelled(self, pictures: PictureQuerySet, name: str, value: str) -> PictureQuerySet:
        return pictures.with_trait(traits.LABELLED) if value == "yes" else pictures.without_trait(traits.LABELLED)

    def filter_model(self, pictures: PictureQuerySet, name: str, value: str) -> PictureQuerySet:
        return pictures.filter(model_version__in=ModelVersion.objects.filter(kind=value).values("pk"))

    def filter_since(self, pictures: PictureQuerySet, name: str, value: date) -> PictureQuerySet:
        return pictures.filter(created__gte=datetime.combine(value, time.min, UTC))

    def filter_until(self, pictures: PictureQuerySet, name: str, value: date) -> PictureQuerySet:
        return pictures.filter(created__lte=datetime.combine(value, time.max, UTC))
