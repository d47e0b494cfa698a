"""What settings.py needs to know of the machine: its secret key, its addresses, how far its SQLite can be trusted."""

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

WAL_FIXED_IN = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""The SQLite releases, one a maintained branch, that no longer lose pages in write-ahead logging."""


def kept_secret_key(path: Path) -> str:
    """Return the key in the file at path, made on first use and readable by its owner only.

    Raises ImproperlyConfigured where none can be kept.
    """
    try:
        if not path.exists():
            _keep_new_key(path)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"Set SECRET_KEY: none can be kept here. {error}") from error


def _keep_new_key(path: Path) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # its mode is 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(get_random_secret_key())
    with contextlib.suppress(FileExistsError):  # another process was first: its key is everybody's
        os.link(temporary, path)
    os.unlink(temporary)


def wal_is_safe(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> bool:
    """Say whether this SQLite has the write-ahead log's corruption bug mended."""
    branch_fixes = [fixed for fixed in WAL_FIXED_IN if fixed[:2] == version[:2]]
    return version >= (branch_fixes[0] if branch_fixes else WAL_FIXED_IN[-1])


def sqlite_options() -> dict[str, object]:
    """Return connection options under which concurrent writers wait for each other instead of failing.

    Immediate transactions take the write lock at their start, where waiting is possible; a lock taken midway
    fails at once. What is committed outlives a power cut: the log is written to the disk at each commit (EXTRA is
    what FULL is there), and without a log so is the folder, or a journal that came back would undo the commit. What is
    deleted is overwritten: neither the file nor a backup holds a glyph that its owner deleted.
    Source: https://www.sqlite.org/pragma.html#pragma_synchronous, #pragma_secure_delete
    """
    journal_mode = "WAL" if wal_is_safe() else "DELETE"
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode={journal_mode}; PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON;",
    }
