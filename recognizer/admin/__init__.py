"""The rows as staff see and correct them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from recognizer.admin import glyphs, picture_batches, pictures, records, versions  # noqa: F401 (they register themselves)

admin.site.site_header = "digitsite"
admin.site.site_title = "digitsite"
admin.site.index_title = _("Readings, labels and models")
