"""What a history can be narrowed to."""

import django_filters

from recognizer.models import ModelKind, Picture


class PictureFilter(django_filters.FilterSet):
    """By digit read, source, model, and whether a person has labelled anything on the picture."""

    digit = django_filters.ChoiceFilter(
        label="Digit",
        field_name="reading",
        lookup_expr="contains",
        empty_label="Any",
        choices=[(d, d) for d in "0123456789"],
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

    def filter_labelled(self, queryset, name: str, value: str):
        labelled = queryset.filter(glyphs__label__isnull=False).values("pk")
        return queryset.filter(pk__in=labelled) if value == "yes" else queryset.exclude(pk__in=labelled)
