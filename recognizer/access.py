"""What a request gets to see of the stored pictures: its own ones and their files, by page and API alike."""

from uuid import UUID

from csp.constants import NONE
from csp.decorators import csp
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

from recognizer.models import Picture
from recognizer.owners import owner_of

sandboxed = csp({"default-src": [NONE], "sandbox": True})
"""A file that a person gave, opened by itself, may do nothing at all."""
asked_again = cache_control(private=True, no_cache=True)
"""A file that was deleted, or whose owner has logged out, is not shown from a browser's cache."""


def own_picture_or_404(request: HttpRequest, picture_id: UUID, *, fetch_glyphs: bool = False) -> Picture:
    """Return the picture if it is the asking person's; whether it exists at all is nobody else's business."""
    pictures = Picture.objects.owned_by(owner_of(request))
    if not fetch_glyphs:
        return get_object_or_404(pictures, pk=picture_id)
    picture = get_object_or_404(pictures.with_versions(), pk=picture_id)
    if not picture.is_whole:
        raise Http404("The picture was deleted in this moment.")
    return picture


def etag_of_own(request: HttpRequest, picture_id: UUID) -> str:
    """Return the ETag of an own picture's files, which never change."""
    return f'"{own_picture_or_404(request, picture_id).sha256}"'


@sandboxed
@asked_again
@etag(etag_of_own)
def own_image_or_404(request: HttpRequest, picture_id: UUID) -> FileResponse:
    """Return the stored PNG of an own picture. Raises Http404 when the storage has lost it."""
    return stored_png_or_404(own_picture_or_404(request, picture_id))


def stored_png_or_404(picture: Picture) -> FileResponse:
    """Return the stored PNG of a picture that may be seen. Raises Http404 when the storage has lost it."""
    try:
        file = default_storage.open(picture.image.name)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing.") from error
    return FileResponse(file, content_type="image/png", filename=f"{picture.pk}.png")
