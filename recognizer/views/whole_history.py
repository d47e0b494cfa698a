"""What is done with all of one's own pictures, or with all that the filters leave: a zip of them, their end."""

from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from recognizer.downloads import archive_response
from recognizer.history.deletion import WITHIN_SECONDS, delete_pictures
from recognizer.history.filters import PictureFilter
from recognizer.models import Batch, Picture
from recognizer.owners import owner_of
from recognizer.views.history import chips_of, history_url
from recognizer.views.selection import tell_deleted

COUNTED_UP_TO = 1000
"""To count further would cost more than it tells."""
MOST_COUNTED = 10**9
"""No deletion counts further than this; a larger number is not from this site's form."""


class DeleteAllForm(forms.Form):
    """That all of them are to go: those that there were when it was said, in as many requests as it takes."""

    confirmed = forms.BooleanField(required=False)
    until = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    deleted = forms.IntegerField(required=False, min_value=0, max_value=MOST_COUNTED, widget=forms.HiddenInput)

    def clean_until(self) -> datetime | None:
        """Return the time in UTC, as the database keeps it: at the ends of the calendar there may be none."""
        until = self.cleaned_data["until"]
        try:
            return until and until.astimezone(UTC)
        except OverflowError as error:
            raise forms.ValidationError(_("Enter a valid date/time.")) from error


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse | HttpResponseRedirect:
    """Return the pictures as a zip."""
    narrowed = _narrowed(request)
    return archive_response(request, narrowed.qs) if narrowed.is_valid() else _back_to_mend(request)


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def delete_all(request: HttpRequest) -> HttpResponse:
    """Ask whether all of them are to go; delete for as long as a request may take, then show how far it is."""
    narrowed = _narrowed(request)
    if not narrowed.is_valid():  # what is not understood narrows nothing, and more would go than was meant
        return _back_to_mend(request)
    if request.method != "POST":
        return _ask(request, narrowed)
    form = DeleteAllForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["confirmed"]:
        return _ask(request, narrowed, is_missing=True)
    until = form.cleaned_data["until"] or timezone.now()
    done = delete_pictures(narrowed.qs.filter(created__lte=until), within_seconds=WITHIN_SECONDS)
    deleted = done.count + (form.cleaned_data["deleted"] or 0)
    if not done.is_all:
        return _show_progress(request, until, deleted)
    if not narrowed.wishes():  # what is known of the files that came together goes, too
        Batch.objects.owned_by(owner_of(request)).filter(finished__isnull=False, created__lte=until).delete()
    tell_deleted(request, deleted)
    return redirect("history")


def _narrowed(request: HttpRequest) -> PictureFilter:
    return PictureFilter(request.GET, queryset=Picture.objects.owned_by(owner_of(request)))


def _ask(request: HttpRequest, narrowed: PictureFilter, *, is_missing: bool = False) -> HttpResponse:
    count = len(narrowed.qs.values_list("pk")[: COUNTED_UP_TO + 1])
    if not count:
        return redirect(history_url(request.GET.urlencode()))
    context = {
        "count": min(count, COUNTED_UP_TO),
        "is_more": count > COUNTED_UP_TO,
        "chips": chips_of(narrowed, request.GET),
        "is_missing": is_missing,
        "back_url": history_url(request.GET.urlencode()),
    }
    return render(request, "recognizer/history_delete_all.html", context, status=400 if is_missing else 200)


def _show_progress(request: HttpRequest, until: datetime, deleted: int) -> HttpResponse:
    context = {"until": until.isoformat(), "deleted": deleted, "back_url": history_url(request.GET.urlencode())}
    return render(request, "recognizer/history_deleting.html", context)


def _back_to_mend(request: HttpRequest) -> HttpResponseRedirect:
    """Lead back to the history, which tells what it could not understand."""
    messages.warning(request, _("Mend the filters first: nothing was done."))
    return redirect(history_url(request.GET.urlencode()))
