"""The worker that does what takes longer than a request: trainings and comparisons, or large batches of pictures."""

from argparse import ArgumentParser

from django_tasks_db.management.commands import db_worker

from recognizer.batches import work
from recognizer.learning.training_jobs import clear_up, take_up_waiting_runs


class Command(db_worker.Command):
    help = (
        "Train and compare networks as asked for on the site's pages; with --queue-name pictures, read large batches. "
        "What a killed worker left is cleared up first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(reload=False)  # with DEBUG, a change of code would end a training

    def handle(self, *, queue_name: str, **options) -> None:
        queues = set(queue_name.split(","))
        if queues & {"default", "*"}:
            clear_up()
            take_up_waiting_runs()
        if queues & {work.QUEUE, "*"}:
            work.take_up_waiting_batches()
        super().handle(queue_name=queue_name, **options)
