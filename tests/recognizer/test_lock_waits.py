"""A connection to a SQLite file that somebody else holds locked."""

import sqlite3
from contextlib import closing, nullcontext

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from recognizer.lock_waits import HARDLY_MS, one_wait

pytestmark = pytest.mark.django_db

IN_FULL_MS = 300


@pytest.fixture
def file(tmp_path):
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        database.execute("CREATE TABLE marks (digit)")
    return tmp_path / "db.sqlite3"


@pytest.fixture
def connection(file):
    options = {"timeout": IN_FULL_MS / 1000, "transaction_mode": "IMMEDIATE"}
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": options}
    connection = ConnectionHandler({"default": settings})["default"]
    connection.ensure_connection()
    yield connection
    connection.close()


@pytest.fixture
def holder(file):
    """Hold the file as a process does that writes and never ends."""
    with closing(sqlite3.connect(file)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield holder


def waits_ms(connection) -> int:
    [[milliseconds]] = connection.connection.execute("PRAGMA busy_timeout")
    return milliseconds


def ask(connection, sql="SELECT * FROM marks") -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", ["SELECT * FROM marks", "BEGIN IMMEDIATE", "INSERT INTO marks VALUES (1)"])
def test_after_a_wait_in_vain_it_hardly_waits_to_the_end(connection, holder, sql):
    with one_wait(connection):
        assert waits_ms(connection) == IN_FULL_MS
        with pytest.raises(OperationalError, match="locked"):
            ask(connection, sql)
        assert waits_ms(connection) == HARDLY_MS

    assert waits_ms(connection) == IN_FULL_MS


def test_an_error_ends_it_too(connection, holder):
    with pytest.raises(OperationalError, match="locked"), one_wait(connection):
        ask(connection)

    assert waits_ms(connection) == IN_FULL_MS


def test_what_is_wrong_with_a_question_changes_nothing(connection):
    with one_wait(connection):
        with pytest.raises(OperationalError, match="no such table"):
            ask(connection, "SELECT * FROM nowhere")
        assert waits_ms(connection) == IN_FULL_MS


def test_a_connection_may_be_closed_meanwhile(connection):
    with one_wait(connection):
        connection.close()

    assert connection.connection is None


def test_every_request_waits_so(client, monkeypatch):
    entered = []
    monkeypatch.setattr("recognizer.middleware.one_wait", lambda connection: nullcontext(entered.append(connection)))

    client.get("/about/")

    assert [connection.alias for connection in entered] == ["default"]
