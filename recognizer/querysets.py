"""Questions that are asked of many rows at once."""

from django.db import models, transaction
from django.db.models import F, Prefetch

from recognizer.owners import Owner


class OwnedQuerySet(models.QuerySet):
    def owned_by(self, owner: Owner) -> "OwnedQuerySet":
        """Keep what is this user's or visitor's; nobody owns nothing."""
        if owner.user is not None:
            return self.filter(user=owner.user)
        if owner.visitor is not None:
            return self.filter(visitor=owner.visitor)
        return self.none()


class PictureQuerySet(OwnedQuerySet):
    def delete(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            self.hold()
            return super().delete()

    def hold(self) -> None:
        """Let nobody say or read anything of these pictures until the transaction ends, and wait for who does.

        PostgreSQL would refuse to delete a glyph that is given a label or a prediction in the same moment. Rows are
        held in this order everywhere, pictures first, so that no two wait for each other.
        """
        pks = list(self.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        glyphs = self.model._meta.get_field("glyphs").related_model.objects.filter(picture__in=pks)
        list(glyphs.order_by("pk").select_for_update().values_list("pk", flat=True))

    def with_trait(self, bit: int) -> "PictureQuerySet":
        """Keep the pictures that have one of the traits of recognizer/history/traits.py."""
        return self.alias(**{f"trait_{bit}": F("traits").bitand(bit)}).filter(**{f"trait_{bit}__gt": 0})

    def without_trait(self, bit: int) -> "PictureQuerySet":
        """Keep the pictures that lack one of the traits of recognizer/history/traits.py."""
        return self.alias(**{f"trait_{bit}": F("traits").bitand(bit)}).filter(**{f"trait_{bit}": 0})

    def with_glyphs(self) -> "PictureQuerySet":
        """Fetch the model version, the glyphs and their predictions in three queries; no thumbnails and no cards."""
        pictures = self.select_related("model_version").prefetch_related("glyphs__predictions")
        return pictures.defer("thumbnail", "model_version__card")

    def with_versions(self) -> "PictureQuerySet":
        """Fetch also which model version each prediction is of, in a fourth query; no cards."""
        versions = self.model._meta.get_field("model_version").related_model.objects.defer("card")
        return self.with_glyphs().prefetch_related(Prefetch("glyphs__predictions__model_version", versions))
