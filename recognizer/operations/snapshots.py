"""The whole database as one file: as it was at one moment, and put back in its place.

SQLite is copied by its own backup, during which writers wait; PostgreSQL by pg_dump, during which nobody does.
"""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.recorder import MigrationRecorder

from recognizer.operations.media import named_files

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}
"""What the file is called, by the database that it is of."""
PATIENCE = 20.0
"""Seconds."""
NAMES = "SELECT image FROM recognizer_picture UNION ALL SELECT staged FROM recognizer_batchitem WHERE staged <> ''"


class SnapshotError(Exception):
    """The database cannot be copied or put back; the message says why."""


def take(folder: Path, names: Path) -> Path:
    """Copy the database into the folder and return the copy.

    names: a file to write, with the name of every file that the rows of the copy name, a line each.
    Raises SnapshotError.
    """
    if connection.vendor not in FILES:
        raise SnapshotError(f"A database of {connection.display_name} cannot be copied, only SQLite and PostgreSQL.")
    copy = folder / FILES[connection.vendor]
    {"sqlite": _copy_sqlite, "postgresql": _dump_postgresql}[connection.vendor](copy, names)
    return copy


def put_back(copy: Path) -> None:
    """Put the copy in the database's place, whole or not at all. Raises SnapshotError."""
    if copy.name != FILES.get(connection.vendor):
        raise SnapshotError(f"{copy} cannot be put into {connection.display_name}: set DATABASE_URL to its kind.")
    {"sqlite": _replace_sqlite, "postgresql": _load_postgresql}[connection.vendor](copy)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def _copy_sqlite(copy: Path, names: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(copy)) as target:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        _write_lines(names, (name for (name,) in target.execute(NAMES)))


def _replace_sqlite(copy: Path) -> None:
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(copy)) as source:
            source.backup(connection.connection, progress=_for_so_long())
    except sqlite3.Error as error:
        raise SnapshotError(f"The database cannot be replaced: {error}. Stop the site first.") from error


def _for_so_long() -> Callable[[int, int, int], None]:
    """Return what ends a copy that has waited for a writer for PATIENCE; by itself it would try again for ever."""
    begun = time.monotonic()

    def look(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() - begun > PATIENCE:
            raise sqlite3.OperationalError("somebody writes to it")

    return look


def _dump_postgresql(copy: Path, names: Path) -> None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run("pg_dump", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={copy}")
        _write_lines(names, (file.name for file in named_files()))


def _load_postgresql(copy: Path) -> None:
    tables = connection.introspection.django_table_names(only_existing=True)
    tables = {*tables, MigrationRecorder.Migration._meta.db_table}
    drop = f"DROP TABLE IF EXISTS {', '.join(map(connection.ops.quote_name, sorted(tables)))} CASCADE"
    connection.close()
    _run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--command={drop}", f"--file={copy}")


def _run(program: str, *options: str) -> None:
    """Run one of PostgreSQL's own programs on the site's database."""
    words, secrets = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, list(options))
    environment = os.environ | (secrets or {})
    try:
        done = subprocess.run([program, *words[1:]], env=environment, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise SnapshotError(f"{program} is not installed. It comes with PostgreSQL’s client programs.") from error
    if done.returncode:
        raise SnapshotError(f"{program} failed: {done.stderr.strip()}")
