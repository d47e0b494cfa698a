"""Make the site what it was when it was backed up."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from recognizer.operations.backups import BackupError, restore
from recognizer.operations.snapshots import SnapshotError


class Command(BaseCommand):
    help = (
        "Put the database, the pictures and the trained networks of a backup in this site's place. Stop the site "
        "first, and start it with the SECRET_KEY that it had; check_media tells whether every file has come."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="what backup wrote")
        parser.add_argument(
            "--force",
            action="store_true",
            help="replace a site that has pictures or accounts; the files of its pictures stay as orphans",
        )

    def handle(self, *args, folder: Path, force: bool, **options) -> None:
        def show(loop, total: int):
            return tqdm(loop, total=total, unit="file", disable=None)

        try:
            made = restore(folder, show, over_a_site=force)
        except (BackupError, SnapshotError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored {made['files']} file{pluralize(made['files'])} of {made['made']}.")
