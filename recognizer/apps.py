"""The one Django app of the site."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class RecognizerConfig(AppConfig):
    name = "recognizer"
    verbose_name = _("Digit recognizer")

    def ready(self) -> None:
        from recognizer import (
            checks,  # noqa: F401  (registers the system checks)
            lock_waits,
        )

        connection_created.connect(lock_waits.watch)
