"""Compare the stored files with the rows that name them."""

from collections import Counter

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize
from tqdm import tqdm

from recognizer.operations import media


class Command(BaseCommand):
    help = (
        "Tell which pictures’ files, and files that wait in a batch, are missing or no longer what was stored, and "
        "which files no row names (orphans, as a process that was killed leaves them). Ends with status 1 when "
        "anything is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fix",
            action="store_true",
            help="remove the orphans that are older than an hour; nothing else is ever removed",
        )

    def handle(self, *args, fix: bool, **options) -> None:
        self.found = Counter()
        self.check_named_files()
        self.check_orphans(fix=fix)
        told = ", ".join(f"{self.found[kind]} {kind}" for kind in ("missing", "wrong checksum", "orphan"))
        removed = f"; removed {self.found['removed']} orphan{pluralize(self.found['removed'])}" if fix else ""
        summary = f"{self.found['file']} file{pluralize(self.found['file'])}: {told}{removed}."
        if any(self.found[kind] for kind in ("missing", "wrong checksum", "orphan")):
            raise CommandError(summary)
        self.stdout.write(summary)

    def check_named_files(self) -> None:
        """Read every file that a row names."""
        files = media.named_files()
        for file in tqdm(files, total=media.count_named_files(), unit="file", disable=None):
            self.found["file"] += 1
            if fault := media.fault_of(file):
                self.tell(fault, file.name)

    def check_orphans(self, *, fix: bool) -> None:
        """Look for files that no row names. One that is new is looked at again at the end: its row may have come."""
        new = []
        for name in media.orphans(tqdm(media.stored_names(), unit="file", disable=None)):
            if media.may_be_under_way(name):
                new.append(name)
            elif fix and media.is_orphan(name):
                default_storage.delete(name)
                self.tell("removed", name)
            else:
                self.tell("orphan", name)
        for name in new:
            if media.is_orphan(name):
                self.tell("orphan", name)

    def tell(self, kind: str, name: str) -> None:
        """Count what was found and write it as a line of its own."""
        self.found[kind] += 1
        with tqdm.external_write_mode():
            self.stdout.write(f"{kind}: {name}")
