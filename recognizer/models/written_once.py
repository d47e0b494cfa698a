"""Rows that are never changed."""

from django.db import models


class WrittenOnceError(Exception):
    """A row that is never changed was saved again."""


class WrittenOnce(models.Model):
    """Rows that are inserted and from then on only read."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Insert the row. Raises WrittenOnceError on any later save."""
        if not self._state.adding:
            raise WrittenOnceError(f"A {self._meta.verbose_name} is never changed.")
        super().save(*args, **kwargs)
