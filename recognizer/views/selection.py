"""What is done with the pictures that are selected in the history; another's are as if they were not there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from recognizer.downloads import archive_response
from recognizer.history.deletion import WITHIN_SECONDS, delete_pictures
from recognizer.models import Picture, PictureQuerySet
from recognizer.numbers import grouped
from recognizer.owners import owner_of
from recognizer.views.history import history_url


@require_POST
@cache_control(private=True, no_store=True)
def delete(request: HttpRequest) -> HttpResponse:
    """Show what would go, and delete it once that is confirmed."""
    pictures = _selected(request)
    if "confirmed" in request.POST:
        done = delete_pictures(pictures, within_seconds=WITHIN_SECONDS)
        tell_deleted(request, done.count)
        if not done.is_all:
            messages.warning(request, _("There was no time for all of them. Select the others again and delete them."))
        return _back(request)
    shown = [picture for picture in pictures.with_glyphs() if picture.is_whole]
    if not shown:
        return _back_to_select(request)
    back = request.POST.get("back", "")
    context = {"pictures": shown, "back": back, "back_url": history_url(back)}
    return render(request, "recognizer/history_delete.html", context)


@require_POST
def training(request: HttpRequest) -> HttpResponse:
    """Let the selected pictures be learnt from, or no longer."""
    may_train = request.POST.get("may_train") == "yes"
    count = _selected(request).update(may_train=may_train)
    if not count:
        return _back_to_select(request)
    told = (
        ngettext("%(n)s picture may be used for training.", "%(n)s pictures may be used for training.", count)
        if may_train
        else ngettext("%(n)s picture is kept out of training.", "%(n)s pictures are kept out of training.", count)
    )
    messages.success(request, told % {"n": grouped(count)})
    return _back(request)


@require_POST
def download(request: HttpRequest) -> StreamingHttpResponse | HttpResponseRedirect:
    """Return the selected pictures as a zip."""
    pictures = _selected(request)
    return archive_response(request, pictures) if pictures.exists() else _back_to_select(request)


def tell_deleted(request: HttpRequest, count: int) -> None:
    """Say on the next page how many pictures went."""
    told = ngettext("%(n)s picture is deleted for good.", "%(n)s pictures are deleted for good.", count)
    messages.success(request, told % {"n": grouped(count)})


def _selected(request: HttpRequest) -> PictureQuerySet:
    """Return the asking person's own pictures among those that the form names."""
    ids = filter(None, map(_uuid, request.POST.getlist("picture")))
    return Picture.objects.owned_by(owner_of(request)).filter(pk__in=list(ids))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return redirect(history_url(request.POST.get("back", "")))


def _back_to_select(request: HttpRequest) -> HttpResponseRedirect:
    messages.warning(request, _("No picture is selected. Tick some first."))
    return _back(request)
