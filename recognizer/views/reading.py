"""Giving a picture: drawn or uploaded, by one form."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from recognizer.batches import intake
from recognizer.forms import PictureForm, UploadForm
from recognizer.models import Batch, Picture
from recognizer.owners import new_owner_of, owner_of
from recognizer.problems import REFUSALS, Problem, is_from_script, problem_of, problem_response, with_retry_after
from recognizer.recognition import recognize
from recognizer.throttling import check_rate
from recognizer.uploads import picture_bytes, takes_many_files, uploads_of

RECENT = 6
RECENT_BATCHES = 4


@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest) -> HttpResponse:
    """Show the drawing pad; on POST read what was drawn."""
    return _read_by_form(request, "recognizer/draw.html", PictureForm, _recognize)


@takes_many_files
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Show the upload form; on POST read the picture that was chosen, or make several, or a zip, a batch."""
    return _read_by_form(request, "recognizer/upload.html", UploadForm, _recognize_all)


def _read_by_form(
    request: HttpRequest,
    template: str,
    form_class: type[PictureForm],
    read: Callable[[HttpRequest, PictureForm], Picture | Batch],
) -> HttpResponse:
    """Read what is in the form and go to its page, or show the form again with what is wrong.

    A script that sends the form, to show how far it is, is told the address instead.
    """
    is_given = request.method == "POST"
    form, problem = form_class(request.POST, request.FILES) if is_given else form_class(), None
    if is_given and form.is_valid():
        try:
            made = read(request, form)
        except REFUSALS as error:
            problem = problem_of(error)
            if isinstance(error.__cause__, DatabaseError):  # the form's page would wait for it as long again
                return problem_response(request, problem)
        else:
            url = made.get_absolute_url()
            return JsonResponse({"url": url}, status=201) if is_from_script(request) else redirect(url)
    if is_from_script(request) and (problem or form.errors):
        return problem_response(request, problem or _problem_with(form))
    return _form_page(request, template, form, problem)


def _problem_with(form: PictureForm) -> Problem:
    told = " ".join(error for errors in form.errors.values() for error in errors)
    return Problem(400, "invalid_form", told, _("Go back and try it again."))


def _recognize(request: HttpRequest, form: PictureForm) -> Picture:
    check_rate(request)
    data = picture_bytes(request)
    return recognize(
        data,
        owner=new_owner_of(request),
        source=form.chosen_source(),
        name="" if form.chosen_source() == Picture.Source.DRAW else request.FILES["image"].name,
        may_train=form.cleaned_data["may_train"],
        kind=form.chosen_kind(),
    )


def _recognize_all(request: HttpRequest, form: UploadForm) -> Picture | Batch:
    """Read one picture, or take several, or a zip, as a batch."""
    uploads = uploads_of(request)
    has_zip = any(intake.is_zip(upload) for upload in uploads)
    if len(uploads) < 2 and not has_zip:
        return _recognize(request, form)
    check_rate(request)
    files = intake.given_files(uploads)
    check_rate(request, files=len(files))
    return intake.take(
        files,
        owner=new_owner_of(request),
        came_as=Batch.CameAs.ZIP if has_zip else Batch.CameAs.FILES,
        kind=form.chosen_kind(),
        may_train=form.cleaned_data["may_train"],
    )


def _form_page(request: HttpRequest, template: str, form: PictureForm, problem: Problem | None) -> HttpResponse:
    """Return the form, with a refusal's status if there was one."""
    owner = owner_of(request)
    recent = Picture.objects.owned_by(owner).with_glyphs()[:RECENT]
    status = problem.status if problem else 400 if form.errors else 200
    context = {
        "form": form,
        "problem": problem,
        "recent": recent,
        "batches": Batch.objects.owned_by(owner)[:RECENT_BATCHES],  # asked for by the upload page alone
    }
    response = render(request, template, context, status=status)
    return with_retry_after(response, problem) if problem else response
