"""Files made for the answer to a request: labelled glyphs, by page and API alike, and one's own pictures."""

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from recognizer.history.picture_archive import archive_pieces
from recognizer.learning.export_files import FORMATS
from recognizer.learning.exports import exportable_glyphs, exported_glyphs
from recognizer.models import PictureQuerySet


def export_response(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """Return the export in this one of the FORMATS, sent while it is made; its file name tells day and count."""
    chosen = FORMATS[name]
    file_name = f"labels-{timezone.now():%Y-%m-%d}-{exportable_glyphs().count()}{chosen.ending}"
    pieces = () if request.method == "HEAD" else chosen.start(exported_glyphs())
    headers = {"Content-Disposition": content_disposition_header(True, file_name)}
    return StreamingHttpResponse(pieces, content_type=chosen.content_type, headers=headers)


def archive_response(request: HttpRequest, pictures: PictureQuerySet) -> StreamingHttpResponse:
    """Return these pictures with all that was read on them as a zip, sent while it is made."""
    pieces = () if request.method == "HEAD" else archive_pieces(pictures)
    headers = {"Content-Disposition": content_disposition_header(True, f"pictures-{timezone.now():%Y-%m-%d}.zip")}
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)
