"""All addresses: the pages, the API, the admin."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("recognizer.api.urls")),
    path("", include("recognizer.urls")),
]

handler400 = "recognizer.views.errors.bad_request"
handler404 = "recognizer.views.errors.not_found"
handler500 = "recognizer.views.errors.server_error"
