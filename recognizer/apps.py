"""The one Django app of the site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecognizerConfig(AppConfig):
    name = "recognizer"
    verbose_name = _("Digit recognizer")

    def ready(self) -> None:
        from recognizer import checks  # noqa: F401  (registers the system checks)
