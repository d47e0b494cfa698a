"""Many pictures given together: how far they are, what was read, their end. Only for whoever they belong to."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from recognizer.batches import work
from recognizer.batches.results import WISHES, Progress, csv_rows, page_of_items, problem_with
from recognizer.models import Batch, Picture
from recognizer.owners import Owner, owner_of
from recognizer.views.account import claim_pictures


def own_batch_or_404(request: HttpRequest, batch_id: UUID) -> Batch:
    """Return the batch if it is the asking person's; whether it exists at all is nobody else's business.

    Who logs in while their files are still read comes here afterwards: what was stored since then is claimed now.
    """
    sent_before_login = Batch.objects.owned_by(Owner(visitor=request.visitor)).filter(pk=batch_id)
    if request.user.is_authenticated and sent_before_login.exists():
        claim_pictures(request)
    return get_object_or_404(Batch.objects.owned_by(owner_of(request)), pk=batch_id)


@require_safe
@cache_control(private=True, no_store=True)
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show how far the batch is, and what was read, as narrowed down by the query string."""
    shown = own_batch_or_404(request, batch_id)
    progress = Progress(shown)
    wish = request.GET.get("show", "all")
    wish = wish if wish in WISHES else "all"
    page = page_of_items(shown, wish, after=_position(request, "after"), before=_position(request, "before"))
    context = {
        "batch": shown,
        "progress": progress,
        "wish": wish,
        "wishes": [(name, label, progress.counts[name]) for name, (label, _) in WISHES.items()],
        "page": page,
        "rows": [(item, problem_with(item)) for item in page.items],
        "version": next((item.picture.model_version for item in page.items if item.picture), None),
    }
    return render(request, "recognizer/batch.html", context)


@require_safe
@cache_control(private=True, no_store=True)
def progress(request: HttpRequest, batch_id: UUID) -> JsonResponse:
    """Tell how far the batch is, for the script that asks again and again."""
    shown = own_batch_or_404(request, batch_id)
    so_far = Progress(shown)
    told = {
        "done": so_far.done,
        "total": shown.total,
        "failed": so_far.failed,
        "is_finished": not shown.is_going_on,
        "is_without_worker": shown.is_without_worker,
    }
    return JsonResponse(told)


@require_safe
@cache_control(private=True, no_store=True)
def results(request: HttpRequest, batch_id: UUID) -> StreamingHttpResponse:
    """Return all files and what was read as a table."""
    shown = own_batch_or_404(request, batch_id)

    def address_of(picture: Picture) -> str:
        return request.build_absolute_uri(picture.get_absolute_url())

    lines = () if request.method == "HEAD" else csv_rows(shown, address_of)
    headers = {"Content-Disposition": content_disposition_header(True, f"batch-{shown.created:%Y-%m-%d-%H%M}.csv")}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def stop(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Leave unread what still waits."""
    shown = own_batch_or_404(request, batch_id)
    work.stop(shown)
    messages.success(request, _("The batch is stopped. What was read until now is kept."))
    return redirect(shown)


@require_POST
def consent(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Let all pictures of the batch be used for training, or no longer."""
    shown = own_batch_or_404(request, batch_id)
    may_train = bool(request.POST.get("may_train"))
    with transaction.atomic():
        Batch.objects.select_for_update().filter(pk=shown.pk).update(may_train=may_train)
        Picture.objects.filter(batch=shown.pk).update(may_train=may_train)
    if may_train:
        messages.success(request, _("Thank you: these pictures may be used to improve the reading."))
    else:
        messages.success(request, _("These pictures are kept from training."))
    return redirect(shown)


@require_POST
def delete(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Delete the batch with its pictures; the files go when that is committed."""
    work.delete(own_batch_or_404(request, batch_id))
    messages.success(request, _("The batch is deleted, with all its pictures."))
    return redirect("upload")


def _position(request: HttpRequest, name: str) -> int | None:
    """Return the position that the query string names, None where it names none."""
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
