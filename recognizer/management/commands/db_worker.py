"""The worker that does what takes longer than a request: trainings and comparisons, or large batches of pictures."""

import logging
from argparse import ArgumentParser
from threading import Event, Thread

from django.core.management import call_command
from django.db import DatabaseError, close_old_connections, connection
from django_tasks_db.management.commands import db_worker

from recognizer.batches import work
from recognizer.history.missing_traits import write_missing_traits
from recognizer.learning.training_jobs import clear_up, take_up_waiting_runs

logger = logging.getLogger(__name__)

LOOK_AROUND_SECONDS = 60
"""How often it is looked for batches that an outage has cut off from all workers."""
RESULTS_KEPT_DAYS = 1
"""What became of a task is told by the rows that it wrote; what failed is kept longer, for whoever looks why."""
FAILURES_KEPT_DAYS = 14


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
        kept = {"min_age_days": RESULTS_KEPT_DAYS, "failed_min_age_days": FAILURES_KEPT_DAYS}
        call_command("prune_db_task_results", queue_name=queue_name, verbosity=0, **kept)
        write_missing_traits()
        if queues & {"default", "*"}:
            clear_up()
            take_up_waiting_runs()
        ended = Event()
        if queues & {work.QUEUE, "*"}:
            work.take_up_waiting_batches()
            Thread(target=_look_around, args=(ended,), daemon=True).start()
        try:
            super().handle(queue_name=queue_name, **options)
        finally:
            ended.set()


def _look_around(ended: Event) -> None:
    """Take up dropped batches now and then until the worker ends."""
    while not ended.wait(LOOK_AROUND_SECONDS):
        try:
            close_old_connections()
            work.take_up_waiting_batches()
        except DatabaseError as error:
            logger.warning("Batches that wait could not be looked for: %s", error)
    connection.close()
