"""Opens the database and runs transactions on it: SQLite in a file, or PostgreSQL by its URL.

SQLite runs with a write-ahead log and full synchronisation, so that a turn that was acknowledged
survives a loss of power. Writers take their lock when they begin: a lock that is taken in the
middle of a transaction fails at once instead of waiting.
Source: https://www.sqlite.org/wal.html, https://www.sqlite.org/lang_transaction.html

On PostgreSQL everything that could wait for ever has a limit: the server may vanish without a
word, and another program may hold a lock.
Source: https://www.postgresql.org/docs/current/runtime-config-client.html,
https://www.postgresql.org/docs/current/libpq-connect.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from services.errors import ConfigError, StorageUnavailable

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for another one."""
POOL_TIMEOUT_SECONDS = 5
"""How long a thread waits for a connection of the pool."""
SQLITE_POOL = {"pool_size": 8, "max_overflow": 56}
"""A worker has more threads; those that find no connection wait some milliseconds for one."""
POSTGRESQL_POOL = {
    # A thread holds a connection for some milliseconds, so 16 do for the 256 threads of a worker,
    # and four workers stay below the 100 that a server takes as it is installed.
    "pool_size": 4,
    "max_overflow": 12,
    # A connection may have died while nobody used it: the server was restarted, a router cut it.
    "pool_pre_ping": True,
}
POSTGRESQL_LINE = {
    "connect_timeout": 5,
    # Seconds; a peer that answers no probe is gone after half a minute.
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # Milliseconds for which sent data may stay unacknowledged.
    "tcp_user_timeout": 10_000,
    # PgBouncer, which many platforms put in front, mixes up prepared statements of its clients.
    "prepare_threshold": None,
}
POSTGRESQL_LIMITS = f"""
    SET lock_timeout = {BUSY_TIMEOUT_MS};
    SET statement_timeout = 10000;
    SET idle_in_transaction_session_timeout = 30000
"""
"""Milliseconds; the last one frees what a process held that was stopped in the middle."""

# The third is what PostgreSQL says to a writer when, after a fail-over, it is still the stand-by.
UNAVAILABLE = (OperationalError, InterfaceError, InternalError, PoolTimeout)


class Database:
    """One pool of connections for the process."""

    def __init__(self, url: str, root: Path) -> None:
        """Prepare to connect; a relative SQLite path lies below root.

        Raises:
            ConfigError: the URL cannot be used here.
        """
        self.url = absolute_url(url, root)
        is_sqlite = self.file is not None
        try:
            self._writer = create_engine(
                self.url,
                pool_timeout=POOL_TIMEOUT_SECONDS,
                connect_args={} if is_sqlite else POSTGRESQL_LINE,
                # What somebody said must not reach the log by way of an error message.
                hide_parameters=True,
                **SQLITE_POOL if is_sqlite else POSTGRESQL_POOL,
            )
        except ArgumentError as error:
            raise ConfigError(f"DATABASE_URL: {error}") from error
        if is_sqlite:
            event.listen(self._writer, "connect", _prepare_sqlite)
            event.listen(self._writer, "begin", _begin_sqlite)
        else:
            event.listen(self._writer, "connect", _prepare_postgresql)
        self._reader = self._writer.execution_options(begin="DEFERRED")

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a database server."""
        is_file = self.url.get_backend_name() == "sqlite"
        return Path(self.url.database or "") if is_file else None

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

    def close(self) -> None:
        """Close all connections; they are opened again when needed."""
        self._writer.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except ProgrammingError as error:
            # What PostgreSQL says of tables and columns that are missing.
            raise StorageUnavailable(
                "The database is not prepared for this version yet. Whoever runs the server does "
                "so with `python -m services.storage`."
            ) from error
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
    if parsed.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite":
        raise ConfigError(
            f"DATABASE_URL: must begin with sqlite:// or postgresql://, not {parsed.drivername}://"
        )
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
        # What was deleted is overwritten.
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {kind}")


def _prepare_postgresql(connection: DBAPIConnection, _record: object) -> None:
    # Within a transaction a setting would go with it.
    connection.autocommit = True
    connection.cursor().execute(POSTGRESQL_LIMITS)
    connection.autocommit = False
