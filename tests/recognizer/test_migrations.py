"""Migrations that do not run in one transaction."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

INDEXES = import_module("recognizer.migrations.0009_indexes_of_lists").Migration


def test_an_interrupted_migration_of_indexes_can_be_run_again(transactional_db):
    """An index that is there already is what a run leaves that was interrupted after it, valid or not."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite runs it in one go.")
    before = MigrationExecutor(connection).loader.project_state(("recognizer", "0008_kept_figures"))
    after, add_index = before.clone(), INDEXES.operations[0]
    add_index.state_forwards("recognizer", after)

    with connection.schema_editor(atomic=False) as editor:
        add_index.database_forwards("recognizer", editor, before, after)

    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "recognizer_batch")
    assert found["batch_newest"]["index"]
