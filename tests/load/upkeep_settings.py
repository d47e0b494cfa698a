"""The settings of a site that is not served: as everywhere, but static files need not be collected."""

from digitsite.settings import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
