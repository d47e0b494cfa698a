"""Copy the whole site into a folder."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from recognizer.operations.backups import BackupError, back_up
from recognizer.operations.snapshots import SnapshotError


class Command(BaseCommand):
    help = (
        "Copy the database, the pictures and the trained networks into a folder, while the site goes on. "
        "SECRET_KEY is not copied: keep it apart, for without it visitors lose their pictures."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where to; not there yet, or empty")

    def handle(self, *args, folder: Path, **options) -> None:
        try:
            made = back_up(folder, lambda loop, total: tqdm(loop, total=total, unit="file", disable=None))
        except (BackupError, SnapshotError, OSError) as error:
            raise CommandError(str(error)) from error
        networks = len(made["models"])
        self.stdout.write(
            f"{folder}: {made['files']} file{pluralize(made['files'])}, "
            f"{networks} trained network{pluralize(networks)}; {len(made['deleted'])} deleted meanwhile."
        )
        if made["missing"]:
            told = f"Missing already: {len(made['missing'])}. See manage.py check_media."
            self.stderr.write(self.style.WARNING(told))
