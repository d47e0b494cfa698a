"""Labels as a sheet that is exported, changed elsewhere, and imported with a preview."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import tablib
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import Diff, ModelResource
from import_export.tmp_storages import CacheStorage
from import_export.widgets import Widget

from recognizer.admin.chunks import in_chunks
from recognizer.labels import NOT_A_DIGIT_NAME, label_from_form, label_to_json
from recognizer.models import Glyph, LabelEvent, Picture
from recognizer.numbers import grouped
from recognizer.owners import Owner

MAX_ROWS = 2000
"""Of one sheet: SQLite lets nobody else write while it is imported."""
EXPORTED_AT_ONCE = 1000
SAID = ("label", "usable", "excluded")
"""The columns that are taken from a sheet."""
ID_DIGITS = 18
"""Of a glyph's number at most; a longer one is no 64-bit integer."""


class SheetError(Exception):
    """A file is no sheet of labels; the message says how to mend it."""


class SheetGoneError(Exception):
    """A sheet that was previewed is no longer kept."""


class LabelWidget(Widget):
    """0–9, not_a_digit or nothing."""

    def clean(self, value: str, **kwargs) -> int | None:
        try:
            return label_from_form(value.strip())
        except ValueError:
            text = _("“%(value)s” is no label. Write a digit from 0 to 9, %(name)s, or nothing.")
            raise ValueError(text % {"value": value, "name": NOT_A_DIGIT_NAME}) from None

    def render(self, value: int | None, **kwargs) -> str:
        return "" if value is None else str(label_to_json(value))


class YesNoWidget(Widget):
    ANSWERS = {"yes": True, "no": False}

    def clean(self, value: str, **kwargs) -> bool:
        try:
            return self.ANSWERS[value.strip().lower()]
        except KeyError:
            raise ValueError(_("“%(value)s” is neither yes nor no. Write one of these.") % {"value": value}) from None

    def render(self, value: bool, **kwargs) -> str:
        return "yes" if value else "no"


class LabelCSV(CSV):
    """Comma-separated, UTF-8, the first row naming the columns."""

    def create_dataset(self, in_stream: str | bytes, **kwargs) -> tablib.Dataset:
        """Return the rows. Raises SheetError."""
        try:
            dataset = super().create_dataset(in_stream, **kwargs)
        except Exception as error:  # tablib raises whatever the csv module and its own checks do
            raise SheetError(_("This is no CSV file. Save the sheet as CSV with commas, in UTF-8.")) from error
        headers = dataset.headers or []
        if "id" not in headers or not set(SAID) & set(headers) or len(set(headers)) != len(headers):
            raise SheetError(
                _(
                    "The first row must name the columns, each once: id and at least one of label, usable and "
                    "excluded. Export the glyphs, change those columns, and save the sheet as CSV with commas."
                )
            )
        if len(dataset) > MAX_ROWS:
            text = _(
                "The sheet has %(rows)s rows, and %(most)s are taken at once. "
                "Leave out those that you did not change, or cut it in pieces."
            )
            raise SheetError(text % {"rows": grouped(len(dataset)), "most": grouped(MAX_ROWS)})
        return dataset


class Labelling(NamedTuple):
    """What a sheet, or the database, says a glyph is. What nobody can tell has no label."""

    label: int | None = None
    is_usable: bool = True

    def __str__(self) -> str:
        if not self.is_usable:
            return _("marked unusable")
        if self.label is None:
            return _("without a label")
        return _("labelled %(label)s") % {"label": label_to_json(self.label)}


class WholeDiff(Diff):
    """Old and new of each cell; the library marks single letters, in colours of its own."""

    def as_html(self) -> list[SafeString | str]:
        return [
            new if old == new else format_html("<del>{}</del> <ins>{}</ins>", old or _("none"), new or _("none"))
            for old, new in zip(self.left, self.right, strict=True)
        ]


class LabelResource(ModelResource):
    """A row a glyph. What was exported stands there twice, so that a change is told from what is out of date."""

    picture = Field("picture_id", "picture")
    position = Field("position", "position")
    predicted = Field(column_name="predicted", dehydrate_method=lambda glyph: label_to_json(glyph.answer.value))
    confidence = Field(column_name="confidence", dehydrate_method=lambda glyph: round(glyph.answer.confidence, 4))
    label = Field("label", "label", LabelWidget())
    usable = Field("is_usable", "usable", YesNoWidget())
    excluded = Field("is_excluded", "excluded", YesNoWidget())
    label_before = Field("label", "label_before", LabelWidget())
    usable_before = Field("is_usable", "usable_before", YesNoWidget())
    excluded_before = Field("is_excluded", "excluded_before", YesNoWidget())

    class Meta:
        model = Glyph
        fields = (
            "id",
            "picture",
            "position",
            "predicted",
            "confidence",
            *SAID,
            *(f"{name}_before" for name in SAID),
        )
        skip_unchanged = True
        report_skipped = False
        store_instance = True

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self.glyphs: dict[int, Glyph] = {}

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return WholeDiff

    def iter_queryset(self, queryset: QuerySet) -> Iterator[Glyph]:
        return chain.from_iterable(in_chunks(queryset, EXPORTED_AT_ONCE))

    def get_import_fields(self) -> list[Field]:
        return [self.fields[name] for name in ("id", *SAID)]

    def before_import(self, dataset: tablib.Dataset, **kwargs) -> None:
        """Fetch the glyphs of all rows at once, and let nobody change them until the rows are done."""
        ids = {_glyph_id(cell) for cell in dataset["id"]} - {None}
        Picture.objects.filter(pk__in=Glyph.objects.filter(pk__in=ids).values("picture")).hold()
        self.glyphs = Glyph.objects.in_bulk(ids)

    def get_instance(self, instance_loader: object, row: dict) -> Glyph:
        """Return the row's glyph. Raises ValidationError, as only glyphs that are there can be labelled."""
        try:
            return self.glyphs[_glyph_id(row["id"])]
        except KeyError:
            raise ValidationError(
                {
                    "id": _("There is no glyph “%(id)s”: it was deleted, or the number is wrong. Leave this row out.")
                    % {"id": row["id"]}
                }
            ) from None

    def import_instance(self, instance: Glyph, row: dict, **kwargs) -> None:
        """Put into the glyph what was changed in the sheet. Raises ValidationError."""
        wanted, before, errors = {}, {}, {}
        for name, default in zip(SAID, (*Labelling(), False), strict=True):
            try:
                before[name] = self._cell(f"{name}_before", row, default)
                wanted[name] = self._cell(name, row, before[name])
            except ValueError as error:
                errors[name] = str(error)
        if errors:
            raise ValidationError(errors)
        instance.label, instance.is_usable = labelling = _merged(
            Labelling(before["label"], before["usable"]),
            Labelling(wanted["label"], wanted["usable"]),
            Labelling(instance.label, instance.is_usable),
        )
        if wanted["excluded"] != before["excluded"]:
            instance.is_excluded = wanted["excluded"]
        if labelling.label is not None and not labelling.is_usable:
            raise ValidationError({"usable": _("What has a label is usable. Write yes here, or take the label out.")})

    def save_instance(self, instance: Glyph, is_create: bool, row: dict, **kwargs) -> None:
        """Say through the glyph what the sheet says, with an event for each change; for the preview nothing is said."""
        if kwargs["dry_run"]:
            return
        is_usable, is_excluded = instance.is_usable, instance.is_excluded
        said = {"owner": Owner(user=kwargs["user"]), "where": LabelEvent.Where.IMPORT}
        instance.set_label(instance.label, **said)  # what else it holds is then what is stored
        if instance.is_usable != is_usable:
            instance.set_usable(is_usable, **said)
        if instance.is_excluded != is_excluded:
            instance.set_excluded(is_excluded, **said)

    def _cell(self, name: str, row: dict, default: int | bool | None) -> int | bool | None:
        """Return what stands in the column, the default where there is none. Raises ValueError."""
        return self.fields[name].clean(row) if name in row else default


def _glyph_id(cell: str) -> int | None:
    cell = cell.strip()
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) <= ID_DIGITS else None


def _merged(before: Labelling, wanted: Labelling, stored: Labelling) -> Labelling:
    """Return what a glyph is after the sheet: a row that was not changed in it changes nothing.

    Raises ValidationError where both the sheet and somebody else changed it.
    """
    if wanted == before:
        return stored
    if stored in (before, wanted):
        return wanted
    raise ValidationError(
        {
            "label": _(
                "This glyph is %(stored)s by now; the sheet takes it to be %(before)s. "
                "Export it again and make your change there, or leave this row out."
            )
            % {"stored": stored, "before": before}
        }
    )


class SheetStorage(CacheStorage):
    """Keeps a sheet between preview and confirmation, where every process of the site finds it."""

    CACHE_LIFETIME = 3600

    def read(self) -> bytes:
        """Raises SheetGoneError."""
        data = super().read()
        if data is None:
            raise SheetGoneError
        return data
