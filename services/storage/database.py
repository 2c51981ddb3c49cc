"""Opens the database and runs transactions on it; SQLite today, anything SQLAlchemy knows by URL.

SQLite runs with a write-ahead log and full synchronisation, so that a turn that was acknowledged
survives a loss of power. Writers take their lock when they begin: a lock that is taken in the
middle of a transaction fails at once instead of waiting.
Source: https://www.sqlite.org/wal.html, https://www.sqlite.org/lang_transaction.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from services.errors import ConfigError, StorageUnavailable

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for another one."""
POOL_SIZE = 8
POOL_OVERFLOW = 56
"""A worker has more threads; those that find no connection wait some milliseconds for one."""

# The third is what a server says of tables that are missing.
UNAVAILABLE = (OperationalError, InterfaceError, ProgrammingError, PoolTimeout)


class Database:
    """One pool of connections for the process."""

    def __init__(self, url: str, root: Path) -> None:
        """Prepare to connect; a relative SQLite path lies below root.

        Raises:
            ConfigError: the URL cannot be used here.
        """
        self.url = absolute_url(url, root)
        try:
            self._writer = create_engine(
                self.url,
                pool_size=POOL_SIZE,
                max_overflow=POOL_OVERFLOW,
                pool_timeout=5,
                pool_pre_ping=self.file is None,
                # What somebody said must not reach the log by way of an error message.
                hide_parameters=True,
            )
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise ConfigError(f"DATABASE_URL: {error}") from error
        if self.url.get_backend_name() == "sqlite":
            event.listen(self._writer, "connect", _prepare_sqlite)
            event.listen(self._writer, "begin", _begin_sqlite)
        self._reader = self._writer.execution_options(begin="DEFERRED")

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a database server."""
        is_file = self.url.get_backend_name() == "sqlite" and self.url.database
        return Path(self.url.database) if is_file and self.url.database else None

    @property
    def engine(self) -> Engine:
        """For migrations."""
        return self._writer

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Run a transaction that only reads.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        with self._transaction(self._reader) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Run a transaction; it is committed at the end, or rolled back by an exception.

        Raises:
            StorageUnavailable: locked for too long, disk full, read-only, or no answer.
        """
        with self._transaction(self._writer) as session:
            yield session

    def check(self) -> None:
        """See whether the database answers and has its tables.

        Raises:
            StorageUnavailable: it has not.
        """
        with self.read() as session:
            session.execute(text("SELECT count(*) FROM users WHERE id = ''"))

    def close(self) -> None:
        """Close all connections; they are opened again when needed."""
        self._writer.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except UNAVAILABLE as error:
            raise StorageUnavailable(
                "The database cannot be reached now. Nothing that was confirmed is lost; "
                "try again in a moment."
            ) from error


def absolute_url(url: str, root: Path) -> URL:
    """Read a database URL; name a driver for PostgreSQL and anchor a relative SQLite path.

    Raises:
        ConfigError: not a URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "DATABASE_URL: must look like sqlite:///path or postgresql://…"
        ) from error
    # Platforms hand out postgres://, a name that SQLAlchemy no longer takes.
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return parsed
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigError("DATABASE_URL: must name a file, several processes share it")
    return parsed.set(database=str(root / parsed.database))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite does.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {kind}")
