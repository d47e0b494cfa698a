"""The database put back, and what is in its way."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from recognizer.operations import snapshots


def database(path: Path, word: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE said (word); INSERT INTO said VALUES ('{word}')")
    return path


def test_a_database_that_somebody_writes_to_is_replaced_when_they_have_ended_and_not_before(tmp_path, monkeypatch):
    live, copy = database(tmp_path / "live", "new"), database(tmp_path / "copy", "old")
    monkeypatch.setattr(snapshots, "PATIENCE", 0.2)
    with closing(sqlite3.connect(live, timeout=0.1)) as own, closing(sqlite3.connect(live)) as writer:
        monkeypatch.setattr(snapshots, "connection", SimpleNamespace(ensure_connection=int, connection=own))
        writer.execute("BEGIN IMMEDIATE")

        with pytest.raises(snapshots.SnapshotError, match="Stop the site first"):
            snapshots._replace_sqlite(copy)

        writer.rollback()
        assert writer.execute("SELECT word FROM said").fetchall() == [("new",)]
        snapshots._replace_sqlite(copy)
        assert writer.execute("SELECT word FROM said").fetchall() == [("old",)]
