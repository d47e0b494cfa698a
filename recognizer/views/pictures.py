"""One picture: its page, its file, its labels, its end. Only for whoever it belongs to."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_POST, require_safe

from recognizer.access import asked_again, etag_of_own, own_image_or_404, own_picture_or_404, sandboxed
from recognizer.batches.place import place_of
from recognizer.forms import LabelForm
from recognizer.labels import label_from_form
from recognizer.models import Glyph, LabelEvent, Picture
from recognizer.owners import owner_of


@require_safe
@cache_control(private=True, no_store=True)
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Show what was read, how sure, and what the network saw."""
    shown = own_picture_or_404(request, picture_id, fetch_glyphs=True)
    glyphs = shown.glyphs.all()
    context = {
        "picture": shown,
        "place": place_of(shown),
        "glyphs": glyphs,
        "is_open": len(glyphs) > 1 and any(glyph.label is None for glyph in glyphs),
        "labels": LabelForm.base_fields["label"].choices,
        "corrected_reading": shown.corrected_reading,
    }
    return render(request, "recognizer/picture.html", context)


@require_safe
def image(request: HttpRequest, picture_id: UUID) -> FileResponse:
    """Return the stored PNG."""
    return own_image_or_404(request, picture_id)


@require_safe
@sandboxed
@asked_again
@etag(etag_of_own)
def thumbnail(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Return a small PNG of the picture."""
    return HttpResponse(own_picture_or_404(request, picture_id).thumbnail, content_type="image/png")


@require_POST
def label(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Keep what a person says a glyph is."""
    shown = own_picture_or_404(request, picture_id)
    form = LabelForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is no label. Choose a digit from 0 to 9, or “not a digit”."))
        return redirect(shown)
    glyph = get_object_or_404(Glyph, pk=form.cleaned_data["glyph"], picture=shown)
    value = label_from_form(form.cleaned_data["label"])
    try:
        glyph.set_label(value, owner=owner_of(request), where=LabelEvent.Where.PAGE)
    except Glyph.DoesNotExist as error:
        raise Http404("The picture was deleted meanwhile.") from error
    return redirect(_card_of(shown, glyph.position))  # which says so itself, where the eye is


@require_POST
def confirm(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Keep that every mark which nobody has labelled is what it was read as: all of them or none."""
    shown = own_picture_or_404(request, picture_id, fetch_glyphs=True)
    open_glyphs = [glyph for glyph in shown.glyphs.all() if glyph.label is None]
    try:
        with transaction.atomic():
            for glyph in open_glyphs:
                glyph.set_label(glyph.answer.value, owner=owner_of(request), where=LabelEvent.Where.PAGE)
    except Glyph.DoesNotExist as error:
        raise Http404("The picture was deleted meanwhile.") from error
    count = len(open_glyphs)
    messages.success(
        request,
        ngettext("Thank you: %(count)s label is kept.", "Thank you: %(count)s labels are kept.", count)
        % {"count": count},
    )
    return redirect(shown)


@require_POST
def consent(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Let the picture be used for training, or no longer; whoever says so on a mark's card comes back to it."""
    shown = own_picture_or_404(request, picture_id)
    shown.set_consent(request.POST.get("may_train") == "on")
    position = request.POST.get("position", "")
    if position.isascii() and position.isdigit() and len(position) < 6:
        return redirect(_card_of(shown, int(position)))
    may, may_not = _("This picture may be used for training."), _("This picture is kept from training.")
    messages.success(request, may if shown.may_train else may_not)
    return redirect(shown)


@require_POST
def delete(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Delete the picture with everything that was read on it; the file goes when that is committed."""
    own_picture_or_404(request, picture_id).delete()
    messages.success(request, _("The picture is deleted."))
    return redirect("history")


def _card_of(picture: Picture, position: int) -> str:
    """Return the address of a mark's card on the page of its picture."""
    return f"{picture.get_absolute_url()}#glyph-{position}"
