"""Questions that are asked of many pictures at once."""

from django.db import models

from recognizer.owners import Owner


class PictureQuerySet(models.QuerySet):
    def owned_by(self, owner: Owner) -> "PictureQuerySet":
        """Keep the pictures of this user or visitor; nobody owns none."""
        if owner.user is not None:
            return self.filter(user=owner.user)
        if owner.visitor is not None:
            return self.filter(visitor=owner.visitor)
        return self.none()

    def with_glyphs(self) -> "PictureQuerySet":
        """Fetch the model version, the glyphs and their predictions in three queries; no thumbnails and no cards."""
        pictures = self.select_related("model_version").prefetch_related("glyphs__predictions")
        return pictures.defer("thumbnail", "model_version__card")
