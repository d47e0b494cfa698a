"""What a history can be narrowed to."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from recognizer.models import Glyph, ModelKind, Picture, Verdict


class PictureFilter(django_filters.FilterSet):
    """By digit read or put right, source, model, and whether a person has labelled anything on the picture."""

    digit = django_filters.ChoiceFilter(
        label="Digit",
        empty_label="Any",
        choices=[(d, d) for d in "0123456789"],
        method="filter_digit",
    )
    source = django_filters.ChoiceFilter(label="Source", empty_label="Any", choices=Picture.Source.choices)
    model = django_filters.ChoiceFilter(
        label="Network", field_name="model_version__kind", empty_label="Any", choices=ModelKind.choices
    )
    labelled = django_filters.ChoiceFilter(
        label="Labelled",
        empty_label="Any",
        choices=[("yes", "Labelled"), ("no", "Not labelled")],
        method="filter_labelled",
    )

    class Meta:
        model = Picture
        fields = ()

    def filter_digit(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Keep the pictures with a mark that is held to be this digit: by its label, else by what was read."""
        is_read = Q(
            label__isnull=True,
            predictions__is_primary=True,
            predictions__digit=value,
            predictions__verdict__in=(Verdict.DIGIT, Verdict.UNSURE),
        )
        return queryset.filter(Exists(Glyph.objects.filter(Q(label=value) | is_read, picture=OuterRef("pk"))))

    def filter_labelled(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        labelled = queryset.filter(glyphs__label__isnull=False).values("pk")
        return queryset.filter(pk__in=labelled) if value == "yes" else queryset.exclude(pk__in=labelled)
