"""The API's way to labelled glyphs as a file."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from recognizer.api.requests import WhateverIsAccepted
from recognizer.api.serializers import ErrorSerializer
from recognizer.downloads import export_response
from recognizer.learning.export_files import FORMATS

FILE = OpenApiResponse(OpenApiTypes.BINARY)
CONTENT_TYPES = sorted({chosen.content_type.partition(";")[0] for chosen in FORMATS.values()})


class MayExport(BasePermission):
    """Lets in whoever may export labelled glyphs."""

    message = "You may not export labelled glyphs. Ask whoever runs this site for the right to it."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("recognizer.export_labels")


class LabelExport(APIView):
    """All labelled glyphs that may be learnt from, as a file."""

    content_negotiation_class = WhateverIsAccepted
    permission_classes = (MayExport,)

    @extend_schema(
        summary="Download the labelled glyphs that may be learnt from",
        parameters=[OpenApiParameter("file_format", location=OpenApiParameter.PATH, enum=sorted(FORMATS))],
        responses={
            **{(200, content_type): FILE for content_type in CONTENT_TYPES},
            **dict.fromkeys((401, 403, 404, 503), ErrorSerializer),
        },
    )
    def get(self, request: Request, file_format: str) -> StreamingHttpResponse:
        if file_format not in FORMATS:
            raise NotFound(f"There is no format “{file_format}”. Ask for one of {', '.join(sorted(FORMATS))}.")
        return export_response(request, file_format)
