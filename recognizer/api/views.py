"""The API: pictures, guesses, labels, models."""

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recognizer.access import own_image_or_404, own_picture_or_404
from recognizer.api.requests import ShallowJSONParser, WhateverIsAccepted, refuse_other_sites
from recognizer.api.serializers import (
    ErrorSerializer,
    LabelSerializer,
    ModelVersionSerializer,
    NewPictureSerializer,
    PictureSerializer,
    guess_json,
    picture_json,
)
from recognizer.models import Glyph, LabelEvent, ModelKind, ModelVersion, Picture
from recognizer.opinions import guess_by_others
from recognizer.owners import new_owner_of, owner_of
from recognizer.recognition import EVERY_KIND, guess, recognize
from recognizer.throttling import GuessThrottle, PictureThrottle
from recognizer.uploads import picture_bytes

REFUSED_PICTURE = dict.fromkeys((400, 413, 415, 422, 429, 503), ErrorSerializer)
NOT_FOUND = {404: ErrorSerializer}


class NewestFirst(CursorPagination):
    """Pages that cost the same however long the list is."""

    page_size = 50
    ordering = ("-created", "-id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the place that the query string names. Raises NotFound when that is no time."""
        cursor = super().decode_cursor(request)
        if cursor and cursor.position is not None:
            try:
                time = datetime.fromisoformat(cursor.position).astimezone(UTC)
            except (ValueError, OverflowError) as error:
                raise NotFound(self.invalid_cursor_message) from error
            return cursor._replace(position=str(time))
        return cursor


class PictureList(ListAPIView):
    """Pictures of whoever asks."""

    pagination_class = NewestFirst
    parser_classes = (MultiPartParser,)
    serializer_class = PictureSerializer

    def get_throttles(self) -> list:
        return [PictureThrottle()] if self.request.method == "POST" else []

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Picture.objects.none()
        return Picture.objects.owned_by(owner_of(self.request)).with_versions()

    @extend_schema(summary="List own pictures, newest first")
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        pictures = [picture_json(picture, request) for picture in page if picture.is_whole]
        return self.get_paginated_response(pictures)

    @extend_schema(
        summary="Read a picture and keep it",
        request={"multipart/form-data": NewPictureSerializer},
        responses={201: PictureSerializer, **REFUSED_PICTURE},
    )
    def post(self, request: Request) -> Response:
        refuse_other_sites(request)
        data = picture_bytes(request)
        picture = recognize(
            data,
            owner=new_owner_of(request),
            source=Picture.Source.API,
            name=request.FILES["image"].name,
            kind=request.data.get("model") or ModelKind.CNN,
        )
        prefetch_related_objects([picture], "glyphs__predictions__model_version")
        body = picture_json(picture, request)
        return Response(body, status.HTTP_201_CREATED, headers={"Location": body["url"]})


class GuessView(APIView):
    """A reading of which nothing is kept."""

    parser_classes = (MultiPartParser,)
    throttle_classes = (GuessThrottle,)

    @extend_schema(
        summary="Read a picture without keeping it",
        request={"multipart/form-data": NewPictureSerializer},
        responses={200: PictureSerializer, **REFUSED_PICTURE},
    )
    def post(self, request: Request) -> Response:
        kind = request.data.get("model") or ModelKind.CNN
        version, reading = guess(picture_bytes(request), kind=kind)
        opinions = guess_by_others(version, reading) if kind == EVERY_KIND else []
        return Response(guess_json(version, reading, opinions))


class PictureDetail(APIView):
    """One own picture."""

    @extend_schema(summary="Show an own picture", responses={200: PictureSerializer, **NOT_FOUND})
    def get(self, request: Request, picture_id: UUID) -> Response:
        picture = own_picture_or_404(request, picture_id, fetch_glyphs=True)
        return Response(picture_json(picture, request))

    @extend_schema(summary="Delete an own picture", responses={204: None, **NOT_FOUND})
    def delete(self, request: Request, picture_id: UUID) -> Response:
        own_picture_or_404(request, picture_id).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class PictureImage(APIView):
    """The stored file of an own picture."""

    content_negotiation_class = WhateverIsAccepted

    @extend_schema(
        summary="Download the stored PNG of an own picture",
        responses={(200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY), **NOT_FOUND},
    )
    def get(self, request: Request, picture_id: UUID) -> HttpResponse:
        return own_image_or_404(request, picture_id)


class GlyphLabel(APIView):
    """What a person says a glyph is."""

    parser_classes = (ShallowJSONParser,)

    @extend_schema(
        summary="Label a glyph of an own picture, or take the label back",
        request=LabelSerializer,
        responses={200: LabelSerializer, 400: ErrorSerializer, **NOT_FOUND},
    )
    def put(self, request: Request, glyph_id: int) -> Response:
        glyph = self._glyph_or_404(request, glyph_id)
        form = LabelSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        glyph.set_label(form.validated_data["label"], owner=owner_of(request), where=LabelEvent.Where.API)
        return Response(LabelSerializer(glyph).data)

    def _glyph_or_404(self, request: Request, glyph_id: int) -> Glyph:
        """Return the glyph for its owner or a reviewer; for others it is not there."""
        glyphs = Glyph.objects.select_related("picture")
        if not request.user.has_perm("recognizer.review_glyph"):
            glyphs = glyphs.filter(picture__in=Picture.objects.owned_by(owner_of(request)))
        return get_object_or_404(glyphs, pk=glyph_id)


class ModelList(ListAPIView):
    """The model versions of this site."""

    queryset = ModelVersion.objects.all()
    serializer_class = ModelVersionSerializer
    pagination_class = None

    @extend_schema(summary="List the model versions")
    def get(self, request: Request) -> Response:
        return super().get(request)
