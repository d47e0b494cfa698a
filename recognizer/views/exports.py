"""Labelled glyphs as files: how many there are, and the files themselves."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from recognizer.downloads import export_response
from recognizer.labels import LABEL_CHOICES
from recognizer.learning import export_files
from recognizer.learning.exports import shares

View = Callable[..., HttpResponse]

FORMATS = [
    {
        "value": "npz",
        "name": "NumPy",
        "file": ".npz",
        "about": _("What a training here reads: glyphs, labels, what is held out, and the glyphs’ ids."),
    },
    {
        "value": "csv",
        "name": _("Table"),
        "file": ".csv",
        "about": _(
            "One line a glyph for a spreadsheet: who said what and when, and what the model had read. No pixels."
        ),
    },
    {
        "value": "idx",
        "name": "IDX",
        "file": ".zip",
        "about": _("MNIST’s own two files, for any program that reads MNIST. “Not a digit” is label 10 in them."),
    },
    {
        "value": "zip",
        "name": _("PNG files"),
        "file": ".zip",
        "about": _("A picture of every glyph, in a folder for each label, and a manifest with the SHA-256 of each."),
    },
]
"""What the formats are called on the page, the one most asked for first."""


def exporters_only(view: View) -> View:
    """Send whoever is not logged in to the login page, and refuse whoever may not export."""
    return login_required(permission_required("recognizer.export_labels", raise_exception=True)(view))


@require_safe
@exporters_only
def exports(request: HttpRequest) -> HttpResponse:
    """Show how many labelled glyphs an export holds, how many it leaves out and why, and the files that there are."""
    counted = shares()
    context = {
        "shares": counted,
        "labels": [(name, counted.by_label[label]) for label, name in LABEL_CHOICES],
        "most": max(counted.by_label.values()),
        "formats": FORMATS,
    }
    return render(request, "recognizer/exports.html", context)


@require_safe
@exporters_only
def export(request: HttpRequest, file_format: str) -> StreamingHttpResponse:
    """Return the labelled glyphs as a file."""
    if file_format not in export_files.FORMATS:
        raise Http404("There is no such format.")
    return export_response(request, file_format)
