"""Delete what the site keeps no longer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.defaultfilters import pluralize
from django.utils import timezone
from tqdm import tqdm

from recognizer.batches import work
from recognizer.history.deletion import delete_pictures
from recognizer.models import Batch, BatchItem, Picture

STEP_SECONDS = 1.0
"""How often the progress is shown."""


class Command(BaseCommand):
    help = (
        "Delete every picture that is older than RETENTION_DAYS, with its file and all that was read and said of it, "
        "and every batch of that age. Run it once a day; without RETENTION_DAYS it deletes nothing."
    )

    def handle(self, *args, **options) -> None:
        if settings.RETENTION_DAYS is None:
            self.stdout.write("RETENTION_DAYS is not set: everything is kept.")
            return
        limit = timezone.now() - timedelta(days=settings.RETENTION_DAYS)
        count = self.delete_pictures_before(limit)
        unread = BatchItem.objects.filter(batch__created__lt=limit, state=BatchItem.State.WAITING).count()
        for batch in Batch.objects.filter(created__lt=limit):
            work.forget(batch)
        self.stdout.write(f"Deleted {count} picture{pluralize(count)} from before {limit:%Y-%m-%d %H:%M} UTC.")
        if unread:
            self.stdout.write(f"{unread} file{pluralize(unread)} of batches went that no worker had read.")

    def delete_pictures_before(self, limit: datetime) -> int:
        """Delete in short transactions, so that nobody waits; return how many pictures went."""
        old, count, is_all = Picture.objects.filter(created__lt=limit), 0, False
        with tqdm(total=old.count(), unit="picture", disable=None) as bar:
            while not is_all:
                deleted = delete_pictures(old, within_seconds=STEP_SECONDS)
                bar.update(deleted.count)
                count, is_all = count + deleted.count, deleted.is_all
        return count
