"""All addresses: the pages, the API, the admin."""

from django.contrib import admin
from django.urls import include, path

from recognizer.admin.view_on_site import view_on_site
from recognizer.views.account import staff_login

urlpatterns = [
    path("admin/login/", staff_login),  # this and the next before the admin's own
    path("admin/r/<path:content_type_id>/<path:object_id>/", admin.site.admin_view(view_on_site)),
    path("admin/", admin.site.urls),
    path("api/v1/", include("recognizer.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("recognizer.urls")),
]

handler400 = "recognizer.views.errors.bad_request"
handler403 = "recognizer.views.errors.forbidden"
handler404 = "recognizer.views.errors.not_found"
handler500 = "recognizer.views.errors.server_error"
