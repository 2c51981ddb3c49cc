"""Takes out of the file what deleting alone leaves there.

SQLite overwrites deleted rows (`secure_delete`), but older copies of their pages stay in the
write-ahead log, and words of deleted rows in the search index, until both are rewritten.
PostgreSQL frees such rows by itself with its next vacuum.
Source: https://www.sqlite.org/pragma.html#pragma_secure_delete,
https://www.sqlite.org/fts5.html#the_optimize_command
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing

from sqlalchemy import text

from services.storage.database import Database

log = logging.getLogger(__name__)


def shred(database: Database) -> bool:
    """Rewrite search index and log of a SQLite file.

    Returns:
        False: somebody was reading the log, so it is to be done again.

    Raises:
        StorageUnavailable: the database did not answer.
    """
    if database.file is None:
        return True
    with database.write() as session:
        session.execute(text("INSERT INTO turns_fts (turns_fts) VALUES ('optimize')"))
    with closing(database.engine.raw_connection()) as connection:
        driver: sqlite3.Connection | None = connection.driver_connection
        assert driver is not None
        try:
            is_busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            is_busy = 1
    if is_busy:
        log.info("the write-ahead log is in use; what was deleted leaves it later")
    return not is_busy
