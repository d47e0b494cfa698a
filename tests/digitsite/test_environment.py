"""What settings.py needs to know of the machine."""

import sqlite3
import stat
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from digitsite.environment import kept_secret_key, sqlite_options, wal_is_safe


def test_a_secret_key_is_made_once_for_its_owner_only(tmp_path):
    key = kept_secret_key(tmp_path / "key")

    assert len(key) >= 50
    assert kept_secret_key(tmp_path / "key") == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_where_no_key_can_be_kept_one_has_to_be_set(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="Set SECRET_KEY"):
        kept_secret_key(tmp_path / "no such folder" / "key")


def test_two_sites_have_two_keys(tmp_path):
    assert kept_secret_key(tmp_path / "one") != kept_secret_key(tmp_path / "two")


def test_a_key_that_is_there_is_kept(tmp_path):
    (tmp_path / "key").write_text("given\n")

    assert kept_secret_key(tmp_path / "key") == "given"


def test_processes_that_start_together_share_one_key(tmp_path):
    """Each sees the key whole: none reads the file between its making and its writing."""
    barrier, keys = threading.Barrier(8), []

    def start():
        barrier.wait(10)
        keys.append(kept_secret_key(tmp_path / "key"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(keys) == 8
    assert set(keys) == {(tmp_path / "key").read_text()}
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 46, 1), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_the_write_ahead_log_is_safe_where_its_bug_is_mended(version, is_safe):
    assert wal_is_safe(version) is is_safe


@pytest.mark.parametrize(("is_safe", "mode"), [(True, "wal"), (False, "delete")])
def test_the_journal_fits_the_sqlite(monkeypatch, tmp_path, is_safe, mode):
    monkeypatch.setattr("digitsite.environment.wal_is_safe", lambda: is_safe)

    options = sqlite_options()

    connection = sqlite3.connect(tmp_path / "db")
    connection.executescript(options["init_command"])
    assert connection.execute("PRAGMA journal_mode").fetchone() == (mode,)
    assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA
    assert (options["transaction_mode"], options["timeout"]) == ("IMMEDIATE", 20)


def test_what_is_deleted_is_in_no_file_any_more(tmp_path):
    connection = sqlite3.connect(tmp_path / "db")
    connection.execute("PRAGMA secure_delete=OFF")  # as SQLite comes, but not with every distribution
    connection.executescript(sqlite_options()["init_command"])
    connection.execute("CREATE TABLE glyph (pixels BLOB)")
    connection.execute("INSERT INTO glyph VALUES (?)", [b"somebody's writing" * 40])
    connection.commit()
    assert b"somebody's writing" in (tmp_path / "db").read_bytes()

    connection.execute("DELETE FROM glyph")
    connection.commit()
    connection.close()

    assert b"somebody's writing" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
