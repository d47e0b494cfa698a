"""Make the trained networks on disk known to the site."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext_noop

from recognizer.inference.artifacts import Artifact, ArtifactError, read_artifact
from recognizer.models import ModelKind, ModelVersion, Promotion
from recognizer.shared_artifacts import is_shared, share

CAME_WITH_THE_SITE = gettext_noop("It came with the site.")
"""Why a released version reads; kept in English, and translated where it is shown."""


class Command(BaseCommand):
    help = (
        "Register every artifact among the released models and in MODEL_ROOT that is not known yet. "
        "A kind without an active version gets its newest released one; a released version that is active "
        "gives way to a newer release, one that you trained never does. With MEDIA_BUCKET, those in MODEL_ROOT are "
        "put there for all machines."
    )

    def handle(self, *args, **options) -> None:
        for root in (settings.RELEASED_MODEL_ROOT, settings.MODEL_ROOT):
            for artifact in self.artifacts_in(root):
                try:
                    self.register(artifact, released=root == settings.RELEASED_MODEL_ROOT)
                except (ArtifactError, OSError) as error:
                    self.leave_out(artifact.folder, error)

    def artifacts_in(self, root: Path) -> list[Artifact]:
        """Return the artifacts in the folders of root, oldest first; drafts have a name with a dot before it."""
        artifacts = []
        for folder in root.glob("[!.]*/") if root.is_dir() else ():
            try:
                artifacts.append(read_artifact(folder))
            except ArtifactError as error:
                self.leave_out(folder, error)
        return sorted(artifacts, key=lambda artifact: artifact.card["created"])

    def leave_out(self, folder: Path, error: Exception) -> None:
        self.stderr.write(self.style.WARNING(f"Left out {folder.name}: {error}"))

    @transaction.atomic
    def register(self, artifact: Artifact, *, released: bool) -> None:
        if artifact.kind not in ModelKind.values:
            raise ArtifactError(f"“{artifact.kind}” is no kind of network that this site knows.")
        version, is_new = ModelVersion.objects.get_or_create(
            kind=artifact.kind,
            version=artifact.version,
            defaults={
                "folder": artifact.folder.name,
                "sha256": artifact.sha256,
                "card": artifact.card,
                "parent": _parent_of(artifact),
            },
        )
        if not is_new and version.sha256 != artifact.sha256:
            raise ArtifactError(
                f"{version} is registered already, with another file. Give this one a version of its own."
            )
        share(artifact)
        if not is_new and version.card != artifact.card and (released or not settings.MEDIA_BUCKET):
            ModelVersion.objects.filter(pk=version.pk).update(card=artifact.card)
        if is_new:
            self.stdout.write(f"Registered {version}.")
        if released and is_new and self._gives_way(version.kind):
            replaced = ModelVersion.objects.filter(kind=version.kind, state=ModelVersion.State.ACTIVE).first()
            version.activate()
            Promotion.objects.create(
                version=version, replaced=replaced, kind=Promotion.Kind.PROMOTION, reason=CAME_WITH_THE_SITE
            )
            self.stdout.write(f"{version} is now active.")

    def _gives_way(self, kind: str) -> bool:
        """Say whether a new release of the kind may take over: from none, or an earlier release, there or no longer."""
        active = ModelVersion.objects.filter(kind=kind, state=ModelVersion.State.ACTIVE).first()
        return active is None or not ((settings.MODEL_ROOT / active.folder).is_dir() or is_shared(active))


def _parent_of(artifact: Artifact) -> ModelVersion | None:
    """Return the version that the training began with, if this site knows it."""
    told = artifact.card.get("parent")
    return ModelVersion.objects.filter(sha256=told.get("sha256")).first() if isinstance(told, dict) else None
