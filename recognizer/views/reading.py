"""Giving a picture: drawn or uploaded, by one form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recognizer.forms import PictureForm
from recognizer.models import Picture
from recognizer.owners import new_owner_of, owner_of
from recognizer.problems import REFUSALS, Problem, problem_of, with_retry_after
from recognizer.recognition import recognize
from recognizer.throttling import check_rate
from recognizer.uploads import picture_bytes

RECENT = 6


@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest) -> HttpResponse:
    """Show the drawing pad; on POST read what was drawn."""
    return _read_by_form(request, "recognizer/draw.html")


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Show the upload form; on POST read the picture that was chosen."""
    return _read_by_form(request, "recognizer/upload.html")


def _read_by_form(request: HttpRequest, template: str) -> HttpResponse:
    """Store the picture in the form and go to its page, or show the form again with what is wrong."""
    form, problem = PictureForm(), None
    if request.method == "POST":
        form = PictureForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                return redirect(_recognize(request, form))
            except REFUSALS as error:
                problem = problem_of(error)
    return _form_page(request, template, form, problem)


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


def _form_page(request: HttpRequest, template: str, form: PictureForm, problem: Problem | None) -> HttpResponse:
    """Return the form, with a refusal's status if there was one."""
    recent = Picture.objects.owned_by(owner_of(request)).with_glyphs()[:RECENT]
    status = problem.status if problem else 400 if form.errors else 200
    response = render(request, template, {"form": form, "problem": problem, "recent": recent}, status=status)
    return with_retry_after(response, problem) if problem else response
