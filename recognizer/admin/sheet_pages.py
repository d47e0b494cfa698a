"""The pages by which sheets of labels leave and come in."""

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ImportExportActionModelAdmin
from import_export.formats.base_formats import Format
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.results import Result, RowResult

from recognizer.admin.many_rows import ManyRowsAdmin
from recognizer.admin.sheets import (
    MAX_ROWS,
    LabelCSV,
    LabelResource,
    SheetError,
    SheetGoneError,
    SheetStorage,
)

CHOOSE_A_FILE = format_lazy(gettext_lazy("Choose a CSV file of at most 8 MB and {rows} rows."), rows=MAX_ROWS)


class SheetForm(ImportForm):
    import_file = forms.FileField(
        label=gettext_lazy("Sheet"),
        help_text=CHOOSE_A_FILE,
        error_messages={"required": CHOOSE_A_FILE, "empty": CHOOSE_A_FILE},
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class ConfirmSheetForm(ConfirmImportForm):
    """Which sheet is meant. There is one format and one kind of sheet."""

    format = forms.ChoiceField(choices=[("0", "CSV")], widget=forms.HiddenInput)
    resource = forms.ChoiceField(choices=[("0", gettext_lazy("labels"))], required=False, widget=forms.HiddenInput)


class LabelSheetAdmin(ManyRowsAdmin, ImportExportActionModelAdmin):
    """Exports what is listed or selected; imports labels after a preview, all of a sheet or nothing."""

    resource_classes = (LabelResource,)
    formats = (LabelCSV,)
    skip_export_form = skip_export_form_from_action = True
    show_change_form_export = False
    import_form_class = SheetForm
    confirm_form_class = ConfirmSheetForm
    tmp_storage_class = SheetStorage
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"
    import_template_name = "admin/recognizer/glyph/import_labels.html"

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["recognizer.export_labels", "recognizer.review_glyph"])

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["recognizer.change_glyph", "recognizer.review_glyph"])

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Return the sheet of all that is listed; a list that was asked for in nonsense is asked for anew."""
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            return redirect("admin:recognizer_glyph_changelist")

    def get_export_filename(self, request: HttpRequest, queryset: QuerySet, file_format: Format) -> str:
        return f"labels-{timezone.localdate():%Y-%m-%d}.csv"

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        """Say beside the field what is wrong with the file."""
        if not isinstance(e, SheetError):
            raise e
        form.add_error("import_file", str(e))

    def process_import(self, request: HttpRequest, **kwargs) -> HttpResponse:
        """Import the sheet that was previewed."""
        try:
            return super().process_import(request, **kwargs)
        except SheetGoneError:
            text = _("This sheet was imported already, or its preview is too old. Upload it again.")
            messages.error(request, text)
            return redirect("admin:recognizer_glyph_import")

    def process_dataset(self, *args, **kwargs) -> Result:
        """Import all rows, or none if one cannot be."""
        return super().process_dataset(*args, rollback_on_validation_errors=True, **kwargs)

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request,
                _(
                    "Nothing was imported: some of the glyphs were changed or deleted since the preview. "
                    "Upload the sheet again to see which."
                ),
            )
            return redirect("admin:recognizer_glyph_import")
        return super().process_result(result, request)

    def add_success_message(self, result: Result, request: HttpRequest) -> None:
        changed, same = (result.totals[kind] for kind in (RowResult.IMPORT_TYPE_UPDATE, RowResult.IMPORT_TYPE_SKIP))
        told = [
            ngettext("%(n)s glyph changed by the sheet.", "%(n)s glyphs changed by the sheet.", changed),
            ngettext("%(n)s of its rows changed nothing.", "%(n)s of its rows changed nothing.", same),
        ]
        messages.success(request, " ".join(text % {"n": n} for text, n in zip(told, (changed, same), strict=True)))
