"""One picture: its page, its file, its labels, its end. Only for whoever it belongs to."""

from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from recognizer.forms import LabelForm
from recognizer.labels import label_from_json
from recognizer.models import Glyph, LabelEvent, Picture
from recognizer.owners import owner_of

sandboxed = csp({"default-src": [NONE], "sandbox": True})
"""A file that a person gave, opened by itself, may do nothing at all."""
kept_privately = cache_control(private=True, max_age=24 * 3600, immutable=True)


def own_picture_or_404(request: HttpRequest, picture_id: UUID, *, fetch_glyphs: bool = False) -> Picture:
    """Return the picture if it is the asking person's; whether it exists at all is nobody else's business."""
    pictures = Picture.objects.owned_by(owner_of(request))
    return get_object_or_404(pictures.with_glyphs() if fetch_glyphs else pictures, pk=picture_id)


@require_safe
@cache_control(private=True, no_store=True)
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Show what was read, how sure, and what the network saw."""
    shown = own_picture_or_404(request, picture_id, fetch_glyphs=True)
    context = {
        "picture": shown,
        "glyphs": shown.glyphs.all(),
        "labels": LabelForm.base_fields["label"].choices,
        "corrected_reading": shown.corrected_reading,
    }
    return render(request, "recognizer/picture.html", context)


@require_safe
@sandboxed
@kept_privately
def image(request: HttpRequest, picture_id: UUID) -> FileResponse:
    """Return the stored PNG."""
    shown = own_picture_or_404(request, picture_id)
    try:
        file = default_storage.open(shown.image.name)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing.") from error
    return FileResponse(file, content_type="image/png", filename=f"{shown.pk}.png")


@require_safe
@sandboxed
@kept_privately
def thumbnail(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Return a small PNG of the picture."""
    return HttpResponse(own_picture_or_404(request, picture_id).thumbnail, content_type="image/png")


@require_POST
def label(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Keep what a person says a glyph is."""
    shown = own_picture_or_404(request, picture_id)
    form = LabelForm(request.POST)
    if not form.is_valid():
        messages.error(request, "This is no label. Choose a digit from 0 to 9, or “not a digit”.")
        return redirect(shown)
    glyph = get_object_or_404(Glyph, pk=form.cleaned_data["glyph"], picture=shown)
    value = label_from_json(form.cleaned_data["label"])
    glyph.set_label(value, owner=owner_of(request), where=LabelEvent.Where.PAGE)
    messages.success(request, "Label taken back." if value is None else "Thank you: your label is kept.")
    return redirect(f"{shown.get_absolute_url()}#glyph-{glyph.position}")


@require_POST
def delete(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Delete the picture with everything that was read on it; the file goes when that is committed."""
    own_picture_or_404(request, picture_id).delete()
    messages.success(request, "The picture is deleted.")
    return redirect("history")
