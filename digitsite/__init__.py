"""The site. Where a newer SQLite than Python's own is installed, sqlite3 is that one, here and in all that is imported.

Only in newer releases can the write-ahead log be trusted: see environment.wal_is_safe.
"""

import importlib.util
import sys

if importlib.util.find_spec("pysqlite3"):
    import pysqlite3.dbapi2

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
