"""The worker that does what takes longer than a request: trainings and comparisons."""

from django_tasks_db.management.commands import db_worker

from recognizer.learning.training_jobs import clear_up


class Command(db_worker.Command):
    help = "Train and compare networks as asked for on the site's pages; what a killed worker left is cleared up first."

    def handle(self, **options) -> None:
        clear_up()
        super().handle(**options)
