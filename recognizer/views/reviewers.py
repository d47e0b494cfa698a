"""What only reviewers get: leave to review at all, and the files of pictures that are not theirs."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import etag, require_safe

from recognizer.access import asked_again, sandboxed, stored_png_or_404
from recognizer.models import Picture

View = Callable[..., HttpResponse]


def reviewers_only(view: View) -> View:
    """Send whoever is not logged in to the login page, and refuse whoever may not review."""
    return login_required(permission_required("recognizer.review_glyph", raise_exception=True)(view))


def _picture_or_404(picture_id: UUID, field: str) -> Picture:
    return get_object_or_404(Picture.objects.only(field), pk=picture_id)


def _etag(request: HttpRequest, picture_id: UUID) -> str:
    return f'"{_picture_or_404(picture_id, "sha256").sha256}"'


@require_safe
@reviewers_only
@sandboxed
@asked_again
@etag(_etag)
def image(request: HttpRequest, picture_id: UUID) -> FileResponse:
    """Return the stored PNG of anybody's picture."""
    return stored_png_or_404(_picture_or_404(picture_id, "image"))


@require_safe
@reviewers_only
@sandboxed
@asked_again
@etag(_etag)
def thumbnail(request: HttpRequest, picture_id: UUID) -> HttpResponse:
    """Return a small PNG of anybody's picture."""
    return HttpResponse(_picture_or_404(picture_id, "thumbnail").thumbnail, content_type="image/png")
