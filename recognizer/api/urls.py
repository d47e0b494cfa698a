"""The API, version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView

from recognizer.api import exports, views
from recognizer.api.schema import SchemaView

urlpatterns = [
    path("pictures/", views.PictureList.as_view(), name="api-pictures"),
    path("pictures/<uuid:picture_id>/", views.PictureDetail.as_view(), name="api-picture"),
    path("pictures/<uuid:picture_id>/image/", views.PictureImage.as_view(), name="api-picture-image"),
    path("guess/", views.GuessView.as_view(), name="api-guess"),
    path("glyphs/<int:glyph_id>/label/", views.GlyphLabel.as_view(), name="api-glyph-label"),
    path("labels/<str:file_format>/", exports.LabelExport.as_view(), name="api-labels"),
    path("models/", views.ModelList.as_view(), name="api-models"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", http_method_names=["get", "head"]),
        name="api-docs",
    ),
]
